"""Awards and milestones as payables of the pool's bank files: what the bank says of an order is booked here, once."""

from __future__ import annotations

from django.urls import reverse

from yulin.base.text import Text
from yulin.brain.models import GrantMilestone
from yulin.brain.selectors.bank_orders import AWARD, MILESTONE, awards_to_pay, milestones_to_pay
from yulin.brain.services._applications import Why, audit, keep_event, locked, tell
from yulin.brain.services.awarding import audit_award, locked_award
from yulin.brain.services.contracting import settle_milestone
from yulin.brain.services.paying_awards import settle_award
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.services import notify
from yulin.pool.selectors.payables import BankSaid, PayableKind


def award_paid(actor: Actor, said: BankSaid) -> None:
    """Book an award that the bank has paid, under the order's reference. In the caller's transaction."""
    settle_award(actor, locked_award(said.payable_id), said.on, said.reference)


def award_failed(actor: Actor, said: BankSaid) -> None:
    """Tell the firm that its payment failed: the award waits again, and until then another account may be named.

    Effects: a notice to the firm; audit row. In the caller's transaction.
    """
    award = locked_award(said.payable_id)
    notify(
        actor=actor, organisation_id=award.house_id or 0, kind="brain.award", about=("award", award.pk),
        title=Text("免申即享付款失败，请核对账户：%(number)s", "Payment failed, check your account: %(number)s")
        .with_values(number=award.batch.number),
        body=Text(said.note, said.note) if said.note else None, path=reverse("brain:award", args=[award.pk]),
    )  # fmt: skip
    audit_award(actor, award.batch, "fail", {"award": award.pk, "reference": said.reference, "reason": said.note})


def milestone_paid(actor: Actor, said: BankSaid) -> None:
    """Book a milestone that the bank has paid, under the order's reference. In the caller's transaction."""
    milestone = GrantMilestone.objects.get(pk=said.payable_id)
    application = locked(milestone.application_id)
    milestone = GrantMilestone.objects.select_for_update(of=("self",)).select_related("contract").get(pk=milestone.pk)
    settle_milestone(actor, application, milestone, said.on, said.reference)


def milestone_failed(actor: Actor, said: BankSaid) -> None:
    """Tell the firm that its payment failed: the milestone waits again, and until then another account may be named.

    Effects: one event; a notice to the firm; audit row. In the caller's transaction.
    """
    milestone = GrantMilestone.objects.get(pk=said.payable_id)
    application = locked(milestone.application_id)
    keep_event(actor, application, "fail_milestone", Why(note=f"{milestone.title} {said.note}".strip()))
    title = Text("合同款付款失败，请核对账户：%(number)s", "Payment failed, check your account: %(number)s")
    tell(actor, application, application.house_id, title)
    audit(actor, application, "fail_milestone", {"milestone": milestone.pk, "reference": said.reference})


AWARDS = PayableKind(
    AWARD, Text("免申即享", "Paid without applying"), "MS", Action.PAY_GRANTS, Action.SEE_GRANT_PAYMENTS,
    awards_to_pay, award_paid, award_failed,
)  # fmt: skip
MILESTONES = PayableKind(
    MILESTONE, Text("资助合同", "Grants"), "HT", Action.PAY_GRANTS, Action.SEE_GRANT_PAYMENTS,
    milestones_to_pay, milestone_paid, milestone_failed,
)  # fmt: skip
