"""Partners' terms for systems of their own: which are in force, what waits, how much they are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncMonth

from yulin.atlas.core.access import Access
from yulin.atlas.core.outlets import is_listed
from yulin.atlas.core.usage_bill import Bill, Prices, bill
from yulin.atlas.enums import LinkKind, UseOutcome
from yulin.atlas.errors.outlets import LinkNotFoundError, LinkOverError, OutletMissingError, OutletNotFoundError
from yulin.atlas.models import Firm, Outlet, OutletUse, PortraitLink
from yulin.atlas.selectors.portrait import group_of
from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.core.rights import ROLES_OF_KIND
from yulin.people.enums import OrganisationKind, Role
from yulin.rules.adapters.shipped import shipped_vocabulary

LINK_SALT = "yulin.atlas.portrait-link"
USE_DAYS = 30


def outlets_visible_to(actor: Actor) -> QuerySet[Outlet]:
    """Return terms, those that wait first, then the latest: a partner's own, all for who oversees them."""
    rows = Outlet.objects.select_related("organisation", "decision", "end")
    if not actor.sees_all_rows:
        rows = rows.filter(organisation=actor.organisation_id or 0)
    return rows.order_by(F("decision__decided_at").desc(nulls_first=True), "-pk")


def outlet_for(actor: Actor, outlet_id: int) -> Outlet:
    """Return terms that an actor may read. Raises: `ATLAS.OUTLET.NOT_FOUND`."""
    found = outlets_visible_to(actor).filter(pk=outlet_id).first()
    if found is None:
        raise OutletNotFoundError(outlet=outlet_id)
    return found


def outlets_in_force() -> QuerySet[Outlet]:
    """Return the terms that are approved and not over, at most one of each partner."""
    return Outlet.objects.filter(decision__is_approved=True, end__isnull=True, organisation__is_active=True)


def outlet_of(actor: Actor) -> Outlet:
    """Return the terms in force of an actor's organisation. Raises: `ATLAS.OUTLET.MISSING`."""
    found = outlets_in_force().filter(organisation=actor.organisation_id or 0).select_related("organisation").first()
    if found is None:
        raise OutletMissingError(organisation=actor.name)
    return found


def waiting_outlets() -> QuerySet[Outlet]:
    """Return the terms that wait for another person's decision, the oldest first."""
    return Outlet.objects.filter(decision__isnull=True, end__isnull=True).select_related("organisation").order_by("pk")


def partner_of(outlet: Outlet) -> Actor:
    """Return the actor for whom a system of a partner's own asks: the organisation in its first role, no person."""
    kind = OrganisationKind(outlet.organisation.kind)
    role: Role = ROLES_OF_KIND[kind][0]
    return Actor(None, outlet.organisation_id, kind, role, None, outlet.organisation.name_zh)


def link_of(token: str) -> PortraitLink:
    """Return the link that a token leads to, while it may be opened.

    Raises: `ATLAS.LINK.NOT_FOUND`, `ATLAS.LINK.OVER`.
    """
    try:
        pk = signing.loads(token, salt=LINK_SALT)
    except signing.BadSignature:
        raise LinkNotFoundError from None
    rows = PortraitLink.objects.select_related("outlet__organisation", "outlet__end", "firm", "revocation")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise LinkNotFoundError
    is_over = hasattr(found, "revocation") or hasattr(found.outlet, "end") or found.expires_at <= clock.now()
    if is_over or not found.outlet.organisation.is_active:
        raise LinkOverError
    return found


def opens_listed(access: Access, outlet: Outlet) -> bool:
    """Tell whether an access opens the class of any fact that the terms list."""
    return any(access.opens(group_of(fact)) for fact in outlet.facts)


def listed_facts(outlet: Outlet) -> list[tuple[Text, list[Text]]]:
    """Return what the terms list, by class, in words."""
    vocabulary = shipped_vocabulary()
    return [
        (name, labels)
        for group, name in vocabulary.groups.items()
        if (
            labels := [
                fact.label
                for fact in vocabulary.facts.values()
                if fact.group == group and is_listed(fact.alias, outlet.facts)
            ]
        )
    ]


@dataclass(frozen=True)
class Usage:
    """How often a partner asked within the last days, by way and by what came of it."""

    kind: str
    outcome: str
    times: int
    firms: int


def usage_of(outlet: Outlet, *, until: date) -> list[Usage]:
    """Return the usage under a partner's terms over the days up to one, by way and outcome."""
    rows = OutletUse.objects.filter(outlet=outlet, used_on__gt=until - timedelta(USE_DAYS), used_on__lte=until)
    sums = rows.values_list("kind", "outcome").annotate(Sum("times"), Count("firm", distinct=True))
    return [Usage(*one) for one in sums.order_by("kind", "outcome")]


def prices_of(outlet: Outlet) -> Prices:
    """Return what a partner's terms say of prices."""
    return Prices(outlet.look_price_fen, outlet.news_price_fen, outlet.free_a_month)


def bills_of(outlet: Outlet) -> list[Bill]:
    """Return the months in which anything was shown under a partner's terms, the latest first, with what each costs."""
    rows = OutletUse.objects.filter(outlet=outlet, outcome=str(UseOutcome.SHOWN)).annotate(month=TruncMonth("used_on"))
    shown: dict[date, dict[LinkKind, int]] = {}
    for month, kind, times in rows.values_list("month", "kind").annotate(Sum("times")).order_by("-month", "kind"):
        shown.setdefault(month, {})[LinkKind(kind)] = times
    return [bill(month, by_kind, prices_of(outlet)) for month, by_kind in shown.items()]


def usage_by_day(outlet: Outlet) -> QuerySet[OutletUse]:
    """Return what was asked for under a partner's terms, line by line, the latest day first."""
    return OutletUse.objects.filter(outlet=outlet).select_related("firm").order_by("-used_on", "firm__name", "pk")


def uses_of_firm(firm: Firm, *, until: date) -> list[Mapping[str, object]]:
    """Return how often each partner's own system asked for a firm over the days up to one, and what came of it."""
    rows = OutletUse.objects.filter(firm=firm, used_on__gt=until - timedelta(USE_DAYS), used_on__lte=until)
    names = rows.values("organisation__name_zh", "organisation__name_en", "outcome")
    return [
        {
            "name": Text(one["organisation__name_zh"], one["organisation__name_en"]),
            "outcome": one["outcome"],
            "times": one["total"],
        }
        for one in names.annotate(total=Sum("times")).order_by("organisation__name_zh", "outcome")
    ]
