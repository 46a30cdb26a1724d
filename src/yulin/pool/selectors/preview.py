"""What the book would say of a file if it were enrolled now: read without locks, so enrolment has the last word."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.db.models import Q

from yulin.atlas.selectors import firm_ids_by_code
from yulin.base.outcome import Outcome
from yulin.kit.row_security import EVERYTHING, scope
from yulin.pool.adapters import bulk
from yulin.pool.core.book_findings import Held, Sheet, on_duplicates, on_limits
from yulin.pool.core.deciding import Law
from yulin.pool.core.filing_rows import ceiling_schemes
from yulin.pool.core.limits import Ask, LimitKey, fitting_rows
from yulin.pool.core.postings import Promise
from yulin.pool.core.screening import NO_YEAR, enrolled_amount
from yulin.pool.enums import LimitKind
from yulin.pool.models import LimitUse
from yulin.pool.selectors.capacity import capacity_of
from yulin.pool.selectors.enrolments import firm_balances
from yulin.pool.selectors.facts import register_facts


@dataclass(frozen=True)
class BookView:
    """The rows with what the register adds, the findings on duplicates, and how much of each year's total is used."""

    loans: pl.DataFrame
    duplicates: pl.DataFrame
    used_fen: dict[tuple[str, str, int], int]

    @property
    def free_loans(self) -> pl.DataFrame:
        """The rows that no enrolment holds yet."""
        return self.loans.filter(~pl.col("row").is_in(self.duplicates.get_column("row").unique().implode()))


def view_of_book(loans: pl.DataFrame, laws: Sequence[Law], sheet: Sheet, *, bank_id: int) -> BookView:
    """Return what the book holds about typed loans of a bank. Reads all rows: another bank's loan counts too."""
    scheme = loans.get_column("identifier_scheme")[0] if loans.height else "USCC"
    codes = loans.get_column("identifier").drop_nulls().unique().to_list()
    with scope(EVERYTHING):
        ids = firm_ids_by_code(codes, identifier_scheme=scheme)
        firm_ids = pl.col("identifier").replace_strict(ids, default=None, return_dtype=pl.Int64)
        loans = _with_register_facts(loans.with_columns(firm_id=firm_ids), laws)
        held = [Held(*line) for line in bulk.held_elsewhere(loans, bank_id=bank_id)]
        used = _used(laws, bank_id, {str(firm_id): code for code, firm_id in ids.items()})
    return BookView(loans, on_duplicates(sheet, loans, held), used)


def on_capacity(decided: pl.DataFrame, laws: Sequence[Law], sheet: Sheet) -> pl.DataFrame:
    """Return one finding for each row whose share a layer's capacity does not take, in file order.

    **Shapes**: `decided` are rows that nothing refuses, with `law`, `outcome` and `ratio_bp` as screening gives them.
    """
    if "district_code" not in decided.columns:  # neither the file nor the register names one
        decided = decided.with_columns(district_code=pl.lit(None, pl.String))
    sure = decided.filter((pl.col("outcome") == Outcome.MET.value) & (pl.col("ratio_bp") != "{}")).sort("row")
    ratios = {text: json.loads(text) for text in sure.get_column("ratio_bp").unique()}
    columns = sure.select("row", "law", "district_code", "ratio_bp", enrolled_amount()).iter_rows()
    shares = {
        row: Promise(row, 0, laws[law].pack.id, district, "", ratios[ratio], fen).shares()
        for row, law, district, ratio, fen in columns
    }
    capacity = capacity_of({place for mine in shares.values() for place, _ in mine})
    keys = {place: LimitKey(place.scheme_id, LimitKind.CAPACITY, place.code, "") for place in capacity}
    at = {place: number for number, place in enumerate(capacity)}
    asks = [[Ask(at[place], fen) for place, fen in mine if place in at] for mine in shares.values()]
    excesses = fitting_rows(asks, list(capacity.values()))
    usages = {keys[place]: usage for place, usage in capacity.items()}
    return on_limits(sheet, list(shares), excesses, list(keys.values()), usages)


def _with_register_facts(loans: pl.DataFrame, laws: Sequence[Law]) -> pl.DataFrame:
    """Return the rows with facts of the register where the file brings none."""
    names = sorted({fact.alias for law in laws for fact in law.pack.vocabulary.facts.values()})
    said: list[dict[str, Any]] = register_facts(loans, names)
    for name in sorted({key for one in said for key in one if not key.startswith("_")}):
        values = pl.Series(name, [one.get(name) for one in said])
        own = pl.col(name) if name in loans.columns else pl.lit(None)
        loans = loans.with_columns(pl.coalesce(own, pl.lit(values)).alias(name))
    return loans


def _used(laws: Sequence[Law], bank_id: int, code_of_firm: dict[str, str]) -> dict[tuple[str, str, int], int]:
    """Return the used part of the totals that the file could touch, by (kind, firm code or "", year).

    `laws` are the versions of one scheme.
    """
    of_firms = Q(kind=LimitKind.FIRM_YEAR.value, key__in=list(code_of_firm))
    of_bank = Q(kind=LimitKind.BANK.value, key=str(bank_id)) | Q(kind=LimitKind.SCHEME.value)
    totals = LimitUse.objects.filter(of_firms | of_bank, scheme_id__in={law.pack.id for law in laws})
    balances = [firm_balances(scheme, [int(key) for key in code_of_firm]) for scheme in ceiling_schemes(laws)]
    owed = {
        (LimitKind.FIRM.value, code_of_firm[str(firm_id)], NO_YEAR): fen
        for balance in balances
        for firm_id, fen in balance.items()
    }
    return owed | {
        (kind, code_of_firm.get(key, "") if kind == LimitKind.FIRM_YEAR.value else "", int(period)): used
        for kind, key, period, used in totals.values_list("kind", "key", "period", "used_fen")
        if period.isdecimal()
    }
