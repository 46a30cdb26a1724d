"""The check-up of an area: what is said of its firms as one table of facts, and how they stand to each title.

**Shapes**: rows come long (firm, fact, value as text) and are turned into one row a firm, a column a fact, typed by the
vocabulary. A value that cannot be read is unknown. Answers stand one row a firm, as `assess_packs` names them.

*Near* is a firm that one requirement alone keeps from a title; it is counted under each requirement that would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import reduce
from typing import Any

import polars as pl

from yulin.atlas.core.fact_columns import fact_and_year, typed
from yulin.rules.core.calendar import last_full_year
from yulin.rules.core.column_requirements import open_name, short_name
from yulin.rules.core.columns import NO_SECOND_SHARING
from yulin.rules.core.pack import Pack
from yulin.rules.core.population import assess_packs
from yulin.rules.core.requirements import requirements_of
from yulin.rules.core.vocabulary import Vocabulary

STANDINGS = ("met", "near", "unknown", "not_met")


@dataclass(frozen=True)
class AreaTitle:
    """One title over an area: firms by standing, by class, and by the requirement that they lack or that is open."""

    met: int = 0
    near: int = 0
    unknown: int = 0
    not_met: int = 0
    bands: Mapping[str, int] = field(default_factory=dict)
    short: Mapping[str, int] = field(default_factory=dict)  # by requirement, of the firms that are near
    open: Mapping[str, int] = field(default_factory=dict)  # by requirement, of the firms whose answer is open

    def __add__(self, other: AreaTitle) -> AreaTitle:
        """Return both areas together."""
        return AreaTitle(
            self.met + other.met,
            self.near + other.near,
            self.unknown + other.unknown,
            self.not_met + other.not_met,
            _sum(self.bands, other.bands),
            _sum(self.short, other.short),
            _sum(self.open, other.open),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the counts as plain JSON."""
        return asdict(self)


def _sum(one: Mapping[str, int], two: Mapping[str, int]) -> dict[str, int]:
    return {key: one.get(key, 0) + two.get(key, 0) for key in dict.fromkeys((*one, *two))}


def facts_table(rows: Iterable[tuple[int, str, str | None]], vocabulary: Vocabulary, on: date) -> pl.DataFrame:
    """Return one row a firm with a column for each fact of the vocabulary that anything is said about.

    A value under the last full year's own name goes before one under the bare name, as in `check_up.facts_for`.
    """
    long = pl.DataFrame(list(rows), schema={"firm_id": pl.Int64, "fact": pl.String, "value": pl.String}, orient="row")
    names = {fact: column for fact in long["fact"].unique() if (column := _column(fact, vocabulary, on))}
    known = long.filter(pl.col("fact").is_in(sorted(names)))
    if len(set(names.values())) < len(names):
        known = known.sort(pl.col("value").is_null(), pl.col("fact").is_in(sorted(names.values())), maintain_order=True)
    known = known.with_columns(pl.col("fact").replace_strict(names))
    wide = known.pivot("fact", index="firm_id", values="value", aggregate_function="first")
    typed = [_typed(name, vocabulary) for name in wide.columns if name != "firm_id"]
    return wide.with_columns(typed).sort("firm_id")


def _column(name: str, vocabulary: Vocabulary, on: date) -> str | None:
    fact, year = fact_and_year(name, vocabulary)
    if fact is None:
        return None
    return fact.alias if year in {"", str(last_full_year(on))} else f"{fact.alias}_{year}"


def _typed(name: str, vocabulary: Vocabulary) -> pl.Expr:
    fact, _ = fact_and_year(name, vocabulary)
    assert fact is not None  # noqa: S101 - only known columns come here
    return typed(pl.col(name), fact, vocabulary)


def assessed(packs: Sequence[Pack], firms: pl.DataFrame, on: date) -> pl.DataFrame:
    """Return for every firm the answers, the standing and the requirements of every title; see `standing_name`."""
    answers = assess_packs(packs, firms.lazy(), on, with_requirements=True).collect(optimizations=NO_SECOND_SHARING)
    return answers.with_columns(_standing(pack, answers.columns).alias(standing_name(pack)) for pack in packs)


