"""The linter: what a pack says that its author hardly meant, found from the tree and from its cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.rules.core.bounds import FALSE, TRUE, compile_node, evaluator_of
from yulin.rules.core.cases import run_cases
from yulin.rules.core.facts import environment
from yulin.rules.core.linter_cliffs import cited_twice, cliffs_of
from yulin.rules.core.linter_dead import dead_parts
from yulin.rules.core.nodes import Compare, Expression, Logic, Node
from yulin.rules.core.pack import DECISIONS, Pack, Row
from yulin.rules.core.program import all_bands, scoring_of, settled
from yulin.rules.errors import Where


@dataclass(frozen=True)
class Remark:
    """One thing the linter noticed, with a code and its place."""

    code: str  # unreachable dead order always cliff twice no_clause no_source untouched unused gap overlap
    where: Where
    message: Text

    def as_json(self) -> dict[str, Any]:
        """Return the remark for machines."""
        return {"code": self.code, "where": str(self.where), "message": {"zh": self.message.zh, "en": self.message.en}}


def lint(pack: Pack) -> tuple[Remark, ...]:
    """Return every remark on one pack, in the order of its text where it has one."""
    found = [*_rows(pack), *_constant_questions(pack), *_tiers(pack), *_unused_parameters(pack), *_untouched(pack)]
    found += (Remark(*each) for finds in (dead_parts, cliffs_of, cited_twice) for each in finds(pack))
    return tuple(sorted(found, key=lambda remark: (remark.where.file, remark.where.line, remark.code)))


def lint_versions(packs: Iterable[Pack]) -> tuple[Remark, ...]:
    """Return remarks on the versions of one law: days that two rule for one kind of decision, and days that none does.

    Titles held are left out: they run under the version that granted them, beside its successor.
    """
    versions = list(packs)
    found: list[Remark] = []
    for decision in DECISIONS[:2]:
        ruled = sorted((p for p in versions if decision in p.applies_to), key=lambda p: p.applies_to[decision].first)
        found += (remark for one, two in pairwise(ruled) for remark in _seam(one, two, decision))
    return tuple({(remark.code, remark.where, remark.message): remark for remark in found}.values())


def _seam(first: Pack, second: Pack, decision: str) -> Iterator[Remark]:
    until, start = first.applies_to[decision].until, second.applies_to[decision].first
    pair = f"{first.id} / {second.id}"
    if until is None or until > start:
        yield Remark("overlap", second.where, Text(f"{pair}：自 {start} 起重叠。", f"{pair} overlap from {start}."))
    elif until < start:
        yield Remark(
            "gap",
            second.where,
            Text(f"{pair}：{until} 至 {start} 无规则。", f"{pair}: no law from {until} to {start}."),
        )


def _rows(pack: Pack) -> Iterator[Remark]:
    for row in pack.rows():
        is_implied = row.where == pack.where  # an outcome that the pack does not spell out
        if not row.clause and not is_implied and row.verified == "yes":
            yield Remark("no_clause", row.where, Text(f"{row.id} 没有条款号。", f"{row.id} names no clause."))
        if not row.source:
            yield Remark("no_source", row.where, Text(f"{row.id} 没有来源。", f"{row.id} names no source."))


def _constant_questions(pack: Pack) -> Iterator[Remark]:
    """Evaluate each comparison with nothing known: one that is settled all the same never asks anything."""
    day = max(pack.effective_from, date(2000, 1, 1))
    env = environment(pack.vocabulary, {}, day, pack.slots)
    for expression in _questions(pack):
        for node in _comparisons(expression.node):
            mask = compile_node(node)(env)
            if mask in {TRUE, FALSE}:
                zh, en = ("恒为真", "always holds") if mask == TRUE else ("恒为假", "never holds")
                yield Remark(
                    "always",
                    expression.where,
                    Text(f"“{expression.text}”中有一项{zh}。", f"A part of “{expression.text}” {en}."),
                )


def _questions(pack: Pack) -> Iterator[Expression]:
    for expression in pack.expressions():
        if expression.type.kind == "bool" and not expression.names - {f"parameters.{key}" for key in pack.parameters}:
            yield expression


def _comparisons(node: Node) -> Iterator[Node]:
    if isinstance(node, Compare):
        yield node
    elif isinstance(node, Logic):
        for part in node.operands:
            yield from _comparisons(part)


def _tiers(pack: Pack) -> Iterator[Remark]:
    """Report bands that no value reaches: beyond the number's own bounds, or two with the same bound."""
    env = environment(pack.vocabulary, {}, max(pack.effective_from, date(2000, 1, 1)), pack.slots)
    for score in pack.scores.values():
        for bands in all_bands(score.rule):
            low, high, _ = evaluator_of(bands.of)(env)
            bounds = [step.bound for step in bands.steps]
            for bound in bounds:
                is_out = bound > high if bands.comparator in {">=", ">"} else bound < low
                if is_out or bounds.count(bound) > 1:
                    yield Remark(
                        "unreachable",
                        bands.of.where,
                        Text(
                            f"{score.row.id} 的档位 {bound} 达不到。",
                            f"No value reaches the band {bound} of {score.row.id}.",
                        ),
                    )


def _unused_parameters(pack: Pack) -> Iterator[Remark]:
    if pack.kind == "scheme":
        return
    used = frozenset().union(*(expression.names for expression in pack.expressions()))
    for key, parameter in pack.parameters.items():
        if f"parameters.{key}" not in used:
            yield Remark(
                "unused", parameter.row.where, Text(f"参数 {key} 未被使用。", f"The parameter {key} is never used.")
            )


def _untouched(pack: Pack) -> Iterator[Remark]:
    """Report rows that no case shows both met and not met."""
    seen: dict[str, set[Outcome]] = {}
    for result in run_cases(pack):
        if result.assessment:
            for finding in result.assessment.findings:
                seen.setdefault(finding.id, set()).add(finding.outcome)
            seen.setdefault("outcome", set()).add(result.assessment.outcome)
    always = _scores_above_zero(pack)
    for row_id, row in _rows_with_findings(pack):
        wanted = {Outcome.MET, Outcome.NOT_MET}
        if row_id in always:
            wanted = {Outcome.MET}
        elif row_id == "outcome" and any(each.row.is_unverified for each in pack.conditions.values()):
            wanted = {Outcome.NOT_MET}  # the open condition keeps it from ever being met
        lacks = wanted - seen.get(row_id, set())
        if lacks and not row.is_unverified:
            words = "、".join(sorted(lacks))
            yield Remark(
                "untouched", row.where, Text(f"没有案例使 {row_id} 为 {words}。", f"No case makes {row_id} {words}.")
            )


def _scores_above_zero(pack: Pack) -> frozenset[str]:
    """Return the scores that always give something, so that no case can show them at zero."""
    env = environment(pack.vocabulary, {}, max(pack.effective_from, date(2000, 1, 1)), pack.slots)
    return frozenset(score.row.id for score in pack.scores.values() if settled(scoring_of(score.rule)(env))[0] > 0)


def _rows_with_findings(pack: Pack) -> Iterator[tuple[str, Row]]:
    for row in pack.rows():
        if row.id.partition(".")[0] in {"parameters", "classes", "groups", "series", "terms"}:
            continue
        yield row.id, row
    if pack.classes:
        for class_row in pack.classes.rows.values():
            yield from ((f"{class_row.row.id}.{name}", class_row.row) for name, _ in class_row.classes)
