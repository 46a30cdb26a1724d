"""What layers pay, booked: held at the decision, posted by the bank's answer, never beyond the budget, by a fen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.factories.claims import TODAY, decided, make_claim_law, make_people
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import FIRM_CODES, WAN
from tests.pool.test_payouts import PAID_ON, answered, approved, line

from yulin.kit import clock
from yulin.kit.errors import IdempotencyConflictError
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.ledger.selectors import balance, standing_holds, statement
from yulin.ledger.services import book_transfers, close_period
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.people.models import Organisation
from yulin.pool.core.postings import Place, clearing_account, partner_account, receivable_of, received_of
from yulin.pool.errors import BudgetAboveCapError, BudgetBelowUseError, BudgetFormError
from yulin.pool.models import PayoutOrder, Voucher
from yulin.pool.selectors.vouchers import due_of, shortages
from yulin.pool.services.claims import budgets, deciding, vouchers
from yulin.pool.services.claims.recalling import Asking, recall_claim, record_repayment
from yulin.pool.services.layer_accounts import open_layer_accounts
from yulin.pool.services.payouts import batches
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery, undo_recovery
from yulin.pool.services.recoveries.remit import record_remittance
from yulin.pool.services.recoveries.write_off import approve_write_off, propose_write_off, undo_write_off

pytestmark = pytest.mark.django_db
SCHEME = "gz-credit-2021"
CITY, HUANGPU = Place(SCHEME, "city"), Place(SCHEME, "district", "440112")
CITY_BUDGET, POT = CITY.account(AccountKind.BUDGET, 2022), HUANGPU.account(AccountKind.BUDGET)


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_claim_law()


@pytest.fixture
def people(law):
    people = make_people()
    for organisation, account in ((people.reviewer.organisation_id, "4401"), (people.clerk.organisation_id, "6222")):
        batches.keep_account(
            actor=people.reviewer, organisation_id=organisation, name=f"示例户名{account}", account=account,
            bank_code="102581000013",
        )  # fmt: skip
    return people


def give(people, fen, place=CITY, year=2022):
    return budgets.set_layer_budget(actor=people.authority, place=place, year=year, budget_fen=fen)


def posted(account: str) -> int:
    return balance(account).posted_fen


def states():
    return {voucher.party: voucher.state for voucher in Voucher.objects.exclude(state="void")}


@pytest.mark.parametrize(("budget", "state"), [(150 * WAN - 1, "queued"), (150 * WAN, "held")])
def test_a_voucher_is_held_only_where_the_account_has_the_last_fen(law, people, budget, state):
    give(people, budget)
    claim = decided(people, law)
    assert states() == {"city": state, "district": "held"}
    voucher = claim.vouchers.get(party="city")
    missing = [] if state == "held" else ["POOL.VOUCHER.QUEUED"]
    assert [one.code for one in shortages(claim.vouchers.all())] == missing
    assert (voucher.hold_key != "") is (state == "held") is (standing_holds([due_of(voucher).hold_key]) != {})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_budget_one_fen_short_says_what_is_left_and_what_is_missing(law, people, language):
    give(people, 150 * WAN - 1)
    claim = decided(people, law)
    bank = make_client(Role.BANK_CLERK, Organisation.objects.get(pk=people.clerk.organisation_id))
    page = bank.get(f"/{language}/claims/{claim.pk}/").content.decode()
    for said in ("POOL.VOUCHER.QUEUED", "1,499,999.99", "1,500,000.00", "0.01"):
        assert said in page
    give(people, 150 * WAN)
    assert "POOL.VOUCHER.QUEUED" not in bank.get(f"/{language}/claims/{claim.pk}/").content.decode()


def test_paid_vouchers_stand_on_both_sides_of_the_book(law, people):
    give(people, 200 * WAN)
    approved(people, law)
    batch = batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)
    for releaser in (people.reviewer, people.checker):
        batches.release_batch(actor=releaser, batch_id=batch.pk)
    paid = CITY.account(AccountKind.COMPENSATION_PAID)
    assert (balance(CITY_BUDGET).held_fen, posted(paid)) == (150 * WAN, 0), "a payout on its way moves nothing"
    answered(people, batch, *(line(order) for order in batch.orders.all()))
    assert (balance(CITY_BUDGET).available_fen, posted(paid)) == (50 * WAN, 150 * WAN)
    assert posted(HUANGPU.account(AccountKind.COMPENSATION_PAID)) == 120 * WAN
    assert posted(HUANGPU.account(AccountKind.FUNDING)) == -120 * WAN, "nobody has set the district's budget"
    assert (
        posted(partner_account(SCHEME, people.clerk.organisation_id)) == -posted(clearing_account(SCHEME)) == 270 * WAN
    )
    with pytest.raises(BudgetBelowUseError):
        give(people, 150 * WAN - 1)


def test_a_budget_set_late_counts_what_was_promised_and_paid_before_it(law, people):
    claim = decided(people, law)
    voucher = claim.vouchers.get(party="city")
    assert due_of(voucher).is_unbudgeted
    with pytest.raises(BudgetBelowUseError):
        give(people, 150 * WAN - 1)
    give(people, 150 * WAN)
    voucher.refresh_from_db()
    assert not due_of(voucher).is_unbudgeted
    assert (balance(CITY_BUDGET).available_fen, balance(CITY.account(AccountKind.FUNDING)).held_fen) == (0, 0)
    make_demo_book(PAID_ON)
    deciding.publish_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    with clock.standing_on(date(2022, 2, 10)):
        deciding.approve_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
        for one in claim.vouchers.all():
            vouchers.pay_voucher(actor=people.checker, voucher_id=one.pk, on=PAID_ON, transfer_key=f"T-{one.pk}")
        give(people, 160 * WAN)
        give(people, 120 * WAN, HUANGPU)
    assert balance(CITY_BUDGET).available_fen == 10 * WAN
    assert balance(POT).available_fen == 0, "what the district paid before counts against its pot"


def test_a_reopened_claim_releases_and_its_next_decision_holds_anew(law, people):
    give(people, 150 * WAN)
    claim = decided(people, law)
    deciding.appeal_claim(actor=people.clerk, claim_id=claim.pk, version=None, note="扣减无据")
    assert (balance(CITY_BUDGET).held_fen, balance(HUANGPU.account(AccountKind.FUNDING)).held_fen) == (0, 0)


def test_a_budget_stays_within_the_yearly_cap_of_its_law(law, people):
    with pytest.raises(BudgetAboveCapError) as refused:
        give(people, 20_000 * WAN + 1)
    assert refused.value.facts == {"budget_fen": 20_000 * WAN + 1, "cap_fen": 20_000 * WAN}
    give(people, 20_000 * WAN)


def test_a_pot_takes_back_what_came_in_and_keeps_interest_only_where_its_law_says_so(law, people, monkeypatch):
    give(people, 100 * WAN, HUANGPU)
    open_layer_accounts([(HUANGPU, AccountKind.RECOVERY_RECEIVED, None)])
    funding = HUANGPU.account(AccountKind.FUNDING)
    back = NewTransfer("back", TransferKind.POSTED, funding, received_of(HUANGPU), 7 * WAN, TODAY)
    book_transfers(actor=SYSTEM_ACTOR, transfers=[back], today=TODAY)
    roll = {"actor": people.authority, "place": HUANGPU, "year": 2022}
    with pytest.raises(BudgetFormError):
        budgets.roll_in(**roll, interest_fen=1)
    assert budgets.roll_in(**roll, interest_fen=0) == 7 * WAN
    assert (posted(POT), posted(received_of(HUANGPU))) == (107 * WAN, 0)
    open_pot = budgets.layer_law(HUANGPU, 2022)
    rolls = replace(open_pot, layer=replace(open_pot.layer, interest="rolls_in"))
    monkeypatch.setattr(budgets, "layer_law", lambda *_: rolls)
    assert budgets.roll_in(**roll, interest_fen=3 * WAN) == 3 * WAN
    assert posted(POT) == 110 * WAN
    for _ in range(2):  # pressed twice: one intention, one booking
        assert budgets.roll_in(**roll, interest_fen=2 * WAN, idempotency_key="page-1") == 2 * WAN
    assert posted(POT) == 112 * WAN
    with pytest.raises(IdempotencyConflictError):
        budgets.roll_in(**roll, interest_fen=4 * WAN, idempotency_key="page-1")
    assert budgets.roll_in(**roll, interest_fen=2 * WAN, idempotency_key="page-2") == 2 * WAN
    assert posted(POT) == 114 * WAN
    monkeypatch.undo()
    with pytest.raises(BudgetFormError):
        budgets.roll_in(actor=people.authority, place=CITY, year=2022, interest_fen=0)


def test_a_hold_that_has_expired_pays_nothing_and_says_so(law, people):
    approved(people, law)
    voucher = Voucher.objects.get(party="city")
    old = NewTransfer(
        "expired", TransferKind.HOLD, CITY.account(AccountKind.FUNDING), CITY.account(AccountKind.COMPENSATION_PAID),
        voucher.amount_fen, TODAY, expires_on=TODAY,
    )  # fmt: skip
    book_transfers(actor=SYSTEM_ACTOR, transfers=[old], today=TODAY)
    Voucher.objects.filter(pk=voucher.pk).update(hold_key="expired")
    make_demo_book(PAID_ON)
    batch = batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)
    for releaser in (people.reviewer, people.checker):
        batches.release_batch(actor=releaser, batch_id=batch.pk)
    answer, _ = answered(people, batch, *(line(order) for order in batch.orders.all()))
    assert ([one["code"] for one in answer.misfits], answer.settled_count) == (["LEDGER.HOLD.EXPIRED"], 1)
    assert states() == {"city": "sent", "district": "paid"}
    assert PayoutOrder.objects.get(voucher=voucher).outcome == "unknown", "the file can be sent again"


def test_a_released_hold_is_held_anew_before_it_pays_if_the_budget_has_room(law, people):
    give(people, 150 * WAN)
    approved(people, law)
    voucher = Voucher.objects.get(party="city")
    gone = NewTransfer("gone", TransferKind.VOID, value_on=TODAY, hold_key=voucher.hold_key)
    book_transfers(actor=SYSTEM_ACTOR, transfers=[gone], today=TODAY)
    with clock.standing_on(PAID_ON):
        vouchers.pay_voucher(actor=people.checker, voucher_id=voucher.pk, on=PAID_ON, transfer_key="T-1")
    assert balance(CITY_BUDGET).available_fen == 0
    assert posted(CITY.account(AccountKind.COMPENSATION_PAID)) == 150 * WAN


def test_a_payment_dated_in_a_closed_period_is_booked_on_its_first_open_day(law, people):
    approved(people, law)
    voucher = Voucher.objects.get(party="city")
    with clock.standing_on(date(2022, 2, 8)):
        close_period(actor=SYSTEM_ACTOR, scheme_id=SCHEME, closed_until=date(2022, 2, 1))
        vouchers.pay_voucher(actor=people.checker, voucher_id=voucher.pk, on=PAID_ON, transfer_key="T-1")
    paid = CITY.account(AccountKind.COMPENSATION_PAID)
    assert (balance(paid, on=date(2022, 1, 31)).posted_fen, balance(paid, on=date(2022, 2, 1)).posted_fen) == (
        0,
        150 * WAN,
    )
    voucher.refresh_from_db()
    assert voucher.paid_on == PAID_ON


def test_two_claims_of_one_layer_queue_in_the_order_of_their_decisions(law, people):
    give(people, 200 * WAN)
    first, second = (decided(people, law, firm_code=code) for code in FIRM_CODES[:2])
    cities = [claim.vouchers.get(party="city").state for claim in (first, second)]
    assert cities == ["held", "queued"]
    assert give(people, 300 * WAN) == 1
    assert second.vouchers.get(party="city").state == "held"


# --- money that comes back ---


def paid(people, law, **fields):
    """Return a claim of which every voucher is paid."""
    claim = approved(people, law, **fields)
    with clock.standing_on(PAID_ON):
        for one in claim.vouchers.all():
            vouchers.pay_voucher(actor=people.checker, voucher_id=one.pk, on=PAID_ON, transfer_key=f"T-{one.pk}")
    claim.refresh_from_db()
    return claim


def enter(people, claim, on, gross_fen, **fields):
    received = Received(on, gross_fen, reference=f"LS-{on}-{gross_fen}", **fields)
    return enter_recovery(actor=people.clerk, claim_id=claim.pk, received=received)


def owed(place: Place) -> int:
    return posted(receivable_of(place))


def test_recoveries_and_their_mirrors_stand_in_the_book_by_value_date(law, people):
    claim = paid(people, law)
    with clock.standing_on(date(2022, 3, 1)):
        later = enter(people, claim, date(2022, 2, 20), 100 * WAN)
        assert (owed(CITY), owed(HUANGPU)) == (50 * WAN, 40 * WAN)
        enter(people, claim, date(2022, 2, 10), 100 * WAN, cost_fen=30 * WAN)
        assert (owed(CITY), owed(HUANGPU)) == (85 * WAN, 68 * WAN)
        assert balance(receivable_of(CITY), on=date(2022, 2, 10)).posted_fen == 35 * WAN
        partner = partner_account(SCHEME, people.clerk.organisation_id)
        assert posted(partner) == (270 - 85 - 68) * WAN, "what it was paid, less what it owes"
        undo_recovery(actor=people.clerk, recovery_id=later.pk, note="与另一笔重复")
        assert (owed(CITY), owed(HUANGPU)) == (35 * WAN, 28 * WAN)


def test_a_remittance_becomes_what_each_layer_has_received(law, people):
    claim = paid(people, law)
    with clock.standing_on(date(2022, 3, 1)):
        enter(people, claim, date(2022, 2, 20), 100 * WAN)
        remit = {"actor": people.reviewer, "claim_id": claim.pk, "on": date(2022, 2, 25)}
        first = record_remittance(**remit, amount_fen=45 * WAN + 1, reference="HD-1")
        assert first.parts == {"city": 25 * WAN + 1, "district": 20 * WAN}
        assert record_remittance(**remit, amount_fen=45 * WAN + 1, reference="HD-1") == first
        record_remittance(**remit, amount_fen=45 * WAN - 1, reference="HD-2")
    assert (owed(CITY), owed(HUANGPU)) == (0, 0)
    assert (posted(received_of(CITY)), posted(received_of(HUANGPU))) == (50 * WAN, 40 * WAN)


def test_a_recovery_for_a_closed_period_is_booked_on_its_first_open_day_with_its_own_day(law, people):
    claim = paid(people, law)
    with clock.standing_on(date(2022, 3, 1)):
        close_period(actor=SYSTEM_ACTOR, scheme_id=SCHEME, closed_until=date(2022, 2, 15))
        enter(people, claim, date(2022, 2, 10), 100 * WAN)
    before, after = (balance(receivable_of(CITY), on=day).posted_fen for day in (date(2022, 2, 14), date(2022, 2, 15)))
    assert (before, after) == (0, 50 * WAN)
    line = statement(receivable_of(CITY)).newest_lines(0, 1)[0]
    assert line.transfer.facts == {"original_value_on": "2022-02-10"}


def test_the_page_says_that_a_recovery_is_booked_behind_the_closed_period(law, people):
    claim = paid(people, law)
    close = {"actor": SYSTEM_ACTOR, "scheme_id": SCHEME, "closed_until": date(2022, 2, 15)}
    with clock.standing_on(date(2022, 3, 1)):
        close_period(**close)
    make_demo_book(date(2022, 3, 1))
    bank = make_client(Role.BANK_CLERK, Organisation.objects.get(pk=people.clerk.organisation_id))
    page = f"/en/recoveries/{claim.pk}/"
    form = {"gross": "1000", "source": "borrower", "reference": "LS1", "note": ""}
    early, late = ({**form, "value_on": day} for day in ("2022-02-15", "2022-02-14"))
    assert "POOL.RECOVERY.PERIOD_CLOSED" not in bank.post(f"{page}enter/", {**early, "act": "preview"}).content.decode()
    shown = bank.post(f"{page}enter/", {**late, "act": "preview"}).content.decode()
    assert "POOL.RECOVERY.PERIOD_CLOSED" in shown
    assert "closed to 2022-02-14: what came in on 2022-02-14 is booked on 2022-02-15" in shown
    assert (
        "POOL.RECOVERY.PERIOD_CLOSED"
        in bank.post(f"{page}enter/", {**late, "act": "enter"}, follow=True).content.decode()
    )
    assert statement(receivable_of(CITY)).newest_lines(0, 1)[0].transfer.facts == {"original_value_on": "2022-02-14"}


def test_a_write_off_moves_what_is_no_longer_pursued_and_its_undoing_brings_it_back(law, people):
    claim = paid(people, law)
    with clock.standing_on(date(2022, 3, 1)):
        enter(people, claim, date(2022, 2, 20), 100 * WAN)
        proposed = propose_write_off(actor=people.reviewer, claim_id=claim.pk, clause="第三十条", reason="破产终结")
        approve_write_off(actor=people.authority, write_off_id=proposed.pk)
        accounts = [CITY.account(kind) for kind in (AccountKind.COMPENSATION_PAID, AccountKind.WRITTEN_OFF)]
        assert [posted(one) for one in accounts] == [50 * WAN, 100 * WAN]
        undo_write_off(actor=people.authority, write_off_id=proposed.pk, note="发现财产线索")
        assert [posted(one) for one in accounts] == [150 * WAN, 0]


def test_a_recall_and_its_repayment_stand_in_the_book(law, people):
    claim = paid(people, law)
    with clock.standing_on(date(2022, 3, 1)):
        asking = Asking(27 * WAN, 0, "第二十条", "资料不实")
        recall_claim(actor=people.authority, claim_id=claim.pk, asking=asking)
        assert posted(CITY.account(AccountKind.COMPENSATION_PAID)) == 135 * WAN
        assert (owed(CITY), owed(HUANGPU)) == (15 * WAN, 12 * WAN)
        record_repayment(
            actor=people.reviewer, claim_id=claim.pk, on=date(2022, 3, 1), amount_fen=27 * WAN, reference="HD-9"
        )
    assert (owed(CITY), posted(received_of(CITY))) == (0, 15 * WAN)
    assert posted(clearing_account(SCHEME)) == -243 * WAN
