"""The pre-loan answer: page, kept answers, API; what it promises, what it never does, who sees what."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests.factories.firms import house_of, let_in
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import FIRM_CODES, WAN, make_bank, make_enrolment, make_law

from yulin.atlas.models import Firm, Objection, ObjectionDecision, Statement
from yulin.atlas.services.objecting import contest_fact
from yulin.kit import clock
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Action, Role
from yulin.people.selectors import audit_trail
from yulin.people.services import create_api_client
from yulin.pool.models import PreLoanAnswer

pytestmark = pytest.mark.django_db
API = "/api/v1/pool/pre-loan-answers"
PAGE = "/zh-hans/answers/"
ASKED = {
    "scheme": "gz-credit-2021",
    "firm_code": FIRM_CODES[1],
    "amount": "480",
    "months": "12",
    "security": "ip_pledge",
    "mode": "bank",
    "on": "2022-01-20",
    "fact-district_code": "440112",
    "fact-has_valid_hnte": "yes",
}


@pytest.fixture(autouse=True)
def _january() -> None:
    make_demo_book(date(2022, 1, 19))


@pytest.fixture
def law():
    return make_law()


@pytest.fixture
def bank(law):
    return make_bank("木棉示例银行")[0]


@pytest.fixture
def browser(bank):
    return make_client(Role.BANK_CLERK, bank)


@pytest.fixture
def program(bank):
    """Return a client of the API with a token of the bank."""
    made = create_api_client(
        actor=SYSTEM_ACTOR, organisation_id=bank.pk, name="核心系统", role=Role.BANK_CLERK,
        scopes=[Action.ASK_PRE_LOAN_ANSWER],
    )  # fmt: skip
    form = f"grant_type=client_credentials&client_id={made.client.client_id}&client_secret={made.secret}"
    token = Client().post("/api/v1/token", form, content_type="application/x-www-form-urlencoded").json()
    return Client(headers={"Authorization": f"Bearer {token['access_token']}"})


def question(**fields: Any) -> dict[str, Any]:
    facts = {"district_code": "440112", "has_valid_hnte": True}
    return {
        "scheme": "gz-credit-2021", "firm_code": FIRM_CODES[1], "amount_fen": 480 * WAN, "on": "2022-01-20",
        "tenor_months": 12, "security": "ip_pledge", "mode": "bank", "facts": facts,
    } | fields  # fmt: skip


def ask(client: Client, headers: dict[str, str] | None = None, **fields: Any) -> Any:
    return client.post(API, question(**fields), content_type="application/json", headers=headers)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# The answer itself


def test_covered_loan_names_layers_articles_and_validity(program):
    found = ask(program).json()
    assert found["covered"] == "met"
    assert {layer["party"]: layer["ratio_bp"] for layer in found["layers"]} == {
        "city": 5000, "district": 4000, "bank": 1000,
    }  # fmt: skip
    assert {layer["party"]: layer["full_loss_fen"] for layer in found["layers"]} == {
        "city": 240 * WAN, "district": 192 * WAN, "bank": 48 * WAN,
    }  # fmt: skip
    assert found["valid_until"] == "2022-01-21"
    assert found["sentence"]["zh"] == "本金发生损失时，财政合计分担90%，银行自担10%"
    assert PreLoanAnswer.objects.count() == 0


def test_room_counts_what_the_book_holds_for_the_firm_over_all_banks(law, program):
    _, clerk = make_bank()
    make_enrolment(clerk, law, disbursed_on=date(2022, 1, 5), due_on=date(2023, 1, 5), loan_amount_fen=2_600 * WAN)
    found = ask(program, firm_code=FIRM_CODES[0]).json()
    room = next(room for room in found["rooms"] if room["kind"] == "firm_year")
    assert (room["used"], room["before"], room["after"]) == (2_600 * WAN, 400 * WAN, -80 * WAN)
    assert found["covered"] == "not_met"
    assert found["refusals"] == ["POOL.LIMIT.FIRM_YEAR"]
    assert any(change["says"]["zh"].startswith("金额降到400") for change in found["changes"])
    assert ask(program, firm_code=FIRM_CODES[0], amount_fen=400 * WAN).json()["covered"] == "met"
    assert ask(program, firm_code=FIRM_CODES[0], amount_fen=400 * WAN + 1).json()["covered"] == "not_met"


def test_facts_come_from_the_register_with_their_source_and_given_ones_win(law, program):
    _, clerk = make_bank()
    make_enrolment(clerk, law)
    found = ask(program, firm_code=FIRM_CODES[0], facts={"has_valid_hnte": True}).json()
    facts = {fact["name"]: (fact["value"], fact["source"]["zh"]) for fact in found["facts"]}
    assert facts["has_valid_hnte"] == (True, "本次填写")
    assert found["firm"]["code"] == FIRM_CODES[0]


def contested_firm(bank) -> Firm:
    """Make a firm that lets a bank in, and of which a register says a fact that the firm contests."""
    firm = Firm.objects.create(identifier=FIRM_CODES[1], name="示例乙科技有限公司", district_code="440112")
    Statement.objects.create(firm=firm, fact="has_valid_hnte", value=True, source="s", valid_from=date(2021, 1, 1))
    house = house_of(firm)
    let_in(firm, bank, {"basics", "titles"}, house)
    contest_fact(actor=make_actor(Role.FIRM_USER, house), fact="has_valid_hnte", reason="证书已到期")
    return firm


def test_a_contested_fact_says_so_in_the_api_on_the_page_and_in_the_answer_kept(program, browser, bank):
    contested_firm(bank)
    found = ask(program, facts={}, keep=True, headers={"Idempotency-Key": "k1"}).json()
    marks = {fact["name"]: fact["is_contested"] for fact in found["facts"]}
    assert marks == {"district_code": False, "has_valid_hnte": True, "is_pure_credit": False}
    given = ask(program).json()
    assert {fact["is_contested"] for fact in given["facts"]} == {False}  # what the bank gives is its own
    asked = {name: value for name, value in ASKED.items() if not name.startswith("fact-")}
    page = words(browser.get(PAGE, asked, headers={"Accept-Language": "zh"}).content.decode())
    assert "是 异议中" in page
    assert "企业有异议，办理中" in page
    english = words(browser.get(f"/en/answers/{found['token']}/").content.decode())
    assert "yes Contested" in english
    ObjectionDecision.objects.create(
        objection=Objection.objects.get(), is_upheld=False, reasons="r", decided_on=date(2022, 1, 19)
    )
    assert {fact["is_contested"] for fact in ask(program, facts={}).json()["facts"]} == {False}
    assert "yes Contested" in words(browser.get(f"/en/answers/{found['token']}/").content.decode())


def test_a_firm_of_the_register_costs_one_query_more(program, bank, django_assert_max_num_queries):
    contested_firm(bank)
    ask(program)
    clock.business_date()
    with django_assert_max_num_queries(6):
        assert ask(program, facts={}).status_code == 200


def test_missing_fact_leaves_the_answer_open_and_is_named(program):
    found = ask(program, facts={"district_code": "440112"}).json()
    assert found["covered"] == "unknown"
    assert set(found["missing"]) == {"has_valid_hnte", "has_valid_techsme"}


def test_unverified_number_is_never_promised(program):
    make_law("ah-tech-2022")
    found = ask(program, scheme="ah-tech-2022", on="2022-05-09", facts={}).json()
    promised = [layer for layer in found["layers"] if layer["ratio_bp"] is not None and layer["verified"] == "no"]
    assert promised == []


# The API


def test_five_queries_at_most(program, django_assert_max_num_queries):
    ask(program)
    clock.business_date()
    with django_assert_max_num_queries(5):
        assert ask(program).status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"scheme": "none-such"}, 422, "POOL.SCHEME.NOT_IN_FORCE"),
        ({"on": "2020-01-01"}, 422, "POOL.SCHEME.NOT_IN_FORCE"),
        ({"firm_code": "91440101YL0000013X"}, 422, "POOL.ANSWER.FIRM_CODE"),
        ({"facts": {"no_such_fact": 1}}, 422, "RULES.FACT.UNKNOWN_NAME"),
        ({"facts": {"has_valid_hnte": "maybe"}}, 422, "RULES.FACT.VALUE"),
        ({"amount_fen": 0}, 422, "KIT.BAD_REQUEST"),
        ({"amount_fen": "480万"}, 422, "KIT.BAD_REQUEST"),
        ({"surprise": 1}, 422, "KIT.BAD_REQUEST"),
    ],
)
def test_refusals_are_problems_with_the_codes_of_the_screens(program, fields, status, code):
    answer = ask(program, **fields)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    found = answer.json()
    assert found["code"] == code
    assert found["status"] == status
    assert found["title"]


def test_nobody_and_other_roles_are_kept_out(law):
    assert ask(Client()).status_code == 401
    assert ask(make_client(Role.FIRM_USER)).status_code == 403
    assert ask(make_client(Role.BANK_CLERK)).status_code == 200


def test_kept_once_per_key_and_conflicting_content_is_refused(program):
    key = {"Idempotency-Key": "a-1"}
    first = ask(program, headers=key, keep=True)
    assert first.status_code == 200
    assert ask(program, headers=key, keep=True).json() == first.json()
    assert PreLoanAnswer.objects.count() == 1
    other = ask(program, headers=key, keep=True, amount_fen=1)
    assert (other.status_code, other.json()["code"]) == (409, "KIT.IDEMPOTENCY.CONFLICT")
    assert audit_trail(action="pool.keep_answer").count() == 1


def test_kept_answer_is_found_by_its_own_bank_only(program, browser):
    token = ask(program, keep=True).json()["token"]
    assert program.get(f"{API}/{token}").json()["covered"] == "met"
    stranger = make_client(Role.BANK_CLERK)
    answer = stranger.get(f"{API}/{token}")
    assert (answer.status_code, answer.json()["code"]) == (404, "POOL.ANSWER.NOT_FOUND")
    assert browser.get(f"{PAGE}{token}/").status_code == 200
    assert stranger.get(f"{PAGE}{token}/").status_code == 404


def test_openapi_declares_the_route_with_its_refusals():
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    route = document["paths"]["/api/v1/pool/pre-loan-answers"]["post"]
    assert sorted(route["responses"]) == ["200", "400", "401", "403", "404", "409", "422"]
    assert "/api/v1/token" in document["paths"]


# The page


def test_page_asks_before_it_answers(browser):
    page = browser.get(PAGE)
    assert page.status_code == 200
    assert "填金额和期限" in page.content.decode()


@pytest.mark.parametrize(("language", "sentence"), [("zh-hans", "财政合计分担90%"), ("en", "public money bears 90%")])
def test_page_answers_in_the_manner_of_the_pattern_book(browser, language, sentence):
    html = browser.get(f"/{language}/answers/", ASKED).content.decode()
    assert sentence in html
    assert html.count('class="yl-layers"') == 1
    assert all(f"--p:{share}" in html for share in (50, 40, 10))


def test_change_of_the_form_brings_the_answer_alone(browser):
    html = browser.get(PAGE, ASKED, headers={"HX-Request": "true", "HX-Trigger-Name": "amount"}).content.decode()
    assert "<html" not in html
    assert "财政合计分担90%" in html
    assert 'id="facts"' not in html
    html = browser.get(PAGE, ASKED, headers={"HX-Request": "true", "HX-Trigger-Name": "scheme"}).content.decode()
    assert 'id="facts"' in html


def test_form_says_what_is_wrong_at_its_field(browser):
    answer = browser.get(PAGE, {**ASKED, "firm_code": "91440101YL0000013X"})
    assert answer.status_code == 422
    assert "91440101YL0000013X" in words(answer.content.decode())
    assert browser.get(PAGE, {**ASKED, "amount": "many"}).status_code == 422
    assert browser.get(PAGE, {**ASKED, "on": "2019-01-01"}).status_code == 422


def test_answer_is_kept_and_printed_as_it_was(browser, bank):
    answer = browser.post(PAGE, ASKED)
    kept = PreLoanAnswer.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}{kept.token}/")
    assert kept.organisation_id == bank.pk
    assert kept.inputs["facts"]["loan_amount_fen"] == 480 * WAN
    for language in ("zh-hans", "en"):
        html = browser.get(f"/{language}/answers/{kept.token}/").content.decode()
        assert kept.token in html
        assert "4,800,000.00" in html
    assert kept.token in browser.get(PAGE).content.decode()
    assert kept.token not in make_client(Role.BANK_CLERK).get(PAGE).content.decode()


def test_page_needs_few_queries(browser, django_assert_max_num_queries):
    browser.get(PAGE, ASKED)
    with django_assert_max_num_queries(30):
        browser.get(PAGE, ASKED)
