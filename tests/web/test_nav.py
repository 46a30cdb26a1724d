"""The rows of areas: nobody is led to a refusal, every area is reached, one row is narrow enough for a small screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yulin.people.core.actors import PUBLIC_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.web.addresses import address
from yulin.web.nav import PUBLIC, WORK, Link, links_for

MOST_PLACES = 7
AREAS = [area for group in WORK for area in group.areas]


def row_of(role: Role, *, current: str = "", **counts: int) -> list[Link]:
    kind = OrganisationKind.PUBLIC if role == Role.PUBLIC else OrganisationKind.BANK
    return links_for(replace(PUBLIC_ACTOR, kind=kind, role=role), current=current, counts=counts)


def addresses(links: list[Link]) -> list[str]:
    return [part.href for link in links for part in (link.parts or (link,))]


@pytest.mark.parametrize("role", Role)
def test_a_role_is_led_to_every_area_it_may_open_and_to_no_other(role):
    actor = replace(PUBLIC_ACTOR, role=role)
    may_open = [area for area in (*AREAS, *PUBLIC) if area.action is None or actor.may(area.action)]
    shown = addresses(row_of(role))
    assert len(shown) == len(set(shown))
    assert set(shown) <= {address(area.url) for area in may_open}
    assert {address(area.url) for area in AREAS if area.action and actor.may(area.action)} <= set(shown)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM])
def test_no_row_has_more_places_than_a_small_screen_shows(role):
    links = row_of(role)
    assert len(links) <= MOST_PLACES
    assert all(len(link.parts) != 1 for link in links)


def test_a_group_is_current_with_its_page_and_counts_what_its_areas_count():
    loans = row_of(Role.MANAGER_CLERK, current="pool:enrolment", review=3, returns=4)[1]
    assert loans.is_current
    assert loans.count == 7
    assert {str(part.name): part.count for part in loans.parts if part.count} == {"备案审核": 3, "还款月报": 4}
    assert [str(part.name) for part in loans.parts if part.is_current] == ["入库备案"]
