"""From a request to the actor: the signed-in person in the role that is current."""

from __future__ import annotations

from django.http import HttpRequest

from yulin.kit import clock
from yulin.people.core.actors import PUBLIC_ACTOR, Actor
from yulin.people.selectors import actor_for


def actor_of(request: HttpRequest) -> Actor:
    """Return who is asking; nobody signed in is the public, and so is a person who holds no role today."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return PUBLIC_ACTOR
    return actor_for(user, on=clock.business_date()) or PUBLIC_ACTOR
