"""A claim as it is put before its scheme: the loss, the book that caps are measured against, the breakers.

The preview on a page and the booking of a decision ask the same functions here; a decision asks them under the lock of
the scheme's year.

Invariant: a measure that the book does not hold is left out, so that its cap is said to be unchecked, never taken as 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Sum

from yulin.kit.row_security import EVERYTHING, scope
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.breakers import BreakerState, breaker_state
from yulin.pool.core.claims.deciding import ClaimSettlement, Deduction, settle_claim
from yulin.pool.core.deciding import Law
from yulin.pool.core.loss import Loss, LossCase
from yulin.pool.enums import VoucherState
from yulin.pool.models import Claim, Enrolment, MonthlyReturn, Voucher
from yulin.rules.core.facts import known_facts
from yulin.rules.core.scheme import Mode

_SUMS = ("year_loss", "year_paid", "year_enrolled", "npl_balance", "loan_balance")
_NEVER_PAID_ON_LOAN = {"paid_on_loan": 0}  # a loan has one claim that stands


@dataclass(frozen=True)
class Gauge:
    """One breaker of a bank: its sums of the year, where it stands, and where one more claim would bring it."""

    now: BreakerState
    then: BreakerState
    above_fen: int
    below_fen: int


def law_of(claim: Claim) -> Law:
    """Return the law under which a claim's loan is enrolled."""
    return law_by_id(claim.pack_id)


def loss_of(claim: Claim) -> Loss:
    """Return what was lost, as the claim states it."""
    return Loss(
        principal_fen=claim.principal_fen,
        interest_fen=claim.interest_fen,
        cost_fen=claim.cost_fen,
        recovered_fen=claim.recovered_fen,
        interest_days=claim.interest_days,
    )


def loss_case(enrolment: Enrolment, law: Law, loss: Loss, *, book: Mapping[str, int]) -> LossCase:
    """Return one loss on an enrolled loan, with the facts that were frozen at filing.

    Contract shares are those of third parties only: what a scheme itself gives is computed from the scheme.
    """
    vocabulary = law.pack.vocabulary
    facts = {name: value for name, value in enrolment.facts.items() if name in vocabulary.by_alias}
    return LossCase(
        on=enrolment.disbursed_on,
        mode=enrolment.mode,
        loss=loss,
        amount_fen=enrolment.enrolled_amount_fen,
        facts=known_facts(facts, vocabulary, enrolment.disbursed_on),
        contract_bp=contract_bp(enrolment, law),
        book=book,
    )


def settled(claim: Claim, law: Law, deductions: Sequence[Deduction] = (), *, on: date) -> ClaimSettlement:
    """Return who bears what of a claim if it were decided on a day with these deductions.

    Raises: `POOL.CLAIM.ABOVE_BASE`, `POOL.CLAIM.NOTE`, `POOL.SETTLE.NUMBER_OPEN`, `POOL.SETTLE.FACT_MISSING`.
    """
    case = loss_case(claim.enrolment, law, loss_of(claim), book=book_of(claim.enrolment, law, on=on))
    return settle_claim(law, case, deductions)


def book_of(enrolment: Enrolment, law: Law, *, on: date) -> dict[str, int]:
    """Return the sums of the book that the caps of a loan's mode are measured by."""
    modes = list(law.pack.scheme.modes_for(enrolment.mode))
    wanted = {name for mode in modes for cap in mode.money_caps for name in (*cap.of, cap.used)}
    readers: dict[str, Callable[[], int]] = {
        "scheme_paid": lambda: _paid_fen(enrolment, modes, "scheme_paid", on, Q()),
        "mode_paid": lambda: _paid_fen(enrolment, modes, "mode_paid", on, Q(claim__enrolment__mode=enrolment.mode)),
        "paid": lambda: _paid_fen(enrolment, modes, "paid", on, Q(claim__bank_id=enrolment.bank_id)),
        "previous_year_balance": lambda: _balance_fen(enrolment, date(on.year - 1, 12, 1)),
        "lent": lambda: _lent_fen(enrolment),
    }
    with scope(EVERYTHING):
        found = {name: reader() for name, reader in readers.items() if name in wanted}
    return {**_NEVER_PAID_ON_LOAN, **found}


