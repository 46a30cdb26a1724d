"""May a claim be made on a loan, and from which day? What the monthly returns say comes first.

Default and class are read from the returns. A scheme's conditions that returns can show (days overdue, class, lock-in)
are never asked of the bank; the others (the court's acceptance, the recall of the loan) are days that the bank gives
with a paper. A condition that nobody has confirmed opens nothing.

Invariant: a claim opens on the latest of the days that its conditions give, never before the loan defaulted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from yulin.base.text import Text
from yulin.pool.core.clocks import claim_opening
from yulin.pool.core.returns import month_end
from yulin.pool.enums import EnrolmentState, LoanStatus, Mode
from yulin.pool.errors import (
    ClaimEventMissingError,
    ClaimRulesOpenError,
    ClaimTooEarlyError,
    DefaultDateDiffersError,
    EnrolmentRevokedError,
    LoanAssignedError,
    LoanPaidError,
    NoDefaultError,
    NotConfirmedError,
    OtherModeError,
    PoolError,
)
from yulin.rules.core.scheme import Provision

FROM_RETURNS = frozenset({"overdue", "npa", "nonperforming", "lock_in"})
_ENROLLED = frozenset({EnrolmentState.CONFIRMED, EnrolmentState.ACTIVE})


@dataclass(frozen=True)
class LoanStanding:
    """One enrolled loan as the book and its returns show it."""

    scheme: str
    loan_number: str
    state: str
    mode: str
    loan_status: str
    outstanding_fen: int
    disbursed_on: date
    confirmed_on: date | None
    defaulted_on: date | None
    last_month: date | None
    overdue_days: int
    nonperforming_since: date | None = None
    nonperforming_reported_on: date | None = None  # the day on which the first return with the bad class came


@dataclass(frozen=True)
class Opened:
    """A claim that may be made: since when, by which condition, and the days that were used."""

    opens_on: date
    by: Text
    events: Mapping[str, date] = field(default_factory=dict)


def enrolment_refusal(loan: LoanStanding) -> PoolError | None:
    """Return why nobody can claim under the loan's enrolment, or None."""
    if loan.state == EnrolmentState.REVOKED:
        return EnrolmentRevokedError(loan=loan.loan_number)
    if loan.loan_status == LoanStatus.TRANSFERRED:
        return LoanAssignedError(loan=loan.loan_number)
    if loan.state == EnrolmentState.CLOSED or loan.loan_status == LoanStatus.PAID:
        return LoanPaidError(loan=loan.loan_number)
    return None if loan.state in _ENROLLED else NotConfirmedError(loan=loan.loan_number)


def loan_refusal(loan: LoanStanding) -> PoolError | None:
    """Return why its bank can never claim on the loan as it stands, or None."""
    refused = enrolment_refusal(loan)
    if refused is not None:
        return refused
    if loan.loan_status == LoanStatus.PURCHASED:
        return LoanAssignedError(loan=loan.loan_number)
    if loan.mode == Mode.GUARANTEE:
        return OtherModeError(loan=loan.loan_number)
    return None


def confirmed_conditions(conditions: Sequence[Provision]) -> tuple[Provision, ...]:
    """Return the conditions of a scheme that somebody has confirmed."""
    return tuple(one for one in conditions if not one.row.is_unverified)


def declared_conditions(conditions: Sequence[Provision]) -> tuple[Provision, ...]:
    """Return the conditions whose day the bank gives with a paper."""
    return tuple(one for one in confirmed_conditions(conditions) if one.id not in FROM_RETURNS)


def events_of(loan: LoanStanding, declared: Mapping[str, date]) -> dict[str, date]:
    """Return, by condition, the day from which it counts: what returns show, and what the bank declared."""
    known = {name: day for name, day in declared.items() if name not in FROM_RETURNS}
    if loan.last_month and loan.overdue_days:
        known["overdue"] = month_end(loan.last_month) - timedelta(days=loan.overdue_days)
    if loan.nonperforming_since:
        known |= dict.fromkeys(("npa", "nonperforming"), loan.nonperforming_since)
    known["lock_in"] = max(loan.disbursed_on, loan.confirmed_on or loan.disbursed_on)
    return known


def open_claim_from(
    loan: LoanStanding,
    conditions: Sequence[Provision],
    *,
    today: date,
    stated_default_on: date | None = None,
    declared: Mapping[str, date] | None = None,
) -> Opened:
    """Return since when a claim may be made on a loan.

    Raises: the codes of `loan_refusal`; `POOL.CLAIM.RULES_OPEN`, `.NO_DEFAULT`, `.DATE_DIFFERS`, `.EVENT_MISSING`,
    `.TOO_EARLY`.
    """
    refused = loan_refusal(loan)
    if refused is not None:
        raise refused
    rules = confirmed_conditions(conditions)
    if not rules:
        raise ClaimRulesOpenError(scheme=loan.scheme)
    if loan.defaulted_on is None:
        raise NoDefaultError(loan=loan.loan_number, month=loan.last_month, overdue_days=loan.overdue_days)
    if stated_default_on is not None and stated_default_on != loan.defaulted_on:
        raise DefaultDateDiffersError(loan=loan.loan_number, claimed=stated_default_on, returned=loan.defaulted_on)
    opened = _opened(loan, rules, declared or {})
    if opened.opens_on > today:
        raise ClaimTooEarlyError(loan=loan.loan_number, opens_on=opened.opens_on, today=today, condition=opened.by)
    return opened


def _opened(loan: LoanStanding, rules: Sequence[Provision], declared: Mapping[str, date]) -> Opened:
    events = events_of(loan, declared)
    opening = claim_opening(rules, events)
    if opening.opens_on is None:
        missing = [condition_word(rule) for rule in rules if rule.id in opening.missing]
        raise ClaimEventMissingError(loan=loan.loan_number, conditions=missing)
    used = {rule.id: events[rule.id] for rule in rules}
    default = loan.defaulted_on
    if default is not None and default > opening.opens_on:
        return Opened(default, Text("违约日", "the day of default"), used)
    return Opened(opening.opens_on, condition_word(next(rule for rule in rules if rule.id == opening.by)), used)


def condition_word(rule: Provision) -> Text:
    """Return a condition as people read it, with its clause."""
    said = rule.row.text or Text(rule.id, rule.id)
    if rule.row.clause in {"", "–", "-", "—"}:
        return said
    return Text(f"{said.zh}（{rule.row.clause}）", f"{said.en} ({rule.row.clause})")
