"""The debtors of assigned debts: told on the platform, where a notice cannot bounce, and acknowledging it there."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.signing import key_id, public_key, sign
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import Action
from yulin.people.selectors import firm_organisations
from yulin.people.services import notify, settle_notices
from yulin.pool.enums import AssignmentPaperKind, NoticeWay
from yulin.pool.errors import OwnDebtError
from yulin.pool.models import AssignedDebt, DebtorNotice, DebtPackage
from yulin.pool.selectors.own_debts import OwnDebt, own_debts
from yulin.pool.services.assignments._packages import check_may, locked_package
from yulin.pool.services.assignments.papers import Sheet, Told, keep_notices

FORM = "yulin-assignment-receipt/1"
_LIMIT_BYTES = 100_000
_ABOUT = "assigned_debt"


def tell_debtors(package: DebtPackage, debts: Sequence[AssignedDebt], title: Text, *, asks: bool) -> None:
    """Tell the firms that have signed up what became of their loans; `asks` for their acknowledgement."""
    firms = firm_organisations(debt.firm_code for debt in debts)
    for debt in debts:
        firm = firms.get(debt.firm_code)
        if firm is None:
            continue
        settle_notices(about=(_ABOUT, debt.pk))
        said = f"{package.bank.name_zh} → {package.transferee_name}"
        notify(
            actor=SYSTEM_ACTOR,
            organisation_id=firm.pk,
            kind="pool.assigned_debt",
            title=title.with_values(loan=debt.loan_number),
            body=Text(said, said),
            path=reverse("pool:own-debts"),
            about=(_ABOUT, debt.pk) if asks else None,
        )


def acknowledge_assignment(*, actor: Actor, debt_id: int) -> DebtorNotice:
    """Record that a firm acknowledges the notice of its loan's assignment; the signed receipt is the proof of delivery.

    Acknowledged twice it is answered with the notice that stands.

    Effects: the receipt as a paper of the package, one notice; the firm's own notice done; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ASSIGNMENT.OWN_DEBT`.
    """
    check_may(actor, Action.SEE_OWN_DEBTS)
    with transaction.atomic():
        found = _own(actor, debt_id)
        with scope(EVERYTHING):
            package = locked_package(SYSTEM_ACTOR, found.package.pk)
            found = _own(actor, debt_id)  # as it stands under the lock
            standing = next((one for one in found.notices if one.way == NoticeWay.PLATFORM), None)
            if standing is not None:
                return standing
            (notice,) = keep_notices(actor, package, [found.debt], _told(actor, found), _LIMIT_BYTES)
            settle_notices(about=(_ABOUT, debt_id))
    return notice


def _own(actor: Actor, debt_id: int) -> OwnDebt:
    found = next((one for one in own_debts(actor) if one.debt.pk == debt_id and one.stands), None)
    if found is None:
        raise OwnDebtError(debt=debt_id)
    return found


def _told(actor: Actor, own: OwnDebt) -> Told:
    """Return the notice with its receipt: what was acknowledged, by whom and when, signed by this instance."""
    assert own.package.active_from is not None  # noqa: S101 - the database's law of a package in effect
    today = clock.business_date()
    content = {
        "form": FORM, "package": own.package.number, "loan": own.debt.loan_number, "claim": own.debt.claim_number,
        "firm": own.debt.firm_name, "firm_code": own.debt.firm_code, "bank": own.package.bank.name_zh,
        "owner": own.owner.zh, "in_force_from": own.package.active_from.isoformat(), "pay_to": own.pay_to.zh,
        "acknowledged_on": today.isoformat(), "acknowledged_by": actor.name,
    }  # fmt: skip
    receipt = {"receipt": content, "signature": sign(content), "public_key": public_key(), "key_id": key_id()}
    text = json.dumps(receipt, ensure_ascii=False, indent=2, sort_keys=True)
    name = f"receipt-{own.debt.loan_number}.json"
    proof = Sheet(AssignmentPaperKind.DELIVERY, name, text.encode(), today)
    return Told(NoticeWay.PLATFORM, min(own.package.active_from, today), today, proof)
