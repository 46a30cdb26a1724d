"""Assess a whole table under packs at once, row by row the same answer as `assess`.

Every row of law becomes column expressions on bounds (what is still possible), so gaps in the table stay unknown
exactly as for one firm. Many packs over one table are one plan: what they share is computed once, and a table that does
not fit in memory is streamed. A pack that uses a construct without a column form is assessed firm by firm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

import polars as pl

from yulin.base.text import Text
from yulin.rules.core.assess import assess, refuse_wrong_day
from yulin.rules.core.columns import (
    NO_SECOND_SHARING,
    Flag,
    Plan,
    Ratio,
    Span,
    Truth,
    Whole,
    both,
    either,
    opposite,
)
from yulin.rules.core.compile import Columns, NotColumnarError, Source, Table, columns_of, sources_of
from yulin.rules.core.pack import Bands, BestOf, ClassTable, Condition, FirstOf, Pack, PointsWhen, Score, Scoring
from yulin.rules.core.vocabulary import Fact
from yulin.rules.errors import FactValueError, PackNotColumnarError

OUTCOMES = ("unknown", "met", "not_met")
_OUTCOME = pl.Enum(OUTCOMES)
_ANSWER_SCHEMA = pl.Schema(
    {"outcome": _OUTCOME, "score_low": pl.Int32(), "score_high": pl.Int32(), "band": pl.String()}
)


def assess_population(pack: Pack, frame: pl.DataFrame, on: date, *, trusts_unverified: bool = False) -> pl.DataFrame:
    """Return `outcome`, `score_low`, `score_high` and `band` for every row of `frame`, in its order.

    Facts stand in columns under the names of files (`revenue_fen_2023`, `staff_count`); a missing column is unknown.

    Raises: RULES.PACK.NOT_IN_FORCE, RULES.FACT.VALUE (a column holds a value that its fact cannot have).
    """
    refuse_wrong_day(pack, on)
    lazy, plan = frame.lazy(), Plan()
    table = Columns(pack.vocabulary, on, _sources([pack], lazy, on), plan=plan)
    try:
        answers = _pack_answers(pack, table, trusts_unverified)
    except NotColumnarError:
        return _firm_by_firm(pack, frame, on, trusts_unverified)
    return plan.over(lazy, answers).collect(optimizations=NO_SECOND_SHARING)


def assess_packs(packs: Sequence[Pack], firms: pl.LazyFrame, on: date) -> pl.LazyFrame:
    """Return `firm_id` and, for each pack, `<pack>__outcome`, `__score_low`, `__score_high` and `__band`, as one plan.

    The table is read twice, first for its gaps and ranges: only what is collected, or written by `sink_parquet`, is
    read again. A column that is missing is unknown in every row.

    Raises: RULES.PACK.NOT_IN_FORCE, RULES.PACK.NOT_COLUMNAR, RULES.FACT.VALUE, RULES.TABLE.DUPLICATE.
    """
    for pack in packs:
        refuse_wrong_day(pack, on)
    plan, sources = Plan(), _sources(packs, firms, on)
    found: dict[str, pl.Expr] = {}
    for pack in packs:
        try:
            answers = _pack_answers(pack, Columns(pack.vocabulary, on, sources, plan=plan), trusts_unverified=False)
        except NotColumnarError as error:
            raise PackNotColumnarError(pack.id) from error
        found |= {f"{pack.id}__{name}": _plain(name, answer) for name, answer in answers.items()}
    return plan.over(firms, found, beside=("firm_id",))


def missing_columns(packs: Iterable[Pack], schema: Mapping[str, object], on: date) -> dict[str, list[str]]:
    """Return, by pack, the facts that no column of the table holds, under the names that the file would need."""
    found = {}
    for pack in packs:
        names = [columns_of(slot, pack.fact(slot), pack.vocabulary, on) for slot in sorted(pack.slots)]
        missing = [each[-1] for each in names if not any(name in schema for name in each)]
        if missing:
            found[pack.id] = missing
    return found


def _plain(name: str, answer: pl.Expr) -> pl.Expr:
    return answer.cast(pl.String) if name in {"outcome", "band"} else answer


def _pack_answers(pack: Pack, table: Columns, trusts_unverified: bool) -> dict[str, pl.Expr]:
    """Return the four answers as expressions on the columns that the table's plan keeps."""
    plan = table.plan
    if pack.classes:
        return _class_answers(pack.classes, table, trusts_unverified)
    conditions = {c.row.id: plan.truth(_condition(table, c, trusts_unverified)) for c in pack.conditions.values()}
    scores = {f"scores.{key}": _score(table, score, trusts_unverified) for key, score in pack.scores.items()}
    results: dict[str, Span | Truth] = {**conditions, **scores, "conditions": plan.truth(_all(conditions.values()))}
    if scores:
        low = plan.kept(_total(span.low for span in scores.values()))
        is_known = all(span.is_known for span in scores.values())
        results["total"] = Span(low, low if is_known else plan.kept(_total(span.high for span in scores.values())))
    if pack.direct_pass:
        results["direct_pass"] = plan.truth(_condition(table, pack.direct_pass, trusts_unverified))
    return _answers(pack, table.with_results(results), trusts_unverified)


