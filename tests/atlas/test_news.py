"""News of changed facts: listed facts of opened classes only, in order, nothing of what was closed meanwhile."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from tests.atlas.test_outlets import World, token_of
from tests.factories.firms import make_firm
from tests.factories.people import make_actor, make_client, make_organisation

from yulin.atlas.models import FactChange, OutletUse, Reading, Statement
from yulin.atlas.selectors.outlets import outlets_in_force
from yulin.atlas.services.consenting import NewConsent, give_consent, revoke_consent
from yulin.atlas.services.news import compose_news, queue_news
from yulin.atlas.services.objecting import Verdict, contest_fact, decide_objection
from yulin.atlas.services.outlets import end_outlet
from yulin.atlas.services.registering import NewStatement, add_statements
from yulin.cli.atlas_sources import ingest_path
from yulin.exchange.models import Message
from yulin.kit.row_security import organisation_scope, scope
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role

pytestmark = pytest.mark.django_db
LISTED = frozenset({"staff_count", "rd_expense_fen"})


@pytest.fixture
def world() -> World:
    made = World()
    made.approve(made.propose(facts=LISTED, feed_url="https://bank.example/news"))
    return made


def state(world: World, fact: str, value: object, firm: object = None) -> None:
    Statement.objects.create(
        firm=firm or world.firm, fact=fact, value=value, source="社保与企业年报", valid_from=date(2021, 12, 31)
    )


def feed(world: World, after: int = 0, limit: int = 100, ours: dict[str, str] | None = None) -> dict:
    answer = Client().get(f"/api/v1/atlas/changes?after={after}&limit={limit}", **(ours or token_of(world.bank)))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.json()


def told(found: dict) -> list[tuple[str, object]]:
    return [(one["fact"], one["value"]) for one in found["changes"]]


def test_the_feed_tells_listed_facts_of_opened_classes_in_order(world: World) -> None:
    state(world, "staff_count", 61)
    state(world, "rd_expense_fen_2021", 5_00)
    state(world, "has_serious_dishonesty", True)
    state(world, "revenue_fen_2021", 7_00)
    found = feed(world)
    assert told(found) == [("staff_count", 61), ("rd_expense_fen_2021", 500)]
    assert feed(world, found["cursor"]) == {"changes": [], "cursor": found["cursor"]}
    state(world, "staff_count", 62)
    assert told(feed(world, found["cursor"])) == [("staff_count", 62)]
    first = feed(world, limit=1)
    assert told(first) == [("staff_count", 62)]
    assert told(feed(world, first["cursor"], limit=1)) == [("rd_expense_fen_2021", 500)]


def test_what_a_source_says_of_facts_in_the_lake_alone_is_told_too(
    world: World, tmp_path: Path, settings: object
) -> None:
    settings.YULIN_HOME = tmp_path / "home"  # type: ignore[attr-defined] # the fixture of pytest-django
    contract = tmp_path / "staff.yaml"
    contract.write_text(
        """
id: staff-list
title: [人员名册, Staff list]
owner: 示例
licence: l
classes: [operation]
schedule: yearly
priority: 20
confidence_bp: 10000
subject: {column: code, scheme: USCC}
fields:
  staff_count: {column: staff, type: count, label: [职工人数, Staff]}
