"""From decided rows to what the book keeps of each: three amounts, state, number; and the totals that a row adds to.

A row that the law and its facts decide is confirmed by itself; one that lacks a fact waits for the manager, or stands
under a condition where the scheme knows such filings.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from yulin.base.outcome import Outcome
from yulin.pool.core.deciding import Law, frozen_facts, tenor_months
from yulin.pool.core.limits import LimitKey, limit_keys
from yulin.pool.core.postings import Promise
from yulin.pool.core.states import IN_FORCE, TRANSITIONS, Transition, automatic_way
from yulin.pool.enums import EnrolmentState, LimitKind, Security

_TO_CONDITIONAL = next(row for row in TRANSITIONS if row.to_state == EnrolmentState.CONDITIONAL)
LIST_FACT = "list_number"  # what a conditional filing waits for: the firm's number on the authority's list
_CLAUSE_LETTERS = 200
_OPTIONAL: dict[str, pl.DataType] = {
    "bank_branch": pl.String(),
    "contract_number": pl.String(),
    "line_fen": pl.Int64(),
    "predecessor_loan_number": pl.String(),
    "purpose": pl.String(),
    "security": pl.String(),
    "annual_rate_ppm": pl.Int64(),
    "premium_rate_ppm": pl.Int64(),
    "eligible_amount_fen": pl.Int64(),
    "district_code": pl.String(),
    "industry": pl.String(),
    "sector": pl.String(),
    "has_valid_hnte": pl.Boolean(),
    "is_first_loan": pl.Boolean(),
    "is_pure_credit": pl.Boolean(),
    "firm_code": pl.String(),
    "guarantor_id": pl.Int64(),
    "insurer_id": pl.Int64(),
    "guarantor_bp": pl.Int64(),
    "insurer_bp": pl.Int64(),
}


@dataclass(frozen=True)
class Condition:
    """Under what a filing stands that waits for its firm's list number, and until when (the last day)."""

    words: str
    until: date


def completed(loans: pl.DataFrame) -> pl.DataFrame:
    """Return a typed loan table with every optional column, and with what follows from its columns.

    Pure credit is security by credit alone. The eligible amount is the loan's unless the bank names less.
    """
    absent = [pl.lit(None, dtype=kind).alias(name) for name, kind in _OPTIONAL.items() if name not in loans.columns]
    loans = loans.with_columns(absent)
    pure = pl.coalesce("is_pure_credit", pl.col("security") == Security.CREDIT.value)
    return loans.with_columns(
        is_pure_credit=pure,
        eligible_amount_fen=pl.coalesce("eligible_amount_fen", "loan_amount_fen"),
        tenor_months=tenor_months(loans),
    )


def condition_of(law: Law, today: date) -> Condition | None:
    """Return the condition that the scheme allows for firms whose list number is awaited, or None.

    The last day is the end of the year of filing.
    """
    if not law.pack.scheme.conditional_filing:
        return None
    text = law.pack.scheme.conditional_filing[0].row.text
    return Condition(text.zh if text else "补录名单编号", date(today.year, 12, 31))


def filing_rows(decided: pl.DataFrame, law: Law, *, today: date) -> pl.DataFrame:
    """Return rows of one law as the book keeps them, still without numbers."""
    condition = condition_of(law, today)
    is_sure = (pl.col("outcome") == Outcome.MET.value) & (pl.col("ratio_bp") != "{}")
    waits_for_list = (pl.col("missing") == f'["{LIST_FACT}"]') & pl.lit(condition is not None)
    state = (
        pl.when(is_sure & (pl.col("disbursed_on") <= today))
        .then(pl.lit(EnrolmentState.ACTIVE.value))
        .when(is_sure)
        .then(pl.lit(EnrolmentState.CONFIRMED.value))
        .when(waits_for_list)
        .then(pl.lit(EnrolmentState.CONDITIONAL.value))
        .otherwise(pl.lit(EnrolmentState.SUBMITTED.value))
    )
    rows = decided.with_columns(
        frozen_facts(decided, law) if "facts" not in decided.columns else pl.col("facts"),
        state=state,
        scheme_id=pl.lit(law.pack.id),
        pack_id=pl.lit(law.published_id, dtype=pl.Int64),
        enrolled_amount_fen=pl.col("eligible_amount_fen"),
        contract_bp=_contract_shares(),
        branch_name=pl.col("bank_branch").fill_null(""),
        is_hnte=pl.col("has_valid_hnte"),
        ratio_clause=pl.col("ratio_clause").str.slice(0, _CLAUSE_LETTERS),
        purpose=pl.col("purpose").fill_null("").str.slice(0, 300),
        **{
            name: pl.col(name).fill_null("")
            for name in ("contract_number", "security", "industry", "sector", "firm_code")
        },
    )
    is_conditional = pl.col("state") == EnrolmentState.CONDITIONAL.value
    return rows.with_columns(
        condition=pl.when(is_conditional).then(pl.lit(condition.words if condition else "")).otherwise(pl.lit("")),
        conditional_until=pl.when(is_conditional).then(pl.lit(condition.until if condition else None, dtype=pl.Date)),
    )


