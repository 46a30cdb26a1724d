"""Monthly returns: in time or late, the loan's present state, default seen once, repaid loans closed, sent twice."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.assignments import make_paid_claim
from tests.factories.claims import make_claim_law
from tests.factories.people import make_demo_book, make_organisation
from tests.factories.pool import RETURN_HEADS, WAN, make_bank, make_enrolment, make_law, send, sheet_of

from yulin.base.workdays import shipped_calendar
from yulin.exchange.enums import UploadKind
from yulin.exchange.models import UploadVerdict
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind
from yulin.people.models import Notice
from yulin.pool.models import Enrolment, MonthlyReturn, ReturnFile
from yulin.pool.selectors.returns import bank_months, missing_in
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery
from yulin.pool.services.returns import take_returns

pytestmark = pytest.mark.django_db
DECEMBER = date(2021, 12, 1)


@pytest.fixture(autouse=True)
def _early_january() -> None:
    make_demo_book(date(2022, 1, 6))


@pytest.fixture
def law():
    return make_law()


def line(enrolment, **fields):
    return {
        "loan_number": enrolment.loan_number,
        "outstanding_fen": enrolment.loan_amount_fen,
        "overdue_days": 0,
        "five_class": "normal",
        "loan_status": "正常",
    } | fields


def report(clerk, *lines, month=DECEMBER):
    upload = send(clerk, sheet_of(list(lines), RETURN_HEADS), kind=UploadKind.RETURNS, month=month)
    return upload, take_returns(actor=clerk, upload_id=upload.pk)


def test_return_keeps_the_present_state_of_a_loan(law):
    _, clerk = make_bank()
    one = make_enrolment(clerk, law)
    _, result = report(clerk, line(one, outstanding_fen=400 * WAN, overdue_days=12))
    one.refresh_from_db()
    assert result == {"taken": 1, "overdue": 1, "defaulted": 0, "closed": 0, "is_late": False, "rows": 1, "refused": 0}
    assert (one.outstanding_fen, one.overdue_days, one.loan_status) == (400 * WAN, 12, "overdue")
    assert one.last_return_month == DECEMBER


@pytest.mark.parametrize(("today", "late"), [(date(2022, 1, 10), False), (date(2022, 1, 11), True)])
def test_last_day_and_the_day_after(law, today, late):
    # Five working days after 31 December 2021: 4, 5, 6, 7 and 10 January 2022.
    _, clerk = make_bank()
    one = make_enrolment(clerk, law)
    make_demo_book(today)
    report(clerk, line(one))
    assert MonthlyReturn.objects.get().is_late is late
    assert ReturnFile.objects.get().due_on == date(2022, 1, 10)


def test_the_term_of_returns_is_the_instances_own(law, settings):
    settings.YULIN_RETURN_WORKDAYS = 3
    _, clerk = make_bank()
    report(clerk, line(make_enrolment(clerk, law)))
    assert ReturnFile.objects.get().due_on == date(2022, 1, 6)


def test_default_is_the_day_first_seen(law):
    _, clerk = make_bank()
    one = make_enrolment(clerk, law)
    report(clerk, line(one, five_class="substandard"), month=date(2021, 11, 1))
    one.refresh_from_db()
    assert one.defaulted_on == date(2021, 11, 30)
    report(clerk, line(one, five_class="substandard"))
    one.refresh_from_db()
    assert one.defaulted_on == date(2021, 11, 30)


def test_older_month_does_not_change_the_present_state(law):
    _, clerk = make_bank()
    one = make_enrolment(clerk, law)
    report(clerk, line(one, outstanding_fen=100 * WAN))
    report(clerk, line(one, outstanding_fen=300 * WAN), month=date(2021, 10, 1))
    one.refresh_from_db()
    assert (one.outstanding_fen, one.last_return_month) == (100 * WAN, DECEMBER)
    assert MonthlyReturn.objects.count() == 2


def test_repaid_loan_is_closed_with_its_event(law):
    _, clerk = make_bank()
    one = make_enrolment(clerk, law)
    report(clerk, line(one, outstanding_fen=0))
    one.refresh_from_db()
    assert (one.state, one.closed_on, one.loan_status) == ("closed", date(2021, 12, 31), "paid")
    assert one.events.order_by("id").last().step == "close"


def test_unknown_loan_repeated_loan_and_contradiction_are_refused(law):
    _, clerk = make_bank()
    _, other = make_bank()
    one, foreign = make_enrolment(clerk, law), make_enrolment(other, law, firm_name="广州示例木棉生物有限公司")
    two = make_enrolment(clerk, law)
    upload, result = report(
        clerk, line(one), line(one), line(foreign), line(two, outstanding_fen=two.loan_amount_fen + 1)
    )
    assert (result["taken"], result["refused"]) == (1, 3)
    codes = set(UploadVerdict.objects.filter(upload=upload, severity="refused").values_list("row", "code"))
    assert codes == {
        (3, "POOL.RETURN.TWICE"),
        (4, "POOL.RETURN.UNKNOWN_LOAN"),
        (5, "POOL.RETURN.CONTRADICTION"),
    }


def test_same_file_again_changes_nothing(law):
    _, clerk = make_bank()
    one = make_enrolment(clerk, law)
    upload, result = report(clerk, line(one))
    before = list(MonthlyReturn.objects.values())
    assert take_returns(actor=clerk, upload_id=upload.pk) == result
    assert list(MonthlyReturn.objects.values()) == before
    assert ReturnFile.objects.count() == 1


def test_missing_lines_are_counted_by_bank(law):
    bank, clerk = make_bank()
    first, second = make_enrolment(clerk, law), make_enrolment(clerk, law)
    report(clerk, line(first))
    (one,) = bank_months(SYSTEM_ACTOR, DECEMBER, calendar=shipped_calendar())
    assert (one.bank, one.owed, one.received, one.missing) == (bank, 2, 1, 1)
    assert list(missing_in(clerk, DECEMBER)) == [second]
    assert list(missing_in(make_bank()[1], DECEMBER)) == []


def test_month_that_is_not_over_is_refused(law):
    _, clerk = make_bank()
    one = make_enrolment(clerk, law)
    upload = send(clerk, sheet_of([line(one)], RETURN_HEADS), kind=UploadKind.RETURNS, month=date(2022, 1, 1))
    assert (upload.state, upload.error["code"]) == ("failed", "POOL.RETURN.MONTH")
    assert Enrolment.objects.get().last_return_month is None


@pytest.mark.parametrize(
    ("balance_fen", "status", "needed"),
    [
        (200 * WAN, "逾期", None),
        (200 * WAN - 1, "逾期", "2,000,000.00"),
        (0, "已结清", "2,000,000.00"),
        (0, "已转让", None),
    ],
)
def test_a_compensated_loan_that_owes_less_than_its_recoveries_explain_is_named(balance_fen, status, needed):
    make_demo_book(date(2022, 2, 8))
    _, clerk = make_bank()
    manager = make_organisation(OrganisationKind.MANAGER)
    claim = make_paid_claim(clerk, make_claim_law())
    enter_recovery(actor=clerk, claim_id=claim.pk, received=Received(date(2022, 1, 20), 100 * WAN, reference="LS1"))
    enter_recovery(actor=clerk, claim_id=claim.pk, received=Received(date(2022, 2, 1), 50 * WAN, reference="LS2"))
    told = {"outstanding_fen": balance_fen, "loan_status": status, "overdue_days": 90 if balance_fen else 0}
    upload, result = report(clerk, line(claim.enrolment, five_class="loss", **told), month=date(2022, 1, 1))
    found = UploadVerdict.objects.filter(upload=upload, code="POOL.RETURN.UNSHARED")
    assert list(found.values_list("needed", flat=True)) == ([needed] if needed else [])
    assert (result["taken"], result["refused"]) == (1, 0)
    assert Notice.objects.filter(organisation=manager, kind="pool.returns").count() == bool(needed)
