"""State the event that makes a later instalment due, with its evidence; until then no batch takes its vouchers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import IO

from django.core.files import File
from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.documents import store
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.pool.core.claims.instalments import due_after
from yulin.pool.errors import ClaimNoteError, InstalmentEventError
from yulin.pool.models import Claim, InstalmentEvent
from yulin.pool.selectors.claim_parts import instalment_events, waiting_instalments
from yulin.pool.services.claims._steps import audit_claim, locked_claim, refuse_conflict, tell_bank, write_claim
from yulin.rules.core.scheme import DUE_EVENTS, THIRD_PARTIES_PAID

STEP = Text("登记付款条件", "State what makes it due")


@dataclass(frozen=True)
class Stated:
    """An event as its evidence says."""

    instalment: int
    event: str
    on: date
    note: str
    file_name: str
    content: bytes | IO[bytes] | File[bytes]


def state_event(
    *, actor: Actor, claim_id: int, version: int | None, stated: Stated, limit_bytes: int
) -> InstalmentEvent:
    """State an event that makes an instalment of a claim due; each event of an instalment once.

    Effects: the paper, one `InstalmentEvent`; notice to the claimant; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CLAIM.INSTALMENT_EVENT`, `.NOTE`, `.CONFLICT`, `.CHANGED`, `.NOT_FOUND`,
    `KIT.UPLOAD.TOO_LARGE`.
    """
    if not actor.may(Action.REVIEW_CLAIMS):
        raise NotAllowedError(action=str(Action.REVIEW_CLAIMS), role=str(actor.role))
    if not stated.note.strip():
        raise ClaimNoteError(step=STEP)
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_claim(actor, claim_id, version=version)
        refuse_conflict(actor, claim)
        due_on = _due_on(claim, stated)
        sha256 = store(stated.content, limit_bytes=limit_bytes, name=stated.file_name)
        kept = InstalmentEvent.objects.create(
            claim=claim, instalment=stated.instalment, event=stated.event, on=stated.on, due_on=due_on,
            note=stated.note[:500], file_name=stated.file_name[:200], sha256=sha256, stated_by_id=actor.user_id,
        )  # fmt: skip
        write_claim(claim)
        facts = {"instalment": stated.instalment, "event": stated.event, "on": stated.on.isoformat(), "paper": sha256}
        audit_claim(actor, claim, "instalment_event", {**facts, "due_on": due_on.isoformat()})
        first = Text(
            "第三方已赔付，补偿可以拨付：%(claim)s", "Third parties have paid; compensation is payable: %(claim)s"
        )
        later = Text("后期补偿已满足条件：%(claim)s", "A later instalment falls due: %(claim)s")
        tell_bank(actor, claim, first if stated.event == THIRD_PARTIES_PAID else later)
    return kept


def _due_on(claim: Claim, stated: Stated) -> date:
    today, named = clock.business_date(), DUE_EVENTS.get(stated.event, Text(stated.event, stated.event))
    waiting = {one.instalment: one for one in waiting_instalments(claim)}
    found = waiting.get(stated.instalment)
    is_open = found is not None and stated.event in dict(found.choices) and stated.on <= today
    enrolment = claim.enrolment
    approved_on = enrolment.confirmed_on or enrolment.disbursed_on
    events = instalment_events(claim).get(stated.instalment, ())
    due_on = due_after(events, stated.event, stated.on, approved_on=approved_on) if is_open else None
    if due_on is None:
        raise InstalmentEventError(
            claim=claim.number, instalment=stated.instalment, event=named, on=stated.on, today=today
        )
    return due_on
