"""What each firm of a table has and lacks under a pack: points per indicator, the next band, the facts that matter.

The columns say of each row what `assess` says of the firm: they come from the same evaluator, firm by firm, which is
slow beside the outcome's columns and given on request only. The search for facts that matter is made once for firms
that look alike to it: rows that are known by their result, facts that open rows read by their value.

**Shapes**: for each score `<pack>__<score>__points_low`, `__points_high`, `__next_points` (null at the top, or where
the value is not known) and `__next_<fact>`, how much more of that fact alone reaches it, in the fact's own unit; for
each pack `<pack>__missing`, names of facts, empty where the answer is settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from yulin.rules.core.bounds import Env
from yulin.rules.core.facts import environment, known_facts, public_name
from yulin.rules.core.findings import Explainer
from yulin.rules.core.nodes import Node
from yulin.rules.core.pack import Pack, Score
from yulin.rules.core.program import Program, all_bands, program_of
from yulin.rules.core.relevance import missing_slots

Key = tuple[Any, ...]
MOST_KEPT = 50_000  # searches, so that memory stays bounded whatever the table's size


def detail_schema(packs: Iterable[Pack], on: date) -> dict[str, pl.DataType]:
    """Return the columns that details add, in order, with their types."""
    found: dict[str, pl.DataType] = {}
    for pack in (each.deciding() for each in packs):
        for key, score in pack.scores.items():
            head = f"{pack.id}__{key}"
            found |= {f"{head}__{name}": pl.Int32() for name in ("points_low", "points_high", "next_points")}
            found |= {f"{head}__next_{name}": pl.Int64() for name in _facts_of_bands(pack, score, on)}
        found[f"{pack.id}__missing"] = pl.List(pl.String)
    return found


def _facts_of_bands(pack: Pack, score: Score, on: date) -> list[str]:
    slots = {slot for bands in all_bands(score.rule) for slot in bands.of.slots}
    return [public_name(slot, pack.vocabulary, on) for slot in sorted(slots) if pack.fact(slot).type.is_numeric]


class Details:
    """Details of many firms under packs, part by part; what is found of firms that look alike is kept over parts."""

    def __init__(self, packs: Sequence[Pack], on: date) -> None:
        self.schema = detail_schema(packs, on)
        self.packs = [_Detailed.of(pack, on) for pack in packs]

    def asked(self, columns: Iterable[str]) -> list[str]:
        """Return those of a table's columns that details look at."""
        names = list(columns)
        wanted = {name for pack in self.packs for name in pack.asked(names)}
        return [name for name in names if name in wanted]

    def of(self, firms: pl.DataFrame) -> pl.DataFrame:
        """Return the columns of `detail_schema` for every row of `firms`, in its order.

        Raises: RULES.FACT.VALUE.
        """
        columns: dict[str, list[Any]] = {name: [] for name in self.schema}
        for pack in self.packs:
            for row in pack.rows(firms):
                for name, value in row.items():
                    columns[name].append(value)
        return pl.DataFrame(columns, schema=self.schema)


@dataclass(frozen=True, eq=False)
class _Detailed:
    """One pack over many firms; `found` keeps which facts matter, by what the search can see of a firm."""

    program: Program
    on: date
    names: Sequence[str]
    found: dict[Key, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, pack: Pack, on: date) -> _Detailed:
        deciding = pack.deciding()
        head = f"{deciding.id}__"
        return cls(program_of(deciding), on, [name for name in detail_schema([pack], on) if name.startswith(head)])

    def asked(self, columns: Iterable[str]) -> list[str]:
        pack = self.program.pack
        aliases = {pack.fact(slot).alias for slot in pack.slots}
        return [name for name in columns if name in aliases or name.rpartition("_")[0] in aliases]

    def rows(self, firms: pl.DataFrame) -> Iterator[dict[str, Any]]:
        asked = self.asked(firms.columns)
        if not asked:
            yield from (self.row({}) for _ in range(firms.height))
            return
        for facts in firms.select(asked).iter_rows(named=True):
            yield self.row(facts)

    def row(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        program, vocabulary = self.program, self.program.pack.vocabulary
        env = environment(vocabulary, known_facts(facts, vocabulary, self.on), self.on, program.slots)
        verdict = program.run(env)
        row: dict[str, Any] = dict.fromkeys(self.names)
        explainer = Explainer(program, env, self.on)
        for key, score in program.pack.scores.items():
            finding, head = explainer.score(score, env[f"scores.{key}"]), f"{program.pack.id}__{key}"
            row |= {f"{head}__points_low": finding.points_low, f"{head}__points_high": finding.points_high}
            if finding.next_band is not None:
                row[f"{head}__next_points"] = finding.next_band.points
                row |= {f"{head}__next_{name}": more for name, more in finding.next_band.gap.items()}
        row[f"{program.pack.id}__missing"] = self.missing(env, verdict)
        return row

    def missing(self, env: Env, verdict: Any) -> list[str]:
        key = _seen(self.program, env)
        if key not in self.found:
            if len(self.found) >= MOST_KEPT:
                self.found.clear()
            slots = missing_slots(self.program, env, verdict)
            vocabulary = self.program.pack.vocabulary
            self.found[key] = sorted(public_name(slot, vocabulary, self.on) for slot in slots)
        return self.found[key]


def _seen(program: Program, env: Env) -> Key:
    """Return what the search can see of a firm: two firms with equal keys lack the same facts."""
    keys, nodes = _frontier(program, env["known"])
    return (env["known"], *(env[key] for key in keys), *(program.value(node, env) for node in nodes))


@lru_cache(maxsize=4096)
def _frontier(program: Program, known: frozenset[str]) -> tuple[tuple[str, ...], tuple[Node, ...]]:
    """Return the rows that are known whole, and of all other trees the greatest parts that are."""
    whole = tuple(part.key for part in program.parts if part.slots <= known)
    pack = program.pack
    conditions = (*pack.conditions.values(), *pack.routes.values(), *((pack.direct_pass,) if pack.direct_pass else ()))
    trees = [each.that.node for each in conditions if each.row.id not in whole]
    for key, score in pack.scores.items():
        trees += [] if f"scores.{key}" in whole else [each.node for each in score.expressions()]
    trees += [pack.outcome.met.node] if pack.outcome else []
    if pack.classes:
        trees += [pack.classes.of, *(that.node for row in pack.classes.rows.values() for _, that in row.classes)]
    trees += [rung.that.node for rung in pack.ladder.rungs.values()] if pack.ladder else []
    return whole, tuple(node for tree in trees for node in _known_parts(tree, known))


def _known_parts(node: Node, known: frozenset[str]) -> Iterator[Node]:
    if node.slots and node.slots <= known:
        yield node
        return
    for child in node.children:
        yield from _known_parts(child, known)
