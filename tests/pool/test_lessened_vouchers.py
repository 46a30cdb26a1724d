"""Money comes back before a layer has paid: what it has not paid is lessened, nothing of it is handed over (P-08)."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from django.urls import reverse
from tests.factories.claims import TODAY, decided, make_people
from tests.factories.people import make_actor, make_client, make_demo_book
from tests.factories.pool import WAN
from tests.pool import test_budgets
from tests.pool.test_audit_packs import recompute, write
from tests.pool.test_budgets import HUANGPU, give
from tests.pool.test_claim_parts import make_law_with
from tests.pool.test_payouts import PAID_ON, SCHEME, approved

from yulin.kit import clock
from yulin.ledger.services import seal_transfers
from yulin.people.enums import Role
from yulin.people.models import AuditEntry
from yulin.people.services import seal_audit_trail
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.enums import ClaimState
from yulin.pool.models import Claim, RecoveryLine, Voucher
from yulin.pool.selectors.claim_case import law_of, settled
from yulin.pool.selectors.reconciliation import differences
from yulin.pool.selectors.recoveries import debt_account
from yulin.pool.services.claims import deciding, vouchers
from yulin.pool.services.payouts import batches
from yulin.pool.services.recoveries.enter_recovery import (
    Received,
    enter_recovery,
    preview_recovery,
    undo_recovery,
)
from yulin.pool.services.recoveries.remit import record_remittance

pytestmark = pytest.mark.django_db
law, people = test_budgets.law, test_budgets.people
LATER = date(2022, 3, 1)


def pay(people, claim, party, on=PAID_ON):
    (voucher,) = claim.vouchers.filter(party=party, instalment=1).exclude(state="void")
    with clock.standing_on(on):
        return vouchers.pay_voucher(
            actor=people.reviewer, voucher_id=voucher.pk, on=on, transfer_key=f"{claim.pk}-{party}"
        )


def enter(people, claim, gross, day=date(2022, 2, 10)):
    with clock.standing_on(LATER):
        received = Received(day, gross, reference=f"LS{day}-{gross}")
        return enter_recovery(actor=people.clerk, claim_id=claim.pk, received=received)


def undo(people, entry):
    with clock.standing_on(LATER):
        undo_recovery(actor=people.clerk, recovery_id=entry.pk, note="与另案混淆")


def standing(claim):
    rows = Voucher.objects.filter(claim=claim).exclude(state="void").order_by("party", "instalment")
    return [(one.party, one.instalment, one.state, one.amount_fen // WAN) for one in rows]


def state_of(claim):
    return ClaimState(Claim.objects.get(pk=claim.pk).state)


@pytest.fixture
def queued(people, law):
    """A claim of 300 万: the city has paid its 150, the district's budget is a fen short of its 120."""
    give(people, 120 * WAN - 1, HUANGPU)
    claim = approved(people, law)
    pay(people, claim, "city")
    return claim


def test_a_layer_whose_voucher_is_queued_gets_no_money_and_has_less_to_pay(people, queued):
    assert standing(queued) == [("city", 1, "paid", 150), ("district", 1, "queued", 120)]
    entry = enter(people, queued, 100 * WAN)
    assert entry.remitted_fen == 50 * WAN  # the city's; the district's 40 stay with the bank
    assert standing(queued) == [("city", 1, "paid", 150), ("district", 1, "held", 80)]  # and now it fits
    assert {one.party: one.returned_fen // WAN for one in debt_account(people.clerk, queued.pk).parties} == {
        "city": 50, "district": 40, "bank": 10,
    }  # fmt: skip
    with clock.standing_on(LATER):
        record_remittance(actor=people.reviewer, claim_id=queued.pk, on=LATER, amount_fen=50 * WAN, reference="HD-1")
    assert queued.remittances.get().parts == {"city": 50 * WAN}
    assert differences() == []


def test_what_comes_in_once_the_rest_is_paid_is_money_and_the_first_entry_stays_as_it_was(people, queued):
    enter(people, queued, 100 * WAN)
    pay(people, queued, "district", date(2022, 2, 15))
    assert state_of(queued) == ClaimState.PAID
    second = enter(people, queued, 100 * WAN, date(2022, 2, 20))
    assert second.remitted_fen == 90 * WAN
    assert RecoveryLine.objects.filter(claim=queued, amount_fen__lt=0).count() == 0
    assert differences() == []


