"""What the headline board adds up: the book's loans by day, year, rate, bank, district, industry and sector.

A firm is counted once in each group. Its sector and title are those filed with its latest loan; a credit line counts
where its firm has a loan that counts.

Invariant: the groups of one division have the same loans and the same money, whichever division it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

LOAN_COLUMNS: dict[str, pl.DataType] = {
    "id": pl.Int64(),
    "firm_id": pl.Int64(),
    "bank_id": pl.Int64(),
    "district_code": pl.String(),
    "industry": pl.String(),
    "sector": pl.String(),
    "hnte": pl.String(),  # true | false | unknown
    "is_pure_credit": pl.String(),  # true | false | null
    "day": pl.Date(),
    "annual_rate_ppm": pl.Int64(),
    "amount_fen": pl.Int64(),
}
LINE_COLUMNS: dict[str, pl.DataType] = {"firm_id": pl.Int64(), "amount_fen": pl.Int64()}
_DIVISIONS = {
    "year": pl.col("day").dt.year(),
    "bank": pl.col("bank_id"),
    "district": pl.col("district_code"),
    "industry": pl.col("industry"),
    "sector": pl.col("sector"),
}


@dataclass(frozen=True)
class Group:
    """One row of a breakdown: its loans, its firms counted once, what was lent."""

    key: str
    loans: int
    firms: int
    lent_fen: int


def groups_of(loans: pl.DataFrame, lines: pl.DataFrame) -> dict[str, list[Group]]:
    """Return every group by its division.

    **Shapes**: `LOAN_COLUMNS`, `LINE_COLUMNS`.
    """
    drawn_on = lines.join(loans, on="firm_id", how="semi")
    return {
        **{name: list(_groups(loans, key)) for name, key in _DIVISIONS.items()},
        "day": list(_groups(loans, pl.col("day"))),
        "rate": list(_rates(loans)),
        "firms": list(_firms(loans)),
        "pure": [Group("", 0, loans.filter(pl.col("is_pure_credit") == "true")["firm_id"].n_unique(), 0)],
        "lines": [Group("", drawn_on.height, 0, int(drawn_on["amount_fen"].sum()))],
    }


def _groups(loans: pl.DataFrame, key: pl.Expr) -> Iterator[Group]:
    found = loans.group_by(key.alias("key")).agg(pl.len(), pl.col("firm_id").n_unique(), pl.col("amount_fen").sum())
    for name, count, firms, lent in found.sort("key").iter_rows():
        yield Group("" if name is None else str(name), count, firms, lent)


def _rates(loans: pl.DataFrame) -> Iterator[Group]:
    """Yield what was lent at each rate of each year, as `year:rate`; a loan without a rate is in none."""
    keys = (pl.col("day").dt.year().alias("year"), pl.col("annual_rate_ppm"))
    found = loans.drop_nulls("annual_rate_ppm").group_by(keys).agg(pl.len(), pl.col("amount_fen").sum())
    for year, rate, count, lent in found.sort("year", "annual_rate_ppm").iter_rows():
        yield Group(f"{year}:{rate}", count, 0, lent)


def _firms(loans: pl.DataFrame) -> Iterator[Group]:
    """Yield the firms by sector and title, as `sector:title`."""
    latest = loans.sort("day", "id").group_by("firm_id").agg(pl.last("sector").fill_null(""), pl.last("hnte"))
    for sector, hnte, firms in latest.group_by("sector", "hnte").len().sort("sector", "hnte").iter_rows():
        yield Group(f"{sector}:{hnte}", 0, firms, 0)
