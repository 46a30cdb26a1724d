"""A firm contests a value: marked at once, answered by its source, corrected, called back from who received it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.test import Client
from tests.factories.firms import house_of, make_firm
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation

from yulin.atlas.errors import (
    CorrectionUnreadableError,
    NothingToContestError,
    ObjectionDecidedError,
    ObjectionNotFoundError,
    ObjectionOpenError,
    RecallNotFoundError,
)
from yulin.atlas.models import Firm, Objection, ObjectionDecision, Recall, RecallNotice, Statement, StatementEnd
from yulin.atlas.selectors import facts_of, last_statement_id, said_in_area
from yulin.atlas.selectors.open_facts import open_facts
from yulin.atlas.selectors.particulars import AsKnown
from yulin.atlas.selectors.recalls import open_receipts, recalls_of
from yulin.atlas.services.consenting import NewConsent, give_consent, revoke_consent
from yulin.atlas.services.objecting import Verdict, annotate_fact, contest_fact, decide_objection
from yulin.atlas.services.recalling import return_receipt
from yulin.kit import clock
from yulin.kit.signing import is_signed
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import AuditEntry, Notice, Organisation

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 19)
UPHELD, REJECTED = Verdict(True, "凭据属实", "75"), Verdict(False, "与社保一致")
ASKED = {"staff_count": "operation", "rd_expense_fen_2020": "innovation", "has_serious_dishonesty": "conduct"}


class World:
    """A firm with its people, the authority that answers, three banks that were let in and have read."""

    def __init__(self) -> None:
        self.authority = make_organisation(OrganisationKind.AUTHORITY)
        self.officer = make_actor(Role.AUTHORITY_OFFICER, self.authority)
        self.firm = make_firm()
        self.house = house_of(self.firm)
        self.person = make_actor(Role.FIRM_USER, self.house)
        self.banks = [make_organisation(OrganisationKind.BANK) for _ in range(3)]
        self.consents = [self.let_in(bank) for bank in self.banks]

    def let_in(self, bank: Organisation) -> int:
        asked = NewConsent(bank.pk, frozenset({"operation"}), "loan", date(2022, 6, 1))
        return give_consent(actor=self.person, asked=asked).pk

    def contest(self, fact: str = "staff_count") -> Objection:
        return contest_fact(actor=self.person, fact=fact, reason="社保清单为75人")

    def decide(self, objection: Objection, verdict: Verdict = UPHELD) -> ObjectionDecision:
        return decide_objection(actor=self.officer, objection_id=objection.pk, verdict=verdict)


def read(bank: Organisation, firm: Firm) -> dict[str, object]:
    answer = make_client(Role.BANK_CLERK, bank).get(f"/api/v1/atlas/firms/{firm.identifier}/portrait")
    assert answer.status_code == 200
    [only] = answer.json()["classes"]
    return {fact["fact"]: fact for fact in only["facts"]}["staff_count"]  # type: ignore[no-any-return] # JSON


@pytest.fixture
def world() -> World:
    make_demo_book(TODAY)
    return World()


def test_a_contested_value_is_marked_at_once_for_every_reader(world: World) -> None:
    assert read(world.banks[0], world.firm)["is_contested"] is False
    made = world.contest()
    assert (made.routed_to_id, made.due_on) == (
        world.authority.pk,
        date(2022, 2, 7),
    )  # 29 and 30 January are worked, the holiday lasts to 6 February
    assert read(world.banks[0], world.firm)["is_contested"] is True
    for client in (make_client(Role.BANK_CLERK, world.banks[0]), make_client(Role.AUDITOR)):
        assert "Contested</span>" in client.get(f"/en/firms/{world.firm.pk}/").content.decode()
    asked = Notice.objects.get(organisation=world.authority, kind="atlas.objection")
    assert (asked.due_on, asked.done_on) == (made.due_on, None)


def test_what_is_contested_is_known_and_contested_once(world: World) -> None:
    made = world.contest()
    with pytest.raises(ObjectionOpenError):
        world.contest()
    with pytest.raises(NothingToContestError):
        world.contest("revenue_fen")
    world.decide(made, REJECTED)
    assert world.contest().pk != made.pk


def test_a_bank_answers_for_its_own_statements(world: World) -> None:
    bank = world.banks[0]
    said = Statement.objects.create(
        firm=world.firm, fact="total_assets_fen", value=5, source=bank.code, valid_from=date(2021, 1, 1)
    )
    made = world.contest("total_assets_fen")
    assert (made.routed_to_id, made.statement_id) == (bank.pk, said.pk)
    with pytest.raises(ObjectionNotFoundError):
        decide_objection(actor=world.officer, objection_id=made.pk, verdict=UPHELD)
    decided = decide_objection(
        actor=make_actor(Role.BANK_MANAGER, bank), objection_id=made.pk, verdict=Verdict(True, "ok", "75万元")
    )
    assert decided.correction is not None
    assert (decided.correction.value, decided.correction.source) == (75_000_000, bank.code)


def test_an_upheld_objection_corrects_by_a_new_statement_and_the_past_can_be_replayed(world: World) -> None:
    before = clock.now() - timedelta(days=1)
    version = last_statement_id()
    decided = world.decide(world.contest())
    now = clock.now()
    assert facts_of([world.firm.pk], on=TODAY, known_at=now)[world.firm.pk]["staff_count"].value == 75
    assert facts_of([world.firm.pk], on=TODAY, known_at=before)[world.firm.pk]["staff_count"].value == 60
    found = read(world.banks[0], world.firm)
    assert (found["value"], found["is_contested"], found["statement_count"]) == (75, False, 1)
    assert decided.correction is not None
    assert decided.correction.original == f"objection:{decided.objection_id}"
    assert last_statement_id() > version
    assert Notice.objects.filter(organisation=world.house, title_zh__startswith="异议成立").count() == 1
    assert not Notice.objects.filter(kind="atlas.objection", due_on__isnull=False, done_on__isnull=True).exists()


def test_a_value_that_has_no_right_one_is_unknown_to_every_rule(world: World) -> None:
    version = last_statement_id()
    world.decide(world.contest(), Verdict(True, "数据无法核实"))
    now = clock.now()
    assert "staff_count" not in facts_of([world.firm.pk], on=TODAY, known_at=now)[world.firm.pk]
    found = open_facts(world.officer, world.firm.identifier, ASKED, AsKnown(TODAY, now))
    assert found is not None
    assert sorted(found.said) == ["has_serious_dishonesty", "rd_expense_fen_2020"]
    assert sorted(fact for _, fact, _ in said_in_area(None, on=TODAY, known_at=now)) == sorted(found.said)
    assert len(said_in_area(None, on=TODAY, known_at=now - timedelta(days=1))) == 3
    assert last_statement_id() > version


@pytest.mark.parametrize(("known_by", "on", "counts"), [
    (datetime(2022, 3, 1, tzinfo=UTC), date(2022, 1, 31), True),
    (datetime(2022, 3, 1, tzinfo=UTC), date(2022, 2, 1), False),
    (datetime(2022, 3, 1, tzinfo=UTC) - timedelta(microseconds=1), date(2022, 2, 1), True),
])  # fmt: skip
def test_an_end_counts_from_its_day_and_once_it_was_known(
    world: World, known_by: datetime, on: date, counts: bool
) -> None:
    said = Statement.objects.get(firm=world.firm, fact="staff_count")
    StatementEnd.objects.create(
        statement=said, ends_on=date(2022, 2, 1), why="expired", known_at=datetime(2022, 3, 1, tzinfo=UTC)
    )
    one = open_facts(world.officer, world.firm.identifier, ASKED, AsKnown(on, known_by))
    assert one is not None
    assert ("staff_count" in facts_of([world.firm.pk], on=on, known_at=known_by)[world.firm.pk]) is counts
    assert ("staff_count" in one.said) is counts
    assert ("staff_count" in {fact for _, fact, _ in said_in_area("440112", on=on, known_at=known_by)}) is counts


def test_a_decision_stays_and_a_wrong_value_decides_nothing(world: World) -> None:
    made = world.contest()
    with pytest.raises(CorrectionUnreadableError), transaction.atomic():
        world.decide(made, Verdict(True, "x", "many"))
    assert not StatementEnd.objects.exists()
    world.decide(made)
    with pytest.raises(ObjectionDecidedError):
        world.decide(made, REJECTED)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ObjectionDecision.objects.update(is_upheld=False)


def test_a_rejected_objection_leaves_the_value_and_takes_the_firms_words(world: World) -> None:
    made = world.contest()
    world.decide(made, REJECTED)
    annotate_fact(actor=world.person, objection_id=made.pk, text="已补缴社保，待更新")
    annotate_fact(actor=world.person, objection_id=made.pk, text="第二次不改变第一次")
    found = read(world.banks[0], world.firm)
    assert (found["value"], found["is_contested"], found["firm_says"]) == (60, False, "已补缴社保，待更新")
    assert not Recall.objects.exists()
    upheld = world.contest("has_serious_dishonesty")
    world.decide(upheld, Verdict(True, "x", "是"))
    with pytest.raises(ObjectionNotFoundError):
        annotate_fact(actor=world.person, objection_id=upheld.pk, text="x")


def test_a_corrected_fact_is_called_back_from_the_three_that_received_it_until_all_have_said_so(world: World) -> None:
    idle = make_organisation(OrganisationKind.BANK)
    world.let_in(idle)
    for bank in world.banks:
        read(bank, world.firm)
    make_client(Role.AUDITOR).get(f"/en/firms/{world.firm.pk}/")
    revoke_consent(actor=world.person, consent_id=world.consents[2])
    world.decide(world.contest())
    sent = {one.organisation_id: one for one in RecallNotice.objects.all()}
    assert sorted(sent) == sorted(bank.pk for bank in world.banks)
    overseer = make_actor(Role.AUDITOR)
    clerks = [make_actor(Role.BANK_CLERK, bank) for bank in world.banks]
    for count, (clerk, bank) in enumerate(zip(clerks, world.banks, strict=True)):
        assert open_receipts(overseer) == 3 - count
        own = Client() if count else make_client(Role.BANK_CLERK, bank)
        if count:
            return_receipt(actor=clerk, notice_id=sent[bank.pk].pk)
            return_receipt(actor=clerk, notice_id=sent[bank.pk].pk)
        else:
            listed = own.get("/api/v1/atlas/recalls").json()
            [notice] = listed["notices"]
            assert is_signed(notice["content"], notice["signature"], listed["public_key"])
            assert (notice["content"]["fact"], notice["returned_at"]) == ("staff_count", None)
            told = {key: str(value) for key, value in notice["content"].items()}
            assert told.pop("recall") == str(sent[bank.pk].recall_id)  # a number of its own, that may be any
            assert not {"75", "60"} & set(told.values())
            assert own.post(f"/en/recalls/{notice['id']}/receipt/").status_code == 302
    [recall] = recalls_of(world.firm)
    assert (recall.sent_count, recall.returned_count, open_receipts(overseer)) == (3, 3, 0)  # type: ignore[attr-defined] # annotated
    assert not Notice.objects.filter(kind="atlas.recall", done_on__isnull=True).exists()
    assert AuditEntry.objects.filter(action="atlas.return_receipt").count() == 3


def test_a_receipt_is_returned_by_who_was_told_only(world: World) -> None:
    read(world.banks[0], world.firm)
    world.decide(world.contest())
    notice = RecallNotice.objects.get()
    for other in (make_actor(Role.BANK_CLERK, world.banks[1]), world.officer):
        with pytest.raises(RecallNotFoundError):
            return_receipt(actor=other, notice_id=notice.pk)


def other_person() -> Actor:
    return make_actor(Role.FIRM_USER, house_of(make_firm(2)))


def test_an_objection_is_read_by_its_firm_and_who_answers_only(world: World) -> None:
    made = world.contest()
    address = f"/en/data-objections/{made.pk}/"
    readers = {
        200: (make_client(Role.FIRM_USER, world.house), make_client(Role.AUTHORITY_OFFICER, world.authority)),
        404: (make_client(Role.BANK_CLERK, world.banks[0]), make_client(Role.FIRM_USER, house_of(make_firm(3)))),
    }
    for status, clients in readers.items():
        assert [client.get(address).status_code for client in clients] == [status] * 2
    assert make_client(Role.AUDITOR).get(address).status_code == 200
    with pytest.raises(ObjectionNotFoundError):
        annotate_fact(actor=other_person(), objection_id=made.pk, text="x")


def test_a_firm_contests_and_the_authority_decides_on_their_pages(world: World) -> None:
    own, officer = make_client(Role.FIRM_USER, world.house), make_client(Role.AUTHORITY_OFFICER, world.authority)
    assert own.post("/en/data-objections/contest/staff_count/", {"reason": ""}).status_code == 422
    assert own.post("/en/data-objections/contest/staff_count/", {"reason": "75"}).status_code == 302
    made = Objection.objects.get()
    assert "Employees" in officer.get("/en/data-objections/").content.decode()
    address = f"/en/data-objections/{made.pk}/"
    wrong = officer.post(f"{address}decide/", {"verdict": "upheld", "value": "many", "reasons": "x"})
    assert wrong.status_code == 422
    assert "a whole number" in wrong.content.decode()
    right = officer.post(f"{address}decide/", {"verdict": "upheld", "value": "75", "reasons": "proved"})
    assert right.status_code == 302
    assert "proved" in own.get(address).content.decode()
    assert "Corrected" in own.get("/en/data-objections/").content.decode()