def test_an_undone_entry_gives_the_layer_its_payment_back(people, queued):
    entry = enter(people, queued, 100 * WAN)
    undo(people, entry)
    assert standing(queued) == [("city", 1, "paid", 150), ("district", 1, "queued", 120)]
    lines = RecoveryLine.objects.filter(claim=queued, party="district").order_by("id")
    assert [(one.amount_fen // WAN, one.is_unpaid) for one in lines] == [(40, True), (-40, True)]
    traces = AuditEntry.objects.filter(action="pool.lessen_vouchers").order_by("id")
    assert [list(one.facts["new"].values()) for one in traces] == [[80 * WAN], [120 * WAN]]
    assert differences() == []


def test_what_was_undone_after_the_lessened_payment_is_one_more_voucher(people, queued):
    entry = enter(people, queued, 100 * WAN)
    pay(people, queued, "district", date(2022, 2, 15))
    undo(people, entry)
    assert standing(queued) == [
        ("city", 1, "paid", 150), ("district", 1, "paid", 80), ("district", 2, "queued", 40),
    ]  # fmt: skip
    assert state_of(queued) == ClaimState.APPROVED
    assert differences() == []


def test_a_claim_of_which_nothing_is_left_to_pay_is_paid_and_is_owed_again_when_that_is_undone(people, law):
    claim = approved(people, law)
    entry = enter(people, claim, 300 * WAN)
    assert (entry.remitted_fen, standing(claim), state_of(claim)) == (0, [], ClaimState.PAID)
    undo(people, entry)
    assert standing(claim) == [("city", 1, "held", 150), ("district", 1, "held", 120)]
    assert state_of(claim) == ClaimState.APPROVED
    assert differences() == []


def test_a_voucher_in_a_batch_is_no_longer_lessened(people, law):
    claim = approved(people, law)
    with clock.standing_on(PAID_ON):
        batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)
    assert enter(people, claim, 100 * WAN).remitted_fen == 90 * WAN
    assert standing(claim) == [("city", 1, "held", 150), ("district", 1, "held", 120)]


def test_a_claim_that_is_decided_again_is_shared_by_its_new_sheet(people, law):
    claim = decided(people, law)
    entry = enter(people, claim, 100 * WAN, TODAY)
    deciding.appeal_claim(actor=people.clerk, claim_id=claim.pk, version=None, note="少计一项")
    claim.refresh_from_db()
    less = [deciding.Deduction("principal", 100 * WAN, "四", "用途不符")]
    shown = settled(claim, law_of(claim), less, on=TODAY).public_fen
    deciding.decide_claim(
        actor=make_actor(Role.AUTHORITY_OFFICER), claim_id=claim.pk, version=None, shown_public_fen=shown,
        deductions=less, clause="四", note="部分",
    )  # fmt: skip
    assert standing(claim) == [("city", 1, "held", 50), ("district", 1, "held", 40)]  # of 200 万, less 100 万 come back
    entry.refresh_from_db()
    assert entry.remitted_fen == 0
    assert differences() == []


def test_the_last_instalment_is_lessened_first():
    make_demo_book(TODAY)
    people = make_people()
    claim = decided(people, make_law_with())
    assert standing(claim) == [
        ("city", 1, "held", 112), ("city", 2, "held", 37), ("district", 1, "held", 90), ("district", 2, "held", 30),
    ]  # fmt: skip
    enter(people, claim, 100 * WAN, TODAY)
    assert standing(claim) == [("city", 1, "held", 100), ("district", 1, "held", 80)]


def test_the_page_says_it_before_and_behind_the_entry(people, queued):
    client, url = make_client(Role.MANAGER_CLERK), reverse("pool:debt", args=[queued.pk])
    with clock.standing_on(LATER):
        received = Received(date(2022, 2, 10), 100 * WAN, reference="LS-1")
        shown = preview_recovery(actor=people.clerk, claim_id=queued.pk, received=received)
        assert (shown.unpaid_fen, shown.remitted_fen) == ({"district": 40 * WAN}, 50 * WAN)
        enter(people, queued, 100 * WAN)
        page = client.get(url).content.decode()
    assert '（其中<data value="40000000">400,000.00</data>冲减未付凭证）' in page


def test_the_audit_pack_proves_it_and_finds_one_changed_line(people, queued, tmp_path):
    enter(people, queued, 100 * WAN)
    seal_transfers()
    seal_audit_trail()
    loan = PackScope(loan=Claim.objects.get(pk=queued.pk).loan_number)
    found = recompute(write(loan), tmp_path / "equal")
    assert (found.returncode, found.stderr) == (0, ""), found.stdout
    table = tmp_path / "equal" / "recovery_lines.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",true", ",false"), encoding="utf-8")
    again = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "equal" / "recompute.py")],
        capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert again.returncode == 1
    assert "remitted_fen" in again.stdout
    assert f"claim {queued.number} vouchers" in again.stdout
