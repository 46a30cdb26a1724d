"""A wrong fact is called back from every partner that received it, and each says that it has dropped it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse

from yulin.atlas.enums import EndReason
from yulin.atlas.models import Firm, Recall, RecallNotice, RecallReceipt
from yulin.atlas.selectors.recalls import notice_to
from yulin.atlas.selectors.rights import readers_of
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.signing import canonical, sign
from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor
from yulin.people.selectors import organisation_names
from yulin.people.services import notify, record_audit, settle_notices


@dataclass(frozen=True)
class Gone:
    """The value that counts no longer (None: there was none), why, and which decision says so (`objection:5`).

    `since`: nobody can have received it before, where that is known.
    """

    why: EndReason
    value: Any
    cause: str
    since: datetime | None = None


@transaction.atomic
def recall_fact(*, actor: Actor, firm: Firm, fact: str, gone: Gone) -> Recall | None:
    """Send every partner that received a fact a signed notice to drop it; None where nobody received it.

    What was decided on the fact is decided again in the background, whoever received it (`brain.decide_again`).

    The notice names the fact and says nothing of its value: a partner whose consent has ended learns none.
    Effects: one `Recall`, a `RecallNotice` and a notice a partner; audit row; one task.
    """
    # A bank that corrects its own statement calls it back from banks whose rows it does not see.
    with scope(EVERYTHING):
        made = _recall(actor, firm, fact, gone)
    # A period that is over is looked at each hour until it is recalled; where nobody has to be told, nobody asks again.
    if made is not None or gone.why != EndReason.EXPIRED:
        defer("brain.decide_again", firm_id=firm.pk, fact=fact, was=gone.value, why=str(gone.why), cause=gone.cause)
    return made


def _recall(actor: Actor, firm: Firm, fact: str, gone: Gone) -> Recall | None:
    at, why = clock.now(), gone.why
    readers = organisation_names(readers_of(firm, fact, until=at, since=gone.since))
    if not readers:
        return None
    made = Recall.objects.create(firm=firm, fact=fact, why=str(why))
    for partner in readers.values():
        content = {
            "recall": made.pk,
            "firm_code": firm.identifier,
            "fact": fact,
            "why": str(why),
            "received_until": at.isoformat(),
            "to": partner.code,
        }
        sent = RecallNotice.objects.create(recall=made, organisation=partner, content=content, signature=sign(content))
        notify(
            actor=actor,
            organisation_id=partner.pk,
            kind="atlas.recall",
            title=Text("停用已召回的事实并回执：%(firm)s", "Drop a recalled fact and say so: %(firm)s").with_values(
                firm=firm.name
            ),
            path=reverse("atlas:recalls"),
            about=("recall", sent.pk),
        )
    facts = {"firm": firm.identifier, "fact": fact, "why": str(why), "partners": sorted(readers)}
    record_audit(actor=actor, action="atlas.recall_fact", subject=("recall", made.pk), facts=facts)
    return made


@transaction.atomic
def return_receipt(*, actor: Actor, notice_id: int) -> RecallReceipt:
    """Say that what a notice recalls has been dropped; said twice it stays said once.

    Raises: `ATLAS.RECALL.NOT_FOUND`.
    Effects: one `RecallReceipt`; the partner's notice is done; audit row.
    """
    notice = notice_to(actor, notice_id)
    receipt, is_new = RecallReceipt.objects.get_or_create(
        notice=notice, defaults={"user_id": actor.user_id, "receiver_name": actor.name}
    )
    if is_new:
        settle_notices(about=("recall", notice.pk))
        facts = {"notice": notice.pk, "bytes": len(canonical(notice.content))}
        record_audit(actor=actor, action="atlas.return_receipt", subject=("recall", notice.recall_id), facts=facts)
    return receipt
