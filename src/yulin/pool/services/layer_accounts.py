"""The ledger's accounts of each layer, opened when they are first needed; what a layer may promise, set by two numbers.

An account is opened once and keeps what it is; its owner is the district's own organisation, or the authority.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.accounts import KIND_NAMES, NewAccount
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.ledger.selectors import balances, locked_balances, standing_holds
from yulin.ledger.services import book_transfers, open_accounts
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisation_names, organisations_of_kind
from yulin.people.services import record_audit
from yulin.pool.core.postings import (
    Place,
    clearing_account,
    enrolled,
    fee_account,
    partner_account,
    refund_account,
    subsidy_account,
)
from yulin.pool.core.states import IN_FORCE
from yulin.pool.core.words import place_name
from yulin.pool.errors import BudgetBelowUseError
from yulin.pool.models import Enrolment
from yulin.pool.selectors.capacity import promise_of
from yulin.pool.selectors.moves import hold_totals

if TYPE_CHECKING:
    from yulin.people.models import Organisation

CAPACITY_KINDS = (AccountKind.FUNDING, AccountKind.CAPACITY, AccountKind.COMMITMENT)
# Which accounts may pass below zero: where money or room comes from, and what may be owed either way.
_MAY_OVERDRAW = frozenset(
    {AccountKind.FUNDING, AccountKind.RECOVERY_RECEIVABLE, AccountKind.BANK, AccountKind.CLEARING}
)
_PARTNER_KINDS = {
    OrganisationKind.GUARANTOR.value: AccountKind.GUARANTOR,
    OrganisationKind.INSURER.value: AccountKind.INSURER,
}
_CLEARING_NAMES = {
    "payouts": Text("拨付清算", "Clearing of payouts"),
    "refunds": Text("应返还银行款", "Refunds to banks"),
    "fees": Text("担保费", "Guarantee fees"),
}


def open_layer_accounts(wanted: Iterable[tuple[Place, AccountKind, int | None]]) -> None:
    """Open the accounts of layers that are not open; a budget is that of its year. In the caller's transaction.

    Effects: accounts, one audit row where any was opened.
    """
    by_code = {place.account(kind, year): (place, kind, year) for place, kind, year in wanted}
    missing = sorted(by_code.keys() - balances(by_code).keys())
    if not missing:
        return
    owners = _owners()
    open_accounts(actor=SYSTEM_ACTOR, accounts=[_of_layer(code, *by_code[code], owners) for code in missing])


def open_subsidy_accounts(place: Place) -> None:
    """Open what a subsidy touches besides a budget: the layer's funding, and its account of subsidies paid.

    Effects: accounts, one audit row where any was opened.
    """
    open_layer_accounts([(place, AccountKind.FUNDING, None)])
    code = subsidy_account(place)
    if code not in balances([code]):
        paid = _of_layer(code, place, AccountKind.COMPENSATION_PAID, None, _owners())
        layer = place_name(place.code)
        zh = f"{layer.zh}已付超赔补贴（{place.scheme_id}）"
        en = f"{layer.en}: excess-loss subsidies paid ({place.scheme_id})"
        open_accounts(actor=SYSTEM_ACTOR, accounts=[replace(paid, name_zh=zh, name_en=en)])


def open_clearing(scheme_id: str, partner_ids: Iterable[int] = (), *, has_fees: bool = False) -> None:
    """Open a scheme's clearing accounts (and that of its fees) and those of its partners, where they are not open.

    Effects: accounts, one audit row where any was opened.
    """
    partners = {partner_account(scheme_id, one): one for one in partner_ids}
    through = {clearing_account(scheme_id): "payouts", refund_account(scheme_id): "refunds"}
    if has_fees:
        through[fee_account(scheme_id)] = "fees"
    missing = sorted({*partners, *through} - balances([*partners, *through]).keys())
    if missing:
        organisations = organisation_names(partners.values())
        known = {code: organisations[one] for code, one in partners.items()}
        open_accounts(actor=SYSTEM_ACTOR, accounts=[_of_partner(code, scheme_id, known, through) for code in missing])


def _of_partner(
    code: str, scheme_id: str, partners: Mapping[str, Organisation], through: Mapping[str, str]
) -> NewAccount:
    owner = partners.get(code)
    name = owner.name if owner else _CLEARING_NAMES[through[code]]
    return NewAccount(
        code=code,
        kind=_PARTNER_KINDS.get(owner.kind, AccountKind.BANK) if owner else AccountKind.CLEARING,
        owner_id=owner.pk if owner else None,
        scheme_id=scheme_id,
        layer="",
        may_overdraw=True,
        name_zh=f"{name.zh}（{scheme_id}）",
        name_en=f"{name.en} ({scheme_id})",
    )


def set_layer_capacity(*, actor: Actor, place: Place, capacity_fen: int) -> int:
    """Set what a layer may promise in all, and hold on it what it has promised without a hold; return how many holds.

    Effects: the layer's accounts, one transfer, holds of the loans in force that had none; audit rows.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.BUDGET.BELOW_USE`.
    """
    if not actor.may(Action.SET_BUDGETS):
        raise NotAllowedError(action=str(Action.SET_BUDGETS), role=str(actor.role))
    with transaction.atomic(), scope(EVERYTHING):
        hold_totals([place.scheme_id])  # whoever enrols meanwhile waits, and then finds the account
        open_layer_accounts([(place, kind, None) for kind in CAPACITY_KINDS])
        code, source = place.account(AccountKind.CAPACITY), place.account(AccountKind.FUNDING)
        stands = locked_balances([place.account(kind) for kind in CAPACITY_KINDS])[code]
        today = clock.business_date()
        holds = _missing_holds(place)
        used = stands.held_fen + sum(hold.amount_fen or 0 for hold in holds)
        if capacity_fen < used:
            raise BudgetBelowUseError(layer=place_name(place.code), budget_fen=capacity_fen, used_fen=used)
        change = grant(source, code, capacity_fen - stands.posted_fen, place.code)
        book_transfers(actor=actor, transfers=[*change, *holds], today=today)
        record_audit(
            actor=actor,
            action="pool.set_layer_capacity",
            subject=("layer", f"{place.scheme_id}/{place.code}"),
            facts={"before_fen": stands.posted_fen, "capacity_fen": capacity_fen, "held": len(holds)},
        )
    return len(holds)


def grant(source: str, account: str, change_fen: int, reason: str) -> list[NewTransfer]:
    """Return the transfer that changes what was granted to an account, from its source or back; none for no change."""
    if not change_fen:
        return []
    debit, credit = (source, account) if change_fen > 0 else (account, source)
    key, on = f"grant:{uuid4().hex}", clock.business_date()
    return [NewTransfer(key, TransferKind.POSTED, debit, credit, abs(change_fen), on, reason=reason)]


def _missing_holds(place: Place) -> list[NewTransfer]:
    """Return the holds of loans in force that a layer promised before it had an account."""
    rows = Enrolment.objects.filter(
        scheme_id=place.scheme_id, state__in=[str(state) for state in IN_FORCE], ratio_bp__has_key=place.party
    )
    if place.district_code:
        rows = rows.filter(district_code=place.district_code)
    holds = [hold for row in rows.order_by("id") for hold in enrolled(promise_of(row), clock.business_date(), {place})]
    standing = standing_holds([hold.key for hold in holds])
    return [hold for hold in holds if hold.key not in standing]


def _owners() -> Mapping[str | None, int]:
    """Return who owns a layer's accounts, by district; under None the authority's."""
    districts = {one.district_code: one.pk for one in organisations_of_kind(OrganisationKind.DISTRICT)}
    authority = organisations_of_kind(OrganisationKind.AUTHORITY).first()
    return {code: pk for code, pk in districts.items() if code} | ({None: authority.pk} if authority else {})


def _of_layer(
    code: str, place: Place, kind: AccountKind, year: int | None, owners: Mapping[str | None, int]
) -> NewAccount:
    name, words, when = place_name(place.code), KIND_NAMES[kind], f" {year}" if year else ""
    return NewAccount(
        code=code,
        kind=kind,
        owner_id=owners.get(place.district_code),
        scheme_id=place.scheme_id,
        layer=place.party,
        may_overdraw=kind in _MAY_OVERDRAW,
        district_code=place.district_code,
        name_zh=f"{name.zh}{words.zh}{when}（{place.scheme_id}）",
        name_en=f"{name.en}: {words.en.lower()}{when} ({place.scheme_id})",
    )
