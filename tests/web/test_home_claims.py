"""The homes' queues of claims and payouts: each role sees what waits for it, with its day, and leads to its page."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests.factories.claims import (
    RULES,
    TODAY,
    checked,
    decided,
    make_claim,
    make_claim_law,
    make_default,
    make_people,
    submitted,
)
from tests.factories.guarantees import TODAY as LATER
from tests.factories.guarantees import make_guarantee_law, make_guaranteed_default, make_guarantor
from tests.factories.people import make_demo_book

from yulin.people.models import User
from yulin.pool.models import Claim, Voucher
from yulin.pool.services.claims.deciding import approve_claim, publish_claim
from yulin.pool.services.payouts.batches import keep_account, make_batch, release_batch

pytestmark = pytest.mark.django_db
LIMIT = {"months": 12, "clause": "规程三"}


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_claim_law(timetable={**RULES["timetable"], "claim_limit": LIMIT})


@pytest.fixture
def people():
    return make_people()


def home(actor, language="zh-hans"):
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    answer = client.get(f"/{language}/home/")
    assert answer.status_code == 200
    return answer.context["home"]


def rows(actor):
    of_claims = [row for row in home(actor).rows if "/claim" in row.href]
    return [(row.title.en.rpartition(" ")[2], row.todo.en, row.due_on) for row in of_claims]


def test_each_hand_finds_the_claim_that_waits_for_it(law, people):
    draft = make_claim(people.clerk, law)
    loan = make_default(people.clerk, law)
    sent = submitted(people, law)
    done = checked(people, law)
    assert rows(people.clerk) == [
        (loan.loan_number, "Claim", date(2022, 12, 31)),
        (draft.number, "Complete the papers, then submit", None),
    ]
    assert rows(people.reviewer)[0] == (sent.number, "Review", sent.due_on)
    assert rows(people.authority) == [(done.number, "Decide", done.due_on)]
    assert [row.workdays_left for row in home(people.reviewer).rows[:1]] == [5]
    assert home(people.authority).next.href.endswith(f"/claims/{done.pk}/")


def test_vouchers_wait_for_a_batch_and_a_batch_for_two_people_and_the_bank(law, people):
    claim = decided(people, law)
    publish_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    Claim.objects.filter(pk=claim.pk).update(notice_until=date(2022, 1, 18))
    approve_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    for place, organisation in enumerate((claim.bank_id, people.reviewer.organisation_id)):
        keep_account(
            actor=people.reviewer, organisation_id=organisation, name="示例", account=f"62220{place}",
            bank_code="102100099996",
        )  # fmt: skip
    kinds = [row.todo.en for row in home(people.checker).rows]
    assert kinds == ["Put its vouchers into a payout batch", "Make a batch"]
    batch = make_batch(actor=people.reviewer, scheme_id=claim.scheme_id, execute_on=TODAY)
    assert [row.todo.en for row in home(people.checker).rows][1:] == ["Release"]
    release_batch(actor=people.reviewer, batch_id=batch.pk)
    assert [row.todo.en for row in home(people.reviewer).rows][1:] == ["Waits for a second person"]
    assert [row.todo.en for row in home(people.checker).rows][1:] == ["Release by a second person"]
    release_batch(actor=people.checker, batch_id=batch.pk)
    (waiting,) = home(people.checker).rows[1:]
    assert waiting.todo.en == "Upload the bank's answer when it has come"
    assert waiting.amounts == {"CNY": sum(Voucher.objects.values_list("amount_fen", flat=True))}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_guarantor_and_an_insurer_have_a_home_of_their_own(people, language):
    make_demo_book(LATER)
    law = make_guarantee_law()
    house, officer = make_guarantor()
    loan = make_guaranteed_default(people.clerk, law, house)
    shown = home(officer, language)
    assert [row.href for row in shown.rows] == [f"/{language}/enrolments/{loan.pk}/claim/"]
    assert shown.next.href == shown.rows[0].href
    _, other = make_guarantor("别家担保")
    assert home(other, language).rows == []
