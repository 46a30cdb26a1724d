"""The pool's own tables and the ledger agree through every event, and a difference of one fen is named."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.pool import WAN
from tests.pool import test_budgets
from tests.pool.test_budgets import CITY, HUANGPU, SCHEME, enter, give, paid

from yulin.kit import clock
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.ledger.services import book_transfers
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.pool.core.postings import partner_account, receivable_of
from yulin.pool.models import Voucher
from yulin.pool.selectors.reconciliation import differences
from yulin.pool.services.claims import budgets
from yulin.pool.services.claims.recalling import Asking, recall_claim, record_repayment
from yulin.pool.services.layer_accounts import set_layer_capacity
from yulin.pool.services.recoveries.enter_recovery import undo_recovery
from yulin.pool.services.recoveries.remit import record_remittance
from yulin.pool.services.recoveries.write_off import approve_write_off, propose_write_off, undo_write_off

pytestmark = pytest.mark.django_db
law, people = test_budgets.law, test_budgets.people


def agree() -> bool:
    return differences() == []


def test_every_event_keeps_both_sides_equal(law, people):
    set_layer_capacity(actor=people.authority, place=CITY, capacity_fen=10_000 * WAN)
    give(people, 200 * WAN)
    give(people, 200 * WAN, HUANGPU)
    claim = paid(people, law)
    assert agree()
    with clock.standing_on(date(2022, 3, 1)):
        first = enter(people, claim, date(2022, 2, 20), 60 * WAN, cost_fen=7)
        enter(people, claim, date(2022, 2, 10), 33 * WAN + 1)
        assert agree()
        remit = {"actor": people.reviewer, "claim_id": claim.pk, "on": date(2022, 2, 25)}
        record_remittance(**remit, amount_fen=40 * WAN + 3, reference="HD-1")
        undo_recovery(actor=people.clerk, recovery_id=first.pk, note="重复")
        assert agree()
        budgets.roll_in(actor=people.authority, place=HUANGPU, year=2022, interest_fen=0)
        assert agree()
        off = propose_write_off(actor=people.reviewer, claim_id=claim.pk, clause="第三十条", reason="破产终结")
        approve_write_off(actor=people.authority, write_off_id=off.pk)
        assert agree()
        undo_write_off(actor=people.authority, write_off_id=off.pk, note="有新线索")
        recall_claim(actor=people.authority, claim_id=claim.pk, asking=Asking(7 * WAN + 1, 50_000, "二十", "不实"))
        assert agree()
        recall = claim.recall
        record_repayment(
            actor=people.reviewer, claim_id=claim.pk, on=date(2022, 3, 1), amount_fen=recall.total_fen, reference="HD-9"
        )
        assert agree()


def test_one_fen_in_a_table_or_in_the_book_is_named(law, people):
    paid(people, law)
    voucher = Voucher.objects.get(party="city")
    Voucher.objects.filter(pk=voucher.pk).update(amount_fen=voucher.amount_fen - 1)
    first, partner, clearing = differences()
    assert (first.account, first.pool_fen, first.ledger_fen) == (
        CITY.account(AccountKind.COMPENSATION_PAID), 150 * WAN - 1, 150 * WAN,
    )  # fmt: skip
    assert (partner.account, partner.ledger_fen - partner.pool_fen) == (partner_account(SCHEME, voucher.bank_id), 1)
    assert clearing.account == f"{SCHEME}:payouts:clearing"
    Voucher.objects.filter(pk=voucher.pk).update(amount_fen=voucher.amount_fen)
    with clock.standing_on(date(2022, 3, 1)):
        enter(people, voucher.claim, date(2022, 2, 20), 60 * WAN)
        assert agree()
        stray = NewTransfer(
            "stray", TransferKind.POSTED, CITY.account(AccountKind.FUNDING), receivable_of(CITY), 1, date(2022, 3, 1)
        )
        book_transfers(actor=SYSTEM_ACTOR, transfers=[stray])
    assert [(one.account, one.ledger_fen - one.pool_fen) for one in differences()] == [(receivable_of(CITY), 1)]
