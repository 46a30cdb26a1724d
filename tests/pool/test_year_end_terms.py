"""The year-end plan of claims that still go before a joint meeting, or whose later instalment waits; a part sold."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.assignments import make_approved, make_debts, make_transfer_law
from tests.factories.claims import RULES, TODAY, checked, decided, make_claim_law, make_people
from tests.factories.people import make_actor, make_client, make_demo_book, make_organisation
from tests.factories.pool import WAN, make_bank
from tests.pool.test_assignments import closed
from tests.pool.test_claim_parts import MEETING, make_law_with, record

from yulin.base.outcome import Outcome
from yulin.base.workdays import shipped_calendar
from yulin.people.enums import OrganisationKind, Role
from yulin.pool.models import Claim, Enrolment, Voucher
from yulin.pool.selectors.package_page import package_page
from yulin.pool.selectors.year_end import year_end_plan
from yulin.rules.services import draft_shipped_pack, publish_pack

pytestmark = pytest.mark.django_db
PAYMENT = {"payment": {"workdays": 10, "clause": "规程三"}}


@pytest.fixture
def people():
    make_demo_book(TODAY)
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    publish_pack(actor=checker, draft_id=draft_shipped_pack(actor=maker, pack_id="debt-transfer-2012").pk)
    return make_people()


def planned(people, claim):
    plan = year_end_plan(people.authority, today=TODAY, calendar=shipped_calendar())
    return next(one.line for part in (plan.ready, plan.coming, plan.open, plan.blocked) for one in part
                if one.claim.pk == claim.pk)  # fmt: skip


def test_the_meeting_counts_until_it_is_held(people):
    rules = {**MEETING, "timetable": {**MEETING["timetable"], **PAYMENT}}
    claim = checked(people, make_claim_law(**rules))
    before = planned(people, claim).earliest_on
    record(people, claim)
    after = planned(people, claim).earliest_on
    assert after < before


def test_a_claim_with_an_instalment_that_waits_is_not_promised(people):
    law = make_law_with(timetable={**RULES["timetable"], **PAYMENT})
    claim = decided(people, law)
    line = planned(people, claim)
    assert (line.outcome, line.questions[0].zh) == (Outcome.UNKNOWN, "后期补偿等待条件，何时付清未知")
    Voucher.objects.filter(claim=claim).update(state="paid", paid_on=TODAY)
    Claim.objects.filter(pk=claim.pk).update(state="paid", paid_on=TODAY)
    assert planned(people, claim).outcome == Outcome.MET


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_package_of_which_one_debt_fell_out_says_what_took_effect(language):
    make_demo_book(date(2022, 1, 19))
    clerk, checker = make_bank()[1], make_actor(Role.MANAGER_CHECKER, make_organisation(OrganisationKind.MANAGER))
    claims = make_debts(clerk, make_transfer_law())
    package = make_approved(clerk, checker, claims)
    assert package_page(clerk, package.pk, today=TODAY).sold is None
    Enrolment.objects.filter(claims=claims[0]).update(loan_status="paid", outstanding_fen=0)
    closed()
    sold = package_page(clerk, package.pk, today=TODAY).sold
    assert (sold.count, sold.principal_fen, sold.price_fen) == (1, 300 * WAN, 90 * WAN)
    page = make_client(Role.AUDITOR).get(f"/{language}/assignments/{package.pk}/").content.decode()
    assert {"zh-hans": "实际成交", "en": "Took effect"}[language] in page
    assert "900,000.00" in page
