"""The authority's decision on a claim, the vouchers that follow, deferral, appeal, and the public notice.

What is booked is what the page previewed, to the fen; decisions of one scheme follow one another, so that no cap is
used twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.pool.core.claims.deciding import Deduction
from yulin.pool.core.claims.opening import enrolment_refusal
from yulin.pool.core.claims.sheet import sheet_of
from yulin.pool.core.claims.states import ClaimStep
from yulin.pool.core.claims.terms import TERM_NAMES, due_on, term_workdays
from yulin.pool.core.deciding import Law
from yulin.pool.core.words import percent_word
from yulin.pool.enums import ClaimDecision
from yulin.pool.errors import (
    AppealedAlreadyError,
    ClaimDeferredError,
    ClaimLoanEndedError,
    NoticeRunningError,
    PreviewDiffersError,
    QueueHeldError,
    TermOpenError,
)
from yulin.pool.models import Claim, ClaimDeduction, Enrolment
from yulin.pool.selectors.breaker_queue import deferred_claims, releasable
from yulin.pool.selectors.claim_case import claimant_gauges, law_of, settled
from yulin.pool.selectors.claims import standing_of
from yulin.pool.services._steps import Why
from yulin.pool.services.claims._steps import (
    lock_decisions,
    locked_claim,
    own_claim,
    refuse_conflict,
    refuse_same_hands,
    take_claim_step,
    tell_bank,
)
from yulin.pool.services.claims.meetings import refuse_without_meeting
from yulin.pool.services.claims.objecting import answer_objections, refuse_unanswered
from yulin.pool.services.claims.visiting import refuse_visitor
from yulin.pool.services.claims.vouchers import (
    hold_or_queue,
    pay_if_nothing_is_left,
    planned_vouchers,
    void_vouchers,
)
from yulin.pool.services.recoveries.sharing import share_anew


def decide_claim(  # noqa: PLR0913 - what a decision says, each by name
    *,
    actor: Actor,
    claim_id: int,
    version: int | None,
    shown_public_fen: int,
    deductions: Sequence[Deduction] = (),
    clause: str = "",
    note: str = "",
) -> Claim:
    """Decide a checked claim in full or in part; each layer gets its voucher.

    `shown_public_fen` is what the page showed as public compensation; anything else is refused.

    Effects: decided with its sheet; deductions; vouchers held on the layers' budgets, or queued where a budget has no
    room; of a claim that is decided again, what came in meanwhile is shared by the new sheet; event; notice; audit row.
    Raises: `POOL.CLAIM.PREVIEW_DIFFERS`, `.BANK_DEFERRED`, `.ABOVE_BASE`, `.NOTE`, `.SAME_HANDS`, `.CONFLICT`, `.STEP`,
    `.MEETING_NEEDED`, `.LOAN_ENDED`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = _before_authority(actor, claim_id, version)
        lock_decisions(claim.scheme_id)
        law, today = law_of(claim), clock.business_date()
        refuse_without_meeting(claim)
        _refuse_ended(claim)
        found = settled(claim, law, deductions, on=today)
        if found.public_fen != shown_public_fen:
            raise PreviewDiffersError(shown_fen=shown_public_fen, found_fen=found.public_fen)
        _check_breakers(claim, law, today, found.decided_base_fen)
        _write_deductions(claim, deductions)
        take_claim_step(
            actor,
            claim,
            ClaimStep.DECIDE,
            Why(clause=clause, note=note, facts={"public_fen": found.public_fen}),
            decided_by_id=actor.user_id,
            decided_on=today,
            decision=found.decision.value,
            decision_clause=clause[:200],
            decision_note=note[:1000],
            loss_base_fen=found.loss_base_fen,
            decided_base_fen=found.decided_base_fen,
            public_fen=found.public_fen,
            over_cap_fen=found.settlement.over_cap_fen,
            sheet=sheet_of(found).plain(),
        )
        public = {party: found.settlement.shares_fen.get(party, 0) for party in found.public}
        hold_or_queue(actor, planned_vouchers(claim, found.settlement.mode, public))
        share_anew(actor, claim)
        tell_bank(actor, claim, Text("已决定补偿申请%(claim)s", "The claim %(claim)s is decided"), body=note)
    return claim


