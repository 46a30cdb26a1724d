"""An adverse record is shown and used for as long as the rule in force allows, to the day; repair ends both."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from tests.factories.firms import house_of, make_firm
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation

from yulin.atlas.errors import RecordNotFoundError, RepairDecidedError, RepairTooEarlyError
from yulin.atlas.models import AdverseRecord, Firm, Recall, RepairRequest
from yulin.atlas.selectors import facts_of, said_in_area
from yulin.atlas.services.consenting import NewConsent, give_consent
from yulin.atlas.services.repairing import (
    NewRecord,
    ask_for_repair,
    decide_repair,
    enter_record,
    recall_expired_records,
)
from yulin.kit import clock
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role

pytestmark = pytest.mark.django_db
DECIDED = date(2026, 4, 10)
FACT = "has_bad_credit"


class World:
    """A firm, the authority that entered a record, a bank that may see conduct until 2030."""

    def __init__(self) -> None:
        self.authority = make_organisation(OrganisationKind.AUTHORITY)
        self.officer = make_actor(Role.AUTHORITY_OFFICER, self.authority)
        self.firm: Firm = make_firm()
        self.house = house_of(self.firm)
        self.person = make_actor(Role.FIRM_USER, self.house)
        self.bank = make_organisation(OrganisationKind.BANK)
        asked = NewConsent(self.bank.pk, frozenset({"conduct"}), "loan", date(2030, 1, 1))
        give_consent(actor=self.person, asked=asked)
        self.banker = make_client(Role.BANK_CLERK, self.bank)

    def enter(self, grade: str = "general", decided_on: date = DECIDED) -> AdverseRecord:
        record = NewRecord(self.firm.identifier, FACT, grade, decided_on, "示例罚决〔2026〕1号")
        return enter_record(actor=self.officer, record=record)

    def is_shown(self, day: date, query: str = "") -> bool:
        make_demo_book(day)
        answer = self.banker.get(f"/api/v1/atlas/firms/{self.firm.identifier}/portrait{query}")
        return FACT in {fact["fact"] for one in answer.json()["classes"] for fact in one["facts"]}

    def is_used(self, day: date) -> bool:
        now = clock.now()
        by_firm = FACT in facts_of([self.firm.pk], on=day, known_at=now)[self.firm.pk]
        in_area = FACT in {fact for _, fact, _ in said_in_area(None, on=day, known_at=now)}
        assert by_firm is in_area
        return by_firm


@pytest.fixture
def world() -> World:
    make_demo_book(date(2026, 5, 1))
    return World()


@pytest.mark.parametrize(
    ("grade", "decided_on", "repair_from", "until"),
    [
        ("general", DECIDED, date(2026, 7, 10), date(2027, 4, 10)),
        ("serious", date(2026, 5, 1), date(2027, 5, 1), date(2029, 5, 1)),
        ("minor", DECIDED, DECIDED, date(2026, 7, 10)),
    ],
)
def test_a_record_is_shown_and_used_up_to_the_last_day_of_its_period(
    world: World, grade: str, decided_on: date, repair_from: date, until: date
) -> None:
    made = world.enter(grade, decided_on)
    assert (made.repair_from, made.shown_until) == (repair_from, until)
    before, day = decided_on - timedelta(1), timedelta(1)
    for on, holds in ((before, False), (decided_on, True), (until - day, True), (until, False), (until + day, False)):
        assert world.is_used(on) is holds
    assert [world.is_shown(on) for on in (until - day, until)] == [True, False]
    assert world.is_shown(until, f"?as_of={until - day}") is False


@pytest.mark.parametrize(("grade", "decided_on"), [("general", date(2026, 3, 31)), ("", DECIDED)])
def test_a_record_whose_period_the_rule_does_not_settle_is_held_back(
    world: World, grade: str, decided_on: date
) -> None:
    made = world.enter(grade, decided_on)
    assert (made.is_ruled, made.shown_until) == (True, None)
    assert not world.is_used(date(2026, 5, 1))
    assert not world.is_shown(date(2026, 5, 1))
    assert "Held back" in make_client(Role.AUDITOR).get(f"/en/records/{made.pk}/").content.decode()


def test_the_rule_ends_nothing_before_it_is_in_force(world: World) -> None:
    make_demo_book(date(2026, 3, 31))
    made = world.enter("general", date(2026, 1, 1))
    assert (made.is_ruled, made.shown_until) == (False, None)
    assert world.is_used(date(2026, 3, 31))
    with pytest.raises(RepairTooEarlyError):
        ask_for_repair(actor=world.person, record_id=made.pk, evidence="x")


def test_repair_is_asked_for_from_its_day_and_ends_showing_use_and_what_partners_hold(world: World) -> None:
    made = world.enter()
    assert world.is_shown(date(2026, 7, 9))
    with pytest.raises(RepairTooEarlyError) as refused:
        ask_for_repair(actor=world.person, record_id=made.pk, evidence="已缴罚款")
    assert refused.value.facts["repair_from"] == date(2026, 7, 10)
    make_demo_book(date(2026, 7, 10))
    asked = ask_for_repair(actor=world.person, record_id=made.pk, evidence="已缴罚款")
    assert ask_for_repair(actor=world.person, record_id=made.pk, evidence="again").pk == asked.pk
    with pytest.raises(RecordNotFoundError):
        decide_repair(actor=make_actor(Role.AUTHORITY_OFFICER), record_id=made.pk, is_granted=True, reasons="x")
    decide_repair(actor=world.officer, record_id=made.pk, is_granted=False, reasons="凭据不足")
    assert world.is_used(date(2026, 7, 10))
    ask_for_repair(actor=world.person, record_id=made.pk, evidence="补充凭据")
    decide_repair(actor=world.officer, record_id=made.pk, is_granted=True, reasons="已纠正")
    assert [world.is_used(date(2026, 7, day)) for day in (9, 10)] == [True, False]
    assert not world.is_shown(date(2026, 7, 10))
    [recall] = Recall.objects.all()
    assert (recall.why, recall.fact, [one.organisation_id for one in recall.notices.all()]) == (
        "repaired", FACT, [world.bank.pk],
    )  # fmt: skip
    with pytest.raises(RepairDecidedError):
        decide_repair(actor=world.officer, record_id=made.pk, is_granted=True, reasons="x")
    assert recall_expired_records(actor=SYSTEM_ACTOR, on=date(2028, 1, 1)) == 0


def test_what_has_run_out_is_called_back_once(world: World) -> None:
    world.enter()
    world.is_shown(date(2026, 7, 1))
    assert recall_expired_records(actor=SYSTEM_ACTOR, on=date(2027, 4, 9)) == 0
    assert recall_expired_records(actor=SYSTEM_ACTOR, on=date(2027, 4, 10)) == 1
    assert recall_expired_records(actor=SYSTEM_ACTOR, on=date(2027, 4, 11)) == 0


def test_a_record_is_read_by_its_firm_who_entered_it_and_the_auditor(world: World) -> None:
    made = world.enter()
    address = f"/en/records/{made.pk}/"
    others = (make_client(Role.FIRM_USER, house_of(make_firm(2))), make_client(Role.AUTHORITY_OFFICER))
    readers = (make_client(Role.FIRM_USER, world.house), make_client(Role.AUTHORITY_OFFICER, world.authority))
    assert [client.get(address).status_code for client in (*others, *readers)] == [404, 404, 200, 200]
    assert world.banker.get(address).status_code == 403


def test_entering_asking_and_deciding_on_the_pages(world: World) -> None:
    officer, own = make_client(Role.AUTHORITY_OFFICER, world.authority), make_client(Role.FIRM_USER, world.house)
    entry = {"firm_code": "none", "fact": FACT, "grade": "minor", "decided_on": "2026-04-10", "document": "1"}
    assert officer.post("/en/records/", entry).status_code == 422
    assert own.post("/en/records/", entry).status_code == 200
    assert officer.post("/en/records/", {**entry, "firm_code": world.firm.identifier}).status_code == 302
    made = AdverseRecord.objects.get()
    own.post(f"/en/records/{made.pk}/repair/", {"evidence": "paid"})
    assert not RepairRequest.objects.exists()
    own.post(f"/en/records/{made.pk}/repair/", {"evidence": "paid", "is_corrected": "on", "has_promise": "on"})
    assert "repair is asked for" in officer.get("/en/records/").content.decode()
    officer.post(f"/en/records/{made.pk}/decide/", {"verdict": "granted", "reasons": "made good"})
    text = own.get(f"/en/records/{made.pk}/").content.decode()
    assert "made good" in text
    assert "Repaired" in text
    assert "ended by repair" in text


def test_the_page_says_from_when_repair_is_asked_for_and_keeps_every_request_with_its_reasons(world: World) -> None:
    made = world.enter()
    own = make_client(Role.FIRM_USER, world.house)
    address = f"/en/records/{made.pk}/"
    text = re.sub(r"<[^>]+>", "", own.get(address).content.decode())
    assert "It can be asked for here from 10 Jul 2026 on" in text
    make_demo_book(date(2026, 7, 10))
    for proof, reasons in (("first proof", "cannot be read"), ("second proof", "")):
        ask_for_repair(actor=world.person, record_id=made.pk, evidence=proof)
        if reasons:
            decide_repair(actor=world.officer, record_id=made.pk, is_granted=False, reasons=reasons)
    text = own.get(address).content.decode()
    said = [text.index(words) for words in ("second proof", "Waits for a decision", "first proof", "cannot be read")]
    assert said == sorted(said)
    assert "can be asked for here" not in text
