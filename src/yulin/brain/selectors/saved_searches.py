"""A person's own saved searches of the library, what each has found, and what would be new to one of them today.

New to a search is a policy that was published since it last looked; to one that asks for a state also a policy that
came into another state since then, as one that opens. It is found by the same search as on the page, above its bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from yulin.base.text import Text
from yulin.brain.adapters import embedding
from yulin.brain.core.policies import AUDIENCES, STATE_NAMES, PolicyState, state_of
from yulin.brain.errors import SavedSearchNotFoundError
from yulin.brain.models import Collection, FoundPolicy, Passage, PolicyVersion, SavedSearch, TextDocument
from yulin.brain.models.policies import state_on
from yulin.brain.selectors.library import answering, narrowed
from yulin.brain.selectors.texts import LIBRARY
from yulin.people.core.actors import Actor

MOST_SEARCHES = 20
"""So many searches one person keeps."""


def own_searches(actor: Actor) -> QuerySet[SavedSearch]:
    """Return the searches that the actor keeps, the newest first, each with how much it found."""
    rows = SavedSearch.objects.filter(user=actor.user_id or 0, organisation=actor.organisation_id or 0)
    return rows.annotate(found_count=Count("found"))


def own_search(actor: Actor, search_id: int) -> SavedSearch:
    """Return one of the actor's searches. Raises: BRAIN.SEARCH.NOT_FOUND, also for another person's."""
    found = own_searches(actor).filter(pk=search_id).first()
    if found is None:
        raise SavedSearchNotFoundError(search=search_id)
    return found


def asked_of(search: SavedSearch) -> list[Text]:
    """Return what a search asks, in words: its question, place, audience and state."""
    said = [Text(f"“{search.question}”", f"“{search.question}”")] if search.question else []
    if search.area:
        said.append(Text(search.area.replace("/", " "), search.area.replace("/", " ")))
    if search.audience in AUDIENCES:
        said.append(AUDIENCES[search.audience][0])
    states = {state.value: STATE_NAMES[state][1] for state in PolicyState}
    return [*said, states[search.state]] if search.state in states else said


@dataclass(frozen=True)
class FoundLine:
    """A version of a policy that a search found, as its page shows it."""

    found: FoundPolicy
    version: PolicyVersion
    state: PolicyState

    @property
    def is_new(self) -> bool:
        """Whether it was the policy's first version."""
        return self.version.number == 1

    @property
    def is_current(self) -> bool:
        """Whether it still rules."""
        return self.version.policy.current_id == self.version.pk


def found_rows(search: SavedSearch) -> QuerySet[FoundPolicy]:
    """Return what a search found, the newest first."""
    heavy = [f"version__{name}" for name in ("text", "parts", "sketch", "sure", "quotes")]
    return FoundPolicy.objects.filter(search=search).select_related("version__policy").defer(*heavy).order_by("-pk")


def found_line(found: FoundPolicy, today: date) -> FoundLine:
    """Return a row of what a search found, with the version's state on a day."""
    return FoundLine(found, found.version, state_of(found.version.terms, today))


def library_edition() -> int:
    """Return the edition at which the library stands."""
    return Collection.objects.filter(name=LIBRARY).values_list("edition", flat=True).first() or 0


def searches_behind(edition: int, on: date) -> QuerySet[SavedSearch]:
    """Return the searches that have not looked at an edition of the library, or not on a day."""
    rows = SavedSearch.objects.filter(is_paused=False)
    return rows.filter(Q(edition__lt=edition) | Q(looked_on__lt=on)).order_by("pk")


def library_is_read() -> bool:
    """Tell whether search has read every clause of the library: its words, and its meaning where the model is."""
    texts = TextDocument.objects.filter(collection__name=LIBRARY, is_indexed=False)
    passages = Passage.objects.filter(collection__name=LIBRARY, vector__isnull=True)
    return not texts.exists() and not (embedding.is_available() and passages.exists())


def new_to(search: SavedSearch, on: date) -> list[PolicyVersion]:
    """Return the versions that answer a search and that it has not found yet, in the order of their policies."""
    rows = narrowed(on, area=search.area, audience=search.audience, state=search.state)
    is_new = Q(edition__gt=search.edition)
    if search.state and search.looked_on < on:
        rows = rows.annotate(then=state_on(search.looked_on, "current__"))
        is_new |= ~Q(then=F("now"))
    found = FoundPolicy.objects.filter(search=search).values("version")
    policies = list(rows.filter(is_new).exclude(current__in=found).order_by("pk"))
    if search.question:
        answers = answering(search.question, [one.pk for one in policies], on)
        policies = [one for one in policies if one.pk in answers]
    return [one.current for one in policies if one.current is not None]
