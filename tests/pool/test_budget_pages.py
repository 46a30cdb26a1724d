"""The pages of layers' budgets: each reader sees its own, the authority sets, a refusal stands where it was asked."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.factories.claims import TODAY, decided, make_claim_law, make_people
from tests.factories.people import make_actor, make_demo_book, make_organisation
from tests.factories.pool import WAN

from yulin.ledger.core.accounts import NewAccount
from yulin.ledger.enums import AccountKind
from yulin.ledger.services import open_accounts
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import AuditEntry, User
from yulin.pool.core.postings import Place
from yulin.pool.selectors.budgets import budget_line, budget_lines

pytestmark = pytest.mark.django_db
CITY, HUANGPU = Place("gz-credit-2021", "city"), Place("gz-credit-2021", "district", "440112")


@pytest.fixture
def people():
    make_demo_book(TODAY)
    law = make_claim_law()
    people = make_people()
    decided(people, law)
    return people


def browser(actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def post(actor, place: Place, do: str, language: str = "en", **amounts):
    path = f"/{language}/budgets/{place.scheme_id}/{place.code}/"
    return browser(actor).post(path, {"do": do, **amounts}, follow=True).content.decode()


def test_the_authority_sets_a_budget_and_the_line_adds_up(people):
    html = post(people.authority, CITY, "budget", budget="2,000,000.00")
    assert "The budget is set; 0 queued vouchers are held" in html
    line = budget_line(people.reviewer, CITY, 2022)
    assert (line.granted_fen, line.held_fen, line.paid_fen, line.available_fen) == (200 * WAN, 150 * WAN, 0, 50 * WAN)
    assert line.form.en == "budget in arrears"
    html = post(people.authority, CITY, "budget", budget="1499999.99")
    assert "POOL.BUDGET.BELOW_USE" in html
    html = post(people.authority, CITY, "budget", budget="200000000.01")
    assert "POOL.BUDGET.ABOVE_CAP" in html
    assert "POOL." not in post(people.authority, CITY, "budget", budget="")
    assert budget_line(people.reviewer, CITY, 2022).granted_fen == 200 * WAN


def test_money_of_another_area_is_no_layer_here(people):
    before = budget_lines(people.authority, 2022)
    kept = NewAccount("awards-7:budget", AccountKind.BUDGET, None, "awards-7", "", may_overdraw=False)
    open_accounts(actor=SYSTEM_ACTOR, accounts=[kept])
    assert budget_lines(people.authority, 2022) == before


def test_capacity_and_roll_in_stand_on_the_same_page(people):
    html = post(people.authority, HUANGPU, "capacity", capacity="10000000")
    assert "The capacity is set; 1 loan was held on it" in html
    assert budget_line(people.authority, HUANGPU, 2022).capacity.used_fen == 192 * WAN
    assert post(people.authority, HUANGPU, "roll", key="1").count("rolled in") == 1
    assert "POOL.BUDGET.FORM" in post(people.authority, CITY, "roll", key="2")


def test_the_page_gives_each_rolling_in_a_key_of_its_own(people):
    path = f"/en/budgets/{HUANGPU.scheme_id}/{HUANGPU.code}/"
    shown = [
        re.findall(r'name="key" value="(\w{32})"', browser(people.authority).get(path).content.decode()) for _ in "12"
    ]
    assert [len(keys) for keys in shown] == [1, 1]
    assert shown[0] != shown[1]
    assert "rolled in" not in post(people.authority, HUANGPU, "roll")  # a page without its key books nothing
    for _ in range(2):
        assert "rolled in" in post(people.authority, HUANGPU, "roll", key=shown[0][0])
    assert AuditEntry.objects.filter(action="pool.roll_in").count() == 1


def test_each_reader_sees_its_own_layers_and_only_the_authority_sets(people):
    huangpu, tianhe = (
        make_organisation(OrganisationKind.DISTRICT, district_code=code) for code in ("440112", "440106")
    )
    own, other = (make_actor(Role.DISTRICT_OFFICER, one) for one in (huangpu, tianhe))
    assert [line.place for line in budget_lines(own, 2022)] == [HUANGPU]
    assert budget_lines(other, 2022) == []
    assert CITY in [line.place for line in budget_lines(people.reviewer, 2022)]
    assert browser(own).get(f"/zh-hans/budgets/{CITY.scheme_id}/city/").status_code == 404
    page = browser(own).get(f"/zh-hans/budgets/{HUANGPU.scheme_id}/{HUANGPU.code}/")
    assert (page.status_code, 'name="do"' in page.content.decode()) == (200, False)
    post(people.reviewer, CITY, "budget", budget="9000000")
    assert budget_line(people.reviewer, CITY, 2022).granted_fen is None