def deny_claim(*, actor: Actor, claim_id: int, version: int | None, clause: str, note: str) -> Claim:
    """Deny a claim under a clause, with the reason; the bank may appeal once.

    Effects: denied; event; notice with the appeal's last day; audit row.
    Raises: `POOL.CLAIM.NOTE`, `.SAME_HANDS`, `.CONFLICT`, `.STEP`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = _before_authority(actor, claim_id, version)
        refuse_without_meeting(claim)
        _write_deductions(claim, ())
        why = Why(clause=clause, note=note if clause.strip() else "")
        take_claim_step(
            actor,
            claim,
            ClaimStep.DENY,
            why,
            decided_by_id=actor.user_id,
            decided_on=clock.business_date(),
            decision=ClaimDecision.DENIED.value,
            decision_clause=clause[:200],
            decision_note=note[:1000],
        )
        title = Text("不予补偿：%(claim)s，%(firm)s", "Denied: %(claim)s, %(firm)s")
        tell_bank(actor, claim, title, body=f"{clause}：{note}", due=appeal_until(claim))
    return claim


def defer_claim(*, actor: Actor, claim_id: int, version: int | None, note: str) -> Claim:
    """Defer a claim whose bank has reached a breaker: it keeps its place and is not denied.

    Effects: deferred; event; notice; audit row. Raises: `POOL.CLAIM.NOTE`, `.CONFLICT`, `.STEP`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = _before_authority(actor, claim_id, version)
        take_claim_step(actor, claim, ClaimStep.DEFER, Why(note=note), deferred_at=claim.deferred_at or clock.now())
        tell_bank(actor, claim, Text("暂缓补偿：%(claim)s", "Deferred: %(claim)s"), body=note)
    return claim


def release_claims(*, actor: Actor, scheme_id: str, bank_id: int, note: str) -> list[Claim]:
    """Take a bank's deferred claims up again, in the order in which they were deferred, as far as its breakers allow.

    What was taken up before and is not decided yet counts already. No claim overtakes another: where the first of the
    queue would pass a line, those behind it wait too.

    Effects: each of them checked again; events; notices; audit rows.
    Raises: `POOL.CLAIM.NOTE`, `PEOPLE.NOT_ALLOWED`, `POOL.BREAKER.STILL_HELD` where not even the first fits.
    """
    _check_authority(actor)
    with transaction.atomic(), scope(EVERYTHING):
        lock_decisions(scheme_id)
        queue = list(deferred_claims(bank_id, scheme_id))
        free = releasable(queue, on=clock.business_date())
        if queue and not free.claims:
            raise QueueHeldError(claim=queue[0].number, breaker=free.title, found=free.found, level=free.level)
        return [_released(actor, claim.pk, note) for claim in free.claims]


def _released(actor: Actor, claim_id: int, note: str) -> Claim:
    claim = locked_claim(actor, claim_id)
    take_claim_step(actor, claim, ClaimStep.RELEASE, Why(note=note))
    tell_bank(actor, claim, Text("恢复办理：%(claim)s", "Taken up again: %(claim)s"), body=note)
    return claim


def appeal_claim(*, actor: Actor, claim_id: int, version: int | None, note: str) -> Claim:
    """Appeal a decision, once and within its term, until it is approved for payment; another person decides it.

    Effects: checked again, vouchers voided; event; audit row.
    Raises: `POOL.CLAIM.APPEAL`, `.NOTE`, `.STEP`, `.NOT_FOUND`, `PEOPLE.NOT_ALLOWED`.
    """
    if not actor.may(Action.FILE_CLAIMS):
        raise NotAllowedError(action=str(Action.FILE_CLAIMS), role=str(actor.role))
    with transaction.atomic(), scope(EVERYTHING):
        claim = own_claim(actor, claim_id, version=version)
        today, until = clock.business_date(), appeal_until(claim)
        if claim.appealed_on is not None:
            raise AppealedAlreadyError(claim=claim.number, last_day=None)
        if until is not None and today > until:
            raise AppealedAlreadyError(claim=claim.number, last_day=until)
        void_vouchers(actor, claim)
        take_claim_step(actor, claim, ClaimStep.APPEAL, Why(note=note), appealed_on=today, **_reopened(claim))
    return claim


def _reopened(claim: Claim) -> dict[str, Any]:
    """Return what a reopened claim is set to: undecided, its last decider kept out of the next decision."""
    return {"former_decider_id": claim.decided_by_id, "decided_by_id": None, "public_fen": 0, "notice_until": None}


def appeal_until(claim: Claim) -> date | None:
    """Return the last day of an appeal; None where the scheme states no term."""
    if claim.decided_on is None:
        return None
    return due_on(law_of(claim).pack.scheme.timetable, "appeal", claim.decided_on, work_calendar())


# --- public notice ---


