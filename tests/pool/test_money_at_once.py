"""Real transactions side by side on one budget: not one fen too much, nothing paid twice, nobody waits for ever."""

from __future__ import annotations

import pytest
from tests.factories.claims import TODAY, checked, make_claim_law, make_people, shown_fen
from tests.factories.people import make_actor, make_demo_book
from tests.factories.pool import FIRM_CODES, WAN, enrol, loan, make_bank, make_enrolment
from tests.factories.subsidies import AFTER, SUBSIDY_FEN, make_insurer_year, over
from tests.pool.test_concurrency import at_once
from tests.pool.test_fees import make_fee_law

from yulin.base.errors import YulinError
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import balance, verify
from yulin.ledger.services import seal_transfers
from yulin.people.enums import Role
from yulin.pool.core.postings import Place, fee_account
from yulin.pool.models import Claim, ExcessSubsidy, FeeCharge, Voucher
from yulin.pool.selectors.reconciliation import differences
from yulin.pool.services.charge_fee import charge_fee
from yulin.pool.services.charge_fees import FeePeriod, charge_fees
from yulin.pool.services.claims.budgets import set_layer_budget
from yulin.pool.services.claims.deciding import decide_claim
from yulin.pool.services.claims.vouchers import pay_voucher
from yulin.pool.services.layer_accounts import set_layer_capacity
from yulin.pool.services.subsidies.confirm_subsidy import confirm_subsidy
from yulin.pool.services.subsidies.decide_subsidy import decide_subsidy
from yulin.pool.services.subsidies.undo_subsidy import undo_subsidy
from yulin.pool.services.undo_fee import undo_fee

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CITY = Place("gz-credit-2021", "city")
CLAIMS = 20


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_claim_law()


def holds() -> bool:
    seal_transfers()
    return verify().holds and differences() == []


def test_twenty_decisions_at_once_pass_a_budget_one_fen_short_by_nothing(law):
    people = make_people()
    claims = [checked(people, law, firm_code=code) for code in FIRM_CODES[:CLAIMS]]
    set_layer_budget(actor=people.authority, place=CITY, year=2022, budget_fen=CLAIMS * 150 * WAN - 1)
    shown = shown_fen(claims[0])
    decide = {"actor": people.authority, "version": None, "shown_public_fen": shown}
    at_once(*(lambda one=one: decide_claim(claim_id=one.pk, **decide) for one in claims))
    budget = balance(CITY.account(AccountKind.BUDGET, 2022))
    assert (budget.held_fen, budget.available_fen) == ((CLAIMS - 1) * 150 * WAN, 150 * WAN - 1)
    with scope(EVERYTHING):
        cities = Voucher.objects.filter(party="city")
        assert cities.filter(state="queued").count() == 1
        assert holds()
        Claim.objects.update(state="approved", notice_until=TODAY)
        payable = list(Voucher.objects.filter(state="held"))
    pay = {"actor": people.checker, "on": TODAY}
    twice = [one for one in payable for _ in range(2)]
    for part in range(0, len(twice), CLAIMS):
        at_once(
            *(
                lambda one=one: pay_voucher(voucher_id=one.pk, transfer_key=f"T-{one.pk}", **pay)
                for one in twice[part : part + CLAIMS]
            )
        )
    paid = balance(CITY.account(AccountKind.COMPENSATION_PAID))
    assert paid.posted_fen == (CLAIMS - 1) * 150 * WAN
    with scope(EVERYTHING):
        assert Voucher.objects.filter(state="paid").count() == len(payable) == 2 * CLAIMS - 1
        assert holds()


def test_twenty_banks_at_once_pass_a_capacity_one_fen_short_by_nothing(law):
    people = make_people()
    set_layer_capacity(actor=people.authority, place=CITY, capacity_fen=CLAIMS * 240 * WAN - 1)
    clerks = [make_bank()[1] for _ in range(CLAIMS)]
    found = at_once(
        *(
            lambda clerk=clerk, code=code: enrol(clerk, law, loan(firm_code=code))
            for clerk, code in zip(clerks, FIRM_CODES, strict=False)
        )
    )
    refused = [one.findings.get_column("code").to_list() for one in found if not one.enrolled]
    assert refused == [["POOL.LIMIT.CAPACITY"]]
    capacity = balance(CITY.account(AccountKind.CAPACITY))
    assert capacity.held_fen == (CLAIMS - 1) * 240 * WAN
    assert holds()