def bank_gauges(bank_id: int, law: Law, *, on: date, more_fen: int = 0) -> list[Gauge]:
    """Return where a bank stands on each breaker of a scheme that is measured by bank, and with `more_fen` of loss."""
    breakers = [one for one in law.pack.scheme.breakers if one.scope == "bank"]
    if not breakers:
        return []
    sums = bank_sums(bank_id, law.pack.id, on=on)
    gauges = []
    for one in breakers:
        above = sums.get(one.above, 0)
        then = {**sums, one.above: above + more_fen} if one.above in sums else sums
        gauges.append(Gauge(breaker_state(one, sums), breaker_state(one, then), above, sums.get(one.below, 0)))
    return gauges


def bank_sums(bank_id: int, scheme_id: str, *, on: date) -> dict[str, int]:
    """Return a bank's sums under a scheme that breakers are measured by: of the year, and of its loans now."""
    return sums_by_bank(scheme_id, on=on, bank_id=bank_id).get(bank_id) or dict.fromkeys(_SUMS, 0)


def sums_by_bank(scheme_id: str, *, on: date, bank_id: int | None = None) -> dict[int, dict[str, int]]:
    """Return those sums for every bank with a loan or a claim under a scheme (or for one), asked in three queries."""
    one = Q(scheme_id=scheme_id) if bank_id is None else Q(scheme_id=scheme_id, bank_id=bank_id)
    bad = Q(five_class__in=["substandard", "doubtful", "loss"])
    found: dict[int, dict[str, int]] = {}
    with scope(EVERYTHING):
        claims = Claim.objects.with_money().filter(one, decided_on__year=on.year)
        loans = Enrolment.objects.in_force().filter(one)
        ever = Enrolment.objects.live().filter(one, disbursed_on__year=on.year)
        parts = (
            _by_bank(claims, year_loss=Sum("decided_base_fen"), year_paid=Sum("public_fen")),
            _by_bank(ever, year_enrolled=Sum("enrolled_amount_fen")),
            _by_bank(loans, loan_balance=Sum("outstanding_fen"), npl_balance=Sum("outstanding_fen", filter=bad)),
        )
        for row in (row for part in parts for row in part):
            sums = found.setdefault(row.pop("bank_id"), dict.fromkeys(_SUMS, 0))
            sums |= {name: fen or 0 for name, fen in row.items()}
    return found


def _by_bank(rows: QuerySet[Any], **sums: Sum) -> list[dict[str, Any]]:
    return list(rows.order_by().values("bank_id").annotate(**sums))


def contract_bp(enrolment: Enrolment, law: Law) -> dict[str, int]:
    """Return the shares that a loan's contracts give to third parties, in basis points."""
    thirds = {
        party
        for mode in law.pack.scheme.modes_for(enrolment.mode)
        for party in (*_third_parties(mode), *_by_contract(mode))
    }
    return {party: int(bp) for party, bp in (enrolment.ratio_bp or {}).items() if party in thirds}


def _third_parties(mode: Mode) -> tuple[str, ...]:
    return mode.third_parties.parties if mode.third_parties else ()


def _by_contract(mode: Mode) -> list[str]:
    return [party for party, table in mode.ratios.items() if table.by_contract]


def _paid_fen(enrolment: Enrolment, modes: Sequence[Mode], measure: str, on: date, narrower: Q) -> int:
    """Return what was decided to be paid in the year of a day, by the layer that the cap of this measure binds."""
    rows = Voucher.objects.filter(
        narrower, claim__scheme_id=enrolment.scheme_id, claim__decided_on__year=on.year
    ).exclude(state=VoucherState.VOID.value)
    bound = {cap.party for mode in modes for cap in mode.money_caps if cap.used == measure and cap.party}
    if bound:
        rows = rows.filter(party__in=bound)
    return int(rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0)


def _balance_fen(enrolment: Enrolment, month: date) -> int:
    rows = MonthlyReturn.objects.filter(
        month=month, enrolment__bank_id=enrolment.bank_id, enrolment__scheme_id=enrolment.scheme_id
    )
    return int(rows.aggregate(sum=Sum("outstanding_fen"))["sum"] or 0)


def _lent_fen(enrolment: Enrolment) -> int:
    rows = Enrolment.objects.live().filter(bank_id=enrolment.bank_id, scheme_id=enrolment.scheme_id)
    return int(rows.aggregate(sum=Sum("loan_amount_fen"))["sum"] or 0)
