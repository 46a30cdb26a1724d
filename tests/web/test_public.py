"""Lists, banks, verification and objections: what everybody may read and send, and what stays inside."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation
from tests.factories.pool import FIRM_CODES, WAN, enrol, loan, make_bank, make_law

from yulin.base.workdays import shipped_calendar
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Notice
from yulin.pool.core.public import month_of, next_month, normalised_code, notice_clock
from yulin.pool.models import Enrolment, Partnership, Product
from yulin.web.addresses import address

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def book() -> None:
    cache.clear()
    make_demo_book()


@pytest.fixture
def enrolled() -> Enrolment:
    law = make_law()
    _, clerk = make_bank()
    enrol(clerk, law, loan(loan_amount_fen=300 * WAN), loan(firm_code=FIRM_CODES[1], loan_amount_fen=200 * WAN))
    one = Enrolment.objects.order_by("id").first()
    assert one is not None
    return one


def test_months_list_shows_name_and_amount_and_no_code(enrolled: Enrolment) -> None:
    html = Client().get("/zh-hans/lists/2022-01/").content.decode()
    assert enrolled.firm_name in html
    assert "300.00" in html
    assert enrolled.number in html
    for secret in (*FIRM_CODES[:2], enrolled.loan_number, enrolled.verification_code):
        assert secret not in html


def test_lists_lead_to_the_latest_month_and_keep_the_search(enrolled: Enrolment) -> None:
    answer = Client().get("/en/lists/?q=abc")
    assert (answer.status_code, answer["Location"]) == (302, "/en/lists/2022-01/?q=abc")


def test_a_search_leads_to_the_latest_month_that_has_what_was_typed(enrolled: Enrolment) -> None:
    Enrolment.objects.filter(pk=enrolled.pk).update(confirmed_on=date(2021, 11, 8), firm_name="广州示例旧月份有限公司")
    for words in ("旧月份", enrolled.number):
        answer = Client().get("/en/lists/", {"q": words})
        assert answer["Location"].startswith("/en/lists/2021-11/?q=")
        assert Client().get(answer["Location"]).content.decode().count(str(enrolled.number)) >= 1


@pytest.mark.parametrize(("month", "status"), [("2022-01", 200), ("2021-13", 404), ("2022-02", 404), ("nonsense", 404)])
def test_a_month_that_is_none_or_lies_ahead_has_no_list(month: str, status: int) -> None:
    assert Client().get(f"/zh-hans/lists/{month}/").status_code == status


def test_a_revoked_enrolment_leaves_the_list(enrolled: Enrolment) -> None:
    Enrolment.objects.filter(pk=enrolled.pk).update(state="revoked")
    assert enrolled.number not in Client().get("/zh-hans/lists/2022-01/").content.decode()


def test_a_list_can_be_exported_by_everybody(enrolled: Enrolment) -> None:
    sheet = b"".join(Client().get("/zh-hans/lists/2022-01/?format=csv").streaming_content).decode("utf-8-sig")
    assert len(sheet.strip().splitlines()) == 3
    assert FIRM_CODES[0] not in sheet


def test_a_letter_is_verified_by_its_code_however_it_is_typed(enrolled: Enrolment) -> None:
    code = enrolled.verification_code or ""
    answer = Client().get("/en/verify/", {"code": f" {code.lower()[:4]}-{code[4:]} "}, follow=True)
    html = answer.content.decode()
    assert enrolled.number in html
    assert "Issued here" in html
    assert FIRM_CODES[0] not in html


def test_a_letter_of_a_revoked_enrolment_says_so(enrolled: Enrolment) -> None:
    Enrolment.objects.filter(pk=enrolled.pk).update(state="revoked")
    assert "Revoked" in Client().get(f"/en/verify/{enrolled.verification_code}/").content.decode()


def test_a_code_that_was_not_issued_is_not_found() -> None:
    answer = Client().get("/en/verify/ZZZZZZZZ/")
    assert answer.status_code == 404
    assert "No such letter" in answer.content.decode()


def test_banks_show_their_products_by_security() -> None:
    bank = make_organisation(OrganisationKind.BANK)
    Partnership.objects.create(scheme_id="gz-credit-2021", bank=bank, valid_from=date(2021, 1, 1), unit_name="Unit A")
    for name, securities in (("Loan A", ["credit"]), ("Loan B", ["ip_pledge"])):
        Product.objects.create(bank=bank, name_zh=name, securities=securities, updated_on=date(2021, 12, 1))
    html = Client().get("/en/banks/").content.decode()
    assert all(word in html for word in ("Loan A", "Loan B", "Unit A", "Partner banks: 1"))
    narrowed = Client().get("/en/banks/?security=ip_pledge").content.decode()
    assert "Loan B" in narrowed
    assert "Loan A" not in narrowed


def test_a_partnership_that_ended_is_not_shown() -> None:
    bank = make_organisation(OrganisationKind.BANK)
    Partnership.objects.create(
        scheme_id="gz-credit-2021", bank=bank, valid_from=date(2020, 1, 1), valid_until=date(2022, 1, 19)
    )
    assert bank.name.en not in Client().get("/en/banks/").content.decode()


OBJECTION = {"about": "2021-12", "words": "The amount is wrong.", "name": "A", "contact": "a@example.org"}


def test_an_objection_becomes_a_notice_to_the_manager_with_its_day() -> None:
    manager = make_actor(Role.MANAGER_CLERK)
    answer = Client().post("/en/objections/", OBJECTION, follow=True)
    assert "answer due by 2022-02-14" in answer.content.decode()  # 15 working days over the Spring Festival
    notice = Notice.objects.get(organisation_id=manager.organisation_id)
    assert notice.due_on == date(2022, 2, 14)
    assert "The amount is wrong." in notice.body_zh


def test_an_objection_without_words_is_returned_with_what_is_missing() -> None:
    answer = Client().post("/en/objections/", {**OBJECTION, "words": ""})
    assert answer.status_code == 422
    assert 'href="#id_words"' in answer.content.decode()


def test_machines_and_floods_are_stopped() -> None:
    make_actor(Role.MANAGER_CLERK)
    assert Client().post("/en/objections/", {**OBJECTION, "address": "x"}).status_code == 422
    answers = [Client().post("/en/objections/", OBJECTION).status_code for _ in range(6)]
    assert answers[-1] == 422
    assert Notice.objects.count() <= 5


def test_finding_leads_each_to_the_list_that_he_may_read() -> None:
    assert Client().get("/en/find/?q=GZ21")["Location"] == "/en/lists/?q=GZ21"
    found = make_client(Role.BANK_CLERK).get("/en/find/?q=GZ21")["Location"]
    with translation.override("en"):
        assert found == f"{address('pool:enrolments') or '/en/lists/'}?q=GZ21"


@pytest.mark.parametrize(("text", "month"), [("2021-12", date(2021, 12, 1)), ("2021-00", None), ("21-12", None)])
def test_month_of(text: str, month: date | None) -> None:
    assert month_of(text) == month


def test_next_month_over_the_year() -> None:
    assert next_month(date(2021, 12, 1)) == date(2022, 1, 1)


def test_code_is_folded() -> None:
    assert normalised_code("ａb-c１ 2") == "ABC12"


@pytest.mark.parametrize(("today", "left"), [(date(2022, 1, 1), 5), (date(2022, 1, 10), 0), (date(2022, 1, 11), -1)])
def test_objections_to_a_list_are_taken_for_five_working_days(today: date, left: int) -> None:
    clock = notice_clock(date(2021, 12, 1), workdays=5, today=today, calendar=shipped_calendar())
    assert (clock.published_on, clock.due_on, clock.workdays_left) == (date(2022, 1, 1), date(2022, 1, 10), left)
    assert clock.is_open is (left >= 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "said"), [(1, "within 1 working day."), (20, "within 20 working days.")])
def test_the_term_of_answers_is_the_instances_own(days: int, said: str, settings) -> None:
    settings.YULIN_ANSWER_WORKDAYS = days
    for page in ("objections/", "accessibility/"):
        assert said in Client().get(f"/en/{page}").content.decode()
