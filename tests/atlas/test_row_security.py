"""The database itself hides what firms gave, read, contested and were held to, also from a query without a filter."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from tests.factories.firms import house_of, make_firm
from tests.factories.people import make_actor, make_demo_book, make_organisation
from tests.factories.pool import make_bank, make_enrolment, make_law

from yulin.atlas import models as atlas
from yulin.atlas.services.objecting import Verdict, decide_objection
from yulin.kit.row_security import EVERYTHING, NOTHING, district_scope, organisation_scope, scope
from yulin.people.enums import OrganisationKind, Role
from yulin.pool.models import Enrolment

pytestmark = pytest.mark.django_db
DAY = date(2022, 1, 3)
NOW = datetime(2022, 1, 3, tzinfo=UTC)

GUARDED = (
    "Consent",
    "ConsentRevocation",
    "Reading",
    "Objection",
    "ObjectionDecision",
    "ObjectionNote",
    "Recall",
    "RecallNotice",
    "RecallReceipt",
    "AdverseRecord",
    "RepairRequest",
    "RepairDecision",
    "SignedAnswer",
    "Candidate",
    "IdentityJudgement",
)
READ_BY_BANK = {"Consent", "ConsentRevocation", "Reading", "Recall", "RecallNotice", "RecallReceipt", "SignedAnswer"}
ANSWERED_BY_BANK = {"Objection", "ObjectionDecision", "ObjectionNote"}
STAFF_ONLY = {"Candidate", "IdentityJudgement"}


class World:
    """Two firms with one row of every table each; the first deals with the first bank, the second with the other."""

    def __init__(self) -> None:
        self.authority = make_organisation(OrganisationKind.AUTHORITY)
        self.banks = [make_organisation(OrganisationKind.BANK) for _ in range(2)]
        self.firms = [make_firm(1, "440112"), make_firm(2, "440106")]
        self.houses = [house_of(firm) for firm in self.firms]
        self.districts = [
            make_organisation(OrganisationKind.DISTRICT, district_code=firm.district_code) for firm in self.firms
        ]
        for firm, bank, district in zip(self.firms, self.banks, self.districts, strict=True):
            self.fill(firm, bank, district)

    def fill(self, firm: atlas.Firm, bank, district) -> None:
        consent = atlas.Consent.objects.create(
            firm=firm, organisation=bank, classes=["operation"], purpose="loan", valid_until=date(2023, 1, 1)
        )
        atlas.ConsentRevocation.objects.create(consent=consent)
        for reader in (bank, district):
            atlas.Reading.objects.create(
                firm=firm, organisation=reader, reader_name="x", channel="page", basis=[], purpose="", classes=[],
                facts=["staff_count"], facts_on=DAY, known_by=NOW,
            )  # fmt: skip
        objection = atlas.Objection.objects.create(
            firm=firm, fact="staff_count", said={"value": 60, "source": bank.code, "valid_from": "2020-12-31"},
            reason="x", routed_to=bank, made_on=DAY, due_on=DAY,
        )  # fmt: skip
        atlas.ObjectionDecision.objects.create(objection=objection, is_upheld=False, reasons="x", decided_on=DAY)
        atlas.ObjectionNote.objects.create(objection=objection, text="x")
        recall = atlas.Recall.objects.create(firm=firm, fact="staff_count", why="corrected")
        notice = atlas.RecallNotice.objects.create(
            recall=recall, organisation=bank, content={"firm_code": firm.identifier}, signature="x"
        )
        atlas.RecallReceipt.objects.create(notice=notice, receiver_name="x")
        said = atlas.Statement.objects.filter(firm=firm).first()
        record = atlas.AdverseRecord.objects.create(
            statement=said, decided_on=DAY, document="x", entered_by=self.authority, is_ruled=False
        )
        request = atlas.RepairRequest.objects.create(record=record, evidence="x", asked_on=DAY)
        atlas.RepairDecision.objects.create(request=request, is_granted=False, reasons="x", decided_on=DAY)
        atlas.SignedAnswer.objects.create(
            firm=firm, organisation=bank, question="small", content={}, signature="x", openings=[]
        )
        source = atlas.Source.objects.get_or_create(
            code="s", defaults={"title_zh": "s", "title_en": "s", "priority": 5, "contract": {"fields": {}}}
        )[0]
        receipt = atlas.Receipt.objects.create(
            source=source, file_sha256=firm.identifier, file_name="x", contract_hash="x", as_of=DAY, known_at=NOW,
            fetched_at=NOW, state="done", batch_rows=1,
        )  # fmt: skip
        candidate = atlas.Candidate.objects.create(
            receipt=receipt, row=1, name="x", record={}, firm=firm, points=1, reasons=[["a", "b"]]
        )
        atlas.IdentityJudgement.objects.create(candidate=candidate, is_same=False, reason="x", judged_by_name="x")


@pytest.fixture
def world() -> World:
    make_demo_book(date(2022, 1, 19))
    return World()


def seen(reach: str) -> dict[str, int]:
    with scope(reach):
        return {name: apps.get_model("atlas", name).objects.count() for name in GUARDED}


def test_manager_authority_and_auditor_see_all(world: World) -> None:
    assert seen(EVERYTHING) == dict.fromkeys(GUARDED, 2) | {"Reading": 4}


def test_nobody_sees_nothing(world: World) -> None:
    assert seen(NOTHING) == seen("") == seen("organisation:7 OR true") == dict.fromkeys(GUARDED, 0)


def test_a_bank_sees_what_it_was_given_read_and_has_to_answer(world: World) -> None:
    expected = {name: int(name in READ_BY_BANK | ANSWERED_BY_BANK) for name in GUARDED}
    for bank, firm in zip(world.banks, world.firms, strict=True):
        assert seen(organisation_scope(bank.pk)) == expected
        with scope(organisation_scope(bank.pk)):
            assert [one.firm_id for one in atlas.Reading.objects.all()] == [firm.pk]


def test_a_firm_sees_what_is_its_own(world: World) -> None:
    expected = {name: int(name not in STAFF_ONLY) for name in GUARDED} | {"Reading": 2}
    for house, firm in zip(world.houses, world.firms, strict=True):
        assert seen(organisation_scope(house.pk)) == expected
        with scope(organisation_scope(house.pk)):
            assert {one.firm_id for one in atlas.Reading.objects.all()} == {firm.pk}
            assert {one.statement.firm_id for one in atlas.AdverseRecord.objects.all()} == {firm.pk}


def test_a_firm_known_by_another_code_sees_its_own(world: World) -> None:
    other = make_organisation(OrganisationKind.FIRM)
    type(other).objects.filter(pk=other.pk).update(identifier="440112000012345")
    assert seen(organisation_scope(other.pk)) == dict.fromkeys(GUARDED, 0)
    atlas.FirmCode.objects.create(firm=world.firms[1], code="440112000012345", kind="registration_15")
    assert seen(organisation_scope(other.pk)) == {name: int(name not in STAFF_ONLY) for name in GUARDED} | {
        "Reading": 2
    }


def test_a_bank_with_a_firms_code_is_no_firm(world: World) -> None:
    bank = world.banks[1]
    type(bank).objects.filter(pk=bank.pk).update(identifier=world.firms[0].identifier)
    with scope(organisation_scope(bank.pk)):
        assert {one.firm_id for one in atlas.Reading.objects.all()} == {world.firms[1].pk}


def test_a_district_sees_its_own_looks_only(world: World) -> None:
    assert seen(district_scope("440112")) == {name: int(name == "Reading") for name in GUARDED}
    with scope(district_scope("440112")):
        assert [one.organisation_id for one in atlas.Reading.objects.all()] == [world.districts[0].pk]
    assert seen(district_scope("440115")) == dict.fromkeys(GUARDED, 0)


@pytest.mark.parametrize("name", sorted(set(GUARDED) - {"Reading", "SignedAnswer", "RecallReceipt"}))
def test_a_bank_writes_no_row_of_a_firm_it_has_to_do_with(world: World, name: str) -> None:
    model = apps.get_model("atlas", name)
    row = model.objects.order_by("pk").first()
    row.pk = None
    if name == "ObjectionDecision":
        row.objection = atlas.Objection.objects.order_by("-pk").first()
    refused = pytest.raises(ProgrammingError, match="row-level security")
    with scope(organisation_scope(world.banks[0].pk)), refused, transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.parametrize("name", ["Reading", "SignedAnswer"])
def test_a_bank_writes_its_own_looks_and_no_other_banks(world: World, name: str) -> None:
    model = apps.get_model("atlas", name)
    row = model.objects.filter(organisation=world.banks[1]).get()
    row.pk = None
    with scope(organisation_scope(world.banks[0].pk)):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            row.save(force_insert=True)
        row.organisation = world.banks[0]
        row.pk = None
        row.save(force_insert=True)


def test_a_bank_that_corrects_its_own_statement_calls_it_back_from_the_other_banks(world: World) -> None:
    firm, (answers, other) = world.firms[0], world.banks
    atlas.Reading.objects.create(
        firm=firm, organisation=other, reader_name="x", channel="page", basis=[], purpose="", classes=[],
        facts=["staff_count"], facts_on=DAY, known_by=NOW,
    )  # fmt: skip
    made = atlas.Objection.objects.create(
        firm=firm, fact="staff_count", said={"value": 60, "source": answers.code, "valid_from": "2020-12-31"},
        reason="x", routed_to=answers, made_on=DAY, due_on=DAY,
    )  # fmt: skip
    actor = make_actor(Role.BANK_MANAGER, answers)
    with scope(organisation_scope(answers.pk)):
        decide_objection(actor=actor, objection_id=made.pk, verdict=Verdict(True, "ok", "75"))
    told = atlas.RecallNotice.objects.filter(recall__firm=firm).exclude(signature="x")
    assert sorted(told.values_list("organisation_id", flat=True)) == sorted([answers.pk, other.pk])


# What sources say of firms


def said_of(reach: str) -> dict[str, set[int]]:
    """Return whose statements and particulars plain SQL of the app's own role gives under a reach."""
    found = {}
    with scope(reach), connection.cursor() as cursor:
        for table in ("atlas_statement", "atlas_particular"):
            cursor.execute(f"SELECT DISTINCT firm_id FROM {table}")
            found[table] = {firm for (firm,) in cursor.fetchall()}
    return found


