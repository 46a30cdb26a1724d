"""Notices: the book's own day, and those that ask for something are done once it has been done."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.claims import checked, decided, make_claim_law, make_people
from tests.factories.people import make_actor, make_demo_book

from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.people.models import Notice
from yulin.people.selectors import unread_notice_count
from yulin.people.services import notify, settle_notices

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def book():
    make_demo_book(date(2022, 1, 19))


def sent(actor, about=None):
    return notify(
        actor=SYSTEM_ACTOR, organisation_id=actor.organisation_id, kind="test", title=Text("办理", "Do it"), about=about
    )


def test_a_notice_bears_the_day_of_the_book_and_not_todays():
    manager = make_actor(Role.MANAGER_CLERK)
    assert sent(manager).sent_on == date(2022, 1, 19)
    with clock.standing_on(date(2021, 11, 8)):
        assert sent(manager).sent_on == date(2021, 11, 8)


def test_only_what_was_asked_about_one_thing_is_done():
    manager = make_actor(Role.MANAGER_CLERK)
    asked, other, told = (sent(manager, about) for about in (("claim", 1), ("claim", 11), None))
    assert unread_notice_count(manager) == 3
    assert settle_notices(about=("claim", 1)) == 1
    done = dict(Notice.objects.values_list("pk", "done_on"))
    assert done == {asked.pk: date(2022, 1, 19), other.pk: None, told.pk: None}
    assert unread_notice_count(manager) == 2


def test_a_reviewed_claim_leaves_no_open_notice_behind_and_a_decision_stays_unread():
    people, law = make_people(), make_claim_law()
    checked(people, law)
    assert Notice.objects.filter(kind="pool.claim", done_on__isnull=True).count() == 0
    decided(people, law)
    (decision,) = Notice.objects.filter(organisation_id=people.clerk.organisation_id, done_on__isnull=True)
    assert decision.title_en.endswith("is decided")
    assert unread_notice_count(people.clerk) == 1
