"""Take an objection to what is published and bring it to the manager, with a day by which it is to be answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisations_of_kind
from yulin.people.services import notify, record_audit
from yulin.pool.selectors.notices import claim_on_notice
from yulin.pool.services.claims.objecting import keep_objection

if TYPE_CHECKING:
    from yulin.base.workdays import WorkCalendar
    from yulin.pool.forms.objections import ObjectionText


@dataclass(frozen=True)
class Receipt:
    """What the person who objects gets: a number, and the day of the answer where the calendar tells it."""

    number: str
    due_on: date | None

    @property
    def message(self) -> Text:
        """The receipt in words."""
        if self.due_on is None:
            return Text("已收到，回执编号%(number)s。", "Received; your receipt is %(number)s.").with_values(
                number=self.number
            )
        return Text(
            "已收到，回执编号%(number)s，%(day)s前答复。",
            "Received; your receipt is %(number)s, answer due by %(day)s.",
        ).with_values(number=self.number, day=self.due_on.isoformat())


def file_objection(*, actor: Actor, objection: ObjectionText, calendar: WorkCalendar, today: date) -> Receipt:
    """Bring an objection to every managing organisation; one to a claim on public notice is kept with the claim.

    Effects: one notice each, with the day of the answer; the claim's objection; audit entries.
    """
    name, contact = (" ".join(text.split()) for text in (objection.name, objection.contact))
    number = f"YY-{today:%Y%m%d}-{uuid4().hex[:6].upper()}"
    receipt = Receipt(number, _due_on(calendar, today))
    lines = (
        f"关于：{objection.about}",
        objection.words,
        f"提出人：{name}，{contact}",  # the last two lines are masked by them, see `selectors/holding.py`
        f"回执：{number}",
    )
    body = "\n".join(lines)
    with transaction.atomic():
        claim = claim_on_notice(objection.about)
        if claim is not None:
            said = (objection.words, name, contact)
            keep_objection(actor, claim, said, receipt=number, due_on=receipt.due_on)
        for manager in organisations_of_kind(OrganisationKind.MANAGER):
            notify(
                actor=actor,
                organisation_id=manager.pk,
                kind="pool.objection",
                title=Text("答复异议：%(about)s", "Answer an objection: %(about)s").with_values(about=objection.about),
                body=Text(body, body),
                path=reverse("pool:claim", args=[claim.pk]) if claim else "",
                due_on=receipt.due_on,
            )
        record_audit(
            actor=actor, action="pool.file_objection", subject=("objection", number), facts={"about": objection.about}
        )
    return receipt


def _due_on(calendar: WorkCalendar, today: date) -> date | None:
    try:
        return calendar.add_workdays(today, settings.YULIN_ANSWER_WORKDAYS)
    except YulinError:  # the year is not announced yet; the manager sets the day
        return None
