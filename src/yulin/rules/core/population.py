"""Assess a whole table under packs at once, row by row the same answer as `assess`.

Every row of law becomes column expressions on bounds (what is still possible), so gaps in the table stay unknown
exactly as for one firm. Many packs over one table are one plan: what they share is computed once, and a table that does
not fit in memory is streamed. A pack that uses a construct without a column form is assessed firm by firm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, reduce
from typing import Any, TypeAlias

import polars as pl

from yulin.base.text import Text
from yulin.rules.core.assess import assess, refuse_wrong_day
from yulin.rules.core.column_classes import OUTCOMES, class_answers, ladder_answers
from yulin.rules.core.column_requirements import requirement_answers
from yulin.rules.core.column_scores import group_span, named, score_span, total_span
from yulin.rules.core.columns import (
    NO_SECOND_SHARING,
    NotColumnarError,
    Plan,
    Span,
    Truth,
    opposite,
)
from yulin.rules.core.compile import Columns, Source, Table, columns_of, sources_of
from yulin.rules.core.engine import POLARS, Column, Engine
from yulin.rules.core.pack import Condition, Pack
from yulin.rules.core.vocabulary import Fact, Vocabulary
from yulin.rules.errors import FactValueError, PackNotColumnarError

ColumnTypes: TypeAlias = tuple[tuple[str, pl.DataType], ...]
_ANSWER_SCHEMA = pl.Schema(
    {"outcome": pl.Enum(OUTCOMES), "score_low": pl.Int32(), "score_high": pl.Int32(), "band": pl.String()}
)


def assess_population(pack: Pack, frame: pl.DataFrame, on: date, *, trusts_unverified: bool = False) -> pl.DataFrame:
    """Return `outcome`, `score_low`, `score_high` and `band` for every row of `frame`, in its order.

    Facts stand in columns under the names of files (`revenue_fen_2023`, `staff_count`); a missing column is unknown.

    Raises: RULES.PACK.NOT_IN_FORCE, RULES.FACT.VALUE (a column holds a value that its fact cannot have).
    """
    refuse_wrong_day(pack, on)
    pack, lazy, columns = pack.deciding(), frame.lazy(), tuple(frame.schema.items())
    gaps = _looked_over(_reading((pack,), columns, on), lazy)
    try:
        plan, answers = _compiled(pack, columns, gaps, on, trusts_unverified)
    except NotColumnarError:
        return _firm_by_firm(pack, frame, on, trusts_unverified)
    return plan.over(lazy, answers).collect(optimizations=NO_SECOND_SHARING)


@lru_cache(maxsize=256)
def _reading(packs: tuple[Pack, ...], columns: ColumnTypes, on: date) -> Reading:
    return reading_of(packs, dict(columns), on)


@lru_cache(maxsize=256)
def _compiled(
    pack: Pack, columns: ColumnTypes, gaps: frozenset[str], on: date, trusts_unverified: bool
) -> tuple[Plan, dict[str, Column]]:
    """Return the answers of a pack over any table with these columns and gaps: they do not depend on its values."""
    plan, reading = Plan(), _reading((pack,), columns, on)
    table = Columns(pack.vocabulary, on, reading.sources_with(gaps), plan=plan)
    return plan, _pack_answers(pack, table, trusts_unverified)


def assess_packs(
    packs: Sequence[Pack], firms: pl.LazyFrame, on: date, *, with_requirements: bool = False
) -> pl.LazyFrame:
    """Return `firm_id` and, for each pack, `<pack>__outcome`, `__score_low`, `__score_high` and `__band`, as one plan.

    On request also, for each requirement of a pack, `<pack>__short_<n>` and `<pack>__open_<n>`
    (`column_requirements`).

    The table is read twice, first for its gaps and ranges: only what is collected, or written by `sink_parquet`, is
    read again. A column that is missing is unknown in every row.

    Raises: RULES.PACK.NOT_IN_FORCE, RULES.PACK.NOT_COLUMNAR, RULES.FACT.VALUE, RULES.TABLE.DUPLICATE.
    """
    plan = Plan()
    sources = _sources([pack.deciding() for pack in packs], firms, on)
    answers = answers_of(packs, sources, plan, on, with_requirements=with_requirements)
    return plan.over(firms, answers, beside=("firm_id",))


def answers_of(
    packs: Sequence[Pack], sources: Mapping[str, Source], plan: Plan, on: date, *, with_requirements: bool = False
) -> dict[str, Column]:
    """Return the four answers of each pack as columns of the plan's engine, under the names that files give them.

    Raises: RULES.PACK.NOT_IN_FORCE, RULES.PACK.NOT_COLUMNAR.
    """
    for pack in packs:
        refuse_wrong_day(pack, on)
    found: dict[str, Column] = {}
    for pack in (each.deciding() for each in packs):
        try:
            table = Columns(pack.vocabulary, on, sources, plan=plan)
            answers = _pack_answers(pack, table, trusts_unverified=False, with_requirements=with_requirements)
        except NotColumnarError as error:
            raise PackNotColumnarError(pack.id) from error
        found |= {f"{pack.id}__{name}": _plain(plan, name, answer) for name, answer in answers.items()}
    return found


def missing_columns(packs: Iterable[Pack], schema: Mapping[str, object], on: date) -> dict[str, list[str]]:
    """Return, by pack, the facts that no column of the table holds, under the names that the file would need."""
    found = {}
    for pack in (each.deciding() for each in packs):
        names = [columns_of(slot, pack.fact(slot), pack.vocabulary, on) for slot in sorted(pack.slots)]
        missing = [each[-1] for each in names if not any(name in schema for name in each)]
        if missing:
            found[pack.id] = missing
    return found


_OTHER_UNITS = {
    "money": ("", "_yuan", "_wan", "_yi", "_cny", "_rmb"),
    "ratio": ("", "_pct", "_percent", "_share", "_ratio"),
    "days": ("", "_weeks", "_months", "_years"),
    "months": ("", "_days", "_years"),
}


def columns_of_other_units(packs: Iterable[Pack], schema: Mapping[str, object], on: date) -> dict[str, str]:
    """Return the columns that hold a fact by its name but in another unit, each with the name that the file needs.

    A table with the right column beside it may keep the other.
    """
    found: dict[str, str] = {}
    for pack in (each.deciding() for each in packs):
        for slot in sorted(pack.slots):
            fact = pack.fact(slot)
            names = columns_of(slot, fact, pack.vocabulary, on)
            if any(name in schema for name in names):
                continue
            for name in names:
                year = name.removeprefix(fact.alias)
                others = (f"{fact.name}{unit}{year}" for unit in _OTHER_UNITS.get(fact.type.kind, ()))
                found |= {other: name for other in others if other in schema and other != name}
    return found


def _plain(plan: Plan, name: str, answer: Column) -> Column:
    return plan.engine.text(answer) if name in {"outcome", "band"} else answer


def _pack_answers(
    pack: Pack, table: Columns, trusts_unverified: bool, *, with_requirements: bool = False
) -> dict[str, Column]:
    """Return the four answers as expressions on the columns that the table's plan keeps, requirements on request."""
    if pack.classes:
        return class_answers(pack.classes, table, trusts_unverified)
    results = _results(pack, table, trusts_unverified)
    if pack.ladder:
        answers = ladder_answers(pack.ladder, table.with_results(results), trusts_unverified)
        return {**answers, **_score_columns(table.plan, results)}
    answers = _answers(pack, table.with_results(results), trusts_unverified)
    return {**answers, **requirement_answers(pack, table, results)} if with_requirements else answers


