"""Every read that other areas and the screens need of organisations, people, the book and the trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.core.audit_chain import GENESIS, SealedBatch, entry_hash
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import (
    ApiClient,
    AuditEntry,
    AuditSeal,
    Book,
    CalendarDay,
    CalendarYear,
    Membership,
    Notice,
    NoticeReading,
    Organisation,
    SealedAuditEntry,
    User,
)


def the_book() -> Book:
    """Return the book of this instance; before one is kept, an empty one that is no demo."""
    return Book.objects.filter(pk=1).first() or Book()


def pinned_business_date() -> date | None:
    """Return the day on which a demo book stands still, or None."""
    return Book.objects.filter(pk=1, is_demo=True).values_list("business_date_pin", flat=True).first()


def held_memberships(user: User | AnonymousUser, *, on: date) -> list[Membership]:
    """Return the roles that a person holds on a day, with their organisations; nobody signed in holds none."""
    if not user.is_authenticated:
        return []
    return list(Membership.objects.held_on(on).filter(user=user).select_related("organisation"))


def organisations_of(user_id: int, *, on: date) -> list[int]:
    """Return every organisation that a person belongs to on a day: whose interests the person may have."""
    held = Membership.objects.held_on(on).filter(user_id=user_id)
    return list(held.values_list("organisation_id", flat=True).distinct())


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


def firm_organisation(identifier: str) -> Organisation | None:
    """Return the organisation of the people of a firm, or None where none has signed up."""
    return Organisation.objects.active().of_kind(OrganisationKind.FIRM).filter(identifier=identifier).first()


def firm_organisations(identifiers: Iterable[str]) -> dict[str, Organisation]:
    """Return the organisations of the people of some firms by identifier, in one query."""
    rows = Organisation.objects.active().of_kind(OrganisationKind.FIRM).filter(identifier__in=list(identifiers))
    return {one.identifier: one for one in rows}


def api_clients() -> QuerySet[ApiClient]:
    """Return every program that may call, or might, by id."""
    return ApiClient.objects.select_related("organisation").order_by("client_id")


def organisations_of_kind(kind: OrganisationKind | str) -> QuerySet[Organisation]:
    """Return the active organisations of one kind, by code."""
    return Organisation.objects.active().of_kind(kind)


def organisations_of_kinds(kinds: Iterable[OrganisationKind]) -> QuerySet[Organisation]:
    """Return the active organisations of several kinds, by kind and code."""
    return Organisation.objects.active().filter(kind__in=[str(kind) for kind in kinds]).order_by("kind", "code")


def organisation_names(ids: Iterable[int]) -> dict[int, Organisation]:
    """Return organisations by id, in one query."""
    return Organisation.objects.in_bulk(list(ids))


def person_names(ids: Iterable[int | None]) -> dict[int, Text]:
    """Return what people are called, by the number that a trace keeps of them."""
    found = User.objects.in_bulk([one for one in ids if one is not None])
    return {pk: user.name_in_both for pk, user in found.items()}


def demo_memberships(*, on: date) -> list[Membership]:
    """Return the roles shown on the demo sign-in page, by kind of organisation, organisation and role."""
    held = Membership.objects.held_on(on).filter(user__is_active=True).select_related("user", "organisation")
    kinds = list(map(str, OrganisationKind))
    return sorted(
        held, key=lambda one: (kinds.index(one.organisation_kind), one.organisation.code, one.role, one.user.username)
    )


def people_in_role(role: Role, *, on: date) -> list[Membership]:
    """Return who holds a role on a day, with the person and the organisation, by name."""
    held = Membership.objects.held_on(on).filter(role=str(role), user__is_active=True)
    return list(held.select_related("user", "organisation").order_by("user__name", "pk"))


def seats_of(actor: Actor) -> QuerySet[Membership]:
    """Return who holds and held which role in the actor's own organisation."""
    return (
        Membership.objects.filter(organisation_id=actor.organisation_id or 0)
        .select_related("user")
        .order_by("valid_until", "role", "user__username")
    )


def calendar_days(year: int | None = None) -> QuerySet[CalendarDay]:
    """Return the days that the authority set over the shipped calendar."""
    days = CalendarDay.objects.all()
    return days if year is None else days.filter(day__year=year)


def announced_years() -> frozenset[int]:
    """Return the years that the authority entered in full, over the shipped ones."""
    return frozenset(CalendarYear.objects.values_list("year", flat=True))


def notices_for(actor: Actor) -> QuerySet[Notice]:
    """Return the notices of the actor's organisation and of the actor, newest first, marked `is_read`."""
    read = NoticeReading.objects.filter(notice=OuterRef("pk"), user=actor.user_id)
    return (
        Notice.objects.filter(Q(user__isnull=True) | Q(user=actor.user_id), organisation=actor.organisation_id)
        .annotate(is_read=Exists(read))
        .order_by("-id")
    )