def standing_name(pack: Pack) -> str:
    """Return the column that says how each firm stands to a title."""
    return f"{pack.id}__standing"


def short_columns(pack: Pack) -> dict[str, str]:
    """Return, by requirement, the column that holds what share of it a firm lacks; null where it is not short of it."""
    return {each.key: f"{pack.id}__{short_name(place)}" for place, each in enumerate(requirements_of(pack))}


def open_columns(pack: Pack) -> dict[str, str]:
    """Return, by requirement, the column that says whether it is open."""
    return {each.key: f"{pack.id}__{open_name(place)}" for place, each in enumerate(requirements_of(pack))}


def _standing(pack: Pack, columns: Sequence[str]) -> pl.Expr:
    outcome = pl.col(f"{pack.id}__outcome")
    shorts = [pl.col(name).is_not_null() for name in short_columns(pack).values() if name in columns]
    is_near = reduce(lambda a, b: a | b, shorts, pl.lit(value=False))
    return pl.when((outcome == "not_met") & is_near).then(pl.lit("near")).otherwise(outcome)


def counted(packs: Sequence[Pack], answers: pl.DataFrame) -> dict[str, dict[str, AreaTitle]]:
    """Return the counts by title and district, from answers that have a column `district_code`."""
    asked = {f"{pack.id} {name}": count for pack in packs for name, count in _counts(pack, answers.columns).items()}
    rows = answers.group_by("district_code").agg(**asked).sort("district_code").to_dicts()
    return {pack.id: {row["district_code"]: _title(pack, row) for row in rows} for pack in packs}


def _counts(pack: Pack, columns: Sequence[str]) -> dict[str, pl.Expr]:
    standing, band = pl.col(standing_name(pack)), pl.col(f"{pack.id}__band")
    found = {name: (standing == name).sum() for name in STANDINGS}
    order = pack.classes.order if pack.classes else pack.ladder.order if pack.ladder else ()
    found |= {f"bands {name}": (band == name).sum() for name in order}
    for head, each, count in (("short", short_columns(pack), pl.Expr.is_not_null), ("open", open_columns(pack), _same)):
        found |= {f"{head} {key}": count(pl.col(name)).sum() for key, name in each.items() if name in columns}
    return found


def _same(flag: pl.Expr) -> pl.Expr:
    return flag


def _title(pack: Pack, row: Mapping[str, Any]) -> AreaTitle:
    own = {name.removeprefix(f"{pack.id} "): int(n) for name, n in row.items() if name.startswith(f"{pack.id} ")}
    met, near, unknown, not_met = (own[name] for name in STANDINGS)
    parts = (_under("bands ", own), _under("short ", own), _under("open ", own))
    return AreaTitle(met, near, unknown, not_met, *parts)


def _under(head: str, counts: Mapping[str, int]) -> dict[str, int]:
    return {name.removeprefix(head): n for name, n in counts.items() if n and name.startswith(head)}


def firms_listed(pack: Pack, answers: pl.LazyFrame, standing: str, requirement: str = "") -> pl.LazyFrame:
    """Return the rows of one standing, or of those the ones that a requirement concerns, the nearest first.

    Nearest is who lacks the smallest share of what is needed, then who has most points.
    """
    columns = answers.collect_schema().names()
    found = answers.filter(pl.col(standing_name(pack)) == standing)
    shorts = {key: name for key, name in short_columns(pack).items() if name in columns}
    if standing == "unknown" and requirement:
        found = found.filter(pl.col(open_columns(pack)[requirement]))
    if standing == "near" and requirement:
        found = found.filter(pl.col(shorts[requirement]).is_not_null())
    own = [pl.col(shorts[requirement])] if requirement in shorts else [pl.col(name) for name in shorts.values()]
    lacking = pl.min_horizontal(own) if own else pl.lit(None, pl.Float32)
    ordered = found.with_columns(lacking=lacking)
    score = f"{pack.id}__score_high"
    return ordered.sort("lacking", score, "firm_id", descending=[False, True, False], nulls_last=True)


def needed_columns(pack: Pack, columns: Iterable[str]) -> list[str]:
    """Return the columns of the answers that lists of one title read."""
    return [name for name in columns if name in {"firm_id", "district_code"} or name.startswith(f"{pack.id}__")]
