"""A guarantor's claim decided in part, and money that comes back on all of a guaranteed loss, to the fen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories.claims import checked as checked_claim
from tests.factories.claims import make_claim_law, make_people
from tests.factories.guarantees import (
    TODAY,
    WAN,
    checked,
    completed,
    decided,
    make_guarantee_law,
    make_guaranteed_default,
    make_guarantor,
    make_room,
    opened,
)
from tests.factories.people import make_demo_book
from tests.pool.test_audit_packs import recompute, write

from yulin.kit import clock
from yulin.ledger.services import seal_transfers
from yulin.people.services import seal_audit_trail
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.core.claims.deciding import Deduction
from yulin.pool.errors import AboveLossBaseError, RecoveryAboveLossError
from yulin.pool.selectors.claim_case import law_of, settled
from yulin.pool.selectors.recoveries import debt_account
from yulin.pool.services.claims.deciding import decide_claim
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery

pytestmark = pytest.mark.django_db


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_guarantee_law()


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def guarantor(people, law):
    found = make_guarantor()
    make_room(people.clerk, law, found[0])
    return found


def waiting(people, law, guarantor, **fields):
    """A guarantor's claim before the authority: of 300 万 lost it paid the bank 240."""
    house, officer = guarantor
    loan = make_guaranteed_default(people.clerk, law, house)
    return checked(people, completed(officer, opened(officer, loan, **fields)))


def decide(people, claim, *cuts):
    shown = settled(claim, law_of(claim), cuts, on=TODAY).public_fen
    return decide_claim(
        actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown, deductions=cuts, clause="六",
        note="部分",
    )  # fmt: skip


def principal(fen):
    return Deduction("principal", fen, "第六条", "超出担保范围")


def parts_of(claim):
    return [(one["party"], one["kind"], one["amount_fen"]) for one in claim.sheet["lines"]]


def test_what_is_deducted_from_a_guarantors_claim_is_not_compensated(law, people, guarantor, tmp_path):
    claim = decide(people, waiting(people, law, guarantor), principal(40 * WAN))
    assert (claim.decision, claim.decided_base_fen, claim.public_fen) == ("partial", 200 * WAN, 40 * WAN)
    assert parts_of(claim) == [
        ("city", "public", 40 * WAN), ("guarantor", "own", 160 * WAN), ("bank", "own", 60 * WAN),
        ("uncovered", "uncovered", 40 * WAN),
    ]  # fmt: skip
    seal_transfers()
    seal_audit_trail()
    pack = recompute(write(PackScope(loan=claim.loan_number)), tmp_path)
    assert (pack.returncode, pack.stderr) == (0, ""), pack.stdout


@pytest.mark.parametrize(("fen", "is_good"), [(200 * WAN, True), (200 * WAN + 1, False)])
def test_no_more_is_deducted_than_the_guarantor_still_lacks(law, people, guarantor, fen, is_good):
    claim = waiting(people, law, guarantor, recovered_fen=40 * WAN)
    if is_good:
        assert settled(claim, law_of(claim), [principal(fen)], on=TODAY).decided_base_fen == 0
        return
    with pytest.raises(AboveLossBaseError) as refused:
        settled(claim, law_of(claim), [principal(fen)], on=TODAY)
    assert refused.value.facts["most_fen"] == 200 * WAN


def test_nothing_is_deducted_from_what_the_loss_base_does_not_count(people):
    make_demo_book(date(2022, 1, 19))
    claim = checked_claim(people, make_claim_law())  # its loss base is the principal alone
    claim.interest_fen = 5_000_00
    with pytest.raises(AboveLossBaseError) as refused:
        settled(claim, law_of(claim), [Deduction("interest", 1, "第六条", "罚息")], on=date(2022, 1, 19))
    assert refused.value.facts["most_fen"] == 0


def test_all_of_a_guaranteed_loss_may_come_back_and_no_fen_more(law, people, guarantor):
    _, officer = guarantor
    claim = decided(people, waiting(people, law, guarantor))
    day = TODAY + timedelta(days=1)
    with clock.standing_on(day):
        above = Received(day, 300 * WAN + 1, reference="LS0")
        with pytest.raises(RecoveryAboveLossError) as refused:
            enter_recovery(actor=officer, claim_id=claim.pk, received=above)
        assert refused.value.facts["loss_fen"] == 300 * WAN
        enter_recovery(actor=officer, claim_id=claim.pk, received=Received(day, 300 * WAN, reference="LS1"))
    returned = {one.party: one.returned_fen for one in debt_account(officer, claim.pk).parties}
    assert returned == {"city": 48 * WAN, "guarantor": 192 * WAN, "bank": 60 * WAN}
