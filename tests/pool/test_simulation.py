"""The simulator's page and service: what was decided is its base, nothing but an audit row is written."""

from __future__ import annotations

import csv
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories.claims import TODAY, decided, make_claim_law, make_people
from tests.factories.people import make_actor, make_client, make_demo_book

from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry
from yulin.pool.core.simulation.draft import Draft
from yulin.pool.core.simulation.scenario import Scenario
from yulin.pool.errors import DraftTextError, SchemeUnknownError
from yulin.pool.models import Claim, Voucher
from yulin.pool.services.simulations import keep_draft_text, simulate_scheme
from yulin.rules.adapters.shipped import shipped_texts
from yulin.rules.errors import RulesError
from yulin.rules.models import PublishedPack

pytestmark = pytest.mark.django_db
ASKED = (
    "/en/simulation/?scheme=gz-credit-2021&years=3&version=&ratio=60&district=440112&district_ratio=20&all_layers=75"
    "&loan_limit=&breaker="
)


@pytest.fixture
def claim():
    make_demo_book(TODAY)
    return decided(make_people(), make_claim_law())


def asked(draft=None, **more):
    scenario = Scenario("gz-credit-2021", draft=draft or Draft(), **more)
    return simulate_scheme(actor=make_actor(Role.AUTHORITY_OFFICER), scenario=scenario, today=TODAY)


def test_under_the_law_as_it_is_a_decided_claim_is_as_it_was_booked(claim):
    found = asked()
    (one,) = found.simulation.known
    assert dict(one.shares_fen) == dict(one.claim.booked_fen)
    assert found.effects.booked_public_fen == claim.public_fen == found.effects.drafted_public_fen


def test_a_draft_is_measured_against_what_was_booked_and_changes_nothing(claim):
    before = list(Voucher.objects.values()), list(Claim.objects.values())
    found = asked(Draft(ratios_bp={"city": 6_000}, districts_bp={"440112": 2_000}, all_layers_bp=7_500))
    (one,) = found.simulation.known
    assert one.public_fen == claim.loss_base_fen * 75 // 100
    assert found.effects.difference_fen == one.public_fen - claim.public_fen
    assert [(row.key, row.difference_fen) for row in found.effects.banks] == [
        (claim.bank_id, one.public_fen - claim.public_fen)
    ]
    assert before == (list(Voucher.objects.values()), list(Claim.objects.values()))
    row = AuditEntry.objects.get(action="pool.simulate_scheme")
    assert (row.subject_id, row.facts["claims"], row.facts["draft"]["all_layers_bp"]) == ("gz-credit-2021", 1, 7_500)


def test_only_claims_of_the_years_asked_for_count(claim):
    Claim.objects.filter(pk=claim.pk).update(decided_on=date(2019, 1, 19))
    assert asked().simulation.claims == ()
    assert len(asked(years=4).simulation.claims) == 1
    with pytest.raises(SchemeUnknownError):
        simulate_scheme(actor=make_actor(Role.MANAGER_CLERK), scenario=Scenario("none"), today=TODAY)


@pytest.mark.parametrize("role", [Role.BANK_CLERK, Role.AUDITOR, Role.DISTRICT_OFFICER])
def test_nobody_else_simulates(claim, role):
    with pytest.raises(NotAllowedError):
        simulate_scheme(actor=make_actor(role), scenario=Scenario("gz-credit-2021"), today=TODAY)
    assert make_client(role).get(ASKED).status_code == 403


def test_the_page_answers_its_address_in_both_languages_and_as_a_sheet(claim):
    client = make_client(Role.MANAGER_CHECKER)
    page = client.get(ASKED).content.decode()
    assert "Public money, less" in page or "Public money, more" in page
    assert 'id="layers"' in page
    assert "各方承担" in client.get(ASKED.replace("/en/", "/zh-hans/")).content.decode()
    sheet = client.get(f"{ASKED}&format=csv").getvalue().decode("utf-8-sig")
    head, row = csv.reader(sheet.splitlines())
    line = dict(zip(head, row, strict=True))
    assert (line["Claim"], line["Decided on"]) == (claim.number, TODAY.isoformat())
    drafted = [float(line[name]) for name in head if name.endswith("as drafted (CNY)")]
    assert round(sum(drafted) * 100) == claim.loss_base_fen


