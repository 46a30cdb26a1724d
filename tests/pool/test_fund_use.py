"""The manager's list of loans whose returns ask for a second look, from the bank's own file."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.claims import TODAY
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import WAN, make_bank, make_enrolment, make_law

from yulin.people.enums import Role
from yulin.pool.core.fund_use import UseFlag
from yulin.pool.core.return_rows import Taken
from yulin.pool.selectors.fund_use import flagged_loans
from yulin.pool.services.returns import record_returns

pytestmark = pytest.mark.django_db


@pytest.fixture
def loans():
    """One loan lent in December and repaid in January, one with deposits, one for another use, one without flags."""
    make_demo_book(TODAY)
    clerk, law = make_bank()[1], make_law()
    days = {"disbursed_on": date(2021, 11, 1), "due_on": date(2022, 10, 31)}
    made = [make_enrolment(clerk, law, loan_amount_fen=100 * WAN, line_fen=None, **days) for _ in range(4)]
    told = [{}, {"deposit_fen": 95 * WAN}, {"purpose": "购置房产"}, {"deposit_fen": 94 * WAN, "purpose": "流动 资金"}]
    for month, left in ((date(2021, 12, 1), 100 * WAN), (date(2022, 1, 1), 0)):
        first = {"outstanding_fen": left, "loan_status": "current" if left else "paid"}
        rest = {"outstanding_fen": 100 * WAN, "loan_status": "current"}
        taken = [
            Taken(one.pk, overdue_days=0, five_class="normal", annual_rate_ppm=None, defaulted_on=None, **said, **more)
            for one, said, more in zip(made, (first, rest, rest, rest), told, strict=True)
        ]
        record_returns(actor=clerk, bank_id=clerk.organisation_id, month=month, taken=taken)
    return made


def test_each_pattern_is_listed_with_its_reason(loans):
    found = flagged_loans(make_actor(Role.MANAGER_CLERK))
    assert {(one.enrolment.pk, one.found.flag) for one in found} == {
        (loans[0].pk, UseFlag.REPAID_AFTER_QUARTER),
        (loans[1].pk, UseFlag.DEPOSIT_AS_LOAN),
        (loans[2].pk, UseFlag.PURPOSE_CHANGED),
    }
    (one,) = flagged_loans(make_actor(Role.MANAGER_CLERK), flag=UseFlag.DEPOSIT_AS_LOAN)
    assert one.found.reason.en == "deposits CNY 950,000.00, CNY 1,000,000.00 outstanding"


def test_the_list_narrows_exports_and_leads_to_the_loan(loans):
    client = make_client(Role.MANAGER_CLERK)
    page = client.get("/en/returns/fund-use/").content.decode()
    assert all(f"/en/enrolments/{one.pk}/#returns" in page for one in loans[:3])
    assert f"/en/enrolments/{loans[3].pk}/#returns" not in page
    one = client.get("/en/returns/fund-use/?flag=purpose_changed&format=csv").getvalue().decode("utf-8-sig")
    assert one.splitlines()[1].endswith('"filed for “流动资金”, found “购置房产”"')
    assert "资金用途复核" in client.get("/zh-hans/returns/").content.decode()
    assert make_client(Role.BANK_CLERK).get("/en/returns/fund-use/").status_code == 403