def _total(ratios: Iterable[Ratio]) -> Ratio:
    return reduce(lambda a, b: a + b, ratios)


def _answers(pack: Pack, table: Columns, trusts_unverified: bool) -> dict[str, pl.Expr]:
    verdict = Truth(yes=True, no=True)
    if pack.outcome and (trusts_unverified or not pack.outcome.row.is_unverified):
        verdict = table.plan.truth(_named(table.truth(pack.outcome.met.node), answer=False))
    total = table.results.get("total")
    low, high = (
        (total.low.top.column, total.high.top.column) if isinstance(total, Span) else (pl.lit(None), pl.lit(None))
    )
    return {
        "outcome": _outcome(verdict.yes, verdict.no),
        "score_low": low.cast(pl.Int32),
        "score_high": high.cast(pl.Int32),
        "band": pl.lit(None, pl.String),
    }


def _outcome(yes: Flag, no: Flag) -> pl.Expr:
    """Return met where only *yes* is left, not_met where only *no* is."""
    unknown, met, not_met = (pl.lit(outcome, _OUTCOME) for outcome in OUTCOMES)
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
    gaps = _row(firms, {name: pl.col(name).has_nulls() for name in sorted(names)})
    sources = sources_of(Table(schema, frozenset(name for name in names if gaps[name])), vocabulary, on, slots)
    _refuse_impossible(firms, sources)
    return sources


def _row(firms: pl.LazyFrame, asked: Mapping[str, pl.Expr]) -> dict[str, Any]:
    """Return one value of the whole table for each expression, read once."""
    return firms.select(**asked).collect(engine="streaming").row(0, named=True) if asked else {}


def _refuse_impossible(firms: pl.LazyFrame, sources: Mapping[str, Source]) -> None:
    """Refuse a column with a value that its fact cannot have; the proof that sums fit in 64 bits rests on this."""
    columns = {slot: source.column for slot, source in sources.items() if source.column is not None}
    ranged = [slot for slot in columns if sources[slot].fact.type.is_numeric]
    listed = [slot for slot in columns if sources[slot].fact.type.kind == "member"]
    strange = {slot: ~columns[slot].is_in(sorted(sources[slot].members)) for slot in listed}
    found = _row(
        firms,
        {f"low {slot}": columns[slot].min() for slot in ranged}
        | {f"high {slot}": columns[slot].max() for slot in ranged}
        | {slot: columns[slot].filter(strange[slot]).max() for slot in listed},
    )
    for slot in ranged:
        _refuse_outside(sources[slot].fact, found[f"low {slot}"], found[f"high {slot}"])
    for slot in listed:
        if found[slot] is not None:
            known = sorted(sources[slot].members)
            raise FactValueError(sources[slot].fact.alias, found[slot], Text("、".join(known), ", ".join(known)))


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
    return _named(table.truth(condition.that.node), condition.undefined)


