"""What every template knows of people: the book, the actor, the roles that the person can switch to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from yulin.kit import clock
from yulin.people.core.actors import PUBLIC_ACTOR
from yulin.people.selectors import held_memberships, the_book, unread_notice_count


def people(request: HttpRequest) -> dict[str, Any]:
    """Return `book`, `actor`, `business_date`, `held_memberships`, `unread_notices`; each is read when first used."""
    actor = getattr(request, "actor", PUBLIC_ACTOR)
    user = getattr(request, "user", None)
    return {
        "book": SimpleLazyObject(the_book),
        "actor": actor,
        "business_date": SimpleLazyObject(clock.business_date),
        "held_memberships": SimpleLazyObject(lambda: held_memberships(user, on=clock.business_date()) if user else []),
        "unread_notices": SimpleLazyObject(lambda: unread_notice_count(actor)),
    }
