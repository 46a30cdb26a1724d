"""Assess a whole table under packs at once, row by row the same answer as `assess`.

Every row of law becomes column expressions on bounds (what is still possible), so gaps in the table stay unknown
exactly as for one firm. Many packs over one table are one plan: what they share is computed once, and a table that does
not fit in memory is streamed. A pack that uses a construct without a column form is assessed firm by firm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import reduce
from typing import Any

import polars as pl

from yulin.base.text import Text
from yulin.rules.core.assess import assess, refuse_wrong_day
from yulin.rules.core.column_classes import OUTCOME, OUTCOMES, class_answers, ladder_answers
from yulin.rules.core.column_requirements import requirement_answers
from yulin.rules.core.column_scores import group_span, named, score_span, total_span
from yulin.rules.core.columns import (
    NO_SECOND_SHARING,
    Flag,
    NotColumnarError,
    Plan,
    Span,
    Truth,
    opposite,
)
from yulin.rules.core.compile import Columns, Source, Table, columns_of, sources_of
from yulin.rules.core.pack import (
    Condition,
    Pack,
)
from yulin.rules.core.vocabulary import Fact
from yulin.rules.errors import FactValueError, PackNotColumnarError

_ANSWER_SCHEMA = pl.Schema({"outcome": OUTCOME, "score_low": pl.Int32(), "score_high": pl.Int32(), "band": pl.String()})


def assess_population(pack: Pack, frame: pl.DataFrame, on: date, *, trusts_unverified: bool = False) -> pl.DataFrame:
    """Return `outcome`, `score_low`, `score_high` and `band` for every row of `frame`, in its order.

    Facts stand in columns under the names of files (`revenue_fen_2023`, `staff_count`); a missing column is unknown.

    Raises: RULES.PACK.NOT_IN_FORCE, RULES.FACT.VALUE (a column holds a value that its fact cannot have).
    """
    refuse_wrong_day(pack, on)
    pack = pack.deciding()
    lazy, plan = frame.lazy(), Plan()
    table = Columns(pack.vocabulary, on, _sources([pack], lazy, on), plan=plan)
    try:
        answers = _pack_answers(pack, table, trusts_unverified)
    except NotColumnarError:
        return _firm_by_firm(pack, frame, on, trusts_unverified)
    return plan.over(lazy, answers).collect(optimizations=NO_SECOND_SHARING)


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
    for pack in packs:
        refuse_wrong_day(pack, on)
    packs = [pack.deciding() for pack in packs]
    plan, sources = Plan(), _sources(packs, firms, on)
    found: dict[str, pl.Expr] = {}
    for pack in packs:
        try:
            table = Columns(pack.vocabulary, on, sources, plan=plan)
            answers = _pack_answers(pack, table, trusts_unverified=False, with_requirements=with_requirements)
        except NotColumnarError as error:
            raise PackNotColumnarError(pack.id) from error
        found |= {f"{pack.id}__{name}": _plain(name, answer) for name, answer in answers.items()}
    return plan.over(firms, found, beside=("firm_id",))


def missing_columns(packs: Iterable[Pack], schema: Mapping[str, object], on: date) -> dict[str, list[str]]:
    """Return, by pack, the facts that no column of the table holds, under the names that the file would need."""
    found = {}
    for pack in (each.deciding() for each in packs):
        names = [columns_of(slot, pack.fact(slot), pack.vocabulary, on) for slot in sorted(pack.slots)]
        missing = [each[-1] for each in names if not any(name in schema for name in each)]
        if missing:
            found[pack.id] = missing
    return found


def _plain(name: str, answer: pl.Expr) -> pl.Expr:
    return answer.cast(pl.String) if name in {"outcome", "band"} else answer


def _pack_answers(
    pack: Pack, table: Columns, trusts_unverified: bool, *, with_requirements: bool = False
) -> dict[str, pl.Expr]:
    """Return the four answers as expressions on the columns that the table's plan keeps, requirements on request."""
    if pack.classes:
        return class_answers(pack.classes, table, trusts_unverified)
    results = _results(pack, table, trusts_unverified)
    if pack.ladder:
        answers = ladder_answers(pack.ladder, table.with_results(results), trusts_unverified)
        return {**answers, **_score_columns(results)}
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


