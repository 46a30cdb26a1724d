"""What the database itself keeps of claims: one a loan, other hands, amounts within the loss, a history that grows."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.factories.claims import make_claim, make_claim_law
from tests.factories.people import make_demo_book
from tests.factories.pool import WAN, make_bank

from yulin.kit.row_security import district_scope, organisation_scope, scope
from yulin.pool.models import Claim, ClaimDeduction, ClaimEvent, DiligenceCase, Voucher

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim():
    make_demo_book(date(2022, 1, 19))
    _, clerk = make_bank()
    return make_claim(clerk, make_claim_law())


def refused(work, constraint=""):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        work()
    assert constraint in str(caught.value)


def change(claim, **fields):
    return lambda: Claim.objects.filter(pk=claim.pk).update(**fields)


def voucher(claim, amount_fen, **fields):
    return Voucher.objects.create(
        claim=claim, party=fields.pop("party", "city"), amount_fen=amount_fen, bank_id=claim.bank_id, **fields
    )


def test_a_loan_has_one_claim_that_stands(claim):
    copy = Claim.objects.get(pk=claim.pk)
    copy.pk, copy.number = None, "BC-2"
    refused(lambda: copy.save(force_insert=True), "claim_once_per_loan")
    Claim.objects.filter(pk=claim.pk).update(state="withdrawn")
    copy.pk = None
    copy.save(force_insert=True)
    assert Claim.objects.count() == 2


SIGNED = {"decided_by_id": 9, "decided_base_fen": 100, "decision": "full"}


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"reviewed_by_id": 7, "checked_by_id": 7}, "claim_four_eyes"),
        ({"reviewed_by_id": 7, "decided_by_id": 7}, "claim_decided_by_another"),
        ({"checked_by_id": 7, "decided_by_id": 7}, "claim_decided_by_another"),
        ({"former_decider_id": 7, "decided_by_id": 7}, "claim_appeal_decided_by_another"),
        ({"decided_base_fen": 300 * WAN + 1}, "claim_decided_within_loss"),
        ({"decided_base_fen": -1}, "claim_decided_within_loss"),
        ({"public_fen": 300 * WAN + 1}, "claim_public_within_loss"),
        ({"interest_fen": -1}, "claim_amounts"),
        ({"state": "decided"}, "claim_decided_is_signed"),
        ({"state": "noticed", **SIGNED}, "claim_notice_has_end"),
        ({"state": "lost"}, "claim_state"),
        ({"holder": "us"}, "claim_holder"),
        ({"decision": "maybe"}, "claim_decision"),
    ],
)
def test_what_no_claim_may_say(claim, fields, constraint):
    refused(change(claim, **fields), constraint)


@pytest.mark.parametrize(
    "fields",
    [
        {"reviewed_by_id": 7, "checked_by_id": 8, "decided_by_id": 9, "former_decider_id": 10},
        {"decided_base_fen": 300 * WAN, "public_fen": 300 * WAN},
        {"state": "decided", **SIGNED},
        {"state": "noticed", "notice_until": date(2022, 2, 1), **SIGNED},
    ],
)
def test_what_a_claim_may_say(claim, fields):
    assert change(claim, **fields)() == 1


def test_history_only_grows(claim):
    event = ClaimEvent.objects.get(claim=claim)
    refused(lambda: ClaimEvent.objects.filter(pk=event.pk).update(note="x"), "append-only")
    refused(event.delete, "append-only")


def test_vouchers_add_up_to_at_most_what_was_decided(claim):
    Claim.objects.filter(pk=claim.pk).update(public_fen=1_000)
    voucher(claim, 600)
    refused(lambda: voucher(claim, 401, party="district"), "add up to 1001 fen")
    other = voucher(claim, 400, party="district")
    refused(lambda: Voucher.objects.filter(pk=other.pk).update(amount_fen=401), "add up to 1001 fen")


def test_a_layer_has_one_voucher_an_instalment_and_a_void_one_frees_its_place(claim):
    Claim.objects.filter(pk=claim.pk).update(public_fen=1_000)
    first = voucher(claim, 300)
    refused(lambda: voucher(claim, 300), "voucher_once")
    voucher(claim, 100, instalment=2)
    Voucher.objects.filter(pk=first.pk).update(state="void")
    again = voucher(claim, 900)
    refused(lambda: Voucher.objects.filter(pk=again.pk).update(state="paid"), "voucher_paid_on")


def test_a_transfer_pays_one_voucher(claim):
    Claim.objects.filter(pk=claim.pk).update(public_fen=1_000)
    voucher(claim, 300, transfer_key="T1")
    refused(lambda: voucher(claim, 300, party="district", transfer_key="T1"), "voucher_paid_by_one_transfer")


def test_other_organisations_see_nothing_of_a_claim(claim):
    ClaimDeduction.objects.create(claim=claim, item="principal", amount_fen=1, clause="一", reason="x")
    DiligenceCase.objects.create(claim=claim, case="purpose", is_case=False)
    parts = (Claim, ClaimEvent, ClaimDeduction, DiligenceCase)
    stranger, _ = make_bank()
    for reach, seen in (
        (organisation_scope(claim.bank_id), 1),
        (organisation_scope(stranger.pk), 0),
        (district_scope("440112"), 1),
        (district_scope("440106"), 0),
        ("none", 0),
    ):
        with scope(reach):
            assert [part.objects.count() for part in parts] == [seen] * 4, reach


def test_a_district_reads_its_claims_and_changes_none(claim):
    DiligenceCase.objects.create(claim=claim, case="purpose", is_case=False)
    with scope(district_scope("440112")):
        assert Claim.objects.update(firm_name="x") == 0
        assert DiligenceCase.objects.update(evidence="x") == 0
