"""The pre-loan answer on a firm that has let nobody in: public facts alone, and nothing of the rest anywhere."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests.factories.firms import house_of, let_in
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation
from tests.factories.pool import FIRM_CODES, WAN, make_bank, make_enrolment, make_law

from yulin.atlas.models import Firm, Reading, RecallNotice, Statement
from yulin.atlas.services.consenting import revoke_consent
from yulin.atlas.services.objecting import Verdict, contest_fact, decide_objection
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Organisation

pytestmark = pytest.mark.django_db
API = "/api/v1/pool/pre-loan-answers"
PAGE = "/zh-hans/answers/"
PUBLISHED = "高新技术企业名单"
ASKED = {
    "scheme": "gz-credit-2021", "firm_code": FIRM_CODES[1], "amount": "480", "months": "12",
    "security": "ip_pledge", "mode": "bank", "on": "2022-01-20",
}  # fmt: skip


class World:
    """A firm of the register that has let nobody in, its people, a bank."""

    def __init__(self) -> None:
        self.law = make_law()
        self.bank: Organisation = make_bank("木棉示例银行")[0]
        self.client: Client = make_client(Role.BANK_CLERK, self.bank)
        self.firm = Firm.objects.create(
            identifier=FIRM_CODES[1], name="示例乙科技有限公司", district_code="440112", registered_on=date(2015, 3, 1)
        )
        self.house = house_of(self.firm)

    def says(self, value: object, source: str = "firm-facts", **more: Any) -> None:
        Statement.objects.create(
            firm=self.firm, fact="has_valid_hnte", value=value, source=source, valid_from=date(2021, 1, 1), **more
        )

    def ask(self, **fields: Any) -> dict[str, Any]:
        question = {
            "scheme": "gz-credit-2021", "firm_code": FIRM_CODES[1], "amount_fen": 480 * WAN, "on": "2022-01-20",
            "tenor_months": 12, "security": "ip_pledge", "mode": "bank",
        }  # fmt: skip
        answer = self.client.post(API, question | fields, content_type="application/json")
        assert answer.status_code == 200
        return dict(answer.json())

    def let_in(self, *classes: str) -> int:
        return let_in(self.firm, self.bank, set(classes), self.house)

    def revoke(self, consent: int) -> None:
        revoke_consent(actor=make_actor(Role.FIRM_USER, self.house), consent_id=consent)

    def page(self, language: str = "zh-hans") -> str:
        return words(self.client.get(f"/{language}/answers/", ASKED).content.decode())


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def used(answer: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    return {fact["name"]: (fact["value"], fact["source"]["zh"]) for fact in answer["facts"]}


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "asked_at"}


@pytest.fixture
def world() -> World:
    make_demo_book(date(2022, 1, 19))
    return World()


def test_without_consent_a_needed_fact_is_unknown_and_the_answer_says_whom_to_ask(world: World) -> None:
    world.says(value=True)
    found = world.ask()
    assert found["covered"] == "unknown"
    assert used(found) == {"district_code": ("440112", "市场监管登记"), "is_pure_credit": (False, "由担保方式得出")}
    closed = {fact["name"]: fact["group"]["zh"] for fact in found["closed"]}
    assert closed["has_valid_hnte"] == "资格与荣誉"
    assert "has_valid_hnte" in found["missing"]
    page = world.page()
    assert f"没有授权本机构查看以下{len(closed)}项事实" in page
    assert "企业授权后由登记资料带入" in page
    assert "登记资料：是" not in page
    assert f"has not let you see these {len(closed)} facts" in world.page("en")


@pytest.mark.parametrize("values", [[True], [False], [True, False]])
def test_what_is_closed_changes_nothing_whatever_it_is(world: World, values: list[bool]) -> None:
    """Nothing of a closed fact leaks: neither its value nor whether there is one."""
    before, page = timeless(world.ask()), world.page()
    for number, value in enumerate(values):
        world.says(value=value, source=f"s{number}")
    assert timeless(world.ask()) == before
    assert world.page() == page


def test_what_its_source_publishes_is_used_and_a_closed_source_beside_it_is_not(world: World) -> None:
    world.says(value=True, source=PUBLISHED, priority=60)
    world.says(value=False, source="firm-facts", priority=1)  # believed first by whoever may see it
    found = world.ask()
    assert used(found)["has_valid_hnte"] == (True, PUBLISHED)
    assert found["covered"] == "met"
    assert "has_valid_hnte" not in {fact["name"] for fact in found["closed"]}
    world.let_in("titles")
    assert used(world.ask())["has_valid_hnte"] == (False, "firm-facts")


def test_a_consent_opens_its_classes_and_its_revocation_closes_them_at_the_next_request(world: World) -> None:
    world.says(value=True)
    world.let_in("operation")
    assert world.ask()["covered"] == "unknown"  # another class
    consent = world.let_in("titles")
    kept = world.ask(keep=True)
    assert (kept["covered"], used(kept)["has_valid_hnte"]) == ("met", (True, "firm-facts"))
    addresses = [f"{API}/{kept['token']}", f"{PAGE}{kept['token']}/", f"/en/answers/{kept['token']}/"]
    assert [world.client.get(one).status_code for one in addresses] == [200, 200, 200]
    assert "登记资料：是" in world.page()
    assert "可以补偿" in words(world.client.get(PAGE).content.decode())
    world.revoke(consent)
    assert world.ask()["covered"] == "unknown"
    assert "登记资料：是" not in world.page()
    refused = [world.client.get(one) for one in addresses]
    assert [one.status_code for one in refused] == [403, 403, 403]
    assert refused[0].json()["code"] == "ATLAS.CONSENT.MISSING"
    assert all("财政合计" not in one.content.decode() for one in refused)
    listed = words(world.client.get(PAGE).content.decode())
    assert "授权已收回" in listed
    assert "可以补偿" not in listed
    assert make_client(Role.MANAGER_CLERK).get(addresses[1]).status_code == 200  # the pool's duty is a ground by itself


def test_an_answer_on_given_and_public_facts_stays_open_without_consent(world: World) -> None:
    kept = world.ask(keep=True, facts={"has_valid_hnte": True})
    assert kept["covered"] == "met"
    assert world.client.get(f"{API}/{kept['token']}").status_code == 200


def test_a_loan_of_its_own_opens_what_the_law_says(world: World) -> None:
    other, clerk = make_bank()
    made = make_enrolment(clerk, world.law)
    Statement.objects.create(
        firm=made.firm, fact="has_valid_hnte", value=True, source="firm-facts", valid_from=date(2021, 1, 1)
    )
    code = made.firm.identifier
    assert "has_valid_hnte" not in used(world.ask(firm_code=code))
    world.client = make_client(Role.BANK_CLERK, other)
    assert used(world.ask(firm_code=code))["has_valid_hnte"] == (True, "firm-facts")


def test_a_call_that_is_repeated_under_its_key_says_nothing_more_once_the_consent_has_ended(world: World) -> None:
    world.says(value=True)
    consent = world.let_in("titles")
    question = {"scheme": "gz-credit-2021", "firm_code": FIRM_CODES[1], "amount_fen": 480 * WAN, "keep": True}
    said = [
        world.client.post(API, question, content_type="application/json", headers={"Idempotency-Key": "k1"})
        for _ in range(2)
    ]
    assert said[0].json() == said[1].json()
    world.revoke(consent)
    again = world.client.post(API, question, content_type="application/json", headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()["code"]) == (403, "ATLAS.CONSENT.MISSING")


def test_a_client_may_not_keep_what_was_shown(world: World) -> None:
    world.says(value=True)
    world.let_in("titles")
    kept = world.ask(keep=True)
    for address in (f"{API}/{kept['token']}", f"{PAGE}{kept['token']}/"):
        assert "no-store" in world.client.get(address)["Cache-Control"]


def test_what_an_answer_used_by_consent_stands_in_the_firms_log_once_a_day(world: World) -> None:
    world.says(value=True)
    world.ask()
    assert not Reading.objects.exists()  # what is public, and what stays closed, is no look
    world.let_in("titles")
    world.ask()
    world.ask(amount_fen=1)
    world.page()
    [one, shown] = Reading.objects.order_by("facts_on")  # the day asked for, and today's register beside the form
    assert (one.organisation_id, one.channel, one.purpose) == (world.bank.pk, "answer", "loan")
    assert (one.classes, one.facts) == (["titles"], ["has_valid_hnte"])
    assert {str(look.facts_on) for look in (one, shown)} == {"2022-01-19", "2022-01-20"}
    log = make_client(Role.FIRM_USER, world.house).get("/en/consents/").content.decode()
    assert "Pre-loan answer" in log
    before = Reading.objects.count()
    make_client(Role.BANK_CLERK, world.bank).get("/en/answers/", ASKED)  # another person of the bank
    assert Reading.objects.count() == before + 2


def test_who_used_a_fact_for_an_answer_is_told_when_it_was_wrong(world: World) -> None:
    make_organisation(OrganisationKind.AUTHORITY)
    world.says(value=True)
    world.let_in("titles")
    world.ask()
    person = make_actor(Role.FIRM_USER, world.house)
    made = contest_fact(actor=person, fact="has_valid_hnte", reason="证书已被撤销")
    officer = make_actor(Role.AUTHORITY_OFFICER, made.routed_to)
    decide_objection(actor=officer, objection_id=made.pk, verdict=Verdict(True, "证书已撤销", "否"))
    [notice] = RecallNotice.objects.all()
    assert (notice.organisation_id, notice.content["fact"]) == (world.bank.pk, "has_valid_hnte")
