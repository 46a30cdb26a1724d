"""A person states a value of a firm by hand, on a document; another approves it; then it is a source's like any other.

It is believed in the order of sources (`hand_edits.yaml`), explained on the portrait, told to the firm, who may contest
it, and taken back by an end that calls it back from who received it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import IO

from django.core.files import File
from django.db import transaction
from django.urls import reverse

from yulin.atlas.adapters.hand_source import HAND_EDIT, hand_source
from yulin.atlas.core.corrections import read_value
from yulin.atlas.enums import EndReason
from yulin.atlas.errors.hand_edits import (
    HandEditDecidedError,
    HandEditNotFoundError,
    HandEditSameHandsError,
    HandEditUnclearError,
)
from yulin.atlas.models import HandEdit, HandEditDecision, HandEditEnd, Statement, StatementEnd
from yulin.atlas.selectors.hand_edits import cause_of, facts_by_hand
from yulin.atlas.selectors.portrait import shown_as
from yulin.atlas.selectors.rights import firm_by_id
from yulin.atlas.services.ingesting import keep_source
from yulin.atlas.services.recalling import Gone, recall_fact
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.documents import store
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import firm_organisation
from yulin.people.services import notify, record_audit, settle_notices

LARGEST_DOCUMENT = 20 << 20
_ABOUT = "hand_edit"
_FACT, _REASON = Text("名录中的事实", "a fact of the vocabulary"), Text("理由", "a reason")
_LATER, _DOCUMENT = (
    Text("晚于起始日的终止日", "an end after its beginning"),
    Text("凭据文件", "a document that shows it"),
)
_BEGUN = Text("不晚于今天的起始日", "a beginning no later than today")


@dataclass(frozen=True)
class NewHandEdit:
    """What is stated: the value as a person writes it, from when to when, why, and the document that shows it."""

    firm_id: int
    fact: str
    written: str
    valid_from: date
    valid_until: date | None
    reason: str
    document: bytes | IO[bytes] | File[bytes]
    document_name: str


@transaction.atomic
def state_by_hand(*, actor: Actor, asked: NewHandEdit) -> HandEdit:
    """Propose a value; nobody sees it on the portrait until another person has approved it.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.FIRM.NOT_FOUND`, `ATLAS.HAND_EDIT.UNCLEAR`, `ATLAS.OBJECTION.VALUE`,
    `KIT.UPLOAD.TOO_LARGE`.
    Effects: the document is kept; one `HandEdit`; a notice to the actor's organisation; audit row.
    """
    user_id, organisation_id = _allowed(actor, Action.STATE_BY_HAND)
    firm = firm_by_id(asked.firm_id)
    bad = [
        (asked.fact, _FACT, asked.fact not in facts_by_hand()),
        (asked.reason, _REASON, not asked.reason.strip()),
        (asked.document_name, _DOCUMENT, not asked.document_name.strip()),
        (asked.valid_from, _BEGUN, asked.valid_from > clock.business_date()),
        (asked.valid_until, _LATER, asked.valid_until is not None and asked.valid_until <= asked.valid_from),
    ]
    for found, needed, is_bad in bad:
        if is_bad:
            raise HandEditUnclearError(found=str(found), needed=needed)
    value = read_value(asked.written, shown_as(asked.fact))
    sha256 = store(asked.document, limit_bytes=LARGEST_DOCUMENT, name=asked.document_name)
    made = HandEdit.objects.create(
        firm=firm,
        fact=asked.fact,
        value=value,
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
        reason=asked.reason.strip()[:300],
        document_sha256=sha256,
        document_name=asked.document_name.strip()[-200:],
        organisation_id=organisation_id,
        stated_by_id=user_id,
        stated_by_name=actor.name[:120],
    )
    title = Text("复核手工录入：%(firm)s", "Check a value stated by hand: %(firm)s").with_values(firm=firm.name)
    notify(
        actor=actor,
        organisation_id=made.organisation_id,
        kind="atlas.hand_edit",
        title=title,
        path=reverse("atlas:hand-edits"),
        about=(_ABOUT, made.pk),
    )
    facts = {"firm": firm.identifier, "fact": made.fact, "document": sha256}
    record_audit(actor=actor, action="atlas.state_by_hand", subject=(_ABOUT, made.pk), facts=facts)
    return made


@transaction.atomic
def decide_hand_edit(*, actor: Actor, edit_id: int, is_approved: bool, reasons: str = "") -> HandEditDecision:
    """Approve a value or turn it down with the reason; who stated it cannot. Approved, it is said of the firm.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.HAND_EDIT.NOT_FOUND`, `ATLAS.HAND_EDIT.DECIDED`,
    `ATLAS.HAND_EDIT.SAME_HANDS`, `ATLAS.HAND_EDIT.UNCLEAR` (turned down without a reason).
    Effects: one `HandEditDecision`; where it is approved a `Statement`, the `Source` and a notice to the firm; a notice
    to who stated it; audit row.
    """
    _allowed(actor, Action.APPROVE_BY_HAND)
    edit = _held(edit_id)
    if HandEditDecision.objects.filter(edit=edit).exists():
        raise HandEditDecidedError(edit=edit_id)
    if edit.stated_by_id == actor.user_id:
        raise HandEditSameHandsError(edit=edit_id)
    if not is_approved and not reasons.strip():
        raise HandEditUnclearError(found="", needed=_REASON)
    decided = HandEditDecision.objects.create(
        edit=edit,
        is_approved=is_approved,
        reasons=reasons.strip()[:300],
        decided_by_id=actor.user_id,
        decided_by_name=actor.name[:120],
    )
    settle_notices(about=(_ABOUT, edit.pk))
    if is_approved:
        _say(edit)
        _tell_firm(actor, edit, Text("有关贵企业的一项事实由人工录入", "A fact about your firm was stated by hand"))
    said = (
        Text("手工录入%(no)s已采用", "%(no)s counts now")
        if is_approved
        else Text("手工录入%(no)s已退回", "%(no)s is turned down")
    )
    notify(
        actor=actor,
        organisation_id=edit.organisation_id,
        user_id=edit.stated_by_id,
        kind="atlas.hand_edit",
        title=said.with_values(no=str(edit)),
        path=reverse("atlas:hand-edits"),
    )
    facts = {"firm": edit.firm.identifier, "fact": edit.fact, "is_approved": is_approved}
    record_audit(actor=actor, action="atlas.decide_hand_edit", subject=(_ABOUT, edit.pk), facts=facts)
    return decided


@transaction.atomic
def end_hand_edit(*, actor: Actor, edit_id: int, reason: str) -> HandEditEnd:
    """Take a value back that counts: it ends from its first day on, known since now, and is called back.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.HAND_EDIT.NOT_FOUND`, `ATLAS.HAND_EDIT.DECIDED` (it does not count, or was
    taken back), `ATLAS.HAND_EDIT.UNCLEAR` (no reason).
    Effects: one `HandEditEnd`, a `StatementEnd`; a recall; a notice to the firm; audit row.
    """
    _allowed(actor, Action.STATE_BY_HAND)
    edit = _held(edit_id)
    decision = HandEditDecision.objects.filter(edit=edit).first()
    if decision is None or not decision.is_approved or HandEditEnd.objects.filter(edit=edit).exists():
        raise HandEditDecidedError(edit=edit_id)
    if not reason.strip():
        raise HandEditUnclearError(found="", needed=_REASON)
    ended = HandEditEnd.objects.create(edit=edit, reason=reason.strip()[:300], ended_by_name=actor.name[:120])
    said = Statement.objects.filter(firm=edit.firm, source=HAND_EDIT, original=cause_of(edit)).first()
    if said is not None:  # it may have gone by the rules of retention, or have been corrected
        StatementEnd.objects.get_or_create(
            statement=said, why=str(EndReason.CORRECTED), defaults={"ends_on": said.valid_from}
        )
        gone = Gone(EndReason.CORRECTED, said.value, f"hand_edit:{edit.pk}", said.known_at)
        recall_fact(actor=actor, firm=edit.firm, fact=edit.fact, gone=gone)
    _tell_firm(actor, edit, Text("人工录入的一项事实已撤回", "A fact stated by hand was taken back"))
    facts = {"firm": edit.firm.identifier, "fact": edit.fact, "reason": ended.reason}
    record_audit(actor=actor, action="atlas.end_hand_edit", subject=(_ABOUT, edit.pk), facts=facts)
    return ended


def _say(edit: HandEdit) -> None:
    contract, content = hand_source()
    keep_source(contract, content)
    Statement.objects.create(
        firm=edit.firm,
        fact=edit.fact,
        value=edit.value,
        source=contract.id,
        valid_from=edit.valid_from,
        valid_until=edit.valid_until,
        known_at=clock.now(),
        priority=contract.priority,
        original=cause_of(edit),
    )


def _tell_firm(actor: Actor, edit: HandEdit, title: Text) -> None:
    house = firm_organisation(edit.firm.identifier)
    if house is None:
        return
    label = shown_as(edit.fact).label
    body = Text("%(fact)s；不符可提异议", "%(fact)s; contest it where it is wrong").with_values(fact=label)
    notify(
        actor=actor,
        organisation_id=house.pk,
        kind="atlas.hand_edit",
        title=title,
        body=body,
        path=f"{reverse('atlas:portrait', args=[edit.firm_id])}#fact-{edit.fact}",
    )


def _held(edit_id: int) -> HandEdit:
    """Return what was stated, held against others until the transaction ends."""
    edit = HandEdit.objects.select_for_update(of=("self",)).select_related("firm").filter(pk=edit_id).first()
    if edit is None:
        raise HandEditNotFoundError(edit=edit_id)
    return edit


def _allowed(actor: Actor, action: Action) -> tuple[int, int]:
    """Return person and organisation of who may do it."""
    if not actor.may(action) or actor.user_id is None or actor.organisation_id is None:
        raise NotAllowedError(action=str(action), role=str(actor.role))
    return actor.user_id, actor.organisation_id
