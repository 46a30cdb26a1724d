"""Appeals: once, within the term, also against a decision that is on public notice already; what a denial clears."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests.factories.claims import TODAY, checked, make_claim_law, make_people, shown_fen
from tests.factories.people import make_demo_book
from tests.factories.pool import WAN

from yulin.base.errors import YulinError
from yulin.kit import clock
from yulin.people.models import User
from yulin.pool.core.claims.deciding import Deduction
from yulin.pool.models import Claim, Voucher
from yulin.pool.selectors.claim_case import law_of, settled
from yulin.pool.services.claims import deciding

pytestmark = pytest.mark.django_db
CUT = [Deduction("principal", 30 * WAN, "规程八", "部分款项挪用")]
LAST_DAY = date(2022, 2, 7)  # ten working days after the decision, with make-up days and the Spring Festival between


@pytest.fixture
def people():
    make_demo_book(TODAY)
    return make_people()


def cut_claim(people):
    """A claim of 300 万 of which 270 are compensated."""
    claim = checked(people, make_claim_law())
    shown = settled(claim, law_of(claim), CUT, on=TODAY).public_fen
    return deciding.decide_claim(
        actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown, deductions=CUT, clause="八"
    )


def appeal(people, claim):
    return deciding.appeal_claim(actor=people.clerk, claim_id=claim.pk, version=None, note="扣减无据")


def code_of(work):
    with pytest.raises(YulinError) as refused:
        work()
    return refused.value.code


def offers_appeal(people, claim, language="zh-hans"):
    client = Client()
    client.force_login(User.objects.get(pk=people.clerk.user_id))
    return 'value="appeal"' in client.get(f"/{language}/claims/{claim.pk}/").content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_decision_published_at_once_can_still_be_appealed(people, language):
    claim = cut_claim(people)
    deciding.publish_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    assert offers_appeal(people, claim, language)
    reopened = appeal(people, claim)
    assert (reopened.state, reopened.notice_until, reopened.public_fen) == ("checked", None, 0)
    assert set(Voucher.objects.values_list("state", flat=True)) == {"void"}
    assert not offers_appeal(people, claim, language)
    decide = {"claim_id": claim.pk, "version": None, "shown_public_fen": shown_fen(Claim.objects.get())}
    assert code_of(lambda: deciding.decide_claim(actor=people.authority, **decide)) == "POOL.CLAIM.SAME_HANDS"
    again = deciding.decide_claim(actor=people.other_authority, **decide)
    assert (again.decision, again.public_fen) == ("full", 270 * WAN)
    deciding.publish_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    assert code_of(lambda: appeal(people, claim)) == "POOL.CLAIM.APPEAL"


@pytest.mark.parametrize(("today", "code"), [(LAST_DAY, None), (date(2022, 2, 8), "POOL.CLAIM.APPEAL")])
def test_the_term_of_an_appeal_ends_with_its_last_day(people, today, code):
    claim = cut_claim(people)
    assert deciding.appeal_until(claim) == LAST_DAY
    with clock.standing_on(today):
        assert offers_appeal(people, claim) is (code is None)
        if code is None:
            assert appeal(people, claim).appealed_on == today
        else:
            assert code_of(lambda: appeal(people, claim)) == code


def test_what_is_approved_for_payment_is_appealed_no_more(people):
    claim = cut_claim(people)
    Claim.objects.filter(pk=claim.pk).update(state="approved", notice_until=TODAY)
    assert code_of(lambda: appeal(people, claim)) == "POOL.CLAIM.STEP"
    assert Voucher.objects.filter(state="held").count() == 2


def test_a_denial_after_an_appeal_leaves_no_deduction_of_the_first_decision(people):
    claim = cut_claim(people)
    appeal(people, claim)
    denied = deciding.deny_claim(
        actor=people.other_authority, claim_id=claim.pk, version=None, clause="规程九", note="贷款用于炒股"
    )
    assert (denied.state, denied.public_fen, denied.deductions.filter(is_current=True).count()) == ("denied", 0, 0)
    assert denied.deductions.count() == 1  # it stays to be seen
