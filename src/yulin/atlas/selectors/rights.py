"""Who may read a firm's facts now, who was let in, and who has read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from yulin.atlas.adapters.legal_grounds import has_own_enrolment, shipped_grounds
from yulin.atlas.core.access import ITSELF, OF_ITSELF, Access, Permission, access, met_grounds
from yulin.atlas.core.particulars import named_kind
from yulin.atlas.errors import ConsentMissingError, ConsentNotFoundError, FirmNotFoundError
from yulin.atlas.models import Consent, Firm, Reading, SignedAnswer
from yulin.atlas.selectors.firms import firm_by_code
from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.people.selectors import organisation, organisations_of_kinds
from yulin.rules.adapters.shipped import shipped_vocabulary

if TYPE_CHECKING:
    from yulin.people.models import Organisation

# Who can be let in by a consent: everybody else reads on a legal ground or not at all.
PARTNER_KINDS = frozenset(
    {
        OrganisationKind.BANK,
        OrganisationKind.GUARANTOR,
        OrganisationKind.INSURER,
        OrganisationKind.INVESTOR,
        OrganisationKind.SERVICE_BODY,
        OrganisationKind.PARK,
    }
)


def own_firm(actor: Actor) -> Firm | None:
    """Return the firm of a firm's person, or None."""
    if actor.role != Role.FIRM_USER or actor.organisation_id is None:
        return None
    code = organisation(actor.organisation_id).identifier
    return firm_by_code(code) if code else None


def own_firm_of(actor: Actor) -> Firm:
    """Return the firm of a firm's person. Raises: `ATLAS.FIRM.NOT_FOUND`."""
    firm = own_firm(actor)
    if firm is None:
        raise FirmNotFoundError(firm_code=actor.name)
    return firm


def access_of(actor: Actor, firm: Firm) -> Access:
    """Return which classes of a firm's facts an actor may read at this instant.

    Raises: `ATLAS.CONSENT.MISSING` for who could be let in by the firm; `ATLAS.FIRM.NOT_FOUND` for everybody else, as
    where there is no such firm.
    """
    found = access_if_any(actor, firm)
    if found.is_open:
        return found
    if actor.kind in PARTNER_KINDS:
        raise ConsentMissingError(reader=actor.name)
    raise FirmNotFoundError(firm_code=str(firm.pk))


def access_if_any(actor: Actor, firm: Firm) -> Access:
    """Return which classes of a firm's facts an actor may read at this instant: perhaps none."""
    own = own_firm(actor)
    if own is not None and own.pk == firm.pk:
        return OF_ITSELF
    return access_on(actor, firm, _permissions(actor, firm))


def access_on(
    actor: Actor, firm: Firm, permissions: Sequence[Permission], *, needed: frozenset[str] | None = None
) -> Access:
    """Return what these consents and the legal grounds open; where consents open all that is needed, no loan is asked.

    A firm's own person reads by `access_if_any`.
    """
    at, today = clock.now(), clock.business_date()
    by_consent = access(permissions, (), at, today)
    if needed is not None and needed and all(by_consent.opens(group) for group in needed):
        return by_consent
    grounds = met_grounds(
        shipped_grounds(),
        str(actor.kind),
        is_own_district=bool(actor.district_code) and actor.district_code == firm.district_code,
        has_own_enrolment=actor.kind in PARTNER_KINDS and has_own_enrolment(actor.organisation_id, firm.pk),
    )
    return access(permissions, grounds, at, today)


def _permissions(actor: Actor, firm: Firm) -> list[Permission]:
    given = Consent.objects.filter(organisation=actor.organisation_id, firm=firm).select_related("revocation")
    return [permission_of(one) for one in given]


def permission_of(consent: Consent) -> Permission:
    """Return a consent as the rule needs it."""
    revocation = getattr(consent, "revocation", None)
    return Permission(
        id=consent.pk,
        classes=frozenset(consent.classes),
        purpose=consent.purpose,
        given_at=consent.given_at,
        revoked_at=revocation.revoked_at if revocation else None,
        valid_until=consent.valid_until,
    )


