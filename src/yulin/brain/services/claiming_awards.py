"""Every write of a short application: what is missing said by the firm with its proof, verified or returned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from django.core.files import File
from django.db import transaction
from django.urls import reverse

from yulin.base.text import Text
from yulin.brain.core.award_claims import WORKDAYS, ClaimState, asked_fields, read_given
from yulin.brain.errors import AwardClaimError, AwardNotFoundError, AwardStateError, ReviewReasonError
from yulin.brain.models import AwardClaim
from yulin.brain.selectors.awards import claim_of, gap_for, taken_firms
from yulin.brain.services._applications import person
from yulin.kit import clock, documents
from yulin.kit.limits import upload_limit_bytes
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind, Role
from yulin.people.selectors import organisations_of_kind
from yulin.people.services import notify, record_audit, settle_notices
from yulin.pool.services._steps import draw_from_series
from yulin.rules.adapters.shipped import shipped_vocabulary

_ABOUT = "award_claim"


def submit_claim(
    *, actor: Actor, gap_id: int, said: Mapping[str, str], paper: IO[bytes] | None, paper_name: str
) -> AwardClaim:
    """Say as the firm the facts that are missing, with their proof; a returned one is said anew, its day stays.

    Effects: the claim with the day by which it is paid; the proof by its hash; a notice to the authority; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.AWARD.NOT_FOUND`, `.STATE`, `.CLAIM`, `BRAIN.APPLICATION.VALUE`,
    `KIT.UPLOAD.TOO_LARGE`.
    """
    person(actor, Action.APPLY)
    gap, today = gap_for(actor, gap_id), clock.business_date()
    given = read_given(asked_fields(gap.missing, shipped_vocabulary()), said)
    if not given:
        raise AwardClaimError(
            fact=Text("事实", "fact"), why=Text("有异议的事实待办结", "its objection has to be decided")
        )
    with transaction.atomic(), scope(EVERYTHING):
        before = AwardClaim.objects.select_for_update().filter(
            policy=gap.batch.policy_id, firm=gap.firm_id, period=gap.batch.period
        ).first()  # fmt: skip
        if before is not None and (before.gap_id != gap.pk or before.state != ClaimState.RETURNED):
            raise AwardStateError(number=before.number, why=Text("已提交", "it is submitted already"))
        if gap.firm_id in taken_firms(gap.batch.policy_id, gap.batch.period):
            raise AwardStateError(number=gap.batch.number, why=Text("已在名单上", "the firm is listed already"))
        if paper is None:
            raise AwardClaimError(fact=Text("证明材料", "proof"), why=Text("没有上传", "it is not attached"))
        claim = before or AwardClaim(
            gap=gap, policy_id=gap.batch.policy_id, firm_id=gap.firm_id, period=gap.batch.period,
            number=draw_from_series("KS", today.year, 1)[0], submitted_on=today,
            due_on=work_calendar().add_workdays(today, WORKDAYS),
        )  # fmt: skip
        claim.house_id, claim.given, claim.submitted_by_name = actor.organisation_id or 0, given, actor.name
        claim.paper_sha256, claim.paper_name = (
            documents.store(File(paper), limit_bytes=upload_limit_bytes(), name=paper_name),
            paper_name[-255:],
        )
        claim.state, claim.reason = ClaimState.SUBMITTED.value, ""
        claim.save()
        for one in organisations_of_kind(OrganisationKind.AUTHORITY):
            notify(
                actor=actor, organisation_id=one.pk, kind="brain.award", about=(_ABOUT, claim.pk), due_on=claim.due_on,
                title=Text("核实快申快享%(number)s：%(firm)s", "Verify %(number)s: %(firm)s").with_values(
                    number=claim.number, firm=gap.firm.name
                ),
                path=reverse("brain:award-gap", args=[gap.pk]),
            )  # fmt: skip
        _audit(actor, claim, "submit", {"facts": sorted(given)})
    return claim


def verify_claim(*, actor: Actor, gap_id: int, is_right: bool, reason: str = "") -> AwardClaim:
    """Find right what a firm has said, so that the next list holds it, or return it with the reason.

    Effects: the claim; a notice to the firm where returned; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.AWARD.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.REASON`.
    """
    person(actor, Action.DECIDE_APPLICATIONS)
    gap = gap_for(actor, gap_id)
    with transaction.atomic(), scope(EVERYTHING):
        claim = AwardClaim.objects.select_for_update().filter(gap=gap).first()
        if claim is None:
            raise AwardNotFoundError(award=gap_id)
        if claim.state != ClaimState.SUBMITTED:
            raise AwardStateError(number=claim.number, why=Text("不在待核实状态", "it does not wait to be verified"))
        if not is_right and not reason.strip():
            raise ReviewReasonError(number=claim.number)
        claim.state = (ClaimState.VERIFIED if is_right else ClaimState.RETURNED).value
        claim.verified_by_id, claim.verified_by_name = actor.user_id, actor.name
        claim.verified_on, claim.reason = clock.business_date(), "" if is_right else reason.strip()[:600]
        claim.save()
        settle_notices(about=(_ABOUT, claim.pk))
        if not is_right:
            notify(
                actor=actor, organisation_id=claim.house_id, kind="brain.award", about=(_ABOUT, claim.pk),
                title=Text("快申快享%(number)s退回补正", "%(number)s is returned").with_values(number=claim.number),
                body=Text(claim.reason, claim.reason), path=reverse("brain:award-gap", args=[gap.pk]),
            )  # fmt: skip
        _audit(actor, claim, "verify" if is_right else "return", {"reason": claim.reason})
    return claim


def open_proof(*, actor: Actor, gap_id: int) -> tuple[IO[bytes], str]:
    """Open the proof of a short application for its firm, the authority or the auditor.

    Effects: audit row where it is not the firm's own look. Raises: `BRAIN.AWARD.NOT_FOUND`.
    """
    claim = claim_of(gap_for(actor, gap_id))
    if claim is None:
        raise AwardNotFoundError(award=gap_id)
    if actor.role != Role.FIRM_USER:
        _audit(actor, claim, "read_proof_of", {"sha256": claim.paper_sha256})
    return documents.open_document(claim.paper_sha256), claim.paper_name


def _audit(actor: Actor, claim: AwardClaim, what: str, facts: dict[str, object]) -> None:
    record_audit(
        actor=actor, action=f"brain.{what}_award_claim", subject=(_ABOUT, claim.pk),
        facts={"number": claim.number, **facts},
    )  # fmt: skip