""",
        encoding="utf-8",
    )
    rows = tmp_path / "staff.csv"
    rows.write_text(f"code,staff\n{world.firm.identifier},88\n", encoding="utf-8")
    before = feed(world)["cursor"]
    ingest_path(str(contract), rows, date(2022, 1, 18))
    assert told(feed(world, before)) == [("staff_count", 88)]
    assert not Statement.objects.filter(value=88).exists()  # the book does not hold it
    ingest_path(str(contract), rows, date(2022, 1, 18))
    assert FactChange.objects.filter(fact="staff_count").count() == 1


def test_each_call_is_in_the_firms_log_and_counted(world: World) -> None:
    state(world, "staff_count", 61)
    feed(world)
    [read] = Reading.objects.all()
    assert (read.channel, read.facts, read.organisation_id) == ("feed", ["staff_count"], world.bank.pk)
    [use] = OutletUse.objects.all()
    assert (use.kind, use.outcome, use.times) == ("feed", "shown", 1)


def test_a_revoked_consent_silences_the_next_call(world: World) -> None:
    state(world, "staff_count", 61)
    revoke_consent(actor=world.person, consent_id=world.consent.pk)
    assert feed(world)["changes"] == []
    assert Reading.objects.count() == 0


def test_what_changed_before_the_consent_is_not_told(world: World) -> None:
    revoke_consent(actor=world.person, consent_id=world.consent.pk)
    state(world, "staff_count", 61)
    FactChange.objects.update(changed_at="2020-01-01T00:00Z")
    asked = NewConsent(world.bank.pk, frozenset({"operation"}), "loan", date(2022, 6, 1))
    give_consent(actor=world.person, asked=asked)
    assert feed(world)["changes"] == []


def test_firms_that_let_nobody_in_leave_no_trace(world: World) -> None:
    other = make_firm(2)
    before = FactChange.objects.count()
    state(world, "staff_count", 5, other)
    assert FactChange.objects.count() == before


def test_a_change_written_by_another_bank_is_told_too(world: World) -> None:
    other = make_organisation(OrganisationKind.BANK)
    with scope(organisation_scope(other.pk)):
        said = NewStatement(world.firm.pk, "staff_count", 63, other.code, date(2021, 12, 31))
        add_statements(actor=make_actor(Role.BANK_CLERK, other), statements=[said])
        assert FactChange.objects.count() == 0
    assert told(feed(world)) == [("staff_count", 63)]


def test_a_contested_value_says_so_and_a_corrected_one_is_told_anew(world: World) -> None:
    state(world, "staff_count", 61)
    objection = contest_fact(actor=world.person, fact="staff_count", reason="x")
    [before] = feed(world)["changes"]
    assert before["is_contested"] is True
    decide_objection(actor=world.officer, objection_id=objection.pk, verdict=Verdict(True, "ok", "70"))
    after = feed(world, before["number"])["changes"]
    assert {(one["value"], one["is_gone"], one["is_contested"]) for one in after} == {(70, False, False)}


def test_a_fact_that_is_gone_is_told_without_a_value(world: World) -> None:
    objection = contest_fact(actor=world.person, fact="staff_count", reason="x")
    decide_objection(actor=world.officer, objection_id=objection.pk, verdict=Verdict(True, "none"))
    found = feed(world)["changes"]
    assert found
    assert {(one["fact"], one["is_gone"], one["value"]) for one in found} == {("staff_count", True, None)}


def test_news_is_queued_once_from_the_day_the_terms_begin(world: World) -> None:
    state(world, "staff_count", 61)
    assert queue_news(actor=SYSTEM_ACTOR) == 0  # what was known before is read in the portrait
    state(world, "staff_count", 62)
    state(world, "revenue_fen_2021", 62)
    assert (queue_news(actor=SYSTEM_ACTOR), queue_news(actor=SYSTEM_ACTOR)) == (1, 0)
    message = Message.objects.get()
    outgoing = compose_news(world.bank.pk, message.subject)
    assert outgoing is not None
    assert (outgoing.url, outgoing.content["value"]) == ("https://bank.example/news", 62)


@pytest.mark.parametrize("closing", ["consent", "terms", "list"])
def test_a_queued_message_says_nothing_once_it_may_not(world: World, closing: str) -> None:
    queue_news(actor=SYSTEM_ACTOR)
    state(world, "staff_count", 62)
    queue_news(actor=SYSTEM_ACTOR)
    if closing == "consent":
        revoke_consent(actor=world.person, consent_id=world.consent.pk)
    elif closing == "terms":
        end_outlet(actor=world.officer, outlet_id=outlets_in_force().get().pk)
    else:
        world.approve(world.propose(facts=frozenset({"rd_expense_fen"}), feed_url="https://bank.example/news"))
    assert compose_news(world.bank.pk, Message.objects.get().subject) is None
    assert Reading.objects.count() == 0


def test_the_feed_needs_terms_and_keeps_the_rate(world: World) -> None:
    theirs = token_of(make_organisation(OrganisationKind.BANK))
    assert Client().get("/api/v1/atlas/changes", **theirs).json()["code"] == "ATLAS.OUTLET.MISSING"
    world.approve(world.propose(per_minute=1))
    ours = token_of(world.bank)
    answers = [Client().get("/api/v1/atlas/changes", **ours) for _ in range(3)]
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert answers[-1].json()["code"] == "ATLAS.OUTLET.TOO_MANY"


def test_the_list_of_messages_that_failed_is_replayed_on_the_page(world: World) -> None:
    queue_news(actor=SYSTEM_ACTOR)
    state(world, "staff_count", 62)
    queue_news(actor=SYSTEM_ACTOR)
    Message.objects.update(state="dead", attempts=12, last_error="the receiver answered 500")
    page = f"/en/outlets/{outlets_in_force().get().pk}/"
    message = Message.objects.get()
    for client in (make_client(Role.BANK_MANAGER, world.bank), make_client(Role.AUTHORITY_OFFICER, world.authority)):
        Message.objects.update(state="dead")
        assert "the receiver answered 500" in client.get(page).content.decode()
        assert client.post(f"{page}messages/{message.pk}/").status_code == 302
        message.refresh_from_db()
        assert (message.state, message.attempts) == ("waiting", 0)
    stranger = make_client(Role.BANK_MANAGER)
    assert stranger.post(f"{page}messages/{message.pk}/").status_code == 404
