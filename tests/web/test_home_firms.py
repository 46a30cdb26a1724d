"""Work on firms' facts stands on the homes, each kind with its one next action, and only for whose work it is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.atlas.test_outlets import World
from tests.factories.people import make_client, make_demo_book

from yulin.atlas.models import Recall, RecallNotice
from yulin.atlas.services.objecting import contest_fact
from yulin.atlas.services.recalling import return_receipt
from yulin.exchange.models import Message
from yulin.people.core.actors import Actor
from yulin.people.enums import Role

pytestmark = pytest.mark.django_db
SENT = datetime(2022, 1, 12, 2, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World()


def home(role: Role, organisation: object) -> str:
    return make_client(role, organisation).get("/en/home/").content.decode()  # type: ignore[arg-type]


def test_an_objection_waits_for_who_answers_it(world: World) -> None:
    contest_fact(actor=world.person, fact="staff_count", reason="x")
    assert "Answer it" in home(Role.AUTHORITY_OFFICER, world.authority)
    assert "Answer it" not in home(Role.BANK_MANAGER, world.bank)


def test_an_outlet_waits_for_another_checker(world: World) -> None:
    world.propose()
    text = home(Role.AUTHORITY_CHECKER, world.authority)
    assert "Check facts and origins" in text
    assert "Check facts and origins" not in home(Role.AUTHORITY_OFFICER, world.authority)


@pytest.mark.parametrize(("day", "is_overdue"), [(date(2022, 1, 19), False), (date(2022, 1, 20), True)])
def test_a_receipt_waits_for_the_partner_and_is_chased_after_its_term(
    world: World, day: date, is_overdue: bool
) -> None:
    recall = Recall.objects.create(firm=world.firm, fact="staff_count", why="corrected")
    notice = RecallNotice.objects.create(
        recall=recall, organisation=world.bank, content={}, signature="x", sent_at=SENT
    )
    make_demo_book(day)
    assert "Drop 1 fact and say so" in home(Role.BANK_MANAGER, world.bank)
    assert ("Chase 1 overdue receipt" in home(Role.AUTHORITY_OFFICER, world.authority)) is is_overdue
    banker: Actor = world.banker
    return_receipt(actor=banker, notice_id=notice.pk)
    assert "Drop 1 fact" not in home(Role.BANK_MANAGER, world.bank)
    assert "Chase" not in home(Role.AUTHORITY_OFFICER, world.authority)


def test_messages_that_were_given_up_are_told_to_their_partner_and_the_authority(world: World) -> None:
    for number, state in enumerate(("dead", "dead", "waiting", "sent")):
        Message.objects.create(organisation=world.bank, topic="x", key=str(number), subject={}, state=state)
    for role, organisation in ((Role.BANK_CLERK, world.bank), (Role.AUTHORITY_OFFICER, world.authority)):
        assert "2 messages given up" in home(role, organisation)
    assert "given up" not in home(Role.BANK_CLERK, None)
