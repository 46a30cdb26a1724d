"""Changes of facts that a partner may hear of now: of firms that let it in, of classes they opened, of listed facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q

from yulin.atlas.core.outlets import is_listed
from yulin.atlas.models import Consent, FactChange, Outlet
from yulin.atlas.selectors.portrait import group_of
from yulin.atlas.selectors.rights import permission_of
from yulin.kit import clock


@dataclass(frozen=True)
class Opening:
    """A consent in force: the classes that it opens of a firm, since when."""

    firm_id: int
    classes: frozenset[str]
    given_at: datetime


def openings_of(organisation_id: int) -> list[Opening]:
    """Return the consents to an organisation that hold at this instant."""
    at, today = clock.now(), clock.business_date()
    given = Consent.objects.filter(organisation=organisation_id, valid_until__gt=today).select_related("revocation")
    held = ((one, permission_of(one)) for one in given)
    return [
        Opening(one.firm_id, permission.classes, one.given_at)
        for one, permission in held
        if permission.holds(at, today)
    ]


def is_news(change: FactChange, outlet: Outlet, openings: Sequence[Opening]) -> bool:
    """Tell whether a partner may hear of a change: a listed fact of a class that was opened before it changed."""
    group = group_of(change.fact)
    return is_listed(change.fact, outlet.facts) and any(
        one.firm_id == change.firm_id and group in one.classes and one.given_at <= change.changed_at for one in openings
    )


def changes_after(outlet: Outlet, number: int, *, most: int) -> tuple[list[FactChange], int]:
    """Return the changes after a number that a partner may hear of, and the number up to which it has now heard.

    At most `most` are looked at, so that an answer stays small; where it ends, the next one goes on.
    """
    openings = openings_of(outlet.organisation_id)
    rows = FactChange.objects.filter(number__gt=number).select_related("firm").order_by("number")
    firms = sorted({one.firm_id for one in openings})
    of_them = list(rows.filter(firm__in=firms)[:most])
    last = of_them[-1].number if len(of_them) == most else last_number()
    return [one for one in of_them if is_news(one, outlet, openings)], max(last or 0, number)


def last_number() -> int:
    """Return the number of the latest change that has one."""
    found: int | None = FactChange.objects.filter(Q(number__isnull=False)).aggregate(last=Max("number"))["last"]
    return found or 0
