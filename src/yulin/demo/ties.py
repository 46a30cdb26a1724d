"""What ties a loan of the demo book to others: a third party that shares its risk, an earlier loan that it renews.

A loan in 5+X mode has a guarantor or an insurer bear a part of what the pool leaves to the bank, by contract and within
what the pack allows; a renewal follows a loan of the same firm from the same bank that was paid back shortly before.

Invariant: amounts, days and firms stay as they were drawn, so that the book's sums do; a loan that a guarantor shares
and one that an insurer shares have failed, so that their settlement sheets can be seen; another that both share,
in a district that has people, waits to be claimed.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from yulin.pool.enums import Mode, Security

FIVE_PLUS_X_SCHEME = "gz-credit-2021"
RENEWED_WITHIN = "60d"
_RENEWAL = "归还上期贷款后续贷"


class _ThirdParty(NamedTuple):
    """Who shares, what of the loss, in how many of the loans of one security, and what secures the loan then."""

    party: str
    share_bp: int
    among: Security
    part: float
    becomes: Security


_THIRD_PARTIES = (
    _ThirdParty("guarantor", 4_000, Security.GUARANTEE, 0.35, Security.GUARANTEE),
    _ThirdParty("insurer", 3_000, Security.RECEIVABLES, 0.35, Security.INSURANCE),
)


class _Failing(NamedTuple):
    """Which shared loan fails, and since when: a party's first at a bank (by its place), in a district or any."""

    party: str
    bank: int
    on: date
    district: str = ""
    parts_bp: tuple[int | None, int | None] = (None, None)  # of the party and of an insurer beside it, where both share


_FAILING = (
    _Failing("guarantor", 0, date(2021, 10, 20)),
    _Failing("insurer", 1, date(2021, 10, 20)),
    _Failing("guarantor", 0, date(2021, 9, 21), "440112", (2_500, 1_500)),
)
_BEFORE = timedelta(days=10)


def with_third_parties(loans: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Add each loan's mode, and for 5+X who shares by contract how much (`third_party`, `third_bp`)."""
    drawn = pl.Series(rng.random(len(loans)))
    mode, party, share = pl.lit(Mode.BANK.value), pl.lit(None, pl.String), pl.lit(None, pl.Int64)
    security = pl.col("security")
    for one in _THIRD_PARTIES:
        is_scheme = pl.col("scheme_id") == FIVE_PLUS_X_SCHEME
        is_its = is_scheme & (pl.col("security") == one.among.value) & (drawn < one.part)
        mode = pl.when(is_its).then(pl.lit(Mode.FIVE_PLUS_X.value)).otherwise(mode)
        party = pl.when(is_its).then(pl.lit(one.party)).otherwise(party)
        share = pl.when(is_its).then(pl.lit(one.share_bp)).otherwise(share)
        security = pl.when(is_its).then(pl.lit(one.becomes.value)).otherwise(security)
    return loans.with_columns(mode=mode, third_party=party, third_bp=share, security=security)


def with_shared_failures(loans: pl.DataFrame) -> pl.DataFrame:
    """Let the first loan of each kind of `_FAILING` fail that was lent long enough before."""
    placed = loans.with_row_index("place")
    failing = pl.concat([_first_failing(placed, one) for one in _FAILING])
    failed = placed.join(failing, on="place", how="left", maintain_order="left").with_columns(
        defaulted_on=pl.coalesce("failed_on", "defaulted_on"),
        default_outstanding_fen=pl.when(pl.col("failed_on").is_null())
        .then("default_outstanding_fen")
        .otherwise("loan_amount_fen"),
        third_bp=pl.coalesce("part_bp", "third_bp"),
        fourth_party=pl.when(pl.col("fourth_bp").is_not_null()).then(pl.lit("insurer")),
    )
    return failed.drop("place", "failed_on", "part_bp")


def _first_failing(placed: pl.DataFrame, failing: _Failing) -> pl.DataFrame:
    lent = placed.filter(
        pl.col("disbursed_on") <= failing.on - _BEFORE,
        pl.col("closed_on").is_null(),
        pl.col("district_code").str.starts_with(failing.district),
        third_party=failing.party,
        bank=failing.bank,
    )
    part, beside = (pl.lit(bp, dtype=pl.Int64) for bp in failing.parts_bp)
    return lent.select("place", failed_on=pl.lit(failing.on), part_bp=part, fourth_bp=beside).head(1)


def with_predecessors(loans: pl.DataFrame) -> pl.DataFrame:
    """Add the place in the frame of the loan that each one renews, null where it renews none."""
    placed = loans.with_row_index("place")
    paid = placed.filter(pl.col("closed_on").is_not_null()).sort("closed_on", "place")
    following = placed.filter(~pl.col("is_first_loan")).sort("disbursed_on", "place")
    renewals = (
        following.select("place", "firm", "bank", "disbursed_on")
        .join_asof(
            paid.select("firm", "bank", "closed_on", pl.col("place").alias("predecessor")),
            left_on="disbursed_on",
            right_on="closed_on",
            by=["firm", "bank"],
            tolerance=RENEWED_WITHIN,
            check_sortedness=False,  # both are sorted just above; polars cannot see it within groups
        )
        .drop_nulls("predecessor")
        .unique("predecessor", keep="first", maintain_order=True)
    )
    tied = placed.join(renewals.select("place", "predecessor"), on="place", how="left", maintain_order="left")
    renews = pl.col("predecessor").is_not_null()
    return tied.with_columns(purpose=pl.when(renews).then(pl.lit(_RENEWAL)).otherwise("purpose")).drop("place")
