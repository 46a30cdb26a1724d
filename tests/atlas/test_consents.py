"""A bank sees a firm's facts with its consent or on a legal ground, never else; each look is in the firm's log."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.firms import house_of, make_firm, person_of
from tests.factories.people import make_actor, make_client, make_demo_book, make_membership, make_organisation

from yulin.atlas.adapters import legal_grounds
from yulin.atlas.errors import ConsentNotFoundError, ConsentUnclearError, FirmNotFoundError
from yulin.atlas.models import Consent, Firm, Reading, Source, Statement
from yulin.atlas.services.consenting import NewConsent, give_consent, revoke_consent
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import Action, OrganisationKind, Role
from yulin.people.models import AuditEntry, Notice, Organisation
from yulin.people.services.clients import create_api_client, issue_token

pytestmark = pytest.mark.django_db
UNTIL = date(2022, 2, 1)


@pytest.fixture
def firm() -> Firm:
    make_demo_book()
    return make_firm()


@pytest.fixture
def bank() -> Organisation:
    return make_organisation(OrganisationKind.BANK)


def let_in(person: Actor, bank: Organisation, *classes: str, until: date = UNTIL) -> Consent:
    asked = NewConsent(bank.pk, frozenset(classes or {"operation"}), "流动资金贷款", until)
    return give_consent(actor=person, asked=asked)


def banker(bank: Organisation) -> Client:
    return make_client(Role.BANK_CLERK, bank)


def page(firm: Firm, suffix: str = "") -> str:
    return f"/en/firms/{firm.pk}/{suffix}"


def api(firm: Firm, query: str = "") -> str:
    return f"/api/v1/atlas/firms/{firm.identifier}/portrait{query}"


def test_a_bank_sees_the_classes_it_is_let_into_and_no_others(firm: Firm, bank: Organisation) -> None:
    client = banker(bank)
    refused = client.get(page(firm))
    assert refused.status_code == 403
    assert "ATLAS.CONSENT.MISSING" in refused.content.decode()
    let_in(person_of(firm), bank, "operation")
    seen = client.get(page(firm)).content.decode()
    assert ">60<" in seen
    assert 'id="fact-rd_expense_fen_2020"' not in seen
    assert 'id="fact-has_serious_dishonesty"' not in seen
    found = client.get(api(firm)).json()
    assert [(one["id"], [fact["fact"] for fact in one["facts"]]) for one in found["classes"]] == [
        ("operation", ["staff_count"])
    ]
    assert make_client(Role.BANK_CLERK).get(page(firm)).status_code == 403


@pytest.mark.parametrize("suffix", ["", "portrait.pdf"])
def test_a_revoked_consent_blocks_the_next_request_and_no_cache_may_answer_it(
    firm: Firm, bank: Organisation, suffix: str
) -> None:
    person, client = person_of(firm), banker(bank)
    given = let_in(person, bank)
    for address in (page(firm, suffix), api(firm)):
        seen = client.get(address)
        assert seen.status_code == 200
        assert {"no-store", "private"} <= set(seen["Cache-Control"].replace(" ", "").split(","))
        assert "ETag" not in seen
    kept = {"HTTP_IF_NONE_MATCH": "*", "HTTP_IF_MODIFIED_SINCE": "Wed, 19 Jan 2050 08:00:00 GMT"}
    assert client.get(page(firm, suffix), **kept).status_code == 200  # type: ignore[arg-type] # headers
    revoke_consent(actor=person, consent_id=given.pk)
    for address in (page(firm, suffix), api(firm)):
        assert client.get(address).status_code == 403
        assert client.get(address, **kept).status_code == 403  # type: ignore[arg-type] # headers
    assert Reading.objects.filter(firm=firm, organisation=bank).count() == 3


def test_a_revoked_consent_blocks_a_token_that_still_holds(firm: Firm, bank: Organisation) -> None:
    person = person_of(firm)
    made = create_api_client(
        actor=SYSTEM_ACTOR,
        name="core system",
        organisation_id=bank.pk,
        role=Role.BANK_CLERK,
        scopes=[Action.SEE_PORTRAIT],
    )
    token = issue_token(client_id=made.client.client_id, secret=made.secret).access_token
    given = let_in(person, bank)
    header = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert Client().get(api(firm), **header).status_code == 200  # type: ignore[arg-type] # headers
    revoke_consent(actor=person, consent_id=given.pk)
    refused = Client().get(api(firm), **header)  # type: ignore[arg-type] # headers
    assert (refused.status_code, refused.json()["code"]) == (403, "ATLAS.CONSENT.MISSING")


def test_a_consent_ends_on_its_day(firm: Firm, bank: Organisation) -> None:
    client = banker(bank)
    let_in(person_of(firm), bank, until=date(2022, 1, 20))
    assert client.get(page(firm)).status_code == 200
    make_demo_book(date(2022, 1, 20))
    assert client.get(page(firm)).status_code == 403


def test_classes_asked_for_are_given_or_refused_never_left_out(firm: Firm, bank: Organisation) -> None:
    client = banker(bank)
    let_in(person_of(firm), bank, "operation", "innovation")
    found = client.get(api(firm, "?classes=innovation")).json()
    assert [one["id"] for one in found["classes"]] == ["innovation"]
    assert client.get(api(firm, "?classes=conduct")).status_code == 403
    assert client.get(api(firm, "?as_of=2019-01-01")).json()["classes"] == []
    assert client.get(api(firm, "?known_at=2020-12-31T00:00:00")).json()["classes"] == []


def test_every_look_is_in_the_firms_log_and_the_firms_own_is_not(firm: Firm, bank: Organisation) -> None:
    house = house_of(firm)
    own = make_client(Role.FIRM_USER, house)
    given = let_in(make_actor(Role.FIRM_USER, house), bank)
    banker(bank).get(api(firm))
    make_client(Role.AUDITOR).get(page(firm))
    own.get(page(firm))
    kept = [(one.channel, one.basis, one.classes, one.facts) for one in Reading.objects.order_by("pk")]
    assert kept == [
        ("api", [f"consent:{given.pk}"], ["operation"], ["staff_count"]),
        ("page", ["ground:audit"], ["operation", "innovation", "conduct"],
         ["staff_count", "rd_expense_fen_2020", "has_serious_dishonesty"]),
    ]  # fmt: skip
    text = own.get("/en/consents/").content.decode()
    assert "Audit" in text
    assert "流动资金贷款" in text
    assert bank.name_en in text


def test_a_loan_of_ones_own_opens_what_the_ground_says(
    firm: Firm, bank: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(legal_grounds, "_ENROLLED_BY", [lambda who, whose: (who, whose) == (bank.pk, firm.pk)])
    with connection.cursor() as cursor:  # as the pool does for a loan in force
        cursor.execute(
            "CREATE OR REPLACE FUNCTION atlas_firms_lent_to() RETURNS SETOF bigint LANGUAGE sql STABLE AS"
            f" $$ SELECT {firm.pk}::bigint WHERE {bank.pk} = ANY (atlas_own_organisations()) $$"
        )
    Statement.objects.create(firm=firm, fact="is_small_or_micro", value=True, source="x", valid_from=date(2020, 1, 1))
    found = banker(bank).get(api(firm)).json()
    assert [one["id"] for one in found["classes"]] == ["basics"]
    assert Reading.objects.get().basis == ["ground:own-enrolment"]
    assert make_client(Role.BANK_CLERK).get(api(firm)).status_code == 403


def test_numbers_of_people_are_masked_for_partners(firm: Firm, bank: Organisation) -> None:
    contract = {"classes": ["basics"], "fields": {"legal_person": {"type": "text", "label": ["法定代表人", "Head"]}}}
    Source.objects.create(
        code="r",
        title_zh="登记",
        title_en="Register",
        owner="o",
        licence="l",
        priority=1,
        contract_hash="0",
        contract=contract,
    )
    said = "王示例440106199003071234"
    Statement.objects.create(firm=firm, fact="legal_person", value=said, source="r", valid_from=date(2020, 1, 1))
    let_in(person_of(firm), bank, "basics")
    [only] = banker(bank).get(api(firm)).json()["classes"]
    assert only["facts"][0]["value"] == "王示例440106********1234"
    assert said in make_client(Role.AUDITOR).get(page(firm)).content.decode()


def test_what_is_in_no_class_is_opened_by_no_consent(firm: Firm, bank: Organisation) -> None:
    Statement.objects.create(firm=firm, fact="whatever", value="x", source="r", valid_from=date(2020, 1, 1))
    let_in(
        person_of(firm), bank, "basics", "operation", "innovation", "titles", "conduct", "funding", "assessed", "loans"
    )
    assert "whatever" not in banker(bank).get(page(firm)).content.decode()
    assert "whatever" in make_client(Role.AUDITOR).get(page(firm)).content.decode()


def test_a_firm_gives_and_takes_back_its_own_consents_only(firm: Firm, bank: Organisation) -> None:
    person, other = person_of(firm), person_of(make_firm(2))
    given = let_in(person, bank)
    with pytest.raises(ConsentNotFoundError):
        revoke_consent(actor=other, consent_id=given.pk)
    with pytest.raises(FirmNotFoundError):
        let_in(make_actor(Role.BANK_CLERK, bank), bank)
    revoke_consent(actor=person, consent_id=given.pk)
    revoke_consent(actor=person, consent_id=given.pk)
    trail = AuditEntry.objects.filter(subject_kind="consent").order_by("pk").values_list("action", flat=True)
    assert list(trail) == ["atlas.give_consent", "atlas.revoke_consent"]
    assert Notice.objects.filter(organisation=bank, kind="atlas.consent").count() == 2


def test_an_unclear_consent_is_refused(firm: Firm, bank: Organisation) -> None:
    person, auditor = person_of(firm), make_organisation(OrganisationKind.AUDITOR)
    for wrong in (
        NewConsent(auditor.pk, frozenset({"basics"}), "x", UNTIL),
        NewConsent(bank.pk, frozenset(), "x", UNTIL),
        NewConsent(bank.pk, frozenset({"everything"}), "x", UNTIL),
        NewConsent(bank.pk, frozenset({"basics"}), " ", UNTIL),
        NewConsent(bank.pk, frozenset({"basics"}), "x", date(2022, 1, 19)),
    ):
        with pytest.raises(ConsentUnclearError):
            give_consent(actor=person, asked=wrong)
    assert not Consent.objects.exists()


def test_the_database_changes_no_consent_and_no_line_of_the_log(firm: Firm, bank: Organisation) -> None:
    given = let_in(person_of(firm), bank)
    banker(bank).get(api(firm))
    for rows, change in (
        (Consent.objects.filter(pk=given.pk), {"purpose": "y"}),
        (Reading.objects.all(), {"purpose": "y"}),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(**change)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.delete()


def test_a_firm_lets_a_bank_in_and_out_on_its_page(firm: Firm, bank: Organisation) -> None:
    own = Client()
    own.force_login(
        make_membership(Role.FIRM_USER, house_of(firm)).user,
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    wrong = own.post("/en/consents/", {"organisation": bank.pk, "purpose": "loan"})
    assert wrong.status_code == 422
    asked = {"organisation": bank.pk, "purpose": "loan", "classes": ["operation"], "valid_until": "2022-02-01"}
    assert own.post("/en/consents/", asked).status_code == 302
    client = banker(bank)
    assert firm.name in client.get("/en/portraits/").content.decode()
    given = Consent.objects.get()
    assert own.post(f"/en/consents/{given.pk}/revoke/").status_code == 302
    assert firm.name not in client.get("/en/portraits/").content.decode()
    assert "Taken back" in own.get("/en/consents/").content.decode()


def test_more_consents_and_looks_ask_the_database_no_more_often(firm: Firm, bank: Organisation) -> None:
    house = house_of(firm)
    person, own, counts = make_actor(Role.FIRM_USER, house), make_client(Role.FIRM_USER, house), []
    own.get("/en/consents/")
    for _ in range(2):
        let_in(person, bank)
        banker(bank).get(api(firm))
        with CaptureQueriesContext(connection) as queries:
            own.get("/en/consents/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
