"""What ends while a claim is on its way, and days that cannot be: each refused with its code, and nothing is paid."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from tests.factories.claims import TODAY, checked, decided, make_claim_law, make_people, shown_fen, submitted
from tests.factories.experts import visited
from tests.factories.people import make_actor, make_demo_book
from tests.pool.test_concurrency import at_once

from yulin.base.errors import YulinError
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.pool.core.return_rows import Taken
from yulin.pool.models import Claim, Enrolment, PayoutBatch, Voucher
from yulin.pool.services.claims import deciding
from yulin.pool.services.lifecycle import revoke_enrolment
from yulin.pool.services.payouts.batches import keep_account, make_batch
from yulin.pool.services.returns import record_returns

pytestmark = pytest.mark.django_db


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_claim_law()


@pytest.fixture
def people(law):
    return make_people()


def code_of(work) -> str | None:
    try:
        work()
    except YulinError as error:
        return error.code
    return None


def decide(people, claim):
    return deciding.decide_claim(
        actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown_fen(claim)
    )


def revoke(claim):
    return revoke_enrolment(
        actor=make_actor(Role.MANAGER_CHECKER), enrolment_id=claim.enrolment_id, clause="第六条", note="资料不实"
    )


def repaid(claim):
    line = Taken(claim.enrolment_id, 0, 0, "normal", None, "paid", None)
    record_returns(actor=SYSTEM_ACTOR, bank_id=claim.bank_id, month=date(2021, 12, 1), taken=[line])


def assigned(claim):
    Enrolment.objects.filter(pk=claim.enrolment_id).update(loan_status="transferred", outstanding_fen=0)


@pytest.mark.parametrize(("end", "words"), [(revoke, "备案已撤销"), (repaid, "已结清"), (assigned, "债权已转让")])
def test_a_claim_whose_loan_ended_on_the_way_is_not_paid_but_can_be_denied(law, people, end, words):
    claim = checked(people, law)
    end(claim)
    with pytest.raises(YulinError) as refused:
        decide(people, claim)
    assert refused.value.code == "POOL.CLAIM.LOAN_ENDED"
    assert words in refused.value.message.zh
    assert Voucher.objects.count() == 0
    denied = deciding.deny_claim(
        actor=people.authority, claim_id=claim.pk, version=None, clause="第六条", note="无损失"
    )
    assert denied.state == "denied"


def test_an_enrolment_is_not_revoked_while_compensation_stands_on_it(law, people):
    claim = decided(people, law)
    assert code_of(lambda: revoke(claim)) == "POOL.ENROLMENT.COMPENSATED"
    for state in ("noticed", "approved", "paid"):
        days = {"notice_until": TODAY, "paid_on": TODAY if state == "paid" else None}
        Claim.objects.filter(pk=claim.pk).update(state=state, **days)
        assert code_of(lambda: revoke(claim)) == "POOL.ENROLMENT.COMPENSATED"
    Claim.objects.filter(pk=claim.pk).update(state="recalled")
    assert revoke(claim).state == "revoked"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_decision_and_a_revocation_at_once_never_both_stand(law, people):
    for code in range(3):
        claim = checked(people, law, loan_number=f"AT-ONCE-{code}", contract_number=f"AT-ONCE-{code}")
        found = at_once(lambda c=claim: code_of(lambda: decide(people, c)), lambda c=claim: code_of(lambda: revoke(c)))
        assert found in ([None, "POOL.ENROLMENT.COMPENSATED"], ["POOL.CLAIM.LOAN_ENDED", None])
        claim.refresh_from_db()
        assert (claim.state == "decided") is (found[0] is None)


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "POOL.CLAIM.VISIT_DAY"), (0, None), ("today", None), ("tomorrow", "POOL.CLAIM.VISIT_DAY")]
)
def test_a_visit_lies_between_the_default_and_today(law, people, days, code):
    claim = submitted(people, law)
    near = {"today": TODAY, "tomorrow": TODAY + timedelta(1)}
    on = near[days] if isinstance(days, str) else claim.defaulted_on + timedelta(days)
    assert code_of(lambda: visited(people.reviewer, claim, on)) == code


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "POOL.PAYOUT.DAY"), (0, "POOL.PAYOUT.NOTHING"), (1, "POOL.PAYOUT.NOTHING")]
)
def test_a_batch_is_paid_today_or_later(law, people, days, code):
    on = TODAY + timedelta(days)
    assert code_of(lambda: make_batch(actor=people.reviewer, scheme_id=law.pack.id, execute_on=on)) == code
    assert PayoutBatch.objects.count() == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_batches_made_at_once_are_one_and_the_others_find_nothing(law, people):
    for organisation, account in ((people.reviewer.organisation_id, "4401"), (people.clerk.organisation_id, "6222")):
        keep_account(
            actor=people.reviewer, organisation_id=organisation, name="示例户名", account=account,
            bank_code="102581000013",
        )  # fmt: skip
    claim = decided(people, law)
    Claim.objects.filter(pk=claim.pk).update(state="approved", notice_until=TODAY)
    make = {"actor": people.reviewer, "scheme_id": law.pack.id, "execute_on": TODAY}
    found = at_once(*[lambda: code_of(lambda: make_batch(**make))] * 20)
    assert Counter(found) == {None: 1, "POOL.PAYOUT.NOTHING": 19}
    assert PayoutBatch.objects.get().orders.count() == Voucher.objects.count() == 2
