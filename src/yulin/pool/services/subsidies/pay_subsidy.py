"""Keep that a layer has paid an insurer's subsidy: what the bank says of one order."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.errors import REFUSALS
from yulin.ledger.selectors import standing_holds
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.core.postings import Due, voucher_paid
from yulin.pool.enums import SubsidyState
from yulin.pool.errors import SubsidyStateError
from yulin.pool.models import ExcessSubsidy
from yulin.pool.selectors.subsidies import SUBSIDY_STATES
from yulin.pool.services.booking import book
from yulin.pool.services.subsidies._steps import (
    audit_subsidy,
    check_right,
    due_of_subsidy,
    hold_subsidy,
    locked_subsidy,
    tell,
)


def pay_subsidy(*, actor: Actor, subsidy_id: int, on: date, transfer_key: str, note: str = "") -> ExcessSubsidy:
    """Keep that a subsidy was paid by one transfer of the bank's; the same transfer again changes nothing.

    Effects: the subsidy; its hold posted and the insurer's side of it; notice to the insurer; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.SUBSIDY.STATE`, `POOL.SUBSIDY.NOT_FOUND`, and what the ledger refuses.
    """
    check_right(actor, Action.PAY_CLAIMS)
    with transaction.atomic(), scope(EVERYTHING):
        subsidy = locked_subsidy(subsidy_id)
        if subsidy.state == SubsidyState.PAID and subsidy.transfer_key == transfer_key:
            return subsidy
        if subsidy.state != SubsidyState.SENT:
            found, needed = SUBSIDY_STATES[SubsidyState(subsidy.state)], SUBSIDY_STATES[SubsidyState.SENT]
            raise SubsidyStateError(insurer=subsidy.insurer.name, year=subsidy.year, state=found[1], needed=needed[1])
        due = _payable(actor, due_of_subsidy(subsidy))
        book(actor, subsidy.scheme_id, voucher_paid(due, on, transfer_key))
        subsidy.state, subsidy.paid_on, subsidy.hold_key = SubsidyState.PAID.value, on, due.hold_key
        subsidy.transfer_key, subsidy.note = transfer_key, note[:300]
        subsidy.save(update_fields=["state", "paid_on", "hold_key", "transfer_key", "note"])
        audit_subsidy(actor, subsidy, "pay", {"on": on.isoformat(), "reference": transfer_key})
        said = Text("%(year)s年超赔补贴%(sum)s元已拨付", "The subsidy for %(year)s is paid: %(sum)s")
        tell(actor, subsidy, subsidy.insurer_id, said)
    return subsidy


def _payable(actor: Actor, due: Due) -> Due:
    """Return a subsidy with a hold that can be posted; one whose hold was released is held anew, if there is room."""
    if due.hold_key in standing_holds([due.hold_key]):
        return due
    anew, held = hold_subsidy(actor, due)
    if held.refusal is not None:
        raise REFUSALS[held.refusal.code](key=held.refusal.key, facts=held.refusal.facts)
    return anew
