"""Enrolments by the API: one loan filed once by the file's own rules, and each bank sees its own."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.test import Client
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import FIRM_CODES, WAN, make_bank, make_enrolment, make_law

from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Action, Role
from yulin.people.services import create_api_client
from yulin.pool.api import enrolments
from yulin.pool.models import Enrolment
from yulin.pool.services.partners import record_partnership

pytestmark = pytest.mark.django_db
API = "/api/v1/pool/enrolments"
LOAN = {
    "scheme": "gz-credit-2021",
    "firm_code": FIRM_CODES[0],
    "firm_name": "广州示例青芒传感技术有限公司",
    "loan_number": "JJ-API-1",
    "contract_number": "HT-API-1",
    "disbursed_on": "2022-01-05",
    "due_on": "2023-01-05",
    "loan_amount_fen": 480 * WAN,
    "annual_rate_ppm": 43_500,
    "security": "credit",
    "facts": {"district_code": "440112", "has_valid_hnte": True, "industry": "software", "sector": "iab"},
}


@pytest.fixture(autouse=True)
def _january():
    make_demo_book(date(2022, 1, 19))


@pytest.fixture
def law():
    return make_law()


@pytest.fixture
def bank(law):
    return make_bank("木棉示例银行")[0]


@pytest.fixture
def program(bank):
    return program_of(bank)


def program_of(bank):
    scopes = (Action.ENROL_LOANS, Action.SEE_ENROLMENTS)
    made = create_api_client(
        actor=SYSTEM_ACTOR, organisation_id=bank.pk, name="核心系统", role=Role.BANK_CLERK, scopes=scopes
    )
    form = {"grant_type": "client_credentials", "client_id": made.client.client_id, "client_secret": made.secret}
    token = Client().post("/api/v1/token", form).json()["access_token"]
    return Client(headers={"Authorization": f"Bearer {token}"})


def file_loan(client, headers=None, **fields):
    return client.post(API, json.dumps(LOAN | fields), content_type="application/json", headers=headers or {})


def test_a_loan_gets_its_number_and_stands_in_the_book(program, bank):
    answer = file_loan(program)
    assert answer.status_code == 200, answer.content.decode()
    filed = answer.json()
    assert (filed["number"], filed["state"], filed["is_unchanged"]) == ("GZ21-2022-0000001", "active", False)
    kept = Enrolment.objects.get(pk=filed["enrolment_id"])
    assert (kept.bank_id, kept.loan_amount_fen, kept.district_code) == (bank.pk, 480 * WAN, "440112")
    shown = program.get(f"{API}/{filed['number']}").json()
    assert (shown["id"], shown["ratio_bp"]["city"], shown["firm_code"]) == (kept.pk, 5000, FIRM_CODES[0])


def test_the_same_loan_again_is_one_enrolment_by_key_and_by_number(program):
    key = {"Idempotency-Key": "k-1"}
    first = file_loan(program, key).json()
    assert file_loan(program, key).json() == first
    again = file_loan(program).json()
    assert (again["is_unchanged"], Enrolment.objects.count()) == (True, 1)
    other = file_loan(program, key, loan_amount_fen=1)
    assert (other.status_code, other.json()["code"]) == (409, "KIT.IDEMPOTENCY.CONFLICT")


@pytest.mark.parametrize(
    ("fields", "status", "code", "inner"),
    [
        ({"firm_code": "91440101YL0000013X"}, 422, "POOL.LOAN.REFUSED", "FILE.ID.CHECK"),
        ({"firm_code": ""}, 422, "POOL.LOAN.REFUSED", "FILE.CELL.EMPTY"),
        ({"firm_code": "110101199003070011"}, 422, "POOL.LOAN.REFUSED", "FILE.ID.PERSONAL"),
        ({"loan_amount_fen": 3_000 * WAN + 1}, 422, "POOL.LOAN.REFUSED", "POOL.LIMIT.FIRM_YEAR"),
        ({"disbursed_on": "2020-01-05", "due_on": "2021-01-05"}, 422, "POOL.LOAN.REFUSED", None),
        ({"due_on": "2022-01-05"}, 422, "KIT.BAD_REQUEST", None),
        ({"loan_amount_fen": 0}, 422, "KIT.BAD_REQUEST", None),
        ({"loan_amount_fen": "480万"}, 422, "KIT.BAD_REQUEST", None),
        ({"security": "a handshake"}, 422, "KIT.BAD_REQUEST", None),
        ({"surprise": 1}, 422, "KIT.BAD_REQUEST", None),
        ({"facts": {"no_such_fact": 1}}, 422, "RULES.FACT.UNKNOWN_NAME", None),
        ({"facts": {"has_valid_hnte": "maybe"}}, 422, "RULES.FACT.VALUE", None),
        ({"scheme": "none-such"}, 422, "POOL.SCHEME.UNKNOWN", None),
    ],
)
def test_a_refused_loan_says_by_which_rule_and_leaves_nothing(program, fields, status, code, inner):
    answer = file_loan(program, **fields)
    found = answer.json()
    assert (answer.status_code, found["code"]) == (status, code)
    assert inner is None or found["facts"]["codes"] == [inner]
    assert found["title"]
    assert not Enrolment.objects.exists()


def test_a_bank_that_was_no_partner_that_day_is_refused(program, bank):
    record_partnership(
        actor=make_actor(Role.MANAGER_CLERK), scheme_id=LOAN["scheme"], bank_id=bank.pk, valid_from=date(2022, 1, 6)
    )
    assert file_loan(program).json()["facts"]["codes"] == ["POOL.BANK.NOT_PARTNER"]
    assert file_loan(program, disbursed_on="2022-01-06").status_code == 200


def test_a_bank_sees_its_own_page_by_page_and_no_other(program, bank, law, monkeypatch):
    _, clerk = make_bank()
    foreign = make_enrolment(clerk, law)
    mine = [file_loan(program, loan_number=f"JJ-{n}", loan_amount_fen=WAN).json()["enrolment_id"] for n in range(3)]
    monkeypatch.setattr(enrolments, "PER_PAGE", 2)
    first = program.get(API).json()
    assert [row["id"] for row in first["items"]] == [mine[2], mine[1]]
    last = program.get(f"{API}?before={first['next']}").json()
    assert ([row["id"] for row in last["items"]], last["next"]) == ([mine[0]], None)
    assert program.get(f"{API}?state=draft").json()["items"] == []
    answer = program.get(f"{API}/{foreign.number}")
    assert (answer.status_code, answer.json()["code"]) == (404, "POOL.ENROLMENT.NOT_FOUND")


def test_a_page_takes_a_fixed_number_of_queries(program, django_assert_max_num_queries):
    for number in range(3):
        file_loan(program, loan_number=f"JJ-{number}", loan_amount_fen=WAN)
    with django_assert_max_num_queries(5):
        assert len(program.get(API).json()["items"]) == 3


def test_who_may_not_file_is_kept_out(law):
    assert file_loan(Client()).status_code == 401
    assert file_loan(make_client(Role.AUDITOR)).status_code == 403
    assert make_client(Role.FIRM_USER).get(API).status_code == 403
