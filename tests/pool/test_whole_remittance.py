"""Whole-remit mode in the book (R-09b): the bank remits all, and its own part comes back to it, to the fen and once."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests.factories.claims import RULES, decided, make_people
from tests.factories.people import make_demo_book
from tests.factories.pool import GUANGZHOU, WAN, make_bank
from tests.pool.test_audit_packs import recompute, write
from tests.pool.test_claim_parts import publish

from yulin.base.errors import YulinError
from yulin.kit import clock
from yulin.kit.row_security import organisation_scope, scope
from yulin.ledger.selectors import balance
from yulin.ledger.services import seal_transfers
from yulin.people.models import User
from yulin.people.services import seal_audit_trail
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.core.postings import Place, partner_account, received_of, refund_account
from yulin.pool.models import Claim, Refund
from yulin.pool.selectors.reconciliation import differences
from yulin.pool.selectors.recoveries import debt_account
from yulin.pool.services.claims.vouchers import pay_voucher
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery
from yulin.pool.services.recoveries.refund import record_refund
from yulin.pool.services.recoveries.remit import record_remittance
from yulin.rules.adapters.shipped import shipped_texts

pytestmark = pytest.mark.django_db
SCHEME, PAID_ON, TODAY = "gz-credit-2021", date(2022, 1, 19), date(2022, 2, 10)
CITY, HUANGPU = Place(SCHEME, "city"), Place(SCHEME, "district", "440112")


@pytest.fixture
def people():
    make_demo_book(PAID_ON)
    return make_people()


@pytest.fixture
def claim(people):
    """A claim of 300 万, paid: the city bore 150, the district 120, the bank 30; 20 万 came in and cost 3."""
    text = shipped_texts(GUANGZHOU[-1])["pack.yaml"]
    assert "remit: share" in text
    found = decided(people, publish({"pack.yaml": text.replace("remit: share", "remit: whole", 1)}, RULES))
    Claim.objects.filter(pk=found.pk).update(state="approved", notice_until=PAID_ON)
    for one in found.vouchers.all():
        pay_voucher(actor=people.checker, voucher_id=one.pk, on=PAID_ON, transfer_key=f"T-{one.pk}")
    with clock.standing_on(TODAY):
        money = Received(date(2022, 2, 1), 20 * WAN, 3 * WAN, "LS1")
        entry = enter_recovery(actor=people.clerk, claim_id=found.pk, received=money)
    assert (entry.remitted_fen, entry.refund_due_fen) == (17 * WAN, 17_000_00)
    return Claim.objects.get(pk=found.pk)


def remit(people, claim, fen, reference="HD1"):
    with clock.standing_on(TODAY):
        return record_remittance(
            actor=people.reviewer, claim_id=claim.pk, on=TODAY, amount_fen=fen, reference=reference
        )


def give_back(actor, claim, fen, reference="TH1", on=TODAY):
    with clock.standing_on(TODAY):
        return record_refund(actor=actor, claim_id=claim.pk, on=on, amount_fen=fen, reference=reference)


def code_of(work):
    with pytest.raises(YulinError) as refused:
        work()
    return refused.value.code


def test_all_is_remitted_and_the_banks_own_part_comes_back_once(people, claim, tmp_path):
    assert code_of(lambda: give_back(people.reviewer, claim, 1)) == "POOL.REFUND.ABOVE_DUE"  # nothing is handed over
    remit(people, claim, 17 * WAN)
    assert balance(refund_account(SCHEME)).posted_fen == 17_000_00
    assert [balance(received_of(one)).posted_fen for one in (CITY, HUANGPU)] == [85_000_00, 68_000_00]
    assert code_of(lambda: give_back(people.reviewer, claim, 17_000_00 + 1)) == "POOL.REFUND.ABOVE_DUE"
    refund = give_back(people.reviewer, claim, 17_000_00)
    assert give_back(people.reviewer, claim, 17_000_00).pk == refund.pk
    assert code_of(lambda: give_back(people.reviewer, claim, 1)) == "POOL.RECOVERY.REFERENCE"
    assert code_of(lambda: give_back(people.reviewer, claim, 1, "TH2")) == "POOL.REFUND.ABOVE_DUE"
    bank = partner_account(SCHEME, claim.bank_id)
    assert (balance(refund_account(SCHEME)).posted_fen, balance(bank).posted_fen) == (0, 270 * WAN - 153_000_00)
    assert differences() == []
    seal_transfers()
    seal_audit_trail()
    pack = recompute(write(PackScope(loan=claim.loan_number)), tmp_path)
    assert (pack.returncode, pack.stderr) == (0, ""), pack.stdout


def test_of_a_part_that_is_handed_over_its_own_part_alone_can_come_back(people, claim):
    parts = remit(people, claim, 10 * WAN).parts
    assert parts == {"city": 5 * WAN, "district": 4 * WAN, "bank": WAN}
    stands = debt_account(people.clerk, claim.pk).refunds
    assert (stands.due_fen, stands.remitted_fen, stands.open_fen) == (17_000_00, WAN, WAN)
    assert code_of(lambda: give_back(people.reviewer, claim, WAN + 1)) == "POOL.REFUND.ABOVE_DUE"
    assert give_back(people.reviewer, claim, WAN).amount_fen == WAN


@pytest.mark.parametrize(
    ("on", "code"),
    [(date(2022, 2, 9), "POOL.REMITTANCE.DAY"), (TODAY, None), (date(2022, 2, 11), "POOL.REMITTANCE.DAY")],
)
def test_a_refund_comes_after_the_remittance_and_not_tomorrow(people, claim, on, code):
    remit(people, claim, 17 * WAN)
    if code is None:
        assert give_back(people.reviewer, claim, 1, on=on).pk
    else:
        assert code_of(lambda: give_back(people.reviewer, claim, 1, on=on)) == code


def test_who_refunds_and_who_sees_it(people, claim):
    remit(people, claim, 17 * WAN)
    assert code_of(lambda: give_back(people.clerk, claim, 1)) == "PEOPLE.NOT_ALLOWED"
    give_back(people.reviewer, claim, 1)
    for organisation_id, count in ((claim.bank_id, 1), (make_bank()[0].pk, 0)):
        with scope(organisation_scope(organisation_id)):
            assert Refund.objects.count() == count


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_what_is_due_and_takes_the_refund(people, claim, language):
    remit(people, claim, 17 * WAN)
    make_demo_book(TODAY)
    client, bank = Client(), Client()
    client.force_login(User.objects.get(pk=people.reviewer.user_id))
    bank.force_login(User.objects.get(pk=people.clerk.user_id))
    page = f"/{language}/recoveries/{claim.pk}/"
    assert {"zh-hans": "应返还银行", "en": "To be refunded"}[language] in bank.get(page).content.decode()
    sent = {"on": "2022-02-10", "amount": "17000.01", "reference": "TH1"}
    assert bank.post(f"{page}refund/", sent).status_code == 403
    assert "POOL.REFUND.ABOVE_DUE" in client.post(f"{page}refund/", sent).content.decode()
    assert client.post(f"{page}refund/", sent | {"amount": "17000.00"}).status_code == 302
    assert Refund.objects.get().amount_fen == 17_000_00
