"""Every read that other areas and the screens need of organisations, people, the book and the trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from yulin.people.core.actors import Actor
from yulin.people.core.audit_chain import SealedBatch
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import (
    AuditEntry,
    AuditSeal,
    Book,
    CalendarDay,
    Membership,
    Notice,
    NoticeReading,
    Organisation,
    User,
)


def the_book() -> Book:
    """Return the book of this instance; before one is kept, an empty one that is no demo."""
    return Book.objects.filter(pk=1).first() or Book()


def pinned_business_date() -> date | None:
    """Return the day on which a demo book stands still, or None."""
    return Book.objects.filter(pk=1, is_demo=True).values_list("business_date_pin", flat=True).first()


def held_memberships(user: User, *, on: date) -> list[Membership]:
    """Return the roles that a person holds on a day, with their organisations."""
    return list(Membership.objects.held_on(on).filter(user=user).select_related("organisation"))


def actor_for(user: User, *, on: date) -> Actor | None:
    """Return the person in the current role, or in the first held one; None for a person who holds no role that day."""
    held = held_memberships(user, on=on)
    if not held or not user.is_active:
        return None
    chosen = next((one for one in held if one.pk == user.current_membership_id), held[0])
    return actor_in(chosen, user)


def actor_in(membership: Membership, user: User) -> Actor:
    """Return the person in one of their roles."""
    organisation = membership.organisation
    return Actor(
        user_id=user.pk,
        organisation_id=organisation.pk,
        kind=OrganisationKind(organisation.kind),
        role=Role(membership.role),
        district_code=organisation.district_code if organisation.kind == OrganisationKind.DISTRICT else None,
        name=user.name,
    )


def organisation(organisation_id: int) -> Organisation:
    """Return one organisation."""
    return Organisation.objects.get(pk=organisation_id)


def organisation_by_code(code: str) -> Organisation | None:
    """Return the organisation with a code (a bank's code, a district's, a firm's USCC), or None."""
    return Organisation.objects.filter(code=code).first()


def organisations_of_kind(kind: OrganisationKind | str) -> QuerySet[Organisation]:
    """Return the active organisations of one kind, by code."""
    return Organisation.objects.active().of_kind(kind)


def organisation_names(ids: Iterable[int]) -> dict[int, Organisation]:
    """Return organisations by id, in one query."""
    return Organisation.objects.in_bulk(list(ids))


def demo_memberships() -> QuerySet[Membership]:
    """Return the roles shown on the demo sign-in page: those of active people, by kind of organisation."""
    return (
        Membership.objects.filter(user__is_active=True, organisation__is_active=True)
        .select_related("user", "organisation")
        .order_by("organisation_kind", "organisation__code", "role", "user__username")
    )


def calendar_days(year: int | None = None) -> QuerySet[CalendarDay]:
    """Return the days that the authority set over the shipped calendar."""
    days = CalendarDay.objects.all()
    return days if year is None else days.filter(day__year=year)


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """Return the notices of the actor's organisation and of the actor, newest first, marked `is_read`."""
    read = NoticeReading.objects.filter(notice=OuterRef("pk"), user=actor.user_id)
    return (
        Notice.objects.filter(Q(user__isnull=True) | Q(user=actor.user_id), organisation=actor.organisation_id)
        .annotate(is_read=Exists(read))
        .order_by("-id")
    )


def unread_notice_count(actor: Actor) -> int:
    """Return how many notices the actor has not read."""
    return notices_for(actor).filter(is_read=False).count()


def audit_entries(*, subject: tuple[str, str | int] | None = None) -> QuerySet[AuditEntry]:
    """Return audit entries, newest first; of one subject if named."""
    entries = AuditEntry.objects.order_by("-id")
    if subject is None:
        return entries
    return entries.filter(subject_kind=subject[0], subject_id=str(subject[1]))


def sealed_batches() -> Iterator[SealedBatch]:
    """Return the seals in order with their entries, as the chain check needs them, one batch in memory at a time."""
    for kept in AuditSeal.objects.order_by("pk").iterator():
        entries = AuditEntry.objects.filter(sealed__seal=kept).order_by("sealed__place")
        yield SealedBatch(kept.pk, kept.previous_hash, kept.seal_hash, [entry.as_line() for entry in entries])


def unsealed_entries() -> QuerySet[AuditEntry]:
    """Return the tail of the trail that no seal covers yet."""
    return AuditEntry.objects.filter(sealed__isnull=True).order_by("pk")
