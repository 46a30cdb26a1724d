"""What every template knows of people: the book, the actor, the roles that the person can switch to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import PUBLIC_ACTOR
from yulin.people.enums import Action
from yulin.people.selectors import held_memberships, the_book, unread_notice_count

# Pages about one's own organisation and the instance, linked from the role menu.
_OWN_PAGES = (
    (Action.MANAGE_USERS, Text("本机构人员", "People here"), "people:users"),
    (Action.EDIT_CALENDAR, Text("工作日历", "Working-day calendar"), "people:calendar"),
    (Action.SEE_AUDIT, Text("审计记录", "Audit trail"), "people:audit"),
)


def people(request: HttpRequest) -> dict[str, Any]:
    """Return `book`, `actor`, `business_date`, `held_memberships`, `own_pages`, `unread_notices`; read when used."""
    actor = getattr(request, "actor", PUBLIC_ACTOR)
    user = getattr(request, "user", None)
    return {
        "book": SimpleLazyObject(the_book),
        "actor": actor,
        "business_date": SimpleLazyObject(clock.business_date),
        "held_memberships": SimpleLazyObject(lambda: held_memberships(user, on=clock.business_date()) if user else []),
        "own_pages": [(name, address) for action, name, address in _OWN_PAGES if actor.may(action)],
        "unread_notices": SimpleLazyObject(lambda: unread_notice_count(actor)),
    }
