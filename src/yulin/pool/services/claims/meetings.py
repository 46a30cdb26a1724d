"""The joint meeting before a decision: recorded with agenda, members, opinion and minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import IO

from django.core.files import File
from django.db import transaction

from yulin.kit import clock
from yulin.kit.documents import store
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.pool.core.claims.states import STATE_NAMES, STEP_NAMES, ClaimStep
from yulin.pool.core.claims.terms import due_on
from yulin.pool.enums import ClaimState
from yulin.pool.errors import ClaimStepError, MeetingNeededError, MeetingRecordError
from yulin.pool.models import Claim, JointMeeting
from yulin.pool.selectors.claim_case import law_of
from yulin.pool.selectors.claim_parts import meeting_of_round, must_meet
from yulin.pool.services.claims._steps import audit_claim, locked_claim, refuse_conflict, write_claim

_FEWEST_MEMBERS = 2


@dataclass(frozen=True)
class Member:
    """Who sat in a meeting, for which house."""

    name: str
    house: str


@dataclass(frozen=True)
class Minutes:
    """A meeting as its minutes say."""

    held_on: date
    agenda: str
    members: Sequence[Member]
    opinion: str
    file_name: str
    content: bytes | IO[bytes] | File[bytes]


def record_meeting(
    *, actor: Actor, claim_id: int, version: int | None, minutes: Minutes, limit_bytes: int
) -> JointMeeting:
    """Record the joint meeting on a checked claim; the term of the decision runs from the meeting's day.

    Effects: the minutes, one `JointMeeting`, the claim's last day; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CLAIM.MEETING`, `.STEP`, `.CONFLICT`, `.CHANGED`, `.NOT_FOUND`,
    `KIT.UPLOAD.TOO_LARGE`.
    """
    if not actor.may(Action.DECIDE_CLAIMS):
        raise NotAllowedError(action=str(Action.DECIDE_CLAIMS), role=str(actor.role))
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_claim(actor, claim_id, version=version)
        refuse_conflict(actor, claim)
        _refuse_wrong(claim, minutes)
        sha256 = store(minutes.content, limit_bytes=limit_bytes, name=minutes.file_name)
        kept = JointMeeting.objects.create(
            claim=claim, held_on=minutes.held_on, agenda=minutes.agenda[:300],
            members=[asdict(one) for one in minutes.members], opinion=minutes.opinion[:1000],
            minutes_name=minutes.file_name[:200], minutes_sha256=sha256, recorded_by_id=actor.user_id,
        )  # fmt: skip
        last_day = due_on(law_of(claim).pack.scheme.timetable, "opinion", minutes.held_on, work_calendar())
        write_claim(claim, due_on=last_day)
        facts = {"held_on": minutes.held_on.isoformat(), "members": len(minutes.members), "minutes": sha256}
        audit_claim(actor, claim, "meeting", facts)
    return kept


def _refuse_wrong(claim: Claim, minutes: Minutes) -> None:
    if claim.state != ClaimState.CHECKED:
        found, needed = STATE_NAMES[ClaimState(claim.state)], [STATE_NAMES[ClaimState.CHECKED]]
        raise ClaimStepError(step=STEP_NAMES[ClaimStep.DECIDE], found=found, needed=needed)
    today, count = clock.business_date(), len(minutes.members)
    is_good = claim.since_on <= minutes.held_on <= today and count >= _FEWEST_MEMBERS and minutes.opinion.strip()
    if not is_good:
        raise MeetingRecordError(
            claim=claim.number, held_on=minutes.held_on, members=count, since=claim.since_on, today=today
        )


def refuse_without_meeting(claim: Claim) -> None:
    """Refuse to decide a claim that goes before the joint meeting and was not there since its check.

    Raises: `POOL.CLAIM.MEETING_NEEDED`.
    """
    if claim.state == ClaimState.CHECKED and must_meet(claim) and meeting_of_round(claim) is None:
        raise MeetingNeededError(claim=claim.number, since=claim.since_on)
