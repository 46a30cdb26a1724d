"""A bank fills in the form and the papers of its claim, and submits it once the checklist holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import IO

from django.core.files import File
from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.documents import store
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.errors import NotAllowedError
from yulin.pool.core.claims.checklist import DiligenceAnswer, Statement, defects_of
from yulin.pool.core.claims.states import STATE_NAMES, ClaimStep
from yulin.pool.enums import ClaimState
from yulin.pool.errors import ChecklistError, ClaimStepError, DocumentKindError
from yulin.pool.models import Claim, ClaimDocument, DiligenceCase
from yulin.pool.selectors.claim_case import law_of
from yulin.pool.selectors.claims import checklist_of, papers_taken
from yulin.pool.services._steps import Why
from yulin.pool.services.claims._steps import audit_claim, own_claim, take_claim_step, tell_kind, write_claim
from yulin.pool.services.claims.open_claim import refuse_suspended

_EDITABLE = (ClaimState.DRAFT, ClaimState.RETURNED)


@dataclass(frozen=True)
class PaperFile:
    """A document with what the bank read from it."""

    kind: str
    file_name: str
    content: bytes | IO[bytes] | File[bytes]
    amount_fen: int | None = None
    name: str = ""
    code: str = ""
    loan: str = ""
    dated_on: date | None = None


def fill_in_claim(
    *, actor: Actor, claim_id: int, version: int | None, statement: Statement, answers: Mapping[str, DiligenceAnswer]
) -> Claim:
    """Keep the form of a claim and the answers to the cases of non-diligence.

    Effects: the draft, its answers; audit row. Raises: `POOL.CLAIM.NOT_FOUND`, `.CHANGED`, `.STEP`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = _open_draft(actor, claim_id, version)
        known = {one.id for one in law_of(claim).pack.scheme.diligence}
        said = {name: one for name, one in answers.items() if name in known}
        rows = [
            DiligenceCase(claim=claim, case=name, is_case=one.is_case, evidence=one.evidence)
            for name, one in said.items()
        ]
        DiligenceCase.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["claim", "case"], update_fields=["is_case", "evidence"]
        )
        plain = {
            name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(statement).items()
        }
        write_claim(claim, statement=plain)
        facts = {"statement": plain, "answers": {name: one.is_case for name, one in said.items()}}
        audit_claim(actor, claim, "fill_in", facts)
    return claim


def add_paper(*, actor: Actor, claim_id: int, paper: PaperFile, limit_bytes: int) -> ClaimDocument:
    """Keep a document of a claim by its content's hash; a later one of the same kind stands in its place.

    Effects: the document, one `ClaimDocument`; audit row. Raises: `POOL.CLAIM.DOCUMENT_KIND`, `.STEP`, `.NOT_FOUND`,
    `KIT.UPLOAD.TOO_LARGE`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = _open_draft(actor, claim_id, None)
        kinds = [one.id for one in papers_taken(claim, law_of(claim))]
        if paper.kind not in kinds:
            raise DocumentKindError(kind=paper.kind, known=kinds)
        sha256 = store(paper.content, limit_bytes=limit_bytes, name=paper.file_name)
        content = paper.content
        size = len(content) if isinstance(content, bytes) else content.tell()
        kept = ClaimDocument.objects.create(
            claim=claim,
            kind=paper.kind,
            file_name=paper.file_name[:200],
            sha256=sha256,
            size_bytes=size,
            firm=claim.enrolment.firm,
            bank=claim.bank,
            amount_fen=paper.amount_fen,
            name=paper.name[:200],
            code=paper.code[:30],
            loan=paper.loan[:80],
            dated_on=paper.dated_on,
            added_by_id=actor.user_id,
        )
        write_claim(claim)
        audit_claim(actor, claim, "add_paper", {"kind": paper.kind, "sha256": sha256, "file": paper.file_name})
    return kept


def submit_claim(*, actor: Actor, claim_id: int, version: int | None) -> Claim:
    """Submit a claim whose checklist holds; the manager's reviewer has it from now on.

    Effects: submitted, with holder and term; event; notice to the manager; audit row.
    Raises: `POOL.CLAIM.CHECKLIST`, `.BANK_SUSPENDED`, `.STEP`, `.CHANGED`, `.NOT_FOUND`, `PEOPLE.NOT_ALLOWED`.
    """
    _check_may_file(actor)
    with transaction.atomic(), scope(EVERYTHING):
        claim = own_claim(actor, claim_id, version=version)
        law, today = law_of(claim), clock.business_date()
        defects = defects_of(checklist_of(claim, law, today=today))
        if defects:
            raise ChecklistError(defects=defects)
        refuse_suspended(claim.bank, law, today)
        take_claim_step(actor, claim, ClaimStep.SUBMIT, submitted_on=today)
        title = Text("初审补偿申请%(claim)s：%(firm)s", "Review the claim %(claim)s: %(firm)s")
        tell_kind(actor, claim, OrganisationKind.MANAGER, title, due=claim.due_on)
    return claim


def withdraw_claim(*, actor: Actor, claim_id: int, version: int | None, note: str = "") -> Claim:
    """Withdraw a claim that is with the bank; the loan may be claimed again.

    Effects: withdrawn; event; audit row. Raises: `POOL.CLAIM.STEP`, `.CHANGED`, `.NOT_FOUND`.
    """
    _check_may_file(actor)
    with transaction.atomic(), scope(EVERYTHING):
        return take_claim_step(actor, own_claim(actor, claim_id, version=version), ClaimStep.WITHDRAW, Why(note=note))


def _check_may_file(actor: Actor) -> None:
    if not actor.may(Action.FILE_CLAIMS):
        raise NotAllowedError(action=str(Action.FILE_CLAIMS), role=str(actor.role))


def _open_draft(actor: Actor, claim_id: int, version: int | None) -> Claim:
    _check_may_file(actor)
    claim = own_claim(actor, claim_id, version=version)
    if claim.state not in _EDITABLE:
        # The form is a part of what is submitted: what cannot be submitted cannot be filled in.
        found = STATE_NAMES[ClaimState(claim.state)]
        raise ClaimStepError(
            step=Text("填写申请", "Fill in the form"), found=found, needed=[STATE_NAMES[one] for one in _EDITABLE]
        )
    return claim