def is_asked(about: tuple[str, object]) -> bool:
    """Tell whether a notice about a thing is open."""
    kind, key = about
    return Notice.objects.filter(about=f"{kind}:{key}", done_on__isnull=True).exists()


def days_told(kind: str, keys: Iterable[object]) -> set[tuple[str, date]]:
    """Return what notices about some things of a kind said: the thing's key and the day, whether done or open."""
    rows = Notice.objects.filter(about__in=[f"{kind}:{key}" for key in keys], due_on__isnull=False)
    return {(about.split(":", 1)[1], day) for about, day in rows.values_list("about", "due_on") if day}


def unread_notice_count(actor: Actor) -> int:
    """Return how many notices the actor has not read and nobody has done."""
    if actor.user_id is None:
        return 0
    return notices_for(actor).filter(done_on__isnull=True).exclude(readings__user=actor.user_id).count()


def audit_trail(*, action: str = "", subject: str = "") -> QuerySet[AuditEntry]:
    """Return audit entries, newest first; narrowed by the beginning of an action and by a subject `kind:id`."""
    entries = AuditEntry.objects.select_related("sealed").order_by("-id")
    if action:
        entries = entries.filter(action__startswith=action)
    if subject:
        kind, _, number = subject.partition(":")
        entries = entries.filter(subject_kind=kind)
        entries = entries.filter(subject_id=number) if number else entries
    return entries


@dataclass(frozen=True)
class SealState:
    """How far the trail is sealed."""

    last_number: int
    last_hash: str
    unsealed_count: int


def seal_state() -> SealState:
    """Return how far the trail is sealed; the tail is counted above the last seal's bound only."""
    last = AuditSeal.objects.order_by("-pk").first()
    tail = unsealed_entries().filter(transaction__gte=last.complete_below) if last else unsealed_entries()
    return SealState(last.pk if last else 0, last.seal_hash if last else GENESIS, tail.count())


def audit_export() -> Iterator[dict[str, Any]]:
    """Return the whole trail for the outside: sealed entries by seal and place, a line per seal, the unsealed tail."""
    for batch in sealed_batches():
        for place, entry in enumerate(batch.entries, start=1):
            yield {"seal": batch.number, "place": place, "entry": dict(entry)}
        yield {"seal": batch.number, "previous_hash": batch.previous_hash, "seal_hash": batch.seal_hash}
    for left in unsealed_entries().iterator():
        yield {"seal": None, "entry": left.as_line()}


def sealed_batches() -> Iterator[SealedBatch]:
    """Return the seals in order with their entries, as the chain check needs them, one batch in memory at a time."""
    for kept in AuditSeal.objects.order_by("pk").iterator():
        entries = AuditEntry.objects.filter(sealed__seal=kept).order_by("sealed__place")
        yield SealedBatch(kept.pk, kept.previous_hash, kept.seal_hash, [entry.as_line() for entry in entries])


def unsealed_entries() -> QuerySet[AuditEntry]:
    """Return the tail of the trail that no seal covers yet."""
    return AuditEntry.objects.filter(sealed__isnull=True).order_by("pk")


def entries_about(
    subjects: Mapping[str, QuerySet[Any] | Sequence[str]], *, beginnings: Mapping[str, str] | None = None
) -> QuerySet[AuditEntry]:
    """Return the entries about some things, in the order of the chain; what is not sealed yet comes last.

    `subjects` gives the numbers of things by their kind, as texts or as a query of texts; `beginnings` gives how the
    numbers of a kind begin.
    """
    asked = Q(pk__in=[])
    for kind, numbers in subjects.items():
        asked |= Q(subject_kind=kind, subject_id__in=numbers)
    for kind, beginning in (beginnings or {}).items():
        asked |= Q(subject_kind=kind, subject_id__startswith=beginning)
    return AuditEntry.objects.filter(asked).order_by(F("sealed__seal").asc(nulls_last=True), "sealed__place", "pk")


def seals_over(entries: QuerySet[AuditEntry]) -> QuerySet[AuditSeal]:
    """Return the seals that cover any of these entries, in order."""
    places = SealedAuditEntry.objects.filter(entry__in=entries.order_by().values("pk"))
    return AuditSeal.objects.filter(pk__in=places.values("seal")).order_by("pk")


def places_under(seals: QuerySet[AuditSeal]) -> Iterator[tuple[int, int, int, str]]:
    """Give every place of these seals in order: seal, place, entry and the entry's hash, which tells nothing of it."""
    places = SealedAuditEntry.objects.filter(seal__in=seals.order_by().values("pk")).select_related("entry")
    for one in places.order_by("seal", "place").iterator(chunk_size=2_000):
        yield one.seal_id, one.place, one.entry_id, entry_hash(one.entry.as_line())
