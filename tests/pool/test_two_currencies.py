"""A book with schemes in two currencies: each page and file gives a figure for each, never their sum."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

import pytest
from django.test import Client
from tests.factories.assignments import TERMS, make_paid_claim, make_transfer_law
from tests.factories.claims import TODAY
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation
from tests.factories.pool import FIRM_CODES, WAN, make_bank, make_enrolment, make_law

from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import User
from yulin.pool.models import DebtPackage, Enrolment, LimitUse, MonthlyReturn
from yulin.pool.selectors.board import board_figures
from yulin.pool.selectors.district_debts import district_sums
from yulin.pool.selectors.home import book_sums
from yulin.pool.selectors.public import list_sums
from yulin.pool.selectors.returns import bank_months
from yulin.pool.selectors.year_end import year_end_plan
from yulin.pool.services.assignments.make_package import make_package
from yulin.pool.services.board import BOARD_GROUP, snapshot_board
from yulin.web.board import shown_figures

pytestmark = pytest.mark.django_db
AS_OF, MONTH = date(2021, 12, 31), date(2021, 12, 1)
DOLLARS = "gz-credit-2025"
BOARD = "/en/"


def in_dollars(law, *loans: Enrolment) -> None:
    """Let loans stand under the scheme in dollars."""
    ids = [one.pk for one in loans]
    Enrolment.objects.filter(pk__in=ids).update(scheme_id=DOLLARS, pack_id=law.published_id)


@pytest.fixture
def book():
    """A bank with one loan of 480万 yuan and two of USD 1 m, the second to the firm that owes yuan too."""
    make_demo_book(TODAY)
    yuan, dollars = make_law(), make_law(DOLLARS, currency="USD")
    bank, clerk = make_bank()
    in_yuan = make_enrolment(clerk, yuan)
    others = [make_enrolment(clerk, yuan, firm_code=FIRM_CODES[n], loan_amount_fen=100 * WAN) for n in (1, 0)]
    in_dollars(dollars, *others)
    for loan, fen in ((in_yuan, 480 * WAN), *((one, 90 * WAN) for one in others)):
        Enrolment.objects.filter(pk=loan.pk).update(outstanding_fen=fen, overdue_days=5, confirmed_on=MONTH)
        MonthlyReturn.objects.create(
            enrolment=loan, month=MONTH, outstanding_fen=fen, overdue_days=5, loan_status="overdue",
            received_at="2022-01-08T02:00Z",
        )  # fmt: skip
    return bank, clerk, in_yuan, others


def browser(actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200
    html = answer.content.decode()
    return " ".join(re.sub(r"<[^>]*>", " ", html[html.index("<main") : html.index("</main>")]).split())


def test_home_says_what_each_currency_adds_up_to(book):
    bank, clerk, *_ = book
    sums = book_sums(clerk)
    assert (sums.loans, sums.firms, sums.overdue_loans) == (3, 2, 3)
    assert sums.lent == {"CNY": 480 * WAN, "USD": 200 * WAN}
    assert sums.overdue == sums.outstanding == {"CNY": 480 * WAN, "USD": 180 * WAN}
    LimitUse.objects.create(
        scheme_id=DOLLARS, kind="bank", key=str(bank.pk), period="2022", limit_fen=500 * WAN, used_fen=200 * WAN
    )
    said = text_of(browser(clerk).get("/en/home/"))
    assert "CNY 4.80 m + USD 2.00 m" in said
    assert "USD 3.00 m" in said  # left of the limit
    assert "USD 2.00 m used of USD 5.00 m" in said


def test_a_queue_has_each_amount_in_its_own_currency(book):
    _, clerk, in_yuan, others = book
    Enrolment.objects.filter(pk__in=[in_yuan.pk, others[0].pk]).update(state="draft")
    said = text_of(browser(clerk).get("/en/home/"))
    assert "USD 1,000,000.00" in said
    assert " 480.00 " in said


def test_a_banks_return_of_a_month_is_summed_for_each_currency(book):
    _, clerk, *_ = book
    (row,) = bank_months(clerk, MONTH, calendar=work_calendar())
    assert (row.received, row.overdue_loans, row.outstanding) == (3, 3, {"CNY": 480 * WAN, "USD": 180 * WAN})
    assert "480.00 + USD 1,800,000.00" in text_of(browser(clerk).get("/en/returns/2021-12/"))


def test_the_public_list_of_a_month_is_summed_for_each_currency(book):
    assert list_sums(MONTH).lent == {"CNY": 480 * WAN, "USD": 200 * WAN}
    assert "3 loans to 2 firms, CNY 4.80 m + USD 2.00 m in all" in text_of(Client().get("/en/lists/2021-12/"))


def test_the_board_counts_one_currency_and_says_the_other_apart(book):
    figures = board_figures(scheme_group=BOARD_GROUP, as_of=AS_OF)
    assert (figures.currency, figures.loans, figures.firms, figures.lent_fen) == ("CNY", 1, 1, 480 * WAN)
    assert (figures.lines, figures.lines_fen) == (1, 1_000 * WAN)  # not that of the firm's dollars
    (other,) = figures.others
    assert (other.currency, other.loans, other.firms, other.lent_fen) == ("USD", 2, 2, 200 * WAN)
    snapshot_board(actor=SYSTEM_ACTOR, as_of=AS_OF)
    assert "Apart, not counted USD 2.00 m (2 loans)" in text_of(Client().get(BOARD))
    rows = text_of(make_client(Role.MANAGER_CLERK).get("/en/board/lent/"))
    assert "4,800,000.00" in rows
    assert "1,000,000.00" not in rows
    sheet = list(csv.reader(io.StringIO(Client().get("/en/board/data/").getvalue().decode("utf-8-sig"))))
    assert [row[1:] for row in sheet if row[0] == "other_currency"] == [["USD", "", "2", "2", "2000000.00", "USD"]]
    assert {row[6] for row in sheet[1:] if row[5] and row[0] != "other_currency"} == {"CNY"}


def test_a_board_without_yuan_speaks_its_own_currency():
    make_demo_book(TODAY)
    make_enrolment(make_bank()[1], make_law(currency="USD"))
    snapshot_board(actor=SYSTEM_ACTOR, as_of=AS_OF)
    figures = board_figures(scheme_group=BOARD_GROUP, as_of=AS_OF)
    assert (figures.currency, figures.lent_fen, figures.others) == ("USD", 480 * WAN, [])
    assert "leverage" not in shown_figures(figures)  # the ceiling of the budget is in yuan
    page = text_of(Client().get(BOARD))
    assert "USD bn" in page
    assert "USD 4,800,000.00" in page


def test_the_year_end_plan_adds_up_each_currency_alone():
    make_demo_book(TODAY)
    clerk, law = make_bank()[1], make_transfer_law()
    claims = [make_paid_claim(clerk, law, firm_code=FIRM_CODES[n]) for n in (0, 1)]
    dollars = make_law(DOLLARS, currency="USD")
    in_dollars(dollars, claims[1].enrolment)
    type(claims[1]).objects.filter(pk=claims[1].pk).update(pack_id=dollars.published_id)
    fen = claims[1].enrolment.outstanding_fen
    plan = year_end_plan(clerk, today=TODAY, calendar=work_calendar())
    found = [sums for *_, rows, sums in plan.groups if rows]
    assert found == [{"CNY": fen, "USD": fen}]
    said = text_of(browser(clerk).get("/en/assignments/plan/"))
    assert f"CNY {fen / WAN / 100:.2f} m + USD {fen / WAN / 100:.2f} m" in said


def test_a_districts_debts_add_up_for_each_currency():
    make_demo_book(TODAY)
    clerk, law = make_bank()[1], make_transfer_law()
    claims = [make_paid_claim(clerk, law, district_code="440112", firm_code=FIRM_CODES[n]) for n in (0, 1)]
    packages = [make_package(actor=clerk, claim_ids=[one.pk], terms=TERMS) for one in claims]
    DebtPackage.objects.update(state="submitted")
    DebtPackage.objects.filter(pk=packages[1].pk).update(currency="USD")
    district = make_organisation(OrganisationKind.DISTRICT, district_code="440112")
    fen = packages[0].principal_fen
    sums = district_sums(make_actor(Role.DISTRICT_OFFICER, district))
    assert (sums.count, sums.whole, sums.active) == (2, {"CNY": fen, "USD": fen}, {"CNY": 0, "USD": 0})
    page = make_client(Role.DISTRICT_OFFICER, district).get("/en/assignments/")
    assert f"principal CNY {fen / WAN / 100:.2f} m + USD {fen / WAN / 100:.2f} m" in text_of(page)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_refusal_of_the_api_names_the_schemes_currency(language):
    make_demo_book(TODAY)
    make_law(currency="USD")
    asked = {
        "scheme": "gz-credit-2021", "firm_name": "广州示例有限公司", "firm_code": FIRM_CODES[0],
        "loan_number": "JJ-USD", "contract_number": "HT-USD", "disbursed_on": "2021-08-02", "due_on": "2022-08-02",
        "loan_amount_fen": 3_000 * WAN + 1, "annual_rate_ppm": 43_500, "mode": "bank", "security": "credit",
        "facts": {"district_code": "440112", "has_valid_hnte": True, "industry": "software", "sector": "iab"},
    }  # fmt: skip
    answer = browser(make_bank()[1]).post(
        "/api/v1/pool/enrolments", json.dumps(asked), content_type="application/json",
        headers={"Accept-Language": language},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["facts"]["codes"]) == (422, ["POOL.LIMIT.FIRM_YEAR"])
    said = answer.json()["title"]
    assert "USD" in said
    assert "CNY" not in said
    assert "元" not in said
