"""Undo a subsidy that is not paid, with a reason: what was held for it is released, and it can be decided anew."""

from __future__ import annotations

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.selectors import standing_holds
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.services import settle_notices
from yulin.pool.core.postings import closed
from yulin.pool.enums import SubsidyState
from yulin.pool.errors import SubsidyReasonError, SubsidySamePersonError, SubsidyStateError
from yulin.pool.models import ExcessSubsidy, PayoutOrder
from yulin.pool.selectors.subsidies import SUBSIDY_STATES, UNDOABLE
from yulin.pool.services.booking import book
from yulin.pool.services.subsidies._steps import ABOUT, audit_subsidy, check_right, locked_subsidy, refuse_partner, tell


def undo_subsidy(*, actor: Actor, subsidy_id: int, reason: str) -> ExcessSubsidy:
    """Undo a subsidy before it goes to the bank; who confirmed it does not undo it.

    Effects: the subsidy; its hold released, where it stands; notice to the insurer if it had been confirmed; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CLAIM.CONFLICT`, `POOL.SUBSIDY.NOT_FOUND`, `.REASON`, `.STATE`, `.SAME_PERSON`.
    """
    check_right(actor, Action.DECIDE_SUBSIDIES)
    with transaction.atomic(), scope(EVERYTHING):
        subsidy = locked_subsidy(subsidy_id)
        refuse_partner(actor, subsidy.insurer.name, subsidy.insurer_id)
        _check(actor, subsidy, reason)
        today, was = clock.business_date(), subsidy.state
        standing = standing_holds([subsidy.hold_key]) if subsidy.hold_key else {}
        book(actor, subsidy.scheme_id, closed(standing, today, reason.strip()))
        subsidy.state, subsidy.undo_reason = SubsidyState.UNDONE.value, reason.strip()
        subsidy.undone_on, subsidy.undone_by_id = today, actor.user_id
        subsidy.save(update_fields=["state", "undo_reason", "undone_on", "undone_by_id"])
        settle_notices(about=(ABOUT, subsidy.pk))
        audit_subsidy(actor, subsidy, "undo", {"from": was, "reason": subsidy.undo_reason})
        if was != SubsidyState.DECIDED:
            said = Text("%(year)s年超赔补贴%(sum)s元已撤销", "The subsidy for %(year)s, %(sum)s, is undone")
            tell(actor, subsidy, subsidy.insurer_id, said, body=subsidy.undo_reason)
    return subsidy


def _check(actor: Actor, subsidy: ExcessSubsidy, reason: str) -> None:
    name, year = subsidy.insurer.name, subsidy.year
    if not reason.strip():
        raise SubsidyReasonError(insurer=name, year=year)
    if subsidy.state not in UNDOABLE:
        found, needed = SUBSIDY_STATES[SubsidyState(subsidy.state)], SUBSIDY_STATES[SubsidyState.HELD]
        raise SubsidyStateError(insurer=name, year=year, state=found[1], needed=needed[1])
    held = PayoutOrder.objects.filter(subsidy_id=subsidy.pk).exclude(outcome="failed")
    batch = held.values_list("batch__number", flat=True).first()
    if batch is not None:
        raise SubsidyStateError(
            insurer=name, year=year, state=Text("在批次%(id)s中", "in batch %(id)s").with_values(id=batch),
            needed=Text("不在任何批次中，先作废该批次", "in no batch: void that one first"),
        )  # fmt: skip
    if actor.user_id is not None and actor.user_id == subsidy.confirmed_by_id:
        raise SubsidySamePersonError(insurer=name, year=year)
