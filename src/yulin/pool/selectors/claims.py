"""Every read of claims: what an actor may see, which loans can be claimed, what the papers and the book say of one.

Invariant: an actor without a right to all rows sees the claims of its own organisation or district, and nothing else;
the database's row security says the same again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import reduce
from itertools import takewhile
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisation_names, organisations_of_kind
from yulin.pool.adapters.packs import laws_by_id
from yulin.pool.core.claims.checklist import (
    CheckLine,
    ClaimFacts,
    ClaimPapers,
    DiligenceAnswer,
    Elsewhere,
    Paper,
    Statement,
    checklist,
    proofs_of,
)
from yulin.pool.core.claims.guarantee import claim_documents
from yulin.pool.core.claims.opening import LoanStanding
from yulin.pool.core.claims.window import Window, can_be_opened, claim_window
from yulin.pool.core.deciding import Law
from yulin.pool.core.interest import YEAR_DAYS, StatedInterest
from yulin.pool.core.returns import month_end
from yulin.pool.enums import ClaimState, FiveClass, Holder, Mode
from yulin.pool.errors import ClaimNotFoundError
from yulin.pool.models import Claim, ClaimDocument, Enrolment, MonthlyReturn
from yulin.pool.models.claims import ClaimQuerySet
from yulin.pool.selectors.enrolments import enrolments_visible_to
from yulin.rules.core.scheme import Provision

_NONPERFORMING = frozenset({FiveClass.SUBSTANDARD, FiveClass.DOUBTFUL, FiveClass.LOSS})
_HOLDERS_OF_KIND = {
    OrganisationKind.BANK: (Holder.BANK,),
    OrganisationKind.GUARANTOR: (Holder.BANK,),
    OrganisationKind.MANAGER: (Holder.REVIEWER, Holder.CHECKER, Holder.MANAGER),
    OrganisationKind.AUTHORITY: (Holder.AUTHORITY,),
}

_PARTIES_OF_KIND = {
    OrganisationKind.BANK: ("bank_id", "lender_id"),
    OrganisationKind.GUARANTOR: ("bank_id", "guarantor_id"),
    OrganisationKind.INSURER: ("insurer_id",),
}


def claims_visible_to(actor: Actor) -> ClaimQuerySet:
    """Return the claims that an actor may see: those to which its organisation is a party, a district's own, or all."""
    rows = Claim.objects.all()
    if actor.sees_all_rows:
        return rows
    if actor.kind == OrganisationKind.DISTRICT and actor.district_code:
        return rows.filter(district_code=actor.district_code)
    parties = _PARTIES_OF_KIND.get(actor.kind, ())
    if actor.organisation_id is None or not parties:
        return rows.none()
    own = [Q(**{party: actor.organisation_id}) for party in parties]
    return rows.filter(reduce(or_, own))


def claim_for(actor: Actor, claim_id: int) -> Claim:
    """Return one claim with bank, enrolment and firm.

    Raises: `POOL.CLAIM.NOT_FOUND`, also when it is somebody else's.
    """
    rows = claims_visible_to(actor).select_related("bank", "lender", "guarantor", "insurer", "enrolment__firm", "pack")
    found = rows.filter(pk=claim_id).first()
    if found is None:
        raise ClaimNotFoundError(claim=claim_id)
    return found


def claims_waiting_for(actor: Actor) -> ClaimQuerySet:
    """Return the claims that the actor's organisation has to act on, the nearest last day first."""
    rows = claims_visible_to(actor).open().held_by(*_HOLDERS_OF_KIND.get(actor.kind, ()))
    if not actor.sees_all_rows:
        rows = rows.filter(bank_id=actor.organisation_id)  # others of its parties look on
    return rows.order_by("due_on", "id")