def of_both(*firms: int) -> dict[str, set[int]]:
    return {"atlas_statement": set(firms), "atlas_particular": set(firms)}


@pytest.fixture
def listed(world: World) -> World:
    atlas.Particular.objects.bulk_create(
        atlas.Particular(
            firm=firm, kind="holding", key="1", value={"holder": f"holder of {firm.pk}"}, source="s", valid_from=DAY
        )
        for firm in world.firms
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
    return world


def test_a_bank_reads_by_plain_sql_only_of_firms_that_let_it_in(listed: World) -> None:
    stranger = make_organisation(OrganisationKind.BANK)
    assert said_of(organisation_scope(stranger.pk)) == of_both()
    assert said_of(NOTHING) == said_of("") == of_both()
    first, second = listed.firms
    assert said_of(EVERYTHING) == of_both(first.pk, second.pk)
    # The world's consents are taken back: only one that holds opens a firm.
    assert said_of(organisation_scope(listed.banks[0].pk)) == of_both()
    given = atlas.Consent.objects.create(
        firm=first, organisation=stranger, classes=["operation"], purpose="loan", valid_until=date(2022, 1, 20)
    )
    assert said_of(organisation_scope(stranger.pk)) == of_both(first.pk)
    atlas.ConsentRevocation.objects.create(consent=given)
    assert said_of(organisation_scope(stranger.pk)) == of_both()


def test_a_consent_whose_last_day_is_over_opens_nothing(listed: World) -> None:
    bank = make_organisation(OrganisationKind.BANK)
    atlas.Consent.objects.create(
        firm=listed.firms[0], organisation=bank, classes=["operation"], purpose="loan", valid_until=date(2022, 1, 19)
    )
    assert said_of(organisation_scope(bank.pk)) == of_both()


def test_a_firm_and_its_district_read_of_their_own(listed: World) -> None:
    for house, firm in zip(listed.houses, listed.firms, strict=True):
        assert said_of(organisation_scope(house.pk)) == of_both(firm.pk)
        assert said_of(district_scope(str(firm.district_code))) == of_both(firm.pk)
    assert said_of(district_scope("440115")) == of_both()


def test_who_lent_to_a_firm_reads_of_it_while_the_loan_is_in_force(listed: World) -> None:
    law, (bank, clerk) = make_law(), make_bank()
    loan = make_enrolment(clerk, law)
    atlas.Statement.objects.create(firm=loan.firm, fact="staff_count", value=1, source="s", valid_from=DAY)
    reach = organisation_scope(bank.pk)
    assert said_of(reach)["atlas_statement"] == {loan.firm_id}
    Enrolment.objects.filter(pk=loan.pk).update(state="closed")
    assert said_of(reach)["atlas_statement"] == set()


def test_nobody_but_the_reach_of_all_rows_writes_what_is_said(listed: World) -> None:
    house, firm = listed.houses[0], listed.firms[0]
    refused = pytest.raises(ProgrammingError, match="row-level security")
    with scope(organisation_scope(house.pk)), refused, transaction.atomic():
        atlas.Statement.objects.create(firm=firm, fact="staff_count", value=1, source="s", valid_from=DAY)


def test_the_holder_of_a_holding_is_found_by_its_index(listed: World) -> None:
    with scope(EVERYTHING), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM atlas_particular WHERE kind = 'holding' AND holder = ANY(ARRAY['x'])")
        assert "particular_holder" in "".join(line for (line,) in cursor.fetchall())
