"""Every read of enrolments: what an actor may see, the review queue, one enrolment with its history, what a firm has.

Invariant: an actor without a right to all rows sees those of its own organisation or district, and nothing else; the
database's row security says the same again.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Least

from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.pool.core.states import IN_FORCE
from yulin.pool.enums import EnrolmentState
from yulin.pool.errors import EnrolmentNotFoundError
from yulin.pool.models import Enrolment, EnrolmentEvent, LimitUse, MonthlyReturn, PreLoanAnswer
from yulin.pool.models.enrolments import EnrolmentQuerySet

_PARTY_OF_KIND = {OrganisationKind.GUARANTOR: "guarantor_id", OrganisationKind.INSURER: "insurer_id"}


def enrolments_visible_to(actor: Actor) -> EnrolmentQuerySet:
    """Return the enrolments that an actor may see: a bank's own, those a guarantor or insurer stands behind, or all."""
    rows = Enrolment.objects.all()
    if actor.sees_all_rows:
        return rows
    if actor.kind == OrganisationKind.DISTRICT and actor.district_code:
        return rows.filter(district_code=actor.district_code)
    if actor.kind == OrganisationKind.BANK and actor.organisation_id is not None:
        return rows.filter(bank_id=actor.organisation_id)
    party = _PARTY_OF_KIND.get(actor.kind)
    if party is not None and actor.organisation_id is not None:
        return rows.filter(**{party: actor.organisation_id})
    return rows.none()


def is_party_to_loan_of(organisation_id: int, firm_id: int) -> bool:
    """Tell whether an organisation lent, guarantees or insures an enrolled loan of a firm that is not closed."""
    parties = Q(bank_id=organisation_id) | Q(guarantor_id=organisation_id) | Q(insurer_id=organisation_id)
    return Enrolment.objects.filter(parties, firm_id=firm_id, state__in=[str(state) for state in IN_FORCE]).exists()


def owed_by_firms(firm_ids: Sequence[int]) -> dict[int, int]:
    """Return what firms owe on enrolled loans that are in force, in fen; who owes nothing is left out."""
    loans = Enrolment.objects.filter(firm_id__in=firm_ids, state__in=[str(state) for state in IN_FORCE])
    return dict(loans.values_list("firm_id").annotate(Sum("outstanding_fen")).order_by("firm_id"))


def firm_balances(scheme_id: str, firm_ids: Sequence[int]) -> dict[int, int]:
    """Return what firms owe on their standing loans of a scheme over all banks, in fen; nought is left out.

    This is what the ceiling of one firm bounds: of each loan that is neither closed nor revoked what is outstanding,
    never above what is enrolled (`standing_fen`).
    """
    if not firm_ids:
        return {}
    ended = [EnrolmentState.CLOSED.value, EnrolmentState.REVOKED.value]
    with scope(EVERYTHING):  # another bank's loan counts too
        loans = Enrolment.objects.filter(scheme_id=scheme_id, firm_id__in=firm_ids).exclude(state__in=ended)
        owed = loans.values_list("firm_id").annotate(fen=Sum(Least("outstanding_fen", "enrolled_amount_fen")))
        return dict(owed.filter(fen__gt=0).order_by("firm_id"))


def enrolment_for(actor: Actor, enrolment_id: int) -> Enrolment:
    """Return one enrolment with bank, firm and pack.

    Raises: `POOL.ENROLMENT.NOT_FOUND`, also when it is somebody else's.
    """
    found = (
        enrolments_visible_to(actor)
        .select_related("bank", "firm", "pack", "predecessor", "credit_line", "upload", "guarantor", "insurer")
        .filter(pk=enrolment_id)
        .first()
    )
    if found is None:
        raise EnrolmentNotFoundError(enrolment=enrolment_id)
    return found


def review_queue(actor: Actor) -> QuerySet[Enrolment]:
    """Return the filings that wait for the manager, oldest first."""
    return enrolments_visible_to(actor).to_review().select_related("bank", "firm").order_by("submitted_on", "id")


def review_count(actor: Actor) -> int:
    """Return how many filings wait for the manager."""
    return enrolments_visible_to(actor).to_review().count()


def next_in_queue(actor: Actor, after: Enrolment) -> int | None:
    """Return the id of the filing that follows `after` in the queue, or of the first one; None of an empty queue."""
    queue = review_queue(actor).exclude(pk=after.pk)
    later = Q(submitted_on__gt=after.submitted_on) | Q(submitted_on=after.submitted_on, id__gt=after.pk)
    following = queue.filter(later).values_list("id", flat=True).first() if after.submitted_on else None
    return following or queue.values_list("id", flat=True).first()


def drafts_of(actor: Actor) -> QuerySet[Enrolment]:
    """Return the filings that wait for the bank: given back with a question."""
    return (
        enrolments_visible_to(actor)
        .filter(state=EnrolmentState.DRAFT.value)
        .select_related("bank", "firm")
        .order_by("id")
    )


def history_of(enrolment: Enrolment) -> QuerySet[EnrolmentEvent]:
    """Return the steps of an enrolment, oldest first."""
    return enrolment.events.order_by("id")


def last_question(enrolment: Enrolment) -> EnrolmentEvent | None:
    """Return the manager's last question on a filing that was given back."""
    return enrolment.events.filter(step="return").order_by("-id").first()


def returns_of(enrolment: Enrolment) -> QuerySet[MonthlyReturn]:
    """Return the monthly returns of an enrolment, newest first."""
    return enrolment.returns.order_by("-month")


def enrolments_of_upload(actor: Actor, upload_id: int) -> QuerySet[Enrolment]:
    """Return what one file enrolled, in the order of its rows."""
    return (
        enrolments_visible_to(actor).filter(upload_id=upload_id).select_related("bank", "firm").order_by("upload_row")
    )


def limit_uses(scheme_id: str, *, firm_id: int | None, bank_id: int | None, year: int) -> list[LimitUse]:
    """Return the running totals that one more loan would add to."""
    wanted = Q(kind="scheme", key="")
    if firm_id is not None:
        wanted |= Q(kind="firm_year", key=str(firm_id))
    if bank_id is not None:
        wanted |= Q(kind="bank", key=str(bank_id))
    return list(LimitUse.objects.filter(wanted, scheme_id=scheme_id, period=str(year)))


def answer_for(actor: Actor, token: str) -> PreLoanAnswer | None:
    """Return a kept pre-loan answer; only those who asked and the pool's own bodies find it."""
    kept = PreLoanAnswer.objects.select_related("pack", "organisation").filter(token=token)
    if not actor.sees_all_rows:
        kept = kept.filter(organisation_id=actor.organisation_id or 0)
    return kept.first()
