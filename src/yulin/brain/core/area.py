"""The check-up of an area: what is said of its firms as one table of facts, and how they stand to each title.

**Shapes**: rows come long (firm, fact, value as text) and are turned into one row a firm, a column a fact, typed by the
vocabulary. A value that cannot be read is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from yulin.brain.core.check_up import bare_name, pass_mark
from yulin.rules.core.calendar import last_full_year
from yulin.rules.core.columns import NO_SECOND_SHARING
from yulin.rules.core.pack import Pack
from yulin.rules.core.population import assess_packs
from yulin.rules.core.vocabulary import Fact, Vocabulary

NEAR_POINTS = 10  # below the pass mark


@dataclass(frozen=True)
class AreaTitle:
    """One title over an area: how many qualify, lack few points (`NEAR_POINTS`), are open, do not qualify."""

    pack: Pack
    met: int
    near: int
    unknown: int
    not_met: int
    bands: Mapping[str, int]


def facts_table(rows: Iterable[tuple[int, str, str | None]], vocabulary: Vocabulary, on: date) -> pl.DataFrame:
    """Return one row a firm with a column for each fact of the vocabulary that anything is said about."""
    long = pl.DataFrame(list(rows), schema={"firm_id": pl.Int64, "fact": pl.String, "value": pl.String}, orient="row")
    names = {fact: column for fact in long["fact"].unique() if (column := _column(fact, vocabulary, on))}
    known = long.filter(pl.col("fact").is_in(sorted(names))).with_columns(pl.col("fact").replace_strict(names))
    wide = known.pivot("fact", index="firm_id", values="value", aggregate_function="first")
    typed = [_typed(name, vocabulary) for name in wide.columns if name != "firm_id"]
    return wide.with_columns(typed).sort("firm_id")


def _column(name: str, vocabulary: Vocabulary, on: date) -> str | None:
    bare = bare_name(name)
    fact = vocabulary.find(bare)
    if fact is None:
        return None
    year = name.removeprefix(bare)
    return fact.alias if year in {"", f"_{last_full_year(on)}"} else f"{fact.alias}{year}"


def _typed(name: str, vocabulary: Vocabulary) -> pl.Expr:
    fact = vocabulary.find(bare_name(name))
    assert fact is not None  # noqa: S101 - only known columns come here
    column, kind = pl.col(name), fact.type.kind
    if kind == "bool":
        return column.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    if kind == "member":
        return pl.when(column.is_in(sorted(vocabulary.lists[fact.type.unit].members))).then(column)
    if kind == "date":
        return column.str.to_date(strict=False)
    if kind == "text":
        return column
    return _in_range(column.cast(pl.Int64, strict=False), fact)


def _in_range(column: pl.Expr, fact: Fact) -> pl.Expr:
    return pl.when(column.is_between(fact.lowest, fact.highest)).then(column)


def assessed(packs: Sequence[Pack], firms: pl.DataFrame, on: date) -> pl.DataFrame:
    """Return the answers of every title for every firm, as `assess_packs` names them."""
    return assess_packs(packs, firms.lazy(), on).collect(optimizations=NO_SECOND_SHARING)


def area_titles(packs: Sequence[Pack], answers: pl.DataFrame) -> list[AreaTitle]:
    """Return the counts of each title."""
    return [_counted(pack, answers.select(standing_of(pack), band=f"{pack.id}__band")) for pack in packs]


def _counted(pack: Pack, table: pl.DataFrame) -> AreaTitle:
    counts = dict(table.group_by("standing").len().iter_rows())
    bands = dict(table.drop_nulls("band").group_by("band").len().sort("band").iter_rows())
    return AreaTitle(
        pack, counts.get("met", 0), counts.get("near", 0), counts.get("unknown", 0), counts.get("not_met", 0), bands
    )


def standing_of(pack: Pack) -> pl.Expr:
    """Return the standing to one title, as a column: *near* where few points are lacking."""
    outcome, mark = pl.col(f"{pack.id}__outcome"), pass_mark(pack)
    most = pl.col(f"{pack.id}__score_high")
    near = pl.lit(value=False) if mark is None else most.is_between(mark - NEAR_POINTS, mark - 1)
    return pl.when((outcome == "not_met") & near).then(pl.lit("near")).otherwise(outcome).alias("standing")


def nearest_firms(pack: Pack, answers: pl.DataFrame, standing: str, most: int) -> list[int]:
    """Return the firms of one standing, those with most points first."""
    score = f"{pack.id}__score_high"
    found = answers.with_columns(standing_of(pack)).filter(pl.col("standing") == standing)
    return found.sort([score, "firm_id"], descending=[True, False], nulls_last=True)["firm_id"].head(most).to_list()
