"""Assess one firm or loan against a pack on a day: met, not met, or unknown, with the reason for every part.

Unknown is answered only where a missing fact could change the answer, and the answer then names those facts. A row that
nobody has verified never decides: it leaves the answer open and is listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.rules.core.bounds import FALSE, TRUE, Bounds, Env, outcome_of
from yulin.rules.core.facts import environment, known_facts, public_name
from yulin.rules.core.findings import Explainer, Finding, Term
from yulin.rules.core.pack import Pack
from yulin.rules.core.program import Program, program_of
from yulin.rules.core.relevance import Verdicts, missing_slots
from yulin.rules.errors import NotApplicableError, PackNotInForceError

SCHEMA = 1  # of `as_json`; raised when a key changes its meaning


@dataclass(frozen=True)
class Assessment:
    """The answer: outcome, score with bounds, class, findings, and what would settle what is open."""

    pack: str
    version: str
    on: date
    outcome: Outcome
    score: int | None
    score_low: int | None
    score_high: int | None
    band: str | None
    missing: tuple[str, ...]
    would_decide: Mapping[str, str]
    unverified: tuple[str, ...]
    findings: tuple[Finding, ...] = field(default=())
    terms: tuple[Term, ...] = ()
    groups: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)  # low, high, of

    def as_json(self) -> dict[str, Any]:
        """Return the assessment as the API, the page and the letter give it."""
        return {
            "schema": SCHEMA, "pack": self.pack, "version": self.version, "on": self.on.isoformat(),
            "outcome": self.outcome.value, "score": self.score, "score_low": self.score_low,
            "score_high": self.score_high, "band": self.band,
            "findings": [finding.as_json() for finding in self.findings], "missing": list(self.missing),
            "would_decide": dict(self.would_decide), "unverified": list(self.unverified),
            "terms": [term.as_json() for term in self.terms],
            "groups": {key: dict(zip(("low", "high", "of"), each, strict=True)) for key, each in self.groups.items()},
        }  # fmt: skip


def assess(
    pack: Pack,
    facts: Mapping[str, Any],
    on: date,
    *,
    applies_to: str | None = None,
    trusts_unverified: bool = False,
    explains: bool = True,
) -> Assessment:
    """Assess `facts` under `pack` on the day `on`.

    `applies_to` asks for a kind of decision (`review`, …), else the first that the pack rules is taken;
    `trusts_unverified` computes with rows nobody has confirmed, for previews only; `explains=False` leaves the findings
    and terms out.

    Raises: RULES.PACK.NOT_IN_FORCE, RULES.PACK.NOT_APPLICABLE, RULES.FACT.UNKNOWN_NAME, RULES.FACT.VALUE.
    """
    refuse_wrong_day(pack, on, applies_to)
    program = program_of(pack.deciding(applies_to), trusts_unverified=trusts_unverified)
    return _assessed(program, facts, on, explains=explains, trusts_unverified=trusts_unverified)


def assess_without_asking(pack: Pack, facts: Mapping[str, Any], on: date, *, explains: bool = True) -> Assessment:
    """Return the assessment, but not which missing facts would decide: that search costs most.

    Raises: as `assess`.
    """
    refuse_wrong_day(pack, on)
    return _assessed(program_of(pack.deciding()), facts, on, explains=explains, asks=False)


def _assessed(
    program: Program,
    facts: Mapping[str, Any],
    on: date,
    *,
    explains: bool = True,
    asks: bool = True,
    trusts_unverified: bool = False,
) -> Assessment:
    pack = program.pack
    slots = (*program.slots, *(slot for term in pack.terms.values() for slot in term.value.slots))
    env = environment(pack.vocabulary, known_facts(facts, pack.vocabulary, on), on, slots)
    env |= {f"series.{key}": _rate(series.on(on)) for key, series in pack.series.items()}
    verdict = program.run(env)
    missing = missing_slots(program, env, verdict) if asks else {}
    low, high = env["total"][:2] if pack.scores else (None, None)
    outcome, band = _answer(verdict)
    return Assessment(
        pack=pack.id, version=pack.version, on=on, outcome=outcome, band=band,
        score=low if low == high else None, score_low=low, score_high=high,
        missing=tuple(sorted(public_name(slot, pack.vocabulary, on) for slot in missing)),
        would_decide=_would_decide(program, missing, on),
        unverified=tuple(row.id for row in pack.rows() if row.is_unverified and not trusts_unverified),
        findings=tuple(Explainer(program, env, on).findings()) if explains else (),
        terms=tuple(Explainer(program, env, on).terms()) if explains else (),
        groups={
            key: (int(env[f"groups.{key}"][0]), int(env[f"groups.{key}"][1]), group.at_most)
            for key, group in pack.groups.items()
        },
    )  # fmt: skip


def _rate(rate: Fraction | None) -> Bounds:
    return (0, 1, 0) if rate is None else (rate, rate, 0)


def refuse_wrong_day(pack: Pack, on: date, applies_to: str | None = None) -> None:
    """Refuse a kind of decision that the pack does not rule, or a day on which it does not."""
    if applies_to is not None and applies_to not in pack.applies_to:
        raise NotApplicableError(
            Text(f"“{pack.id}”不适用于“{applies_to}”。", f"“{pack.id}” does not rule “{applies_to}”."),
            Text("、".join(pack.applies_to), ", ".join(pack.applies_to)),
            pack=pack.id, applies_to=applies_to,
        )  # fmt: skip
    decision = applies_to or pack.decision or next(iter(pack.applies_to))
    days = pack.applies_to[decision]
    if not days.holds(on):
        until = days.until or Text("今", "today")
        raise PackNotInForceError(
            Text(f"“{pack.id}”在 {on} 未生效（{decision}）。", f"“{pack.id}” is not in force on {on} ({decision})."),
            Text(f"有效区间：{days.first} 至 {until}。", f"In force from {days.first} to {until}."),
            pack=pack.id, on=on,
        )  # fmt: skip


def _answer(verdict: Any) -> tuple[Outcome, str | None]:
    """Return outcome and class: a class table is met when exactly one class is left."""
    if not isinstance(verdict, frozenset):
        return outcome_of(verdict), None
    band = next(iter(verdict)) if len(verdict) == 1 else None
    return (Outcome.UNKNOWN if band is None else Outcome.MET), band


def _would_decide(program: Program, missing: Mapping[str, Verdicts], on: date) -> dict[str, str]:
    """Return, for each missing fact, which of its values would alone make the outcome *met*."""
    vocabulary, found = program.pack.vocabulary, {}
    for slot, verdicts in missing.items():
        cells = [cell for cell, verdict in verdicts if verdict == TRUE]
        if cells:
            fact = program.pack.fact(slot)
            found[public_name(slot, vocabulary, on)] = _say_cells(fact.type.kind, cells, fact.lowest, fact.highest)
    return found


def _say_cells(kind: str, cells: list[Any], lowest: int, highest: int) -> str:
    if kind == "bool":
        return f"== {str(cells[0].first).lower()}"
    if kind == "member":
        return f"in ({', '.join(member for cell in cells for member in cell.first)})"
    runs: list[list[int]] = []
    for cell in cells:
        if runs and cell.first == runs[-1][1] + 1:
            runs[-1][1] = cell.last
        else:
            runs.append([cell.first, cell.last])
    return " or ".join(_say_run(kind, first, last, lowest, highest) for first, last in runs)


def _say_run(kind: str, first: int, last: int, lowest: int, highest: int) -> str:
    low, high = (date.fromordinal(at).isoformat() if kind == "date" else str(at) for at in (first, last))
    if last == highest:
        return f">= {low}"
    if first == lowest:
        return f"<= {high}"
    return f"== {low}" if first == last else f"{low} … {high}"


def conditions_met(pack: Pack, facts: Mapping[str, Any], on: date) -> tuple[Outcome, tuple[str, ...]]:
    """Return only the outcome and the missing facts, without explanation and whatever the day."""
    pack = pack.deciding()
    program = program_of(pack)
    env: Env = environment(pack.vocabulary, known_facts(facts, pack.vocabulary, on), on, program.slots)
    verdict = program.run(env)
    missing = missing_slots(program, env, verdict) if verdict not in {TRUE, FALSE} else {}
    return _answer(verdict)[0], tuple(sorted(public_name(slot, pack.vocabulary, on) for slot in missing))
