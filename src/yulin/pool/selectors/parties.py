"""The guarantor and the insurer that a loan names: found by code or name among the organisations that the pool knows.

Invariant: a name that nobody knows is never guessed; where a loan's mode rests on it, its row is refused with the name.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from yulin.exchange.core.sheets import plain_head
from yulin.exchange.core.verdicts import join_findings
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisations_of_kind
from yulin.pool.core.book_findings import Sheet
from yulin.pool.core.deciding import Law, is_within
from yulin.pool.enums import Mode
from yulin.pool.selectors.insurers import stopped_insurers

_KINDS = {"guarantor": OrganisationKind.GUARANTOR, "insurer": OrganisationKind.INSURER}
_AMOUNTS = {"guarantor": "guaranteed_amount_fen", "insurer": "insured_amount_fen"}
_SHARED = (Mode.GUARANTEE.value, Mode.FIVE_PLUS_X.value)
_WHOLE_BP = 10_000


def with_parties(loans: pl.DataFrame, sheet: Sheet, laws: Sequence[Law] = ()) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return typed loans with who stands beside each and for how much, and the findings on names that lead nowhere.

    **Shapes**: adds `guarantor_id`, `insurer_id`, and `guarantor_bp`, `insurer_bp` (contract share, rounded down) where
    the mode shares by contract; all null where the file names nobody. A loan with an insurer whose business has stopped
    in the loan's year is refused.
    """
    found = []
    for party, kind in _KINDS.items():
        loans = _with_party(loans, party, _ids_by_name(kind) if party in loans.columns else {})
        said = pl.col(party) if party in loans.columns else pl.lit(None, dtype=pl.String)
        lost = loans.filter(said.is_not_null() & pl.col(f"{party}_id").is_null())
        is_shared = pl.col("mode").is_in(_SHARED)
        found.append(sheet.findings(lost.filter(is_shared), "POOL.PARTY.UNKNOWN", party, said))
        found.append(sheet.findings(lost.filter(~is_shared), "POOL.PARTY.NOT_KNOWN_HERE", party, said))
    nobody = loans.filter((pl.col("mode") == Mode.GUARANTEE.value) & _unnamed(loans, "guarantor"))
    found.append(sheet.findings(nobody, "POOL.PARTY.NO_GUARANTOR", "mode", pl.col("loan_number")))
    if "insurer" in loans.columns:
        found += [
            sheet.findings(_stopped(loans, law), "POOL.INSURER.STOPPED", "insurer", pl.col("insurer")) for law in laws
        ]
    return loans, join_findings(found)


def _stopped(loans: pl.DataFrame, law: Law) -> pl.DataFrame:
    """Return the loans of a version's days whose insurer has stopped in their year."""
    years = loans.get_column("disbursed_on").dt.year().unique().to_list() if law.pack.scheme.insurance else []
    stopped = [(year, one) for year in years for one in stopped_insurers(law, year=year)]
    known = pl.DataFrame(stopped, schema={"year": pl.Int32, "insurer_id": pl.Int64}, orient="row")
    keyed = loans.filter(is_within(law, loans)).with_columns(year=pl.col("disbursed_on").dt.year())
    return keyed.join(known, on=["year", "insurer_id"], how="semi")


def _unnamed(loans: pl.DataFrame, party: str) -> pl.Expr:
    return pl.col(party).is_null() if party in loans.columns else pl.lit(value=True)


def _with_party(loans: pl.DataFrame, party: str, ids: dict[str, int]) -> pl.DataFrame:
    names = loans.get_column(party).to_list() if party in loans.columns else [None] * loans.height
    known = [ids.get(plain_head(name)) if name else None for name in names]
    loans = loans.with_columns(pl.Series(f"{party}_id", known, dtype=pl.Int64))
    amount = _AMOUNTS[party]
    share = pl.lit(None, dtype=pl.Int64)
    if amount in loans.columns:
        is_shared = pl.col("mode").is_in(_SHARED) & pl.col(f"{party}_id").is_not_null() & (pl.col(amount) > 0)
        part = pl.col(amount) * _WHOLE_BP // pl.col("loan_amount_fen")
        share = pl.when(is_shared).then(pl.min_horizontal(part, pl.lit(_WHOLE_BP)))
    return loans.with_columns(share.cast(pl.Int64).alias(f"{party}_bp"))


def _ids_by_name(kind: OrganisationKind) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in organisations_of_kind(kind):
        for name in (one.name_zh, one.name_en, one.short_name_zh, one.identifier, one.code):
            if name:
                found[plain_head(name)] = one.pk
    return found
