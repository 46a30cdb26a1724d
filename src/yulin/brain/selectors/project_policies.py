"""Which policies concern an approved project: the one that it was approved under, and those in force at its place.

The class of a project is its programme and what its title says; its place is the district of its unit, where the book
knows the unit by its code. Where the place is not known only policies that hold everywhere are looked through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from yulin.brain.core.criteria_reading import place_code
from yulin.brain.core.local_variants import codes_within
from yulin.brain.core.passages import folded
from yulin.brain.core.policies import LIVE
from yulin.brain.models import ApprovedProject, Policy
from yulin.brain.selectors.library import LibraryFound, areas, library, search_library

_CLAUSES = 12


@dataclass(frozen=True)
class ProjectPolicies:
    """The place, the policies that are named as the programme, and what the library has there for such a project."""

    place: str  # "": not known
    programme: Sequence[Policy]
    found: LibraryFound


def policies_for(project: ApprovedProject, district_code: str | None, today: date) -> ProjectPolicies:
    """Return the policies that concern a project whose unit lies in a district (None: not known)."""
    place = place_of(district_code, areas())
    rows = library(today, place) if place else library(today).filter(current__area="")
    in_force = {"now__in": [state.value for state in LIVE]}
    live = rows.filter(**in_force)
    found = search_library(f"{project.programme} {project.title}".strip(), live, today, most=_CLAUSES)
    return ProjectPolicies(place, _named(project.programme), found)


def place_of(district_code: str | None, known: Iterable[str]) -> str:
    """Return the smallest of the library's areas in which a district lies; empty where none is known to.

    >>> place_of("440112", ["广东", "广东/广州", "广东/广州/黄埔区"]), place_of("110108", ["广东"]), place_of(None, [])
    ('广东/广州/黄埔区', '', '')
    """
    if not district_code or not district_code.isdecimal():
        return ""
    holding = [area for area in known if (code := place_code(area)) and _lies_in(int(district_code), code)]
    return max(holding, key=lambda area: (area.count("/"), area), default="")


def _lies_in(district: int, code: str) -> bool:
    first, last = codes_within(code)
    return first <= district <= last


def _named(programme: str) -> list[Policy]:
    """Return the policies whose title is a programme's name, whatever its spelling."""
    if not programme:
        return []
    like = Policy.objects.filter(current__title__icontains=programme[:200]).select_related("current")
    return [one for one in like[:20] if one.current and folded(one.current.title) == folded(programme)]