def _answers(pack: Pack, table: Columns, trusts_unverified: bool) -> dict[str, pl.Expr]:
    verdict = Truth(yes=True, no=True)
    if pack.outcome and (trusts_unverified or not pack.outcome.row.is_unverified):
        verdict = table.plan.truth(named(table.truth(pack.outcome.met.node), answer=False))
    return {
        "outcome": _outcome(verdict.yes, verdict.no),
        **_score_columns(table.results),
        "band": pl.lit(None, pl.String),
    }


def _score_columns(results: Mapping[str, Span | Truth]) -> dict[str, pl.Expr]:
    total = results.get("total")
    low, high = (
        (total.low.top.column, total.high.top.column) if isinstance(total, Span) else (pl.lit(None), pl.lit(None))
    )
    return {"score_low": low.cast(pl.Int32), "score_high": high.cast(pl.Int32)}


def _outcome(yes: Flag, no: Flag) -> pl.Expr:
    """Return met where only *yes* is left, not_met where only *no* is."""
    unknown, met, not_met = (pl.lit(outcome, OUTCOME) for outcome in OUTCOMES)
    return pl.when(opposite(no)).then(met).when(opposite(yes)).then(not_met).otherwise(unknown)


def _flag(flag: Flag) -> pl.Expr:
    return pl.lit(flag) if isinstance(flag, bool) else flag


def _all(truths: Iterable[Truth]) -> Truth:
    return reduce(lambda a, b: a & b, truths, Truth.known(yes=True))


# The table's facts


def _sources(packs: Sequence[Pack], firms: pl.LazyFrame, on: date) -> dict[str, Source]:
    """Return the columns of every fact that the packs ask for; they share one vocabulary."""
    schema, slots = firms.collect_schema(), sorted({slot for pack in packs for slot in pack.slots})
    facts = {slot: pack.fact(slot) for pack in packs for slot in pack.slots}
    vocabulary = packs[0].vocabulary
    names = {name for slot in slots for name in columns_of(slot, facts[slot], vocabulary, on) if name in schema}
    columns = sources_of(Table(schema, frozenset()), vocabulary, on, slots)  # which they are; gaps are read with ranges
    gaps = _gaps_where_possible(firms, columns, names)
    return sources_of(Table(schema, gaps), vocabulary, on, slots)


def _gaps_where_possible(firms: pl.LazyFrame, sources: Mapping[str, Source], names: Iterable[str]) -> frozenset[str]:
    """Read the table once: return the columns with gaps, refuse one with a value that its fact cannot have.

    The proof that sums fit in 64 bits rests on this.
    """
    columns = {slot: source.column for slot, source in sources.items() if source.column is not None}
    ranged = [slot for slot in columns if sources[slot].fact.type.is_numeric]
    listed = [slot for slot in columns if sources[slot].fact.type.kind == "member"]
    strange = {slot: ~columns[slot].is_in(sorted(sources[slot].members)) for slot in listed}
    asked = (
        {f"gap {name}": pl.col(name).has_nulls() for name in sorted(names)}
        | {f"low {slot}": columns[slot].min() for slot in ranged}
        | {f"high {slot}": columns[slot].max() for slot in ranged}
        | {slot: columns[slot].filter(strange[slot]).max() for slot in listed}
    )
    found = firms.select(**asked).collect(engine="streaming").row(0, named=True) if asked else {}
    for slot in ranged:
        _refuse_outside(sources[slot].fact, found[f"low {slot}"], found[f"high {slot}"])
    for slot in listed:
        if found[slot] is not None:
            known = sorted(sources[slot].members)
            raise FactValueError(sources[slot].fact.alias, found[slot], Text("、".join(known), ", ".join(known)))
    return frozenset(name.removeprefix("gap ") for name in asked if name.startswith("gap ") and found[name])


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