def _named(truth: Truth, answer: bool | None) -> Truth:
    """Replace a possible *undefined* by the answer that the condition names for it."""
    if truth.may is False:
        return truth
    is_defined = opposite(truth.must)
    yes, no = both(truth.yes, is_defined), both(truth.no, is_defined)
    if answer is not False:
        yes = either(yes, truth.may)
    if answer is not True:
        no = either(no, truth.may)
    return Truth(yes, no) if answer is None else Truth(yes, no, is_settled=truth.is_settled)


@dataclass(frozen=True)
class _Points:
    """What one way can earn where it applies, where it can apply and fail to, and what it else gives."""

    low: Ratio
    high: Ratio
    applies: Truth
    otherwise: int


def _score(table: Columns, score: Score, trusts_unverified: bool) -> Span:
    most = Ratio.constant(score.at_most)
    if score.row.is_unverified and not trusts_unverified:
        return Span(Ratio.constant(0), most)
    low, high = _settled(table, _scoring(table, score.rule))
    return Span(low, high)


def _scoring(table: Columns, rule: Scoring) -> _Points:
    if isinstance(rule, Bands):
        return _bands(table, rule)
    if isinstance(rule, PointsWhen):
        points = Ratio.constant(rule.points)
        return _Points(points, points, table.plan.truth(_named(table.truth(rule.when.node), answer=False)), 0)
    ways = [_scoring(table, way) for way in rule.ways]
    if isinstance(rule, FirstOf):
        return _first_of(table, ways)
    pairs = [_settled(table, way) for way in ways]
    join: Callable[[list[pl.Expr]], pl.Expr] = pl.max_horizontal if isinstance(rule, BestOf) else pl.sum_horizontal
    low = _joined(join, [pair[0] for pair in pairs])
    high = low if all(pair[0] is pair[1] for pair in pairs) else _joined(join, [pair[1] for pair in pairs])
    return _Points(low, high, Truth.known(yes=True), 0)


def _joined(join: Callable[[list[pl.Expr]], pl.Expr], ratios: list[Ratio]) -> Ratio:
    most = sum(ratio.top.most for ratio in ratios)
    return Ratio(Whole(join([ratio.top.column for ratio in ratios]), most))


def _settled(table: Columns, points: _Points) -> tuple[Ratio, Ratio]:
    """Return the least and most points, also where the way does not apply."""
    otherwise = Ratio.constant(points.otherwise)
    return _else(table, points, otherwise, otherwise)


def _else(table: Columns, points: _Points, low: Ratio, high: Ratio) -> tuple[Ratio, Ratio]:
    """Return the points where the way applies, `low` and `high` where it does not, the wider of both where it may."""
    yes, no, kept = points.applies.yes, points.applies.no, table.plan.kept
    if points.applies.is_settled:
        found = kept(_when(yes, points.low, low))
        is_one = points.low is points.high and low is high
        return found, found if is_one else kept(_when(yes, points.high, high))
    open_low = _when(yes, _least(points.low, low), low)
    open_high = _when(yes, _most(points.high, high), high)
    surely = opposite(no)
    return kept(_when(surely, points.low, open_low)), kept(_when(surely, points.high, open_high))


def _when(test: Flag, one: Ratio, two: Ratio) -> Ratio:
    if isinstance(test, bool):
        return one if test else two
    most = max(one.top.most, two.top.most)
    return Ratio(Whole(pl.when(test).then(one.top.column).otherwise(two.top.column), most))


def _least(one: Ratio, two: Ratio) -> Ratio:
    return Ratio(Whole(pl.min_horizontal(one.top.column, two.top.column), max(one.top.most, two.top.most)))


def _most(one: Ratio, two: Ratio) -> Ratio:
    return Ratio(Whole(pl.max_horizontal(one.top.column, two.top.column), max(one.top.most, two.top.most)))


def _first_of(table: Columns, ways: list[_Points]) -> _Points:
    """Nest the ways from the last: each gives way to the next where it does not apply."""
    low = high = Ratio.constant(ways[-1].otherwise)
    for way in reversed(ways):
        low, high = _else(table, way, low, high)
    return _Points(low, high, Truth.known(yes=True), 0)


