"""What every step of a claim does: lock the row, keep out whoever has an interest, write state, event, clock, audit."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.urls import reverse

from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisations_of, organisations_of_kind
from yulin.people.services import notify, record_audit, settle_notices
from yulin.pool.core.claims.routing import conflict_of, needs_meeting
from yulin.pool.core.claims.states import STEP_NAMES, TURNS, ClaimStep, next_claim_state
from yulin.pool.core.claims.terms import due_on, term_workdays
from yulin.pool.enums import ClaimState
from yulin.pool.errors import (
    ClaimChangedError,
    ClaimNotFoundError,
    ClaimSameHandsError,
    ConflictOfInterestError,
    NotClaimantError,
)
from yulin.pool.models import Claim, ClaimEvent
from yulin.pool.selectors.claim_case import law_of
from yulin.pool.selectors.claims import claims_visible_to, parties_of
from yulin.pool.services._steps import Why
from yulin.rules.core.scheme import Scheme

_DECIDING_LOCK = 0x59554C02  # with the scheme's hash

_ABOUT = "claim"


def lock_decisions(scheme_id: str) -> None:
    """Let decisions on claims of one scheme, and changes of its budgets, follow one another in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_DECIDING_LOCK, scheme_id])


def locked_claim(actor: Actor, claim_id: int, *, version: int | None = None) -> Claim:
    """Return one claim of the actor's, locked until the transaction ends.

    Raises: `POOL.CLAIM.NOT_FOUND`, `POOL.CLAIM.CHANGED`.
    """
    rows = claims_visible_to(actor).filter(pk=claim_id).select_related("enrolment__firm", "bank")
    found = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise ClaimNotFoundError(claim=claim_id)
    if version is not None and found.version != version:
        raise ClaimChangedError(claim=found.number, found=found.version, expected=version)
    return found


def own_claim(actor: Actor, claim_id: int, *, version: int | None = None) -> Claim:
    """Return a claim that the actor's own organisation made, locked until the transaction ends.

    Raises: `POOL.CLAIM.NOT_FOUND`, `POOL.CLAIM.NOT_CLAIMANT`, `POOL.CLAIM.CHANGED`.
    """
    claim = locked_claim(actor, claim_id, version=version)
    if not actor.sees_all_rows and claim.bank_id != actor.organisation_id:
        raise NotClaimantError(claim=claim.number, claimant=claim.bank.name)
    return claim


def refuse_conflict(actor: Actor, claim: Claim) -> None:
    """Keep out whoever belongs to a party of the claim. Raises: `POOL.CLAIM.CONFLICT`."""
    if actor.user_id is None:
        return
    party = conflict_of(organisations_of(actor.user_id, on=clock.business_date()), parties_of(claim))
    if party is not None:
        raise ConflictOfInterestError(person=actor.name, party=party)


def refuse_same_hands(actor: Actor, *done: tuple[ClaimStep, int | None]) -> None:
    """Keep out whoever took one of these steps. Raises: `POOL.CLAIM.SAME_HANDS`."""
    for step, user_id in done:
        if user_id is not None and user_id == actor.user_id:
            raise ClaimSameHandsError(first=STEP_NAMES[step])


def take_claim_step(actor: Actor, claim: Claim, step: ClaimStep, why: Why | None = None, **changes: Any) -> Claim:
    """Move a locked claim by one step of the table, with `changes` of its fields.

    Effects: the claim with its next version, holder and last day; one event; notices that asked for it done; audit row.
    Raises: `POOL.CLAIM.STEP`, `POOL.CLAIM.NOTE`.
    """
    why = why or Why()
    before, today = claim.state, clock.business_date()
    claim.state = next_claim_state(before, step, note=why.note).value
    turn = TURNS[ClaimState(claim.state)]
    scheme = law_of(claim).pack.scheme
    last_day = due_on(scheme.timetable, _term(claim, scheme, turn.term), today, work_calendar()) if turn.term else None
    set_to = {"holder": turn.holder.value, "since_on": today, "due_on": last_day, **changes}
    claim.version += 1
    for name, value in set_to.items():
        setattr(claim, name, value)
    claim.save(update_fields=["state", "version", *set_to])
    ClaimEvent.objects.create(
        claim=claim, on=today, actor_user_id=actor.user_id, actor_organisation_id=actor.organisation_id,
        actor_name=actor.name, step=step.value, from_state=before, to_state=claim.state, clause=why.clause,
        note=why.note,
    )  # fmt: skip
    settle_notices(about=(_ABOUT, claim.pk))
    audit_claim(actor, claim, step.value, {"from": before, "to": claim.state, "clause": why.clause, **why.facts})
    return claim


def _term(claim: Claim, scheme: Scheme, term: str) -> str:
    """Return the term that runs: before a joint meeting first that of the meeting, if it is stated."""
    is_met_first = term == "opinion" and needs_meeting(scheme.routing, loss_base_fen=claim.loss_base_fen)
    return "joint_meeting" if is_met_first and term_workdays(scheme.timetable, "joint_meeting") is not None else term


def write_claim(claim: Claim, **changes: Any) -> None:
    """Write fields of a locked claim and count its version up."""
    for name, value in (changes | {"version": claim.version + 1}).items():
        setattr(claim, name, value)
    claim.save(update_fields=["version", *changes])


def audit_claim(actor: Actor, claim: Claim, action: str, facts: dict[str, Any]) -> None:
    """Write the audit row of a write to a claim."""
    record_audit(
        actor=actor,
        action=f"pool.{action}_claim",
        subject=("claim", claim.pk),
        facts={"number": claim.number, "loan_number": claim.loan_number, **facts},
    )


def tell_bank(actor: Actor, claim: Claim, title: Text, *, body: str = "", due: date | None = None) -> None:
    """Send the claim's bank a notice; what is to be done stands in the title."""
    _tell(actor, claim, claim.bank_id, title, body=body, due=due, asks=due is not None)


def tell_kind(actor: Actor, claim: Claim, kind: OrganisationKind, title: Text, *, due: date | None = None) -> None:
    """Send every organisation of a kind a notice on the claim."""
    for one in organisations_of_kind(kind):
        _tell(actor, claim, one.pk, title, due=due, asks=True)


def _tell(  # noqa: PLR0913 - what a notice says, each by name
    actor: Actor,
    claim: Claim,
    organisation_id: int,
    title: Text,
    *,
    asks: bool,
    body: str = "",
    due: date | None = None,
) -> None:
    notify(
        actor=actor,
        organisation_id=organisation_id,
        kind="pool.claim",
        title=title.with_values(claim=claim.number, firm=claim.firm_name),
        body=Text(body, body) if body else None,
        path=reverse("pool:claim", args=[claim.pk]),
        due_on=due,
        about=(_ABOUT, claim.pk) if asks else None,
    )