def claimable_loans(actor: Actor, *, kind: OrganisationKind | None = None) -> QuerySet[Enrolment]:
    """Return the loans in force that the returns show in default and that have no claim, the oldest first.

    A bank claims on all but guaranteed loans; a guarantor on those that are enrolled with it in guarantee mode. `kind`
    asks for what claimants of a kind can claim, where the actor sees them.
    """
    claimed = Claim.objects.filter(enrolment=OuterRef("pk")).exclude(state=ClaimState.WITHDRAWN.value)
    rows = enrolments_visible_to(actor).in_force().filter(~Exists(claimed), defaulted_on__isnull=False)
    if (kind or actor.kind) == OrganisationKind.GUARANTOR:
        rows = rows.filter(mode=Mode.GUARANTEE.value).exclude(loan_status__in=["paid", "transferred"])
    else:
        rows = rows.exclude(mode=Mode.GUARANTEE.value).filter(outstanding_fen__gt=0)
        rows = rows.exclude(loan_status__in=["paid", "transferred", "purchased"])
    return rows.select_related("bank").order_by("defaulted_on", "id")


def standing_of(enrolment: Enrolment) -> LoanStanding:
    """Return a loan as the book and its returns show it, for the question whether it can be claimed."""
    return standings_of([enrolment])[enrolment.pk]


def standings_of(enrolments: Iterable[Enrolment]) -> dict[int, LoanStanding]:
    """Return several loans as the book and their returns show them, by id, in one query."""
    loans = {one.pk: one for one in enrolments}
    returns: dict[int, list[tuple[date, str, datetime]]] = {}
    rows = MonthlyReturn.objects.filter(enrolment__in=loans).order_by("-month")
    for enrolment_id, month, five_class, at in rows.values_list("enrolment_id", "month", "five_class", "received_at"):
        returns.setdefault(enrolment_id, []).append((month, five_class, at))
    return {pk: _standing(one, returns.get(pk, [])) for pk, one in loans.items()}


def _standing(enrolment: Enrolment, returns: Sequence[tuple[date, str, datetime]]) -> LoanStanding:
    bad = list(takewhile(lambda line: line[1] in _NONPERFORMING, returns))  # the unbroken run that lasts until now
    return LoanStanding(
        scheme=enrolment.scheme_id,
        loan_number=enrolment.loan_number,
        state=enrolment.state,
        mode=enrolment.mode,
        loan_status=enrolment.loan_status,
        outstanding_fen=enrolment.outstanding_fen,
        disbursed_on=enrolment.disbursed_on,
        confirmed_on=enrolment.confirmed_on,
        defaulted_on=enrolment.defaulted_on,
        last_month=enrolment.last_return_month,
        overdue_days=enrolment.overdue_days,
        nonperforming_since=month_end(bad[-1][0]) if bad else None,
        nonperforming_reported_on=clock.date_in_zone(bad[-1][2]) if bad else None,
    )


def claimable_today(actor: Actor, *, today: date) -> list[tuple[Enrolment, Window]]:
    """Return the loans on which the actor can open a claim today, with the last day for it; oldest default first.

    A day that only a paper proves stands in nobody's way here; it is asked for when the claim is opened.
    """
    loans = list(claimable_loans(actor))
    standings, laws = standings_of(loans), laws_by_id(loan.pack_id for loan in loans)
    found = []
    for loan in loans:
        scheme = laws[loan.pack_id].pack.scheme
        if can_be_opened(scheme, standings[loan.pk], today=today):
            found.append((loan, claim_window(scheme, standings[loan.pk])))
    return found


def claim_windows(enrolments: Iterable[Enrolment]) -> dict[int, Window]:
    """Return until when each of several loans can be claimed, by id."""
    loans = {one.pk: one for one in enrolments}
    standings, laws = standings_of(loans.values()), laws_by_id(one.pack_id for one in loans.values())
    return {pk: claim_window(laws[one.pack_id].pack.scheme, standings[pk]) for pk, one in loans.items()}


def read_statement(kept: dict[str, object]) -> Statement:
    """Return a claim's form as it was kept; what is not answered stays unanswered."""
    values = dict(kept)
    for name in ("legal_action_on", "possession_on"):
        if values.get(name):
            values[name] = date.fromisoformat(str(values[name]))
    return Statement(**values)  # type: ignore[arg-type]  # written by `state_form` from the same class