def test_the_page_refuses_half_a_district_and_asks_nothing_before_it_is_asked(claim):
    client = make_client(Role.AUTHORITY_OFFICER)
    assert "Enter a draft" in client.get("/en/simulation/").content.decode()
    said = client.get(ASKED.replace("district_ratio=20", "district_ratio=")).content.decode()
    assert "Give the district and its ratio together." in said
    assert not AuditEntry.objects.filter(action="pool.simulate_scheme").exists()


# --- a drafted text from a file ---


def text_of(pack_id, *changes):
    text = shipped_texts(pack_id)["pack.yaml"]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def kept(content, scheme_id="gz-credit-2021"):
    actor = make_actor(Role.AUTHORITY_OFFICER)
    return keep_draft_text(actor=actor, scheme_id=scheme_id, name="pack.yaml", content=content)[0]


def test_an_uploaded_text_stands_in_place_of_the_law_and_is_never_published(claim):
    laws = PublishedPack.objects.count()
    (same,) = asked(text=kept(text_of("gz-credit-2021"))).simulation.known
    assert dict(same.shares_fen) == dict(same.claim.booked_fen)
    lower = text_of("gz-credit-2021", ("at: 50%, text: [本金损失", "at: 30%, text: [本金损失"))
    (one,) = asked(text=kept(lower)).simulation.known
    assert one.shares_fen["city"] == claim.loss_base_fen * 30 // 100
    assert sum(one.shares_fen.values()) == claim.loss_base_fen
    assert PublishedPack.objects.count() == laws
    assert AuditEntry.objects.filter(action="pool.keep_draft_text").count() == 2


def test_the_text_of_a_layer_joins_the_scheme_in_place_of_that_districts_own(claim):
    joined = text_of("gz-nansha-tech", ("area: 440115", "area: 440112"), ("at: 25%", "at: 20%"))
    (one,) = asked(text=kept(joined)).simulation.known
    assert one.shares_fen["district"] == claim.loss_base_fen * 20 // 100
    assert one.public_fen == claim.loss_base_fen * 70 // 100


@pytest.mark.parametrize(
    ("content", "scheme_id", "error"),
    [
        (b"\xff\xfe\x00", "gz-credit-2021", DraftTextError),
        (text_of("size-2011"), "gz-credit-2021", DraftTextError),
        (
            text_of("gz-nansha-tech", ("[gz-credit-2018, gz-credit-2021]", "[gz-credit-2018]")),
            "gz-credit-2021",
            DraftTextError,
        ),
        (b"id: [", "gz-credit-2021", RulesError),
        (text_of("gz-credit-2021"), "none", SchemeUnknownError),
    ],
)
def test_what_is_no_draft_of_the_scheme_is_refused_with_its_reason(claim, content, scheme_id, error):
    with pytest.raises(error):
        kept(content, scheme_id)


def test_the_page_takes_a_text_and_goes_on_under_its_hash(claim):
    client = make_client(Role.MANAGER_CHECKER)
    lower = text_of("gz-credit-2021", ("at: 50%, text: [本金损失", "at: 30%, text: [本金损失"))
    sent = {"scheme": "gz-credit-2021", "file": SimpleUploadedFile("pack.yaml", lower)}
    answer = client.post("/en/simulation/", sent, follow=True)
    assert "Starting from the uploaded text" in answer.content.decode()
    assert f"text={kept(lower)}" in answer.redirect_chain[-1][0]
    wrong = client.post("/en/simulation/", sent | {"file": SimpleUploadedFile("pack.yaml", b"id: [")})
    assert wrong.status_code == 422
    assert "RULES.PACK.FORM" in wrong.content.decode()
    assert make_client(Role.AUDITOR).post("/en/simulation/", sent).status_code == 403
