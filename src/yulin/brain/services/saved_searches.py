"""Every write of a person's saved searches, and the look that tells of policies that are new to them.

A look locks its search: of many at once one finds what is new, the others find that it is told. It counts as done when
search has read the whole library; until then the next look goes over the same policies and tells of none twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.urls import reverse

from yulin.base.text import Text
from yulin.brain.core.passages import grams
from yulin.brain.core.policies import AUDIENCES, PolicyState
from yulin.brain.errors import SavedSearchEmptyError, SavedSearchesFullError, SavedSearchNotFoundError
from yulin.brain.models import FoundPolicy, PolicyVersion, SavedSearch
from yulin.brain.models.searches import NAME, QUESTION
from yulin.brain.selectors.library import areas
from yulin.brain.selectors.saved_searches import (
    MOST_SEARCHES,
    library_edition,
    library_is_read,
    new_to,
    own_search,
    searches_behind,
)
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import notify, record_audit

_SAVERS_LOCK = 0x59554C11
_TITLE = 120  # of a policy's title so much stands in a notice
_ABOUT = "saved_search"


@dataclass(frozen=True)
class Asked:
    """What a saved search asks: a question, filters, or both."""

    question: str = ""
    area: str = ""
    audience: str = ""
    state: str = ""


@transaction.atomic
def save_search(*, actor: Actor, name: str, asked: Asked, on: date) -> SavedSearch:
    """Keep a search of the library for the actor; the same one kept again only takes the new name.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.SEARCH.EMPTY where nothing can be looked for, BRAIN.SEARCH.FULL.
    Effects: the search, for which all that is published now is known; audit row.
    """
    user_id, organisation_id = _person(actor)
    wanted = _checked(asked)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SAVERS_LOCK, user_id])
    rows = SavedSearch.objects.filter(user=user_id, organisation=organisation_id)
    kept = rows.filter(**vars(wanted)).first()
    if kept is None:
        if rows.count() >= MOST_SEARCHES:
            raise SavedSearchesFullError(found=MOST_SEARCHES)
        kept = SavedSearch(user_id=user_id, organisation_id=organisation_id, **vars(wanted))
        kept.edition, kept.looked_on = library_edition(), on
    kept.name = name.strip()[:NAME] or wanted.question[:NAME] or "—"
    kept.save()
    record_audit(actor=actor, action="brain.save_search", subject=(_ABOUT, kept.pk), facts=vars(wanted))
    return kept


@transaction.atomic
def rename_search(*, actor: Actor, search_id: int, name: str) -> SavedSearch:
    """Give a search another name. Raises: PEOPLE.NOT_ALLOWED, BRAIN.SEARCH.NOT_FOUND.

    Effects: the name, unless it is empty; audit row.
    """
    kept = _own(actor, search_id)
    kept.name = name.strip()[:NAME] or kept.name
    kept.save(update_fields=["name"])
    record_audit(actor=actor, action="brain.rename_search", subject=(_ABOUT, kept.pk), facts={"name": kept.name})
    return kept


@transaction.atomic
def pause_search(*, actor: Actor, search_id: int, is_paused: bool) -> SavedSearch:
    """Let a search rest, or go on: then the next look tells what came meanwhile.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.SEARCH.NOT_FOUND.
    Effects: its rest; audit row.
    """
    kept = _own(actor, search_id)
    kept.is_paused = is_paused
    kept.save(update_fields=["is_paused"])
    action = "brain.pause_search" if is_paused else "brain.resume_search"
    record_audit(actor=actor, action=action, subject=(_ABOUT, kept.pk))
    return kept


@transaction.atomic
def delete_search(*, actor: Actor, search_id: int) -> None:
    """Delete a search with the list of what it found. Raises: PEOPLE.NOT_ALLOWED, BRAIN.SEARCH.NOT_FOUND.

    Effects: the search is gone; audit row. Notices that were sent stay.
    """
    kept = _own(actor, search_id)
    record_audit(actor=actor, action="brain.delete_search", subject=(_ABOUT, kept.pk), facts={"name": kept.name})
    kept.delete()


def look_for_policies(*, actor: Actor, on: date) -> int:
    """Look for each saved search that is behind for policies new to it, and return how many versions were found.

    Effects: what was found, and one notice a search with the policy or their number. No audit row: nothing is decided.
    """
    behind = searches_behind(library_edition(), on).values_list("pk", flat=True)
    return sum(_look(actor, search_id, on) for search_id in list(behind))


@transaction.atomic
def _look(actor: Actor, search_id: int, on: date) -> int:
    edition = library_edition()
    search = searches_behind(edition, on).select_for_update(of=("self",)).filter(pk=search_id).first()
    if search is None:
        return 0
    is_read = library_is_read()  # asked after the edition: what is read holds all of it
    versions = new_to(search, on)
    FoundPolicy.objects.bulk_create(
        FoundPolicy(search=search, version=one, organisation_id=search.organisation_id, on=on) for one in versions
    )
    if versions:
        _tell(actor, search, versions)
    if is_read:
        search.edition, search.looked_on = edition, max(on, search.looked_on)
        search.save(update_fields=["edition", "looked_on"])
    return len(versions)


def _tell(actor: Actor, search: SavedSearch, versions: list[PolicyVersion]) -> None:
    first = versions[0]
    if len(versions) > 1:
        path = reverse("brain:policy-search", args=[search.pk])
        said = Text(
            "“%(name)s”找到%(n)s项新的或有变化的政策", "“%(name)s” found %(n)s policies that are new or changed"
        ).with_values(name=search.name, n=len(versions))
    else:
        path = reverse("brain:policy", args=[first.policy_id])
        title = first.title if len(first.title) <= _TITLE else f"{first.title[: _TITLE - 1]}…"
        said = (
            Text("“%(name)s”找到新政策：%(title)s", "“%(name)s” found a new policy: %(title)s")
            if first.number == 1
            else Text("“%(name)s”关注的政策有变化：%(title)s", "“%(name)s”: a policy changed: %(title)s")
        ).with_values(name=search.name, title=title)
    notify(
        actor=actor, organisation_id=search.organisation_id, user_id=search.user_id, kind="brain.search", title=said,
        path=path,
    )  # fmt: skip


def _checked(asked: Asked) -> Asked:
    """Return what is asked, tidied; a filter that is not known is never dropped. Raises: BRAIN.SEARCH.EMPTY."""
    question = " ".join(asked.question.split())[:QUESTION]
    known = (["", *areas()], ["", *AUDIENCES], ["", *(one.value for one in PolicyState)])
    area, audience, state = asked.area, asked.audience, asked.state
    if any(one not in choices for one, choices in zip((area, audience, state), known, strict=True)):
        raise SavedSearchEmptyError
    if (question and not any(gram.isalnum() for gram in grams(question))) or not (
        question or area or audience or state
    ):
        raise SavedSearchEmptyError
    return Asked(question, area, audience, state)


def _person(actor: Actor) -> tuple[int, int]:
    if not actor.may(Action.SEE_NOTICES) or actor.user_id is None or actor.organisation_id is None:
        raise NotAllowedError(action=str(Action.SEE_NOTICES), role=str(actor.role))
    return actor.user_id, actor.organisation_id


def _own(actor: Actor, search_id: int) -> SavedSearch:
    """Return a search of the actor's, locked."""
    _person(actor)
    own_search(actor, search_id)
    found = SavedSearch.objects.select_for_update().filter(pk=search_id).first()
    if found is None:
        raise SavedSearchNotFoundError(search=search_id)
    return found
