"""Breakers by bank: how far from the line, what the next claims would do, a queue that keeps its order."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from tests.factories.claims import RULES, checked, decided, make_claim_law, make_default, make_people, shown_fen
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import FIRM_CODES, GUANGZHOU, WAN, make_bank, make_enrolment, make_law
from tests.pool.test_claim_parts import publish

from yulin.people.enums import Role
from yulin.people.models import User
from yulin.pool.errors import ClaimDeferredError, PoolError, QueueHeldError
from yulin.pool.models import Claim, Enrolment, Recall
from yulin.pool.selectors.breakers import breaker_page, breaker_rows
from yulin.pool.selectors.claim_case import claimant_gauges
from yulin.pool.services.claims.deciding import decide_claim, defer_claim, release_claims
from yulin.pool.services.claims.open_claim import open_claim
from yulin.rules.adapters.shipped import shipped_texts

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 19)
FRESH = {"disbursed_on": date(2022, 1, 4), "due_on": date(2023, 1, 4)}
SCHEME = "gz-credit-2021"


@pytest.fixture
def law():
    """A line at 80 % of what the bank enrolled this year: 480 万, so that 384 万 may be lost."""
    make_demo_book(TODAY)
    return make_claim_law(**{"breakers.bank": {"above": "80%", "then": "defer", "clause": "规程七"}})


@pytest.fixture
def people(law):
    found = make_people()
    make_enrolment(found.clerk, law, **FRESH)
    return found


def page(actor, people):
    return breaker_page(actor, people.clerk.organisation_id, SCHEME, today=TODAY)


def address(name, *args, language="zh-hans"):
    with translation.override(language):
        return reverse(f"pool:{name}", args=args)


def browser(actor):
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_distance_to_the_line_is_exact(law, people):
    decided(people, law, outstanding_fen=300 * WAN)
    standing = page(people.clerk, people).row.standings[0]
    assert (standing.above_fen, standing.below_fen) == (300 * WAN, 480 * WAN)
    assert (standing.state.state, standing.state.room_fen) == ("none", 84 * WAN)


def test_next_claims_are_walked_one_by_one_and_a_deferred_one_does_not_count(law, people):
    decided(people, law, outstanding_fen=300 * WAN)
    first = checked(people, law, outstanding_fen=84 * WAN + 1)
    second = checked(people, law, outstanding_fen=80 * WAN)
    loan = make_default(people.clerk, law, outstanding_fen=4 * WAN)
    over = make_default(people.clerk, law, outstanding_fen=1)
    found = page(people.clerk, people).next
    assert [(one.loan, one.stage.is_held_back) for one in found] == [
        (first.loan_number, True),
        (second.loan_number, False),
        (loan.loan_number, False),  # to the fen at the line: more than 80 % is needed
        (over.loan_number, True),
    ]
    assert [one.measure_percent for one in found] == [">80.00%", "79.17%", "80.00%", ">80.00%"]


def test_simulation_says_what_the_decision_does(law, people):
    decided(people, law, outstanding_fen=300 * WAN)
    claims = [checked(people, law, outstanding_fen=fen) for fen in (84 * WAN + 1, 84 * WAN)]
    said = {one.claim_id: one.stage.is_held_back for one in page(people.authority, people).next}
    done = {}
    for claim in claims:
        try:
            decide_claim(actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown_fen(claim))
            done[claim.pk] = False
        except ClaimDeferredError:
            done[claim.pk] = True
    assert said == done == {claims[0].pk: True, claims[1].pk: False}


def deferred(people, law, *amounts):
    claims = [checked(people, law, outstanding_fen=fen) for fen in amounts]
    return [defer_claim(actor=people.authority, claim_id=claim.pk, version=None, note="越过暂缓线") for claim in claims]


def states_of(claims):
    return [Claim.objects.get(pk=claim.pk).state for claim in claims]


def test_deferred_claims_are_taken_up_in_order_as_far_as_the_line_allows(law, people):
    decided(people, law, outstanding_fen=300 * WAN)
    claims = deferred(people, law, 80 * WAN, 4 * WAN, 1, 1)  # the first two reach the line to the fen
    shown = page(people.clerk, people)
    assert [one.pk for one in shown.queue] == [one.pk for one in claims]
    assert [one.pk for one in shown.free.claims] == [one.pk for one in claims[:2]]
    release = address("breaker-release", people.clerk.organisation_id, SCHEME)
    assert browser(people.clerk).post(release, {"note": "x"}).status_code == 403
    assert browser(people.authority).post(release, {"note": "新年度"}).status_code == 302
    assert states_of(claims) == ["checked", "checked", "deferred", "deferred"]
    steps = Claim.objects.get(pk=claims[0].pk).history.order_by("-id").first()
    assert (steps.step, steps.note) == ("release", "新年度")
    again = browser(people.authority).post(release, {"note": "再来"}, follow=True)  # undecided ones count already
    assert "POOL.BREAKER.STILL_HELD" in again.content.decode()
    assert states_of(claims) == ["checked", "checked", "deferred", "deferred"]
    make_enrolment(people.clerk, law, **FRESH, firm_code=FIRM_CODES[3])
    assert browser(people.authority).post(release, {"note": "备案增加"}).status_code == 302
    assert states_of(claims) == ["checked"] * 4


def test_a_large_claim_at_the_head_of_the_queue_is_not_overtaken(law, people):
    decided(people, law, outstanding_fen=300 * WAN)
    large, small = deferred(people, law, 85 * WAN, 1)
    with pytest.raises(QueueHeldError) as held:
        release_claims(actor=people.authority, scheme_id=SCHEME, bank_id=large.bank_id, note="试")
    assert held.value.facts["claim"] == large.number
    assert states_of([large, small]) == ["deferred", "deferred"]


def test_each_claim_of_the_queue_is_measured_under_its_own_law(law, people):
    """The first loan was enrolled under a version without this line; the second has it and waits."""
    other = make_law("gz-credit-2018", values={"modes.bank.ratio.city": {"at": "50%"}})
    decided(people, law, outstanding_fen=300 * WAN)
    free, held = deferred(people, law, 200 * WAN, 1)
    Claim.objects.filter(pk=free.pk).update(pack_id=other.published_id)
    taken = release_claims(actor=people.authority, scheme_id=SCHEME, bank_id=free.bank_id, note="各按其版本")
    assert [one.pk for one in taken] == [free.pk]
    assert states_of([free, held]) == ["checked", "deferred"]
    Claim.objects.filter(pk__in=[free.pk, held.pk]).update(state="deferred")
    Claim.objects.filter(pk=free.pk).update(pack_id=law.published_id)
    Claim.objects.filter(pk=held.pk).update(pack_id=other.published_id)
    with pytest.raises(QueueHeldError) as caught:  # the other way round the first one holds both back
        release_claims(actor=people.authority, scheme_id=SCHEME, bank_id=free.bank_id, note="各按其版本")
    assert caught.value.facts["claim"] == free.number


def make_whole_scheme_law(then):
    """A line of the whole scheme at 40 % of what all banks enrolled this year; the bank's own is not set."""
    text = shipped_texts(GUANGZHOU[-1])["pack.yaml"]
    own = "scope: bank, measure: year_loss / year_enrolled, then: suspend"
    whole = f"scope: scheme, measure: year_loss / year_enrolled, above: 40%, then: {then}"
    return publish({"pack.yaml": text.replace(own, whole)}, RULES)


