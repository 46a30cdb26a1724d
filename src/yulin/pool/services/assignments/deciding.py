"""A package is submitted, approved or declined by another person, cancelled before it settles, bought back after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import organisations_of_kind
from yulin.pool.core.assignment import timeline
from yulin.pool.core.assignment.debts import DEBT_BLOCKS
from yulin.pool.core.assignment.package import STEP_NAMES, PackageStep, package_amounts
from yulin.pool.core.assignment.preflight import Item, Preflight
from yulin.pool.enums import AssignmentState, PackageState, RequestState, TransferAct
from yulin.pool.errors import (
    AssignmentActError,
    AssignmentDebtError,
    AssignmentPriceError,
    AssignmentSettlementError,
    AssignmentTransfereeError,
    OwnPurchaseError,
    PackageHandsError,
    PackageNoteError,
    PreflightBlockedError,
    PreflightOpenError,
)
from yulin.pool.models import AssignedDebt, DebtPackage, TransferAsk
from yulin.pool.selectors.assignments import blocks_of, debts_visible, pending_ask, preflight_of, request_of, rows_of
from yulin.pool.services.assignments._packages import (
    audit_package,
    check_may,
    locked_draft,
    locked_package,
    record_event,
    take_package_step,
    tell,
    write_package,
    write_rows,
)


@dataclass(frozen=True)
class BuyBack:
    """What a bank pays to have its debts back: a share of their principal, on which day, why."""

    price_ratio_ppm: int | None
    settles_on: date
    note: str


def submit_package(*, actor: Actor, package_id: int, version: int | None) -> DebtPackage:
    """Ask for the assignment of a package; nothing of the pre-flight may stand against it.

    Effects: the claims locked; one request, one pending row a debt; submitted; event; notice to manager and authority;
    audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ASSIGNMENT.NOT_FOUND`, `.CHANGED`, `.STEP`, `.TRANSFEREE`, `.PRICE`,
    `.SETTLEMENT`, `.PRE_FLIGHT`, `.DEBT`, `.STANDS`.
    """
    check_may(actor, Action.REQUEST_ASSIGNMENTS)
    today = clock.business_date()
    with transaction.atomic(), scope(EVERYTHING):
        package = locked_draft(actor, package_id, STEP_NAMES[PackageStep.SUBMIT], version=version)
        ratio, settles_on = _terms_of(package, today)
        debts = list(package.debts.order_by("id"))
        found = preflight_of(package, debts, today=today)
        _refuse_blocked(found)
        take_package_step(actor, package, PackageStep.SUBMIT)
        ask = TransferAsk.objects.create(
            package=package, act=TransferAct.SALE.value, price_ratio_ppm=ratio, price_fen=package.price_fen,
            asked_on=today, settles_on=settles_on, asked_by_id=actor.user_id, preflight=found.plain(),
        )  # fmt: skip
        _put_in_rows(actor, ask, debts, today)
        _tell_deciders(actor, package, Text("审批债权转让包%(package)s", "Decide on the package %(package)s"))
    return package


def approve_request(*, actor: Actor, package_id: int, version: int | None, note: str = "") -> DebtPackage:
    """Approve what waits of a package, a sale or a buy-back; it takes effect at its settlement.

    Effects: the request signed, of a sale with its pre-flight, which must be met; approved; event; notices; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ASSIGNMENT.NOT_FOUND`, `.CHANGED`, `.ACT`, `.SAME_HANDS`, `.OWN_PURCHASE`,
    `.PRE_FLIGHT`, `.PRE_FLIGHT_OPEN`, `.SETTLEMENT`.
    """
    today = clock.business_date()
    with transaction.atomic(), scope(EVERYTHING):
        package, ask = _to_decide(actor, package_id, version)
        if ask.settles_on < today:
            raise AssignmentSettlementError(settles_on=ask.settles_on, earliest_on=today)
        signed = {"decided_by_id": actor.user_id, "decided_on": today, "note": note[:500]}
        if ask.act == TransferAct.SALE:
            found = preflight_of(package, list(package.debts.order_by("id")), today=today)
            _refuse_blocked(found)
            if found.open:
                raise PreflightOpenError(items=_said(found.open))
            take_package_step(actor, package, PackageStep.APPROVE, note)
            _write_ask(ask, state=RequestState.APPROVED.value, preflight=found.plain(), **signed)
        else:
            write_package(package)
            _write_ask(ask, state=RequestState.APPROVED.value, **signed)
            record_event(actor, package, "approve_buy_back", note=note)
            audit_package(actor, package, "approve_buy_back", {"ask": ask.pk})
        houses = [one for one in (package.bank_id, package.transferee_id) if one is not None]
        tell(actor, package, houses, Text("转让包%(package)s已批准", "The package %(package)s is approved"))
    return package


def decline_request(*, actor: Actor, package_id: int, version: int | None, note: str) -> DebtPackage:
    """Decline what waits of a package; the debts of a declined sale are free again.

    Effects: the request signed, its rows ended; declined; event; notice to the bank; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ASSIGNMENT.NOT_FOUND`, `.CHANGED`, `.ACT`, `.SAME_HANDS`, `.OWN_PURCHASE`,
    `.NOTE`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        package, ask = _to_decide(actor, package_id, version)
        _end(actor, package, ask, note, RequestState.DECLINED)
        tell(actor, package, [package.bank_id], Text("转让包%(package)s未通过", "%(package)s is declined"), note)
    return package


def cancel_request(*, actor: Actor, package_id: int, version: int | None, note: str) -> DebtPackage:
    """Cancel a draft, or the request that waits; a pending buy-back is cancelled alone, before its sale.

    Effects: the request and its rows ended; a cancelled sale frees the debts; event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ASSIGNMENT.NOT_FOUND`, `.CHANGED`, `.STEP`, `.ACT`, `.NOTE`.
    """
    check_may(actor, Action.REQUEST_ASSIGNMENTS)
    with transaction.atomic(), scope(EVERYTHING):
        package = locked_package(actor, package_id, version=version)
        ask = pending_ask(package, TransferAct.BUY_BACK) or pending_ask(package)
        if ask is None:
            take_package_step(actor, package, PackageStep.CANCEL, note)
        else:
            _end(actor, package, ask, note, RequestState.CANCELLED)
    return package


def ask_back(*, actor: Actor, package_id: int, version: int | None, terms: BuyBack) -> DebtPackage:
    """Ask to buy a package back, whole; another person approves it. With its sale on one day both are offset.

    Effects: one request, one pending row a debt that the transferee owns or will own; event; notice; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ASSIGNMENT.NOT_FOUND`, `.CHANGED`, `.PRICE`, `.SETTLEMENT`, `.ACT`, `.NOTE`.
    """
    check_may(actor, Action.REQUEST_ASSIGNMENTS)
    today = clock.business_date()
    if not terms.note.strip():
        raise PackageNoteError(step=Text("申请回购", "Ask to buy back"))
    with transaction.atomic(), scope(EVERYTHING):
        package = locked_package(actor, package_id, version=version)
        if package.state not in {PackageState.SUBMITTED, PackageState.APPROVED, PackageState.ACTIVE}:
            raise AssignmentActError(act=TransferAct.BUY_BACK, state=package.state)
        if pending_ask(package, TransferAct.BUY_BACK) is not None:
            raise AssignmentActError(act=TransferAct.BUY_BACK, state=AssignmentState.PENDING)
        ratio = terms.price_ratio_ppm
        if ratio is None or not 0 < ratio <= timeline.WHOLE_PPM:
            raise AssignmentPriceError(found=ratio)
        debts = list(package.debts.filter(is_open=True).order_by("id"))
        earliest = max(today, package.settles_on or today)
        if terms.settles_on < earliest:
            raise AssignmentSettlementError(settles_on=terms.settles_on, earliest_on=earliest)
        price = package_amounts({debt.pk: debt.principal_fen for debt in debts}, ratio).price_fen
        ask = TransferAsk.objects.create(
            package=package, act=TransferAct.BUY_BACK.value, price_ratio_ppm=ratio, price_fen=price, asked_on=today,
            settles_on=terms.settles_on, asked_by_id=actor.user_id, note=terms.note[:500],
        )  # fmt: skip
        _put_in_rows(actor, ask, debts, today)
        write_package(package)
        record_event(actor, package, "ask_back", note=terms.note)
        facts = {"ask": ask.pk, "price_fen": price, "settles_on": terms.settles_on.isoformat(), "note": terms.note}
        audit_package(actor, package, "ask_back", facts)
        _tell_deciders(actor, package, Text("审批回购：%(package)s", "Decide on the buy-back of %(package)s"))
    return package


def _terms_of(package: DebtPackage, today: date) -> tuple[int, date]:
    if not package.transferee_name or not package.transferee_kind:
        raise AssignmentTransfereeError
    if package.price_ratio_ppm is None:
        raise AssignmentPriceError(found=None)
    settles_on = package.settles_on
    if settles_on is None or settles_on < today:
        raise AssignmentSettlementError(settles_on=settles_on, earliest_on=today)
    return package.price_ratio_ppm, settles_on


def _put_in_rows(actor: Actor, ask: TransferAsk, debts: list[AssignedDebt], today: date) -> None:
    """Write a pending row for each debt, as the timeline allows it; claims are locked in the order of their keys."""
    claim_ids = [debt.claim_id for debt in debts]
    claims = {
        claim.pk: claim
        for claim in debts_visible(actor).filter(pk__in=claim_ids).order_by("pk").select_for_update(of=("self",))
    }
    kept = rows_of(claim_ids)
    request = request_of(ask)
    for debt in debts:
        before = [one.row for one in kept[debt.claim_id]]
        if ask.act == TransferAct.BUY_BACK:
            after = timeline.ask_for_buy_back(before, request, today=today)
        else:
            blocks = blocks_of(claims[debt.claim_id])
            if blocks:
                raise AssignmentDebtError(debt=debt.claim_number, reasons={one: DEBT_BLOCKS[one] for one in blocks})
            after = timeline.ask_for_sale(before, request, blocks=blocks, today=today)
        write_rows(debt, kept[debt.claim_id], after)


def _to_decide(actor: Actor, package_id: int, version: int | None) -> tuple[DebtPackage, TransferAsk]:
    check_may(actor, Action.APPROVE_ASSIGNMENTS)
    package = locked_package(actor, package_id, version=version)
    ask = package.asks.filter(state=RequestState.SUBMITTED.value).order_by("id").first()
    if ask is None:
        raise AssignmentActError(act=None, state=package.state)
    if ask.asked_by_id is not None and ask.asked_by_id == actor.user_id:
        raise PackageHandsError(package=package.number)
    if package.transferee_id is not None and package.transferee_id == actor.organisation_id:
        raise OwnPurchaseError(package=package.number, transferee=package.transferee_name)
    return package, ask


def _end(actor: Actor, package: DebtPackage, ask: TransferAsk, note: str, state: RequestState) -> None:
    """End a pending request on today's day, with its rows; a sale takes its buy-back with it."""
    is_sale, today = ask.act == TransferAct.SALE, clock.business_date()
    step = PackageStep.DECLINE if state == RequestState.DECLINED else PackageStep.CANCEL
    if not note.strip():
        raise PackageNoteError(step=STEP_NAMES[step])
    debts = list(package.debts.order_by("id"))
    kept = rows_of(debt.claim_id for debt in debts)
    row_state = AssignmentState.DECLINED if state == RequestState.DECLINED else AssignmentState.CANCELLED
    for debt in debts:
        before = [one.row for one in kept[debt.claim_id]]
        after = timeline.cancel(before, str(ask.pk), on=today, reason=note, state=row_state)
        write_rows(debt, kept[debt.claim_id], after)
    hands = {"decided_by_id": actor.user_id, "decided_on": today} if state == RequestState.DECLINED else {}
    _write_ask(ask, state=state.value, note=note[:500], **hands)
    if is_sale:
        package.asks.filter(act=TransferAct.BUY_BACK.value, state__in=["submitted", "approved"]).update(
            state=RequestState.CANCELLED.value
        )
        take_package_step(actor, package, step, note)
        return
    write_package(package)
    record_event(actor, package, f"{step.value}_buy_back", note=note)
    audit_package(actor, package, f"{step.value}_buy_back", {"ask": ask.pk, "note": note})


def _write_ask(ask: TransferAsk, **changes: object) -> None:
    for name, value in changes.items():
        setattr(ask, name, value)
    ask.save(update_fields=list(changes))


def _refuse_blocked(found: Preflight) -> None:
    if found.blocking:
        raise PreflightBlockedError(items=_said(found.blocking))


def _said(items: tuple[Item, ...]) -> dict[str, Text]:
    return {one.id: Text(f"{one.text.zh}（{one.clause}）", f"{one.text.en} ({one.clause})") for one in items}


def _tell_deciders(actor: Actor, package: DebtPackage, title: Text) -> None:
    kinds = (OrganisationKind.MANAGER, OrganisationKind.AUTHORITY)
    houses = [one.pk for kind in kinds for one in organisations_of_kind(kind) if one.pk != package.transferee_id]
    tell(actor, package, houses, title, asks=True)