def _results(pack: Pack, table: Columns, trusts_unverified: bool) -> dict[str, Span | Truth]:
    """Return every row's result under its name, and what joins them: mirrors `program._together`."""
    plan = table.plan
    conditions, routes = (
        {c.row.id: plan.truth(_condition(table, c, trusts_unverified)) for c in section.values()}
        for section in (pack.conditions, pack.routes)
    )
    results: dict[str, Span | Truth] = {**conditions, **routes}
    results["conditions"] = plan.truth(_all(conditions.values()))
    results["routes"] = plan.truth(reduce(lambda a, b: a | b, routes.values(), Truth.known(yes=False)))
    if pack.direct_pass:
        results["direct_pass"] = plan.truth(_condition(table, pack.direct_pass, trusts_unverified))
    scores = {key: score_span(table, score, trusts_unverified) for key, score in pack.scores.items()}
    groups = {
        key: group_span([scores[name] for name in group.scores], group.at_most, plan)
        for key, group in pack.groups.items()
    }
    grouped = {name for group in pack.groups.values() for name in group.scores}
    if scores:
        alone = [span for key, span in scores.items() if key not in grouped]
        results["total"] = total_span([*alone, *groups.values()], plan)
    results |= {f"scores.{key}": span for key, span in scores.items()}
    return results | {f"groups.{key}": span for key, span in groups.items()}