def reads_on_duty(access: Access) -> bool:
    """Tell whether who reads is the firm itself or has a legal ground for all, also where it asks for some classes."""
    of_duty = {f"ground:{ground.id}" for ground in shipped_grounds() if ground.classes is None}
    return access.is_itself or not of_duty.isdisjoint(access.basis)


def firm_by_id(firm_id: int) -> Firm:
    """Return a firm. Raises: `ATLAS.FIRM.NOT_FOUND`."""
    firm = Firm.objects.filter(pk=firm_id).first()
    if firm is None:
        raise FirmNotFoundError(firm_code=str(firm_id))
    return firm


@dataclass(frozen=True)
class ConsentShown:
    """A consent as its page shows it."""

    consent: Consent
    classes: tuple[Text, ...]
    is_open: bool
    revoked_at: datetime | None


def consents_by(firm: Firm) -> list[ConsentShown]:
    """Return every consent that a firm has given, the open ones first, then the latest."""
    rows = Consent.objects.filter(firm=firm).select_related("organisation", "revocation").order_by("-pk")
    return sorted(_shown(rows), key=lambda one: not one.is_open)


def consents_to(actor: Actor) -> list[ConsentShown]:
    """Return the consents that are open to an actor's organisation, by firm."""
    if actor.organisation_id is None:
        return []
    rows = Consent.objects.filter(organisation=actor.organisation_id).select_related("firm", "revocation")
    return [one for one in _shown(rows.order_by("firm__name", "pk")) if one.is_open]


def _shown(rows: Iterable[Consent]) -> Iterator[ConsentShown]:
    at, today = clock.now(), clock.business_date()
    for row in rows:
        permission = permission_of(row)
        yield ConsentShown(row, group_names(row.classes), permission.holds(at, today), permission.revoked_at)


def consent_of(firm: Firm, consent_id: int) -> Consent:
    """Return a consent of a firm. Raises: `ATLAS.CONSENT.NOT_FOUND`."""
    found = Consent.objects.filter(firm=firm, pk=consent_id).select_related("revocation", "organisation").first()
    if found is None:
        raise ConsentNotFoundError(consent=consent_id)
    return found


def readings_of(firm: Firm) -> QuerySet[Reading]:
    """Return who has read a firm's facts, the latest first."""
    return Reading.objects.filter(firm=firm).select_related("organisation").order_by("-pk")


def readers_of(firm: Firm, fact: str, *, until: datetime, since: datetime | None = None) -> list[int]:
    """Return the partners that have received a fact of a firm up to an instant, by id; of a particular, its kind.

    `since`: not those that only received it before.
    """
    kind = named_kind(fact)
    received = Q(
        facts__contains=[str(kind) if kind else fact], organisation__kind__in=[str(kind) for kind in PARTNER_KINDS]
    )
    found = Reading.objects.filter(received, firm=firm, read_at__lte=until)
    if since is not None:
        found = found.filter(read_at__gte=since)
    return sorted(set(found.values_list("organisation_id", flat=True)))


def possible_partners() -> QuerySet[Organisation]:
    """Return the organisations that a firm can let in, by kind and code."""
    return organisations_of_kinds(PARTNER_KINDS)


def group_names(groups: Iterable[str]) -> tuple[Text, ...]:
    """Return what classes of facts are called, in the order of a portrait."""
    known = shipped_vocabulary().groups
    asked = set(groups)
    return (
        *(name for group, name in known.items() if group in asked),
        *(Text(g, g) for g in sorted(asked - set(known))),
    )


def basis_names(basis: Iterable[str]) -> tuple[Text, ...]:
    """Return on what a reading rested, in words."""
    titles = {f"ground:{ground.id}": ground.title for ground in shipped_grounds()}
    by_consent = Text("企业授权", "Consent")
    return tuple(
        titles.get(one) or (by_consent if one.startswith("consent:") else Text(one, one))
        for one in basis
        if one != ITSELF
    )


def signed_answers_resting_on(firm: Firm, fact: str) -> QuerySet[SignedAnswer]:
    """Return the signed answers about a firm behind which a fact stood, whoever holds them."""
    return SignedAnswer.objects.filter(firm=firm, openings__contains=[{"fact": fact}]).order_by("pk")