def publish_claim(*, actor: Actor, claim_id: int, version: int | None) -> Claim:
    """Put a decided claim on public notice for the scheme's working days.

    Effects: noticed, with its last day; event; audit row. Raises: `POOL.CLAIM.TERM_OPEN`, `.STEP`, `.CHANGED`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = _managed(actor, claim_id, version)
        law, today = law_of(claim), clock.business_date()
        until = due_on(law.pack.scheme.timetable, "notice", today, work_calendar())
        if until is None:
            raise TermOpenError(scheme=claim.scheme_id, term=TERM_NAMES["notice"])
        facts = {"workdays": term_workdays(law.pack.scheme.timetable, "notice"), "until": until.isoformat()}
        return take_claim_step(actor, claim, ClaimStep.PUBLISH, Why(facts=facts), noticed_on=today, notice_until=until)


def approve_claim(*, actor: Actor, claim_id: int, version: int | None) -> Claim:
    """Approve a claim whose public notice is over.

    Effects: approved, to be paid; paid at once where recoveries have left nothing to pay; event; audit row.
    Raises: `POOL.CLAIM.NOTICE_RUNNING`, `.OBJECTION_OPEN`, `.STEP`, `.CHANGED`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = _managed(actor, claim_id, version)
        today = clock.business_date()
        if claim.notice_until is not None and today <= claim.notice_until:
            raise NoticeRunningError(claim=claim.number, until=claim.notice_until, today=today)
        refuse_unanswered(claim)
        take_claim_step(actor, claim, ClaimStep.APPROVE)
        pay_if_nothing_is_left(actor, claim, today)
        return claim


def uphold_objection(*, actor: Actor, claim_id: int, version: int | None, note: str) -> Claim:
    """Uphold an objection to a noticed claim: it is decided again, by somebody else.

    Effects: checked again, vouchers voided; open objections answered; event; notice; audit row.
    Raises: `POOL.CLAIM.NOTE`, `.STEP`, `.CHANGED`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = _managed(actor, claim_id, version)
        void_vouchers(actor, claim)
        take_claim_step(actor, claim, ClaimStep.UPHOLD, Why(note=note), **_reopened(claim))
        answer_objections(actor, claim, note, is_upheld=True)
        tell_bank(actor, claim, Text("异议成立，重新审定：%(claim)s", "An objection is upheld: %(claim)s"), body=note)
    return claim


def _managed(actor: Actor, claim_id: int, version: int | None) -> Claim:
    if not actor.may(Action.REVIEW_CLAIMS):
        raise NotAllowedError(action=str(Action.REVIEW_CLAIMS), role=str(actor.role))
    claim = locked_claim(actor, claim_id, version=version)
    refuse_conflict(actor, claim)
    return claim


def _check_authority(actor: Actor) -> None:
    if not actor.may(Action.DECIDE_CLAIMS):
        raise NotAllowedError(action=str(Action.DECIDE_CLAIMS), role=str(actor.role))


def _before_authority(actor: Actor, claim_id: int, version: int | None) -> Claim:
    """Return the claim for a decider who is of no party, reviewed or checked nothing, and did not decide it before."""
    _check_authority(actor)
    claim = locked_claim(actor, claim_id, version=version)
    refuse_conflict(actor, claim)
    refuse_same_hands(
        actor,
        (ClaimStep.REVIEW, claim.reviewed_by_id),
        (ClaimStep.CHECK, claim.checked_by_id),
        (ClaimStep.DECIDE, claim.former_decider_id),
    )
    refuse_visitor(actor, claim)
    return claim


def _refuse_ended(claim: Claim) -> None:
    """Refuse to pay for a loan that was repaid, revoked or assigned since its claim was opened.

    The loan stays locked, so that nobody revokes it meanwhile. Raises: `POOL.CLAIM.LOAN_ENDED`.
    """
    loan = Enrolment.objects.select_for_update(no_key=True, of=("self",)).get(pk=claim.enrolment_id)
    refused = enrolment_refusal(standing_of(loan))
    if refused is not None:
        raise ClaimLoanEndedError(claim=claim.number, why=refused.message)


def _check_breakers(claim: Claim, law: Law, today: date, loss_fen: int) -> None:
    """Refuse a decision that would carry the bank beyond a breaker: such a claim is deferred, not denied."""
    for one in claimant_gauges(claim.bank, law, on=today, more_fen=loss_fen):
        if one.then.state in {"defer", "suspend"} and one.then.measure is not None:
            raise ClaimDeferredError(
                claim=claim.number,
                breaker=one.then.breaker.title,
                found=f"{float(one.then.measure):.3%}",
                level=percent_word(one.then.breaker.level_bp or 0),
            )


def _write_deductions(claim: Claim, deductions: Sequence[Deduction]) -> None:
    claim.deductions.filter(is_current=True).update(is_current=False)
    ClaimDeduction.objects.bulk_create(
        ClaimDeduction(
            claim=claim, item=one.item, amount_fen=one.amount_fen, clause=one.clause[:200], reason=one.reason[:500]
        )
        for one in deductions
    )
