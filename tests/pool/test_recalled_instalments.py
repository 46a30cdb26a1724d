"""Compensation asked back of layers that paid at their own time, and of a claim whose later instalment still waits."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.claims import TODAY, decided, make_claim_law, make_people
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import WAN
from tests.pool.test_audit_packs import recompute, write
from tests.pool.test_claim_parts import make_law_with

from yulin.base.errors import YulinError
from yulin.kit import clock
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import balance
from yulin.ledger.services import seal_transfers
from yulin.people.enums import Role
from yulin.people.services import seal_audit_trail
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.core.postings import Place, receivable_of, received_of
from yulin.pool.models import Claim, Recall, Voucher
from yulin.pool.selectors.certificates import open_certificates
from yulin.pool.selectors.reconciliation import differences
from yulin.pool.services.claims.recalling import Asking, recall_claim, record_repayment
from yulin.pool.services.claims.vouchers import pay_voucher
from yulin.pool.services.payouts import batches

pytestmark = pytest.mark.django_db
SCHEME = "gz-credit-2021"
CITY, HUANGPU = Place(SCHEME, "city"), Place(SCHEME, "district", "440112")
YEAR_AGO, HALF_AGO = date(2021, 1, 19), date(2021, 7, 20)  # 365 and 183 days before today
RATE = 100_000


@pytest.fixture
def people():
    make_demo_book(TODAY)
    return make_people()


def paid(people, law, **days):
    """A decided claim of which each named layer has paid its first instalment on a day."""
    claim = decided(people, law)
    Claim.objects.filter(pk=claim.pk).update(state="approved", notice_until=TODAY)
    for party, on in days.items():
        voucher = claim.vouchers.get(party=party, instalment=1)
        pay_voucher(actor=people.checker, voucher_id=voucher.pk, on=on, transfer_key=f"{claim.pk}-{party}")
    return Claim.objects.get(pk=claim.pk)


def ask(people, claim, fen):
    asking = Asking(fen, RATE, "第二十条", "资料不实")
    return recall_claim(actor=people.authority, claim_id=claim.pk, asking=asking)


def code_of(work):
    with pytest.raises(YulinError) as refused:
        work()
    return refused.value.code


def test_interest_runs_from_each_layers_own_day(people, tmp_path):
    """The city paid 150 万 a year ago, the district 120 万 half a year ago: at 10 % 15 万, and 183 days of 12 万."""
    claim = paid(people, make_claim_law(), city=YEAR_AGO, district=HALF_AGO)
    recall = ask(people, claim, 270 * WAN)
    district = 6_016_438  # 120 万 × 10 % × 183 ÷ 365 = 60,164.38
    assert (recall.paid_on, recall.interest_fen) == (YEAR_AGO, 15 * WAN + district)
    assert recall.interest_parts == {"city": 15 * WAN, "district": district}
    owed = [balance(receivable_of(place)).posted_fen for place in (CITY, HUANGPU)]
    assert owed == [165 * WAN, 120 * WAN + district]
    record_repayment(actor=people.reviewer, claim_id=claim.pk, on=TODAY, amount_fen=recall.total_fen, reference="HD1")
    back = [balance(received_of(place)).posted_fen for place in (CITY, HUANGPU)]
    assert back == owed
    assert differences() == []
    seal_transfers()
    seal_audit_trail()
    pack = recompute(write(PackScope(loan=claim.loan_number)), tmp_path)
    assert (pack.returncode, pack.stderr) == (0, ""), pack.stdout


def test_a_first_instalment_is_asked_back_and_the_second_is_never_paid(people, tmp_path):
    claim = paid(people, make_law_with(), city=YEAR_AGO, district=YEAR_AGO)
    assert claim.state == "approved"  # a quarter waits for the end of recovery
    first = 270 * WAN * 3 // 4
    assert code_of(lambda: ask(people, claim, first + 1)) == "POOL.CLAIM.ABOVE_BASE"
    client, address = make_client(Role.AUTHORITY_CHECKER), f"/zh-hans/claims/{claim.pk}/recall/"
    shown = client.get(address).content.decode()
    assert "2,025,000.00" in shown
    assert "675,000.00" in shown  # what will not be paid any more
    recall = ask(people, claim, first)
    assert recall.interest_fen == first // 10
    claim.refresh_from_db()
    assert (claim.state, claim.holder) == ("recalled", "bank")
    assert set(Voucher.objects.filter(claim=claim, instalment=2).values_list("state", flat=True)) == {"void"}
    assert balance(CITY.account(AccountKind.FUNDING)).held_fen == 0
    assert differences() == []
    seal_transfers()
    seal_audit_trail()
    pack = recompute(write(PackScope(loan=claim.loan_number)), tmp_path)
    assert (pack.returncode, pack.stderr) == (0, ""), pack.stdout


def test_nothing_is_asked_back_while_an_order_may_still_pay_or_before_anything_was_paid(people):
    law = make_claim_law()
    unpaid = paid(people, law)
    assert code_of(lambda: ask(people, unpaid, 1)) == "POOL.CLAIM.ABOVE_BASE"
    for organisation, account in ((people.reviewer.organisation_id, "4401"), (people.clerk.organisation_id, "6222")):
        batches.keep_account(
            actor=people.reviewer, organisation_id=organisation, name="示例户名", account=account,
            bank_code="102581000013",
        )  # fmt: skip
    city = unpaid.vouchers.get(party="city")
    pay_voucher(actor=people.checker, voucher_id=city.pk, on=TODAY, transfer_key="T-1")
    batch = batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=TODAY)
    assert code_of(lambda: ask(people, unpaid, 150 * WAN)) == "POOL.RECALL.ON_ITS_WAY"
    assert Recall.objects.count() == 0
    batches.void_batch(actor=people.checker, batch_id=batch.pk, note="追回")
    assert ask(people, unpaid, 150 * WAN).interest_fen == 0


def test_a_bank_whose_first_instalments_alone_were_paid_owes_its_years_certificate(people):
    proof = {"as_of": "12-31", "due": "03-31", "clause": "规程十"}
    claim = paid(people, make_law_with(**{"recovery.certificate": proof}), city=TODAY)
    assert claim.paid_on is None
    with clock.standing_on(date(2023, 1, 1)):
        (task,) = open_certificates(people.clerk, today=date(2023, 1, 1))
    assert (task.bank_id, task.year.as_of) == (claim.bank_id, date(2022, 12, 31))