def _answers(pack: Pack, table: Columns, trusts_unverified: bool) -> dict[str, Column]:
    verdict = Truth(yes=True, no=True)
    if pack.outcome and (trusts_unverified or not pack.outcome.row.is_unverified):
        verdict = table.plan.truth(named(table.truth(pack.outcome.met.node), answer=False))
    return {
        "outcome": _outcome(table.plan.engine, verdict),
        **_score_columns(table.plan, table.results),
        "band": table.plan.engine.none("text"),
    }


def _score_columns(plan: Plan, results: Mapping[str, Span | Truth]) -> dict[str, Column]:
    total, none = results.get("total"), plan.engine.none("number")
    if not isinstance(total, Span):
        return {"score_low": none, "score_high": none}
    low, high = (plan.engine.points(plan.column(bound.top)) for bound in (total.low, total.high))
    return {"score_low": low, "score_high": high}


def _outcome(engine: Engine, verdict: Truth) -> Column:
    """Return met where only *yes* is left, not_met where only *no* is."""
    cases = [(opposite(verdict.no), "met"), (opposite(verdict.yes), "not_met")]
    return engine.named([case for case in cases if case[0] is not False], "unknown", OUTCOMES)


def _all(truths: Iterable[Truth]) -> Truth:
    return reduce(lambda a, b: a & b, truths, Truth.known(yes=True))


# The table's facts


@dataclass(frozen=True)
class Reading:
    """What is asked of the table before it is assessed: which columns have gaps, and what they hold at their ends."""

    table: Table
    vocabulary: Vocabulary
    on: date
    sources: Mapping[str, Source]
    asked: Mapping[str, Column]

    def sources_after(self, found: Mapping[str, Any]) -> dict[str, Source]:
        """Return the columns of the facts, given the answers; the proof that sums fit in 64 bits rests on them.

        Raises: RULES.FACT.VALUE.
        """
        return self.sources_with(self.gaps_in(found))

    def gaps_in(self, found: Mapping[str, Any]) -> frozenset[str]:
        """Return the columns with gaps, given the answers.

        Raises: RULES.FACT.VALUE (a column holds a value that its fact cannot have).
        """
        for slot, source in self.sources.items():
            if f"low {slot}" in self.asked:
                _refuse_outside(source.fact, found[f"low {slot}"], found[f"high {slot}"])
            if found.get(f"strange {slot}") is not None:
                known = sorted(source.members)
                raise FactValueError(
                    source.fact.alias, found[f"strange {slot}"], Text("、".join(known), ", ".join(known))
                )
        for name in (name for name in self.asked if name.startswith("unread ") and found[name] is not None):
            raise FactValueError(
                name.removeprefix("unread "), found[name], Text("日期，如 2024-05-06", "a date such as 2024-05-06")
            )
        return frozenset(name.removeprefix("gap ") for name in self.asked if name.startswith("gap ") and found[name])

    def sources_with(self, gaps: frozenset[str]) -> dict[str, Source]:
        """Return the columns of the facts in a table in which these have gaps."""
        return sources_of(replace(self.table, gaps=gaps), self.vocabulary, self.on, self.sources)