@pytest.fixture
def two_banks():
    """Two banks of 480 万 each enrolled this year: 384 万 may be lost by both together."""
    make_demo_book(TODAY)

    def of(then):
        law, first, second = make_whole_scheme_law(then), make_people(), make_people()
        for people in (first, second):
            make_enrolment(people.clerk, law, **FRESH)
        return law, first, second

    return of


def test_a_line_of_the_whole_scheme_counts_every_banks_losses(two_banks):
    law, first, second = two_banks("defer")
    decided(first, law, outstanding_fen=300 * WAN)
    held = checked(second, law, outstanding_fen=84 * WAN + 1)
    standing = page(second.clerk, second).row.standings[0]
    assert (standing.above_fen, standing.below_fen) == (300 * WAN, 960 * WAN)
    assert (standing.state.room_fen, standing.title.en) == (84 * WAN, "Suspension of a bank (whole scheme)")
    assert [one.stage.is_held_back for one in page(second.clerk, second).next] == [True]
    decide = {"actor": second.authority, "claim_id": held.pk, "version": None, "shown_public_fen": shown_fen(held)}
    with pytest.raises(ClaimDeferredError) as caught:
        decide_claim(**decide)
    assert "whole scheme" in caught.value.message.en
    defer_claim(actor=second.authority, claim_id=held.pk, version=None, note="越过全方案界限")
    with pytest.raises(QueueHeldError):
        release_claims(actor=second.authority, scheme_id=SCHEME, bank_id=held.bank_id, note="试")
    make_enrolment(first.clerk, law, **FRESH, firm_code=FIRM_CODES[3])  # another bank's filing makes room
    release_claims(actor=second.authority, scheme_id=SCHEME, bank_id=held.bank_id, note="备案增加")
    decide_claim(**decide)
    assert Claim.objects.get(pk=held.pk).state == "decided"