def _bands(table: Columns, rule: Bands) -> _Points:
    span = table.number(rule.of.node)
    points = [step.points for step in rule.steps]
    if points != sorted(points, reverse=True) or (rule.otherwise > points[-1] and not span.is_known):
        raise NotColumnarError(rule)
    best, worst = (span.high, span.low) if rule.comparator in {">=", ">"} else (span.low, span.high)
    undefined = Ratio.constant(rule.otherwise if rule.undefined is None else rule.undefined)
    high, reached = _ladder(table, rule, best)
    if span.is_known:
        known = high if span.must is False else table.plan.kept(_when(span.must, undefined, high))
        return _Points(known, known, Truth.known(either(reached, span.must)), rule.otherwise)
    low, surely = _ladder(table, rule, worst)
    if span.may is not False:
        alone = either(span.must, both(span.may, opposite(reached)))
        low = table.plan.kept(_when(alone, undefined, _when(span.may, _least(low, undefined), low)))
        high = table.plan.kept(_when(alone, undefined, _when(span.may, _most(high, undefined), high)))
    applies = Truth(either(reached, span.may), both(opposite(surely), opposite(span.must)))
    return _Points(low, high, table.plan.truth(applies), rule.otherwise)


def _ladder(table: Columns, rule: Bands, value: Ratio) -> tuple[Ratio, Flag]:
    """Return the points of the first band that the value reaches (else the last band's), and whether it reaches any."""
    tests = [value.compares(rule.comparator, Ratio.constant(step.bound)) for step in rule.steps]
    found = Ratio.constant(rule.steps[-1].points)
    for test, step in zip(reversed(tests[:-1]), reversed(rule.steps[:-1]), strict=True):
        found = _when(test, Ratio.constant(step.points), found)
    return table.plan.kept(found), table.plan.flag(tests[-1])


# Class tables


def _class_answers(classes: ClassTable, table: Columns, trusts_unverified: bool) -> dict[str, pl.Expr]:
    """Return the class where exactly one is left; a bit stands for each class, the last for what is not covered."""
    source: Source = table.sources[classes.of.slot]
    by_member = {member: _class_bits(classes, member, table, trusts_unverified) for member in sorted(source.members)}
    bits = table.plan.keep(reduce(lambda a, b: a | b, by_member.values()))
    if source.column is not None:
        members = pl.Enum(list(by_member))
        column = table.plan.keep(source.column.cast(members))
        for member, found in by_member.items():
            bits = pl.when(column == pl.lit(member, members)).then(found).otherwise(bits)
    return _class_answer(classes, table.plan.keep(bits))


def _class_answer(classes: ClassTable, bits: pl.Expr) -> dict[str, pl.Expr]:
    order = pl.Enum(classes.order)
    band = pl.lit(None, order)
    for place, name in enumerate(classes.order):
        band = pl.when(bits == 1 << place).then(pl.lit(name, order)).otherwise(band)
    is_one = reduce(lambda a, b: a | b, (bits == 1 << place for place in range(len(classes.order))))
    return {
        "outcome": pl.when(is_one).then(pl.lit("met", _OUTCOME)).otherwise(pl.lit("unknown", _OUTCOME)),
        "score_low": pl.lit(None, pl.Int32),
        "score_high": pl.lit(None, pl.Int32),
        "band": band,
    }


def _class_bits(classes: ClassTable, member: str, table: Columns, trusts_unverified: bool) -> pl.Expr:
    count, row = len(classes.order), classes.rows.get(member)
    if row is None:
        return pl.lit(1 << count, pl.Int16)
    if row.row.is_unverified and not trusts_unverified:
        return pl.lit((2 << count) - 1, pl.Int16)
    is_open: Flag = True
    bits = pl.lit(0, pl.Int16)
    for i, (_, that) in enumerate(row.classes):
        truth = table.plan.truth(table.truth(that.node))
        bits = bits | _bit(both(is_open, truth.yes), i)
        is_open = both(is_open, truth.no)
    return table.plan.keep(bits | _bit(is_open, count - 1))


def _bit(is_set: Flag, place: int) -> pl.Expr:
    return pl.when(_flag(is_set)).then(pl.lit(1 << place, pl.Int16)).otherwise(pl.lit(0, pl.Int16))


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