def _contract_shares() -> pl.Expr:
    """Return the contract shares of a row's third parties as JSON; those that are not named are left out."""
    parts = [
        pl.when(pl.col(f"{party}_bp").is_not_null()).then(pl.concat_str(pl.lit(f'"{party}": '), pl.col(f"{party}_bp")))
        for party in ("guarantor", "insurer")
    ]
    return pl.concat_str(pl.lit("{"), pl.concat_str(parts, separator=", ", ignore_nulls=True), pl.lit("}"))


def ceiling_schemes(laws: Sequence[Law]) -> frozenset[str]:
    """Return the schemes of which some version bounds the balance of one firm; then every loan of it counts."""
    return frozenset(law.pack.id for law in laws if LimitKind.FIRM.value in law.pack.scheme.limits)


def totals_of_rows(
    rows: pl.DataFrame, *, bank_id: int, has_resolved_firms: bool, ceilings: Collection[str] = ()
) -> list[list[LimitKey]]:
    """Return the totals that each row adds to; `ceilings` are the schemes that bound the balance of one firm."""
    columns = rows.select("scheme_id", "firm_id", pl.col("disbursed_on").dt.year()).iter_rows()
    return [
        limit_keys(
            scheme_id=scheme_id,
            firm_id=firm_id if has_resolved_firms else None,
            bank_id=bank_id,
            year=year,
            has_ceiling=scheme_id in ceilings,
        )
        for scheme_id, firm_id, year in columns
    ]


def promises_of_rows(rows: pl.DataFrame, ids: Mapping[int, int] | None = None) -> list[Promise]:
    """Return what each row that comes into force asks the layers to promise, in row order.

    A promise is that of the row, or where `ids` are given, of the enrolment that the row became.
    """
    in_force = rows.filter(pl.col("state").is_in([state.value for state in IN_FORCE]))
    if "number" not in rows.columns:  # not drawn yet
        in_force = in_force.with_columns(number=pl.lit(None, pl.String))
    ratios = {text: json.loads(text) for text in in_force.get_column("ratio_bp").unique()}
    columns = in_force.select(
        "row", "pack_id", "scheme_id", "district_code", pl.coalesce("number", "loan_number"), "ratio_bp",
        "enrolled_amount_fen",
    )  # fmt: skip
    return [
        Promise(ids[row] if ids else row, pack_id, scheme_id, district, number, ratios[ratio], amount)
        for row, pack_id, scheme_id, district, number, ratio, amount in columns.iter_rows()
    ]


def limits_of(keys: Sequence[LimitKey], laws: Sequence[Law]) -> dict[LimitKey, int | None]:
    """Return what the law allows for each total; None where it states no number that somebody has confirmed."""
    by_scheme = {law.pack.id: law.pack.scheme.limits for law in laws}
    found: dict[LimitKey, int | None] = {}
    for key in keys:
        limit = by_scheme[key.scheme_id].get(LimitKind(key.kind).value)
        is_known = limit is not None and limit.unit == "money" and not limit.row.is_unverified
        found[key] = limit.at_most if limit is not None and is_known else None
    return found


def steps_to(state: EnrolmentState | str) -> tuple[Transition, ...]:
    """Return the steps by which a row of a file comes into its state.

    >>> [step.to_state.value for step in steps_to("submitted")]
    ['submitted']
    """
    way = automatic_way(is_disbursed=True)
    if state == EnrolmentState.SUBMITTED:
        return way[:1]
    if state == EnrolmentState.CONDITIONAL:
        return (*way[:2], _TO_CONDITIONAL)
    return way if state == EnrolmentState.ACTIVE else way[:3]