@pytest.mark.parametrize(("then", "is_open"), [("suspend", False), ("warn", True)])
def test_past_the_line_of_the_whole_scheme_no_bank_claims_or_all_are_warned(two_banks, then, is_open):
    law, first, second = two_banks(then)
    decided(first, law, outstanding_fen=300 * WAN)
    decided(second, law, outstanding_fen=84 * WAN)  # the line to the fen
    loan = make_default(second.clerk, law, firm_code=FIRM_CODES[2], outstanding_fen=100)
    filed = Enrolment.objects.filter(bank_id=first.clerk.organisation_id, **FRESH)
    assert filed.update(enrolled_amount_fen=480 * WAN - 100) == 1
    if is_open:
        claim = open_claim(actor=second.clerk, enrolment_id=loan.pk)
        (gauge,) = claimant_gauges(claim.bank, law, on=TODAY)
        assert gauge.now.state == "warn"
        return
    with pytest.raises(PoolError) as caught:
        open_claim(actor=second.clerk, enrolment_id=loan.pk)
    assert caught.value.code == "POOL.CLAIM.BANK_SUSPENDED"


def test_what_is_asked_back_gives_its_part_of_the_line_back(law, people):
    claim = decided(people, law, outstanding_fen=300 * WAN)
    assert page(people.clerk, people).row.standings[0].above_fen == 300 * WAN
    Claim.objects.filter(pk=claim.pk).update(state="recalled", paid_on=TODAY)
    Recall.objects.create(
        claim=claim, bank_id=claim.bank_id, principal_fen=90 * WAN, annual_rate_ppm=0, paid_on=TODAY,
        recalled_on=TODAY, clause="规程", reason="用途",
    )  # fmt: skip
    assert page(people.clerk, people).row.standings[0].above_fen == 200 * WAN  # a third of 270 万 was asked back


def test_a_line_that_nobody_has_set_holds_nothing_back():
    make_demo_book(TODAY)
    law = make_law()
    _, clerk = make_bank()
    make_enrolment(clerk, law, **FRESH)
    row = breaker_rows(clerk, today=TODAY)[0]
    assert (row.standings[0].verdict[0], row.standings[0].gauge) == ("unk", None)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_bank_sees_its_own_line_only(law, people, language):
    decided(people, law, outstanding_fen=300 * WAN)
    _, other = make_bank("别家示例银行")
    make_enrolment(other, law, **FRESH)
    assert [row.bank_id for row in breaker_rows(other, today=TODAY)] == [other.organisation_id]
    assert [row.bank_id for row in breaker_rows(people.reviewer, today=TODAY)] == [
        people.clerk.organisation_id,  # the nearest to its line comes first
        other.organisation_id,
    ]
    with pytest.raises(PoolError) as caught:
        page(other, people)
    assert caught.value.code == "POOL.BREAKER.NOT_FOUND"
    own = address("breaker", people.clerk.organisation_id, SCHEME, language=language)
    assert browser(other).get(own).status_code == 404
    shown = browser(people.clerk).get(own)
    assert (shown.status_code, "62.50" in shown.content.decode()) == (200, True)
    assert make_client(Role.DISTRICT_OFFICER).get(own).status_code == 403


def test_overview_asks_as_often_for_three_banks_as_for_one(law, people, django_assert_max_num_queries):
    auditor = make_client(Role.AUDITOR)
    auditor.get(address("breakers"))
    for _ in range(2):
        make_enrolment(make_bank()[1], law, **FRESH)
    with django_assert_max_num_queries(16):
        assert auditor.get(address("breakers")).status_code == 200