def test_one_voucher_told_by_twenty_transfers_is_paid_by_one(law):
    people = make_people()
    claim = checked(people, law)
    decide_claim(actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown_fen(claim))
    Claim.objects.update(state="approved", notice_until=TODAY)
    voucher = claim.vouchers.get(party="city")

    def pay(number: int) -> str:
        try:
            pay_voucher(actor=people.checker, voucher_id=voucher.pk, on=TODAY, transfer_key=f"T-{number}")
        except YulinError as error:
            return error.code
        return "paid"

    answers = at_once(*(lambda number=number: pay(number) for number in range(20)))
    assert sorted(answers) == ["POOL.VOUCHER.PAID"] * 19 + ["paid"]
    assert balance(CITY.account(AccountKind.COMPENSATION_PAID)).posted_fen == 150 * WAN
    assert holds()


def test_all_fees_charged_at_once_by_twenty_are_charged_once():
    make_demo_book(TODAY)
    law, manager, clerk = make_fee_law(), make_actor(Role.MANAGER_CLERK), make_bank()[1]
    loans = [make_enrolment(clerk, law, loan_number=f"L-{n}", firm_code=FIRM_CODES[n]) for n in range(3)]
    period = FeePeriod(CITY.scheme_id, TODAY, TODAY)
    one = {"actor": manager, "enrolment_id": loans[0].pk, "kind": "upfront", "number": 1}
    runs = [lambda: len(charge_fees(actor=manager, period=period).charged)] * 14
    at_once(*runs, *[lambda: charge_fee(**one).pk] * 6)
    with scope(EVERYTHING):
        assert FeeCharge.objects.count() == 6  # two fees a loan
        total = sum(FeeCharge.objects.values_list("amount_fen", flat=True))
        assert balance(fee_account(CITY.scheme_id)).posted_fen == total
        assert holds()
    charge_id = FeeCharge.objects.filter(enrolment=loans[0], kind="upfront").get().pk
    checkers = [make_actor(Role.MANAGER_CHECKER) for _ in range(10)]

    def undone(checker) -> str:
        try:
            undo_fee(actor=checker, charge_id=charge_id, reason="wrong")
        except YulinError as error:
            return error.code
        return "undone"

    assert sorted(at_once(*(lambda who=who: undone(who) for who in checkers))) == ["POOL.FEE.UNDONE"] * 9 + ["undone"]
    assert holds()


def said(step) -> str:
    """Take a step and say what became of it: done, or the code."""
    try:
        step()
    except YulinError as error:
        return error.code
    return "done"


def test_a_subsidy_decided_confirmed_and_undone_by_twenty_at_once_happens_once():
    year = over(make_insurer_year())
    set_layer_budget(actor=year.people.authority, place=CITY, year=AFTER.year, budget_fen=SUBSIDY_FEN)
    clerks = [make_actor(Role.MANAGER_CLERK) for _ in range(CLAIMS)]
    found = at_once(
        *(lambda who=who: said(lambda: decide_subsidy(actor=who, **year.key, shown_fen=SUBSIDY_FEN)) for who in clerks)
    )
    assert sorted(found) == ["POOL.SUBSIDY.TWICE"] * (CLAIMS - 1) + ["done"]
    with scope(EVERYTHING):
        pk = ExcessSubsidy.objects.get().pk
    bureau = [make_actor(Role.AUTHORITY_CHECKER) for _ in range(CLAIMS)]
    found = at_once(*(lambda who=who: said(lambda: confirm_subsidy(actor=who, subsidy_id=pk)) for who in bureau))
    assert sorted(found) == ["POOL.SUBSIDY.STATE"] * (CLAIMS - 1) + ["done"]
    assert balance(CITY.account(AccountKind.BUDGET, AFTER.year)).held_fen == SUBSIDY_FEN
    assert holds()
    undo = {"subsidy_id": pk, "reason": "wrong"}
    found = at_once(*(lambda who=who: said(lambda: undo_subsidy(actor=who, **undo)) for who in clerks))
    assert sorted(found) == ["POOL.SUBSIDY.STATE"] * (CLAIMS - 1) + ["done"]
    assert balance(CITY.account(AccountKind.BUDGET, AFTER.year)).available_fen == SUBSIDY_FEN
    assert holds()
