"""What counts about every firm as one table: firms × facts, as of a day, as known at an instant.

The law is that of `statements.values_on`, column by column; the table is what rules read over a population. It is said
twice from one plan: in polars for one machine, in SQL (`feature_sql.py`) for many.

**Shapes**: `firms` has `firm_id`; `statements` has `SAID`; the table has `firm_id` and, for each column of the plan,
what counts, or null where nothing is known or what is said cannot be the fact's.

A statement that says several years at once is taken apart first (`years_apart`).

Property: each row is what `values_on` says of the firm alone, in whatever order and files statements lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from yulin.atlas.core.fact_columns import BY_YEAR, fact_and_year, type_of, typed
from yulin.rules.core.vocabulary import Fact, Vocabulary
from yulin.rules.errors import UnknownFactError

SAID: Mapping[str, pl.DataType] = {
    "firm_id": pl.String(), "fact": pl.String(), "value": pl.String(), "source": pl.String(), "valid_from": pl.Date(),
    "valid_until": pl.Date(), "known_at": pl.Datetime("us", "UTC"), "priority": pl.Int32(),
}  # fmt: skip
ORDER: Mapping[str, bool] = {
    "priority": False, "valid_from": True, "known_at": True, "source": True, "value": True,
}  # fmt: skip
"""By what the statement that counts comes first, and whether the greater does."""
_YEAR = r'"(?:19|20)[0-9]{2}"\s*:'  # a year of an object, as JSON writes its keys
NOTHING = "null"  # where a source says that a value is none, as text to sort by


@dataclass(frozen=True)
class FeaturePlan:
    """A table of features: its columns with their facts, which names of statements each is said under, and when."""

    columns: Mapping[str, Fact]
    names: Mapping[str, str]  # name of a statement's fact → column
    vocabulary: Vocabulary
    on: date
    known_at: datetime


def feature_plan(
    asked: Sequence[str] | None, said: Iterable[str], vocabulary: Vocabulary, on: date, known_at: datetime
) -> FeaturePlan:
    """Return the table of some facts, named as packs or files name them, or (None) of all that anything is said about.

    `said` are the names that statements use. A fact that is asked for without a year comes with every year that is
    said; one that nothing is said about is a column of unknown values. **Raises**: `RULES.FACT.UNKNOWN_NAME`.
    """
    columns: dict[str, Fact] = {}
    for name in asked or ():
        fact, year = fact_and_year(name, vocabulary)
        if fact is None:
            raise UnknownFactError(name, [*vocabulary.facts, *vocabulary.by_alias])
        columns[_column(fact, year)] = fact
    without_year = {fact.name for column, fact in columns.items() if column == fact.alias}
    names: dict[str, str] = {}
    for name in sorted(set(said)):
        fact, year = fact_and_year(name, vocabulary)
        column = _column(fact, year) if fact else ""
        if fact and (asked is None or column in columns or fact.name in without_year):
            columns[column] = fact
            names[name] = column
    order = {name: place for place, name in enumerate(vocabulary.facts)}
    ordered = dict(sorted(columns.items(), key=lambda one: (order[one[1].name], one[0])))
    return FeaturePlan(ordered, names, vocabulary, on, known_at)


def years_apart(statements: pl.LazyFrame, vocabulary: Vocabulary, on: date, known_at: datetime) -> pl.LazyFrame:
    """Return statements with those that say several years at once (`revenue_fen_by_year`) as one of each year.

    Of a firm's statements under such a name only the one that counts says its years, as rules read it: what an earlier
    one said of a year that it leaves out is said no more. A year of it then counts beside what is said under the year's
    own name (`revenue_fen_2021`) by the law of all statements.
    """
    by_year = [fact for fact in vocabulary.facts.values() if fact.is_by_year]
    names = {f"{name}{BY_YEAR}" for fact in by_year for name in (fact.name, fact.alias)}
    is_several = pl.col("fact").is_in(sorted(names))
    said = statements.filter(is_several & _holds(on, known_at)).sort(_order(), descending=list(ORDER.values()))
    first = said.unique(["firm_id", "fact"], keep="first", maintain_order=True).collect()
    years = first.select(pl.col("value").str.extract_all(_YEAR).explode().str.slice(1, 4))["value"]
    apart = [
        first.lazy().with_columns(
            fact=pl.col("fact").str.strip_suffix(BY_YEAR) + f"_{year}",
            value=pl.col("value").str.json_path_match(f"$.{year}"),
        )
        for year in years.drop_nulls().unique().sort()
    ]
    rest = statements.filter(~is_several)
    return pl.concat([rest, *(one.filter(pl.col("value").is_not_null()) for one in apart)])


def _column(fact: Fact, year: str) -> str:
    return f"{fact.alias}_{year}" if year else fact.alias


def features(firms: pl.LazyFrame, statements: pl.LazyFrame, plan: FeaturePlan) -> pl.LazyFrame:
    """Return the table, a row for each of `firms` in their order."""
    column = pl.col("fact").replace_strict(plan.names, default=None, return_dtype=pl.String)
    counting = statements.filter(_counts(plan)).with_columns(column=column)
    first = pl.col("value").sort_by(_order(), descending=list(ORDER.values())).first()
    chosen = counting.group_by("firm_id", "column").agg(first)
    wide = chosen.group_by("firm_id").agg(
        pl.col("value").filter(pl.col("column") == name).first().alias(name) for name in plan.columns
    )
    values = [typed(pl.col(name), fact, plan.vocabulary).alias(name) for name, fact in plan.columns.items()]
    return (
        firms.select("firm_id").join(wide, on="firm_id", how="left", maintain_order="left").select("firm_id", *values)
    )


def _order() -> list[pl.Expr]:
    return [pl.col(name).fill_null(NOTHING) if name == "value" else pl.col(name) for name in ORDER]


def _counts(plan: FeaturePlan) -> pl.Expr:
    return pl.col("fact").is_in(sorted(plan.names)) & _holds(plan.on, plan.known_at)


def _holds(on: date, known_at: datetime) -> pl.Expr:
    is_valid = pl.col("valid_until").is_null() | (pl.col("valid_until") > on)
    is_known = (pl.col("known_at") <= known_at) & (pl.col("valid_from") <= on)
    return is_known & is_valid


def schema_of(plan: FeaturePlan) -> dict[str, pl.DataType]:
    """Return the columns of the table by type."""
    return {"firm_id": pl.String(), **{name: type_of(fact) for name, fact in plan.columns.items()}}