def reading_of(packs: Sequence[Pack], schema: Mapping[str, Any], on: date, engine: Engine = POLARS) -> Reading:
    """Return what to ask of a table with these columns (by polars type) for the packs; they share one vocabulary.

    Raises: RULES.FACT.VALUE (a column has a type that its fact cannot have).
    """
    facts = {slot: pack.fact(slot) for pack in packs for slot in sorted(pack.slots)}
    vocabulary, table = packs[0].vocabulary, Table(schema, frozenset(), engine)
    sources = sources_of(table, vocabulary, on, sorted(facts))
    asked: dict[str, Column] = {}
    for slot, source in sources.items():
        kind = source.fact.type.kind
        for name in (name for name in columns_of(slot, source.fact, vocabulary, on) if name in schema):
            asked[f"gap {name}"] = engine.has_gaps(name)
            unreadable = engine.unreadable(kind, name, schema[name])
            if unreadable is not None:
                asked[f"unread {name}"] = unreadable
        if source.column is not None and source.fact.type.is_numeric:
            asked |= {f"low {slot}": engine.lowest(source.column), f"high {slot}": engine.highest(source.column)}
        if source.column is not None and kind == "member":
            asked[f"strange {slot}"] = engine.stranger(source.column, sorted(source.members))
    return Reading(table, vocabulary, on, sources, asked)


def _sources(packs: Sequence[Pack], firms: pl.LazyFrame, on: date) -> dict[str, Source]:
    """Return the columns of every fact that the packs ask for; the table is read once for it."""
    reading = reading_of(packs, firms.collect_schema(), on)
    return reading.sources_with(_looked_over(reading, firms))


def _looked_over(reading: Reading, firms: pl.LazyFrame) -> frozenset[str]:
    """Read the table once and return which of its columns have gaps."""
    found = firms.select(**reading.asked).collect(engine="streaming").row(0, named=True) if reading.asked else {}
    return reading.gaps_in(found)


def _refuse_outside(fact: Fact, low: int | None, high: int | None) -> None:
    for value in (low, high):
        if value is not None and not fact.lowest <= value <= fact.highest:
            raise FactValueError(
                fact.alias, value, Text(f"{fact.lowest} 至 {fact.highest}", f"{fact.lowest} to {fact.highest}")
            )


# Rows of law


def _condition(table: Columns, condition: Condition, trusts_unverified: bool) -> Truth:
    if condition.row.is_unverified and not trusts_unverified:
        return Truth(yes=True, no=True)
    return named(table.truth(condition.that.node), condition.undefined)


def _firm_by_firm(pack: Pack, frame: pl.DataFrame, on: date, trusts_unverified: bool) -> pl.DataFrame:
    names = set(_fact_columns(pack, frame))
    rows: list[dict[str, Any]] = []
    for facts in frame.select(sorted(names)).iter_rows(named=True):
        found = assess(pack, facts, on, trusts_unverified=trusts_unverified, explains=False)
        rows.append(
            {
                "outcome": found.outcome.value,
                "score_low": found.score_low,
                "score_high": found.score_high,
                "band": found.band,
            }
        )
    return pl.DataFrame(rows, schema=_ANSWER_SCHEMA)


def _fact_columns(pack: Pack, frame: pl.DataFrame) -> Iterable[str]:
    aliases = {pack.fact(slot).alias for slot in pack.slots}
    for name in frame.columns:
        if name in aliases or name.rpartition("_")[0] in aliases:
            yield name
