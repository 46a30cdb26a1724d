"""A claim from the bank's draft to the last voucher: who may do what, what is booked, what waits, what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories.claims import (
    TODAY,
    checked,
    complete,
    decided,
    make_claim,
    make_claim_law,
    make_people,
    shown_fen,
    submitted,
)
from tests.factories.experts import visited
from tests.factories.people import make_actor, make_demo_book, make_membership
from tests.factories.pool import FIRM_CODES, WAN, make_enrolment

from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import balance
from yulin.people.enums import Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import AuditEntry, Notice, User
from yulin.people.selectors import audit_trail
from yulin.pool.core.claims.deciding import Deduction
from yulin.pool.core.postings import Place
from yulin.pool.errors import (
    AppealedAlreadyError,
    BudgetBelowUseError,
    ChecklistError,
    ClaimDeferredError,
    ClaimNoteError,
    ClaimNotFoundError,
    ClaimSameHandsError,
    ClaimStepError,
    ConflictOfInterestError,
    NoticeRunningError,
    PreviewDiffersError,
    QueueHeldError,
    VisitNeededError,
    VoucherPaidError,
)
from yulin.pool.models import Claim, ClaimEvent, Voucher
from yulin.pool.selectors.claim_case import settled
from yulin.pool.selectors.claims import claims_visible_to, claims_waiting_for
from yulin.pool.services.claims import budgets, deciding, papers, reviewing, vouchers
from yulin.pool.services.claims.waiting import hold_waiting_vouchers

SCHEME = "gz-credit-2021"
CITY, HUANGPU = Place(SCHEME, "city"), Place(SCHEME, "district", "440112")
BREAKER = {"breakers.bank": {"above": "3%", "then": "defer", "clause": "规程七"}}
pytestmark = pytest.mark.django_db


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_claim_law()


@pytest.fixture
def people():
    return make_people()


def amounts_of(claim):
    return {voucher.party: voucher.amount_fen for voucher in claim.vouchers.exclude(state="void")}


def test_the_whole_way_to_the_last_voucher(law, people):
    claim = decided(people, law)
    assert (claim.state, claim.decision, claim.public_fen) == ("decided", "full", 270 * WAN)
    assert amounts_of(claim) == {"city": 150 * WAN, "district": 120 * WAN}
    assert sum(line["amount_fen"] for line in claim.sheet["lines"]) == claim.loss_base_fen == 300 * WAN
    claim = deciding.publish_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    assert claim.notice_until == date(2022, 1, 26)
    with pytest.raises(NoticeRunningError):
        deciding.approve_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    make_demo_book(date(2022, 1, 27))
    deciding.approve_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    first, last = claim.vouchers.order_by("id")
    pay = {"actor": people.checker, "voucher_id": first.pk}
    vouchers.pay_voucher(on=date(2022, 1, 27), transfer_key="T-1", **pay)
    vouchers.pay_voucher(on=date(2022, 1, 28), transfer_key="T-1", **pay)
    with pytest.raises(VoucherPaidError):
        vouchers.pay_voucher(on=date(2022, 1, 28), transfer_key="T-2", **pay)
    claim.refresh_from_db()
    assert claim.state == "approved"
    vouchers.pay_voucher(actor=people.checker, voucher_id=last.pk, on=date(2022, 1, 28), transfer_key="T-3")
    claim.refresh_from_db()
    assert (claim.state, claim.paid_on) == ("paid", date(2022, 1, 28))
    first.refresh_from_db()
    assert first.paid_on == date(2022, 1, 27)
    steps = list(ClaimEvent.objects.filter(claim=claim).values_list("step", flat=True))
    assert steps == ["open", "submit", "review", "check", "decide", "publish", "approve", "pay"]
    assert audit_trail(action="pool.pay_voucher").count() == 2


def test_what_the_checklist_finds_keeps_a_claim_with_the_bank(law, people):
    claim = make_claim(people.clerk, law)
    with pytest.raises(ChecklistError):
        papers.submit_claim(actor=people.clerk, claim_id=claim.pk, version=None)
    complete(people.clerk, claim)
    assert papers.submit_claim(actor=people.clerk, claim_id=claim.pk, version=None).state == "submitted"
    with pytest.raises(ClaimStepError):
        complete(people.clerk, claim)


def test_the_same_paper_for_another_firm_is_found(law, people):
    first = submitted(people, law)
    other = make_claim(people.clerk, law, firm_code=FIRM_CODES[1])
    complete(people.clerk, other, content=f"form of {first.number}".encode())
    with pytest.raises(ChecklistError) as refused:
        papers.submit_claim(actor=people.clerk, claim_id=other.pk, version=None)
    assert any("another firm" in one for one in refused.value.facts["defects"])


def test_nobody_checks_what_they_reviewed_or_decides_what_they_checked(law, people):
    claim = submitted(people, law, outstanding_fen=400 * WAN)
    reviewing.review_claim(actor=people.checker, claim_id=claim.pk, version=None, note="可")
    with pytest.raises(VisitNeededError):
        reviewing.check_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    visited(people.checker, claim, TODAY)
    with pytest.raises(ClaimSameHandsError):
        reviewing.check_claim(actor=people.checker, claim_id=claim.pk, version=None)
    assert reviewing.check_claim(actor=people.reviewer, claim_id=claim.pk, version=None).state == "checked"
    with pytest.raises(NotAllowedError):
        deciding.deny_claim(actor=people.reviewer, claim_id=claim.pk, version=None, clause="x", note="y")


def test_somebody_of_the_bank_is_excluded(law, people):
    claim = submitted(people, law)
    user = User.objects.get(pk=people.reviewer.user_id)
    make_membership(Role.BANK_CLERK, claim.bank, user=user)
    with pytest.raises(ConflictOfInterestError):
        reviewing.review_claim(actor=people.reviewer, claim_id=claim.pk, version=None, note="可")


def test_each_sees_its_own(law, people):
    claim = submitted(people, law)
    stranger = make_actor(Role.BANK_CLERK)
    assert not claims_visible_to(stranger).exists()
    assert list(claims_waiting_for(people.reviewer)) == [claim]
    assert list(claims_waiting_for(people.clerk)) == []
    with pytest.raises(ClaimNotFoundError):
        papers.withdraw_claim(actor=stranger, claim_id=claim.pk, version=None)


def test_a_returned_claim_is_the_banks_again_with_a_notice_and_starts_anew(law, people):
    claim = submitted(people, law)
    with pytest.raises(ClaimNoteError):
        reviewing.return_claim(actor=people.reviewer, claim_id=claim.pk, version=None, note="")
    reviewing.return_claim(actor=people.reviewer, claim_id=claim.pk, version=None, note="缺裁定书")
    assert list(claims_waiting_for(people.clerk)) == [claim]
    assert Notice.objects.filter(organisation_id=claim.bank_id, path__contains=f"/claims/{claim.pk}/").exists()
    again = papers.submit_claim(actor=people.clerk, claim_id=claim.pk, version=None)
    assert (again.state, again.reviewed_by_id) == ("submitted", None)


def test_a_partial_decision_names_amount_reason_and_clause_and_still_sums(law, people):
    claim = checked(people, law)
    cut = [Deduction("principal", 30 * WAN, "规程八", "部分款项挪用")]
    preview = settled(claim, law, cut, on=TODAY)
    assert (preview.public_fen, preview.deducted_fen) == (243 * WAN, 30 * WAN)
    decide = {"actor": people.authority, "claim_id": claim.pk, "version": None, "deductions": cut}
    with pytest.raises(PreviewDiffersError):
        deciding.decide_claim(shown_public_fen=preview.public_fen + 1, **decide)
    claim = deciding.decide_claim(shown_public_fen=preview.public_fen, **decide)
    assert (claim.decision, claim.decided_base_fen) == ("partial", 270 * WAN)
    assert sum(line["amount_fen"] for line in claim.sheet["lines"]) == 300 * WAN
    assert claim.deductions.get().reason == "部分款项挪用"


def test_a_district_without_budget_waits_alone_and_is_held_when_there_is_room(law, people):
    district = {"place": HUANGPU, "year": 2022}
    budgets.set_layer_budget(actor=people.authority, budget_fen=120 * WAN - 1, **district)
    claim = decided(people, law)
    assert {voucher.party: voucher.state for voucher in claim.vouchers.all()} == {"city": "held", "district": "queued"}
    with pytest.raises(NotAllowedError):
        budgets.set_layer_budget(actor=people.clerk, budget_fen=1, **district)
    assert budgets.set_layer_budget(actor=people.authority, budget_fen=120 * WAN, **district) == 1
    assert claim.vouchers.get(party="district").state == "held"
    assert balance(HUANGPU.account(AccountKind.BUDGET)).held_fen == 120 * WAN, "a pot, so the account has no year"
    with pytest.raises(BudgetBelowUseError):
        budgets.set_layer_budget(actor=people.authority, budget_fen=120 * WAN - 1, **district)


def test_room_that_an_appeal_gives_back_goes_to_the_oldest_that_waits(law, people):
    budgets.set_layer_budget(actor=people.authority, place=CITY, year=2022, budget_fen=150 * WAN)
    first, second = decided(people, law), decided(people, law)
    assert second.vouchers.get(party="city").state == "queued"
    assert hold_waiting_vouchers() == 0
    deciding.appeal_claim(actor=people.clerk, claim_id=first.pk, version=None, note="扣减无据")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'pool.hold_waiting'")
        assert cursor.fetchone() == (1,)
    assert hold_waiting_vouchers() == 1
    assert hold_waiting_vouchers() == 0
    assert second.vouchers.get(party="city").state == "held"
    assert balance(CITY.account(AccountKind.BUDGET, 2022)).held_fen == 150 * WAN
    facts = AuditEntry.objects.get(action="pool.hold_waiting_vouchers").facts
    assert facts == {"held": [second.vouchers.get(party="city").pk], "amount_fen": 150 * WAN}


def test_an_appeal_reopens_once_gives_the_room_back_and_another_decides(law, people):
    budgets.set_layer_budget(actor=people.authority, place=CITY, year=2022, budget_fen=150 * WAN)
    claim = decided(people, law)
    claim = deciding.appeal_claim(actor=people.clerk, claim_id=claim.pk, version=None, note="扣减无据")
    assert (claim.state, balance(CITY.account(AccountKind.BUDGET, 2022)).held_fen) == ("checked", 0)
    assert set(Voucher.objects.values_list("state", flat=True)) == {"void"}
    shown = shown_fen(claim)
    decide = {"claim_id": claim.pk, "version": None, "shown_public_fen": shown}
    with pytest.raises(ClaimSameHandsError):
        deciding.decide_claim(actor=people.authority, **decide)
    claim = deciding.decide_claim(actor=people.other_authority, **decide)
    assert amounts_of(claim) == {"city": 150 * WAN, "district": 120 * WAN}
    with pytest.raises(AppealedAlreadyError):
        deciding.appeal_claim(actor=people.clerk, claim_id=claim.pk, version=None, note="再议")


def test_a_denial_needs_clause_and_reason(law, people):
    claim = checked(people, law)
    for clause, note in (("", "无"), ("规程九", "")):
        with pytest.raises(ClaimNoteError):
            deciding.deny_claim(actor=people.authority, claim_id=claim.pk, version=None, clause=clause, note=note)
    denied = deciding.deny_claim(
        actor=people.authority, claim_id=claim.pk, version=None, clause="规程九", note="贷款用于炒股"
    )
    assert (denied.state, denied.decision, denied.vouchers.count()) == ("denied", "denied", 0)


# --- breakers ---


def test_a_breaker_defers_and_nothing_is_released_beyond_it(people):
    make_demo_book(TODAY)
    law = make_claim_law(**BREAKER)
    lent = {"disbursed_on": date(2022, 1, 5), "due_on": date(2023, 1, 5), "firm_code": FIRM_CODES[2]}
    make_enrolment(people.clerk, law, **lent)
    claim = checked(people, law)
    decide = {"actor": people.authority, "claim_id": claim.pk, "version": None, "shown_public_fen": 270 * WAN}
    with pytest.raises(ClaimDeferredError):
        deciding.decide_claim(**decide)
    deciding.defer_claim(actor=people.authority, claim_id=claim.pk, version=None, note="损失率超过3%")
    claim.refresh_from_db()
    assert (claim.state, claim.decision) == ("deferred", "")
    later = checked(people, law, firm_code=FIRM_CODES[1])
    deciding.defer_claim(actor=people.authority, claim_id=later.pk, version=None, note="损失率超过3%")
    release = {"actor": people.authority, "scheme_id": SCHEME, "bank_id": claim.bank_id, "note": "已恢复"}
    with pytest.raises(QueueHeldError):
        deciding.release_claims(**release)
    assert set(Claim.objects.values_list("state", flat=True)) == {"deferred"}
    with pytest.raises(NotAllowedError):
        deciding.release_claims(**release | {"actor": people.clerk})


# --- what the database itself keeps ---


def test_history_and_papers_only_grow(law, people):
    claim = submitted(people, law)
    for rows in (ClaimEvent.objects.filter(claim=claim), claim.documents.all()):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.delete()


@pytest.mark.parametrize(
    "changes",
    [
        {"decided_base_fen": 300 * WAN + 1},
        {"public_fen": 300 * WAN + 1},
        {"checked_by_id": 7, "reviewed_by_id": 7},
        {"state": "elsewhere"},
        {"principal_fen": 0},
        {"notice_until": None, "state": "noticed"},
    ],
)
def test_the_database_refuses_what_no_service_writes(law, people, changes):
    claim = decided(people, law)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(**changes)


def test_vouchers_never_exceed_the_decision(law, people):
    claim = decided(people, law)
    with pytest.raises(IntegrityError), transaction.atomic():
        Voucher.objects.create(claim=claim, party="city", instalment=2, amount_fen=1, bank=claim.bank)


def test_nothing_is_paid_before_the_claim_is_approved(law, people):
    voucher = decided(people, law).vouchers.first()
    with pytest.raises(ClaimStepError):
        vouchers.pay_voucher(actor=people.checker, voucher_id=voucher.pk, on=TODAY, transfer_key="T-1")
    voucher.refresh_from_db()
    assert (voucher.state, audit_trail(action="pool.pay_voucher").count()) == ("held", 0)
