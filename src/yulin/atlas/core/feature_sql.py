"""The table of features as one sqlglot tree, for engines that speak SQL: Spark on many machines, DuckDB in tests.

It reads the tables `firms` and `statements` (shapes in `features.py`) and says row by row what `features` says.
"""

from __future__ import annotations

from sqlglot import exp

from yulin.atlas.core.fact_columns import DAY, WHOLE
from yulin.atlas.core.features import NOTHING, ORDER, FeaturePlan
from yulin.rules.core.vocabulary import Fact, Vocabulary

_FIRMS, _STATEMENTS, _WIDE = "firms", "statements", "wide"


def feature_tree(plan: FeaturePlan) -> exp.Expr:
    """Return the statement that makes the table."""
    counting = exp.select("firm_id", "value", _column(plan), *(name for name in ORDER if name != "value"))
    counting = counting.from_(_STATEMENTS).where(*_counts(plan))
    order = [_ordered(name, is_greatest) for name, is_greatest in ORDER.items()]
    place = exp.Window(
        this=exp.RowNumber(), partition_by=[_named("firm_id"), _named("said")], order=exp.Order(expressions=order)
    )
    ranked = exp.select("firm_id", "said", "value", exp.alias_(place, "place")).from_("counting")
    first = exp.EQ(this=_named("place"), expression=exp.convert(1))
    values = [_of(name) for name in plan.columns]
    wide = exp.select("firm_id", *values).from_("ranked").where(first).group_by("firm_id")
    answers = [
        exp.alias_(_typed(exp.column(name, _WIDE, quoted=True), fact, plan.vocabulary), name, quoted=True)
        for name, fact in plan.columns.items()
    ]
    found = exp.select(exp.column("firm_id", _FIRMS), *answers).from_(_FIRMS)
    joined = exp.EQ(this=exp.column("firm_id", _FIRMS), expression=exp.column("firm_id", _WIDE))
    found = found.join(_WIDE, on=joined, join_type="left")
    for name, part in (("counting", counting), ("ranked", ranked), (_WIDE, wide)):
        found = found.with_(name, as_=part)
    return found


def rendered(tree: exp.Expr, dialect: str) -> str:
    """Return a tree as the SQL of one engine."""
    sql: str = tree.sql(dialect=dialect)
    return sql


def _column(plan: FeaturePlan) -> exp.Expr:
    cases = [
        exp.If(this=exp.EQ(this=_named("fact"), expression=exp.convert(name)), true=exp.convert(column))
        for name, column in plan.names.items()
    ]
    return exp.alias_(exp.Case(ifs=cases) if cases else exp.cast(exp.null(), "TEXT"), "said")


def _counts(plan: FeaturePlan) -> list[exp.Expr]:
    day = exp.cast(exp.convert(plan.on.isoformat()), "DATE")
    instant = exp.cast(exp.convert(plan.known_at.isoformat(sep=" ")), "TIMESTAMPTZ")
    until = _named("valid_until")
    names = [exp.convert(name) for name in sorted(plan.names)]
    return [
        exp.In(this=_named("fact"), expressions=names) if names else exp.false(),
        exp.LTE(this=_named("known_at"), expression=instant),
        exp.LTE(this=_named("valid_from"), expression=day),
        exp.or_(exp.Is(this=until, expression=exp.null()), exp.GT(this=until.copy(), expression=day.copy())),
    ]


def _ordered(name: str, is_greatest: bool) -> exp.Expr:
    by = _named(name)
    if name == "value":
        by = exp.Coalesce(this=by, expressions=[exp.convert(NOTHING)])
    return exp.Ordered(this=by, desc=is_greatest)


def _of(column: str) -> exp.Expr:
    test = exp.EQ(this=_named("said"), expression=exp.convert(column))
    return exp.alias_(exp.Max(this=exp.Case(ifs=[exp.If(this=test, true=_named("value"))])), column, quoted=True)


def _typed(value: exp.Expr, fact: Fact, vocabulary: Vocabulary) -> exp.Expr:
    kind = fact.type.kind
    if kind == "text":
        return value
    if kind == "bool":
        words = {"true": exp.true(), "false": exp.false()}
        return exp.Case(
            ifs=[exp.If(this=exp.EQ(this=value.copy(), expression=exp.convert(one)), true=words[one]) for one in words]
        )
    if kind == "member":
        members = [exp.convert(one) for one in sorted(vocabulary.lists[fact.type.unit].members)]
        return _where(exp.In(this=value.copy(), expressions=members), value)
    if kind == "date":
        return _where(exp.RegexpLike(this=value.copy(), expression=exp.convert(DAY)), _tried(value, "DATE"))
    whole = _where(exp.RegexpLike(this=value.copy(), expression=exp.convert(WHOLE)), _tried(value, "BIGINT"))
    between = exp.Between(this=whole, low=exp.convert(fact.lowest), high=exp.convert(fact.highest))
    return _where(between, whole.copy())


def _where(test: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=test, true=value)])


def _tried(value: exp.Expr, to: str) -> exp.Expr:
    return exp.TryCast(this=value.copy(), to=exp.DataType.build(to), safe=True)


def _named(name: str) -> exp.Expr:
    return exp.column(name, quoted=True)