def papers_of(claim: Claim, law: Law) -> tuple[Provision, ...]:
    """Return the papers that a claim needs."""
    return claim_documents(
        law.pack.scheme.documents,
        is_guarantors=claim.guarantee_paid_fen is not None,
        is_early_default=claim.is_early_default,
    )


def papers_taken(claim: Claim, law: Law) -> tuple[Provision, ...]:
    """Return the papers that a claim takes: those it needs, and proofs of its answers on non-diligence."""
    return (*papers_of(claim, law), *proofs_of(law.pack.scheme.diligence))


def checklist_of(claim: Claim, law: Law, *, today: date) -> tuple[CheckLine, ...]:
    """Return every line of a claim's checklist as its papers stand now."""
    enrolment = claim.enrolment
    facts = ClaimFacts(
        firm_name=claim.firm_name,
        firm_code=enrolment.firm_code,
        loan_number=claim.loan_number,
        claimed_fen=claim.loss_base_fen,
        disbursed_on=enrolment.disbursed_on,
        defaulted_on=claim.defaulted_on,
        today=today,
        security=enrolment.security,
        paid_out_fen=claim.guarantee_paid_fen,
        paid_out_on=claim.guarantee_paid_on,
        interest=_stated_interest(claim, law, claim.submitted_on or today),
    )
    answers = {one.case: DiligenceAnswer(one.is_case, one.evidence) for one in claim.diligence.all()}
    papers = ClaimPapers(facts, read_statement(claim.statement), _papers(claim), answers)
    return checklist(papers_of(claim, law), law.pack.scheme.diligence, papers)


def _stated_interest(claim: Claim, law: Law, until: date) -> StatedInterest | None:
    """Return a claim's interest beside its loan's rate; where no number of days is stated, all since the bank lent."""
    loan = claim.enrolment
    if not claim.interest_fen or loan.annual_rate_ppm is None:
        return None
    mode = law.pack.scheme.modes.get(loan.mode)
    rule = mode.loss_base.interest if mode else None
    days = claim.interest_days or (until - loan.disbursed_on).days
    year_days = rule.year_days if rule else YEAR_DAYS
    return StatedInterest(claim.interest_fen, claim.principal_fen, loan.annual_rate_ppm, days, year_days)


def _papers(claim: Claim) -> list[Paper]:
    documents = list(claim.documents.order_by("id"))
    elsewhere = _elsewhere(claim, [one.sha256 for one in documents])
    return [
        Paper(
            kind=one.kind,
            sha256=one.sha256,
            amount_fen=one.amount_fen,
            name=one.name,
            code=one.code,
            loan=one.loan,
            dated_on=one.dated_on,
            elsewhere=elsewhere.get(one.sha256, Elsewhere.NOWHERE),
        )
        for one in documents
    ]


def _elsewhere(claim: Claim, hashes: list[str]) -> dict[str, Elsewhere]:
    """Return where else the same files stand, asked over all banks; only whose firm it is comes back."""
    found: dict[str, Elsewhere] = {}
    with scope(EVERYTHING):
        others = ClaimDocument.objects.filter(sha256__in=hashes).exclude(claim_id=claim.pk)
        for sha256, firm_id in others.values_list("sha256", "firm_id"):
            is_same = firm_id == claim.enrolment.firm_id
            if not is_same or sha256 not in found:
                found[sha256] = Elsewhere.SAME_FIRM if is_same else Elsewhere.OTHER_FIRM
    return found


def parties_of(claim: Claim) -> dict[int, Text]:
    """Return the organisations whose people are excluded from a claim's review: its parties and its firm."""
    ids = {one for one in (claim.bank_id, claim.lender_id, claim.guarantor_id, claim.insurer_id) if one is not None}
    parties = {pk: one.name for pk, one in organisation_names(ids).items()}
    firms = organisations_of_kind(OrganisationKind.FIRM).filter(identifier=claim.enrolment.firm.identifier)
    return parties | {firm.pk: firm.name for firm in firms}
