"""Calls beside the policies that a firm can have: on the radar, on the policy's page, in the calendar, in reminders."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from icalendar import Calendar
from tests.brain.test_check_up_pages import make_firm, people_of, text
from tests.brain.test_radar import confirm, publish
from tests.factories.applications import Bureau, make_call
from tests.factories.firms import house_of
from tests.factories.people import TODAY, make_actor, make_demo_book, make_organisation
from tests.web.test_pages import faults_of

from yulin.brain import services
from yulin.brain.models import Application, DeadlineReminder
from yulin.brain.services.applications import start_application
from yulin.kit.clock import business_date
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Notice, Organisation

pytestmark = pytest.mark.django_db

STAFF = "（一）职工总数不超过500人。"
CODE = "91440100YLAAAAAA1X"


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def bureau():
    """An authority with a policy for firms of at most 500 people, that has no end."""
    house = make_organisation(OrganisationKind.AUTHORITY)
    officer, checker = (make_actor(role, house) for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER))
    policy = publish(officer, checker, asks=STAFF)
    confirm(policy, checker)
    return Bureau(house, officer, checker, policy)


def open_call(bureau, days: int = 5, **more):
    today = business_date()
    return make_call(bureau, first=today - timedelta(days=30), last=today + timedelta(days=days), **more)


def writer_of(firm) -> Actor:
    house = Organisation.objects.filter(identifier=firm.identifier).first()
    return make_actor(Role.FIRM_USER, house or house_of(firm))


def test_an_open_call_stands_beside_its_policy_for_the_firm_and_for_everybody(bureau):
    firm, call, shut = make_firm(CODE), open_call(bureau), open_call(bureau, days=-1)
    client = people_of(firm)
    for language in ("zh-hans", "en"):
        for page in (
            text(client.get(f"/{language}/radar/{firm.pk}/")),
            text(Client().get(f"/{language}/policies/{bureau.policy.pk}/")),
        ):
            assert f'href="/{language}/calls/{call.pk}/"' in page
            assert f'href="/{language}/calls/{shut.pk}/"' not in page
            assert [each for each in faults_of(page, language) if "示例" not in each] == []


def test_the_calendar_holds_the_last_day_of_a_call_until_the_firm_has_applied(bureau):
    firm = make_firm(CODE)
    call, late = open_call(bureau), open_call(bureau, days=-1, grace_days=3)
    client = people_of(firm)
    made = text(client.post("/zh-hans/radar/feed/", {"act": "make"}))
    address = re.search(r"/zh-hans/radar/feed/[^<]+\.ics", made).group()

    def events() -> list[tuple[int, str]]:
        found = Calendar.from_ical(Client().get(address).content).walk("VEVENT")
        assert {str(one["summary"]) for one in found} <= {"申报截止：示例申报通知"}
        return sorted(((one["dtstart"].dt - business_date()).days, str(one["url"])) for one in found)

    both = [(2, f"http://testserver/zh-hans/calls/{late.pk}/"), (5, f"http://testserver/zh-hans/calls/{call.pk}/")]
    assert events() == both
    mine = start_application(actor=writer_of(firm), call_id=call.pk)
    assert events() == both, "a draft is not handed in"
    Application.objects.filter(pk=mine.pk).update(state="submitted")
    assert events() == both[:1]


def test_an_entitled_firm_is_told_once_that_a_call_closes_and_who_has_a_draft_is_not(bureau):
    firm, writing = make_firm(CODE), make_firm("91440100YLBBBBBB2X")
    people_of(firm)
    call = open_call(bureau)
    start_application(actor=writer_of(writing), call_id=call.pk)
    open_call(bureau, days=20)
    services.compute_radar(actor=SYSTEM_ACTOR, on=business_date())
    assert services.remind_of_deadlines(actor=SYSTEM_ACTOR, on=business_date()) == 1
    assert services.remind_of_deadlines(actor=SYSTEM_ACTOR, on=business_date()) == 0
    assert list(DeadlineReminder.objects.values_list("firm", flat=True)) == [firm.pk]
    (notice,) = Notice.objects.filter(kind="brain.deadline")
    assert notice.path.endswith(f"/calls/{call.pk}/")
    assert notice.due_on == business_date() + timedelta(days=5)
