"""Opening a claim: the returns come first; each loan that cannot be claimed says why; twenty at once make one."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from tests.factories.claims import DEFAULTED_ON, RULES, TODAY, make_claim, make_claim_law, make_default
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import GUANGZHOU, WAN, make_bank, make_enrolment, make_law
from tests.pool.test_claim_parts import publish
from tests.pool.test_concurrency import at_once

from yulin.base.errors import YulinError
from yulin.people.enums import Role
from yulin.people.models import AuditEntry, Organisation
from yulin.pool.errors import ClaimTwiceError, PoolError
from yulin.pool.models import Claim, NumberSeries
from yulin.pool.selectors.claim_case import law_of, mode_of_loan
from yulin.pool.selectors.claims import checklist_of
from yulin.pool.services.claims.open_claim import Asked, open_claim
from yulin.rules.adapters.shipped import shipped_texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    make_demo_book(date(2022, 1, 19))
    return make_bank()[1]


def code_of(work):
    with pytest.raises(YulinError) as caught:
        work()
    return caught.value.code


def test_claim_takes_its_amounts_and_days_from_the_returns(clerk):
    claim = make_claim(clerk, make_claim_law())
    assert (claim.number, claim.state, claim.holder) == ("BC-GZ21-2022-0000001", "draft", "bank")
    assert claim.principal_fen == claim.loss_base_fen == 300 * WAN
    # Overdue for 90 days at the end of December: since 2 October; open on the 61st day, not before the default.
    assert (claim.defaulted_on, claim.opens_on) == (DEFAULTED_ON, DEFAULTED_ON)
    assert claim.history.get().step == "open"
    assert AuditEntry.objects.get(action="pool.open_claim").facts["loss_base_fen"] == 300 * WAN


def test_day_that_differs_from_the_returns_stops_with_both_days(clerk):
    loan = make_default(clerk, make_claim_law())
    with pytest.raises(PoolError) as caught:
        open_claim(actor=clerk, enrolment_id=loan.pk, asked=Asked(stated_default_on=date(2021, 12, 1)))
    assert caught.value.code == "POOL.CLAIM.DATE_DIFFERS"
    assert "2021-12-01" in str(caught.value.message)
    assert DEFAULTED_ON.isoformat() in str(caught.value.message)
    assert (Claim.objects.count(), NumberSeries.objects.filter(prefix__startswith="BC").count()) == (0, 0)


def test_a_loan_in_a_mode_of_its_schemes_own_can_be_claimed(clerk):
    law = make_law("us-sba-7a")
    loan = make_default(clerk, law, guaranteed_amount_fen=240 * WAN)
    assert loan.mode == loan.facts["mode"] == "as_filed"  # half of it is guaranteed, as the filing says
    mode = mode_of_loan(loan, law)
    assert mode is not None
    assert mode.id == "as_filed"
    page = make_client(Role.BANK_CLERK, Organisation.objects.get(pk=clerk.organisation_id)).get(
        reverse("pool:claim-open", args=[loan.pk])
    )
    assert page.status_code == 200
    assert 'name="interest_days"' in page.content.decode()


def test_second_claim_names_the_first(clerk):
    claim = make_claim(clerk, make_claim_law())
    with pytest.raises(ClaimTwiceError) as caught:
        open_claim(actor=clerk, enrolment_id=claim.enrolment_id)
    assert caught.value.facts["claim"] == claim.number


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"state": "revoked"}, "POOL.CLAIM.ENROLMENT_REVOKED"),
        ({"loan_status": "paid"}, "POOL.CLAIM.LOAN_PAID"),
        ({"outstanding_fen": 0}, "POOL.CLAIM.LOAN_PAID"),
        ({"loan_status": "transferred"}, "POOL.CLAIM.LOAN_ASSIGNED"),
        ({"mode": "guarantee"}, "POOL.CLAIM.OTHER_MODE"),
        ({"defaulted_on": None}, "POOL.CLAIM.NO_DEFAULT"),
        ({"overdue_days": 60, "last_return_month": date(2022, 1, 1)}, "POOL.CLAIM.TOO_EARLY"),
        ({"mode": "portfolio"}, "POOL.CLAIM.NOT_COVERED"),
    ],
)
def test_loan_that_cannot_be_claimed(clerk, fields, code):
    loan = make_default(clerk, make_claim_law())
    type(loan).objects.filter(pk=loan.pk).update(**fields)
    assert code_of(lambda: open_claim(actor=clerk, enrolment_id=loan.pk)) == code
    assert Claim.objects.count() == 0


def test_scheme_without_rules_for_claims_takes_none(clerk):
    loan = make_default(clerk, make_law())
    assert code_of(lambda: open_claim(actor=clerk, enrolment_id=loan.pk)) == "POOL.CLAIM.RULES_OPEN"


def test_loan_of_another_bank_is_not_there(clerk):
    loan = make_default(clerk, make_claim_law())
    _, stranger = make_bank()
    assert code_of(lambda: open_claim(actor=stranger, enrolment_id=loan.pk)) == "POOL.ENROLMENT.NOT_FOUND"


def test_suspended_bank_opens_no_claim(clerk):
    law = make_claim_law(**{"breakers.bank": {"above": "3%", "clause": "规程七"}})
    paid = make_claim(clerk, law)
    decided = {"state": "paid", "decided_by_id": 1, "decision": "full", "decided_on": date(2022, 1, 10)}
    Claim.objects.filter(pk=paid.pk).update(decided_base_fen=300 * WAN, **decided)
    make_enrolment(clerk, law, disbursed_on=date(2022, 1, 4), due_on=date(2023, 1, 4))
    loan = make_default(clerk, law)
    with pytest.raises(PoolError) as caught:
        open_claim(actor=clerk, enrolment_id=loan.pk)
    assert caught.value.code == "POOL.CLAIM.BANK_SUSPENDED"
    assert (caught.value.facts["found"], caught.value.facts["level"]) == ("62.5%", "3%")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_threads_open_one_claim():
    make_demo_book(date(2022, 1, 19))
    _, clerk = make_bank()
    loan = make_default(clerk, make_claim_law())

    def claim():
        try:
            return open_claim(actor=clerk, enrolment_id=loan.pk).number
        except ClaimTwiceError as error:
            return error.facts["claim"]

    numbers = at_once(*[claim] * 20)
    assert set(numbers) == {"BC-GZ21-2022-0000001"}
    assert (Claim.objects.count(), NumberSeries.objects.get(prefix="BC-GZ21").last) == (1, 1)
    assert Claim.objects.get().history.count() == 1


# --- interest up to a day ---


def make_day_cap_law():
    text = shipped_texts(GUANGZHOU[-1])["pack.yaml"]
    counted = "of: [principal, interest], interest: {days_at_most: 90}, clause"
    return publish({"pack.yaml": text.replace("of: [principal], clause", counted)}, RULES)


@pytest.mark.parametrize(("days", "counted"), [(89, 90_000), (90, 90_000), (180, 45_000)])
def test_interest_counts_up_to_the_schemes_day(clerk, days, counted):
    loan = make_default(clerk, make_day_cap_law())
    claim = open_claim(actor=clerk, enrolment_id=loan.pk, asked=Asked(interest_fen=90_000, interest_days=days))
    assert (claim.interest_fen, claim.loss_base_fen) == (90_000, 300 * WAN + counted)


@pytest.mark.parametrize(("days", "verdict"), [(90, "warn"), (180, "ok")])
def test_a_claim_remarks_interest_above_what_the_loans_rate_gives(clerk, days, verdict):
    law = make_day_cap_law()
    loan = make_default(clerk, law, annual_rate_ppm=50_000)  # of 300 万 in 90 days: 36,986.30 by a year of 365
    asked = Asked(interest_fen=50_000_00, interest_days=days)
    claim = open_claim(actor=clerk, enrolment_id=loan.pk, asked=asked)
    (line,) = [one for one in checklist_of(claim, law_of(claim), today=TODAY) if one.id == "form.interest"]
    assert (line.verdict, "36,986.30" in line.found.zh) == (verdict, verdict == "warn")
    type(loan).objects.filter(pk=loan.pk).update(annual_rate_ppm=None)
    claim = Claim.objects.get()
    assert not [one for one in checklist_of(claim, law_of(claim), today=TODAY) if one.id == "form.interest"]


def test_interest_without_its_days_is_refused_where_days_count_and_taken_elsewhere(clerk):
    loan = make_default(clerk, make_day_cap_law())
    assert code_of(lambda: open_claim(actor=clerk, enrolment_id=loan.pk, asked=Asked(interest_fen=1))) == (
        "POOL.CLAIM.INTEREST_DAYS"
    )
    assert Claim.objects.count() == 0
    page = make_client(Role.BANK_CLERK, Organisation.objects.get(pk=clerk.organisation_id))
    form = page.get(reverse("pool:claim-open", args=[loan.pk])).content.decode()
    assert "最多计90天" in form
    said = {"defaulted_on": DEFAULTED_ON.isoformat(), "interest": "900", "interest_days": "180"}
    assert page.post(reverse("pool:claim-open", args=[loan.pk]), said).status_code == 302
    assert Claim.objects.get().loss_base_fen == 300 * WAN + 45_000
