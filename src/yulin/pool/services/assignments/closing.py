"""The close of a business day: packages whose settlement is over take effect, are bought back, lapse or are offset.

What it writes depends on the days of the requests alone: a close that runs late or twice leaves the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.pool.adapters.bulk import recount_balances_of_loans
from yulin.pool.core.assignment.debts import NOT_APPROVED
from yulin.pool.core.assignment.kinds import KIND_LAWS, KindLaw
from yulin.pool.core.assignment.package import PackageStep
from yulin.pool.core.assignment.timeline import OwnershipRow, cancel, close_of_business
from yulin.pool.core.recoveries import net_fen, replay
from yulin.pool.enums import (
    AssignmentKind,
    AssignmentState,
    LoanStatus,
    RecoverySource,
    RequestState,
    TransferAct,
)
from yulin.pool.models import AssignedDebt, Claim, DebtPackage, Enrolment, TransferAsk
from yulin.pool.selectors.assignments import blocks_of, debts_visible, rows_of
from yulin.pool.selectors.recoveries import lost_fen, receipts_of, terms_of
from yulin.pool.services.assignments._packages import (
    audit_package,
    locked_package,
    record_event,
    take_package_step,
    tell,
    write_package,
    write_rows,
)
from yulin.pool.services.assignments.debtors import tell_debtors
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery, give_back_price

_PENDING = ("submitted", "approved")
_A_DAY = timedelta(days=1)
_Change = Callable[[AssignedDebt, Sequence[OwnershipRow]], tuple[OwnershipRow, ...]]


def close_assignments(*, today: date | None = None) -> int:
    """Close every package with a request whose settlement is over; return how many packages were closed.

    Effects, each package in a transaction of its own: rows of ownership, the ends of its requests, its step, loans that
    leave the balance sheet or come back, what their firms owe counted anew, a price that is money recovered shared or
    undone; event, notices also to the debtors, audit row.
    """
    today = today or clock.business_date()
    with scope(EVERYTHING):
        due = TransferAsk.objects.filter(state__in=_PENDING, settles_on__lt=today).order_by("package_id")
        ids = list(due.values_list("package_id", flat=True).distinct())
        for package_id in ids:
            with transaction.atomic():
                _close(locked_package(SYSTEM_ACTOR, package_id), today)
    return len(ids)


def _close(package: DebtPackage, today: date) -> None:
    """Settle day by day, so that a sale and a later buy-back have each its step."""
    while asks := _due(package, today):
        unsigned = [one for one in asks if one.act == TransferAct.BUY_BACK and one.state == RequestState.SUBMITTED]
        if unsigned:
            _lapse_buy_back(package, unsigned[0])
        elif len(asks) > 1:
            _offset(package, asks)
        elif asks[0].act == TransferAct.BUY_BACK:
            _buy_back(package, asks[0])
        else:
            _sell(package, asks[0])


def _due(package: DebtPackage, today: date) -> list[TransferAsk]:
    """Return the requests that settle on the earliest day that is over."""
    asks = list(package.asks.filter(state__in=_PENDING, settles_on__lt=today).order_by("settles_on", "id"))
    return [ask for ask in asks if ask.settles_on == asks[0].settles_on]


def _sell(package: DebtPackage, ask: TransferAsk) -> None:
    """Let a sale take effect for every debt that can still change hands; unsigned, or with none, it lapses."""
    debts, claims = _locked_debts(package)
    is_signed = ask.state == RequestState.APPROVED

    def closed(debt: AssignedDebt, rows: Sequence[OwnershipRow]) -> tuple[OwnershipRow, ...]:
        blocks = blocks_of(claims[debt.claim_id], settles_on=ask.settles_on) if is_signed else (NOT_APPROVED,)
        return close_of_business(rows, on=ask.settles_on + _A_DAY, blocks=blocks)

    states = _rewrite(debts, closed, ask)
    sold = [debt for debt in debts if states[debt.pk] == AssignmentState.ACTIVE]
    _end_ask(ask, RequestState.DONE if sold else RequestState.DECLINED)
    if not sold:
        # A buy-back of what was never sold ends with it.
        package.asks.filter(state__in=_PENDING).update(state=RequestState.CANCELLED.value)
        take_package_step(SYSTEM_ACTOR, package, PackageStep.LAPSE, "" if is_signed else NOT_APPROVED)
        _tell(package, Text("转让包%(package)s未能交割", "The package %(package)s did not take effect"))
        return
    AssignedDebt.objects.filter(pk__in=[one.pk for one in debts if one not in sold]).update(is_open=False)
    take_package_step(SYSTEM_ACTOR, package, PackageStep.TAKE_EFFECT, active_from=ask.settles_on + _A_DAY)
    law = KIND_LAWS[AssignmentKind(package.kind)]
    if law.leaves_balance_sheet:
        ids = [claims[debt.claim_id].enrolment_id for debt in sold]
        gone = {"loan_status": LoanStatus.TRANSFERRED.value, "outstanding_fen": 0}
        Enrolment.objects.filter(pk__in=ids).update(**gone)
        recount_balances_of_loans(ids)
    _share_price(package, ask, law, [(debt, claims[debt.claim_id]) for debt in sold])
    _tell(package, Text("转让包%(package)s已生效", "The package %(package)s is in effect"))
    if law.moves_title:
        title = Text(
            "贵公司的借款已转让，请签收通知：%(loan)s", "Your loan was assigned; acknowledge the notice: %(loan)s"
        )
        tell_debtors(package, sold, title, asks=True)


def _buy_back(package: DebtPackage, ask: TransferAsk) -> None:
    """Give the debts back to their bank, as they stood when they were put in; their price is no recovery any more."""
    debts, claims = _locked_debts(package)
    _rewrite(debts, lambda _, rows: close_of_business(rows, on=ask.settles_on + _A_DAY), ask)
    if KIND_LAWS[AssignmentKind(package.kind)].leaves_balance_sheet:
        loans = [claims[debt.claim_id].enrolment for debt in debts]
        for loan, debt in zip(loans, debts, strict=True):
            loan.loan_status, loan.outstanding_fen = debt.loan_status, debt.principal_fen
        Enrolment.objects.bulk_update(loans, ["loan_status", "outstanding_fen"])
        recount_balances_of_loans([loan.pk for loan in loans])
    _end_ask(ask, RequestState.DONE)
    for debt in debts:
        give_back_price(
            actor=SYSTEM_ACTOR, claim_id=debt.claim_id, reference=package.number, note=f"{package.number} 回购"
        )
    take_package_step(SYSTEM_ACTOR, package, PackageStep.BUY_BACK)
    _tell(package, Text("转让包%(package)s已回购", "The package %(package)s is bought back"))
    title = Text("贵公司的借款已由原银行回购：%(loan)s", "Your loan is its bank's again: %(loan)s")
    tell_debtors(package, debts, title, asks=False)


def _offset(package: DebtPackage, asks: Sequence[TransferAsk]) -> None:
    """End a sale and its buy-back that settle on one day: nothing changes hands (P-16d)."""
    debts, _ = _locked_debts(package)
    on = asks[0].settles_on + _A_DAY
    _rewrite(debts, lambda _, rows: close_of_business(rows, on=on), asks[0])
    for ask in asks:
        _end_ask(ask, RequestState.CANCELLED)
    take_package_step(SYSTEM_ACTOR, package, PackageStep.OFFSET)
    _tell(package, Text("转让包%(package)s与回购相抵", "The package %(package)s and its buy-back offset each other"))


def _lapse_buy_back(package: DebtPackage, ask: TransferAsk) -> None:
    """End a buy-back that nobody approved by its settlement; the sale stands."""
    debts, _ = _locked_debts(package)

    def lapsed(_: AssignedDebt, rows: Sequence[OwnershipRow]) -> tuple[OwnershipRow, ...]:
        state = AssignmentState.DECLINED
        return cancel(rows, str(ask.pk), on=ask.settles_on, reason=NOT_APPROVED, state=state)

    _rewrite(debts, lapsed, ask)
    _end_ask(ask, RequestState.DECLINED)
    write_package(package)
    record_event(SYSTEM_ACTOR, package, "lapse_buy_back", note=NOT_APPROVED)
    audit_package(SYSTEM_ACTOR, package, "lapse_buy_back", {"ask": ask.pk})


def _locked_debts(package: DebtPackage) -> tuple[list[AssignedDebt], dict[int, Claim]]:
    """Return the open debts of a package and their claims, locked in the order of their keys."""
    debts = list(package.debts.filter(is_open=True).order_by("id"))
    claims = debts_visible(SYSTEM_ACTOR).filter(pk__in=[debt.claim_id for debt in debts]).order_by("pk")
    return debts, {claim.pk: claim for claim in claims.select_for_update(of=("self", "enrolment"))}


def _rewrite(debts: Sequence[AssignedDebt], change: _Change, ask: TransferAsk) -> Mapping[int, AssignmentState]:
    """Write the rows that a change leaves of each debt; return the last state of the request for it."""
    kept = rows_of(debt.claim_id for debt in debts)
    states = {}
    for debt in debts:
        before = kept[debt.claim_id]
        after = change(debt, [one.row for one in before])
        write_rows(debt, before, after)
        states[debt.pk] = [row.state for row in after if row.request.id == str(ask.pk)][-1]
    return states


def _end_ask(ask: TransferAsk, state: RequestState) -> None:
    ask.state = state.value
    ask.save(update_fields=["state"])


def _share_price(
    package: DebtPackage, ask: TransferAsk, law: KindLaw, sold: Sequence[tuple[AssignedDebt, Claim]]
) -> None:
    """Enter each debt's price as money recovered on its settlement; what is above the open loss is the bank's."""
    if not law.shares_price:
        return
    for debt, claim in sold:
        room = lost_fen(claim) - net_fen(replay(terms_of(claim), receipts_of(claim)))
        gross = min(debt.price_fen, room)
        if gross > 0:
            received = Received(
                ask.settles_on, gross, reference=package.number, source=RecoverySource.SALE,
                note=f"{package.transferee_name} {package.number}",
            )  # fmt: skip
            enter_recovery(actor=SYSTEM_ACTOR, claim_id=claim.pk, received=received)


def _tell(package: DebtPackage, title: Text) -> None:
    tell(SYSTEM_ACTOR, package, [one for one in (package.bank_id, package.transferee_id) if one is not None], title)
