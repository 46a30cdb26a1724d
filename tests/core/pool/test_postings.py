"""What the ledger gets for each event of the pool, held against the pool's own figures."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from yulin.base.shares import split_shares
from yulin.ledger.core.accounts import Bounds, Totals
from yulin.ledger.core.book import Book
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.pool.core.moving import borne_fen
from yulin.pool.core.postings import (
    Debt,
    Due,
    Place,
    Promise,
    clearing_account,
    closed,
    enrolled,
    partner_account,
    recall_repaid,
    recalled,
    receivable_of,
    received_of,
    recovery_booked,
    refund_account,
    remittance_booked,
    subsidy_account,
    voucher_held,
    voucher_paid,
    write_off_undone,
    written_off,
)
from yulin.pool.core.recoveries import DatedReceipt, DebtTerms, booked_of, corrections, replay

ON, AT = date(2022, 1, 19), datetime(2022, 1, 19, tzinfo=UTC)
SCHEME, PAYEE = "s", 9
DEBT = Debt(5, "C-5", SCHEME, "440112", PAYEE, "bank")
CITY, DISTRICT = DEBT.place("city"), DEBT.place("district")
LAYERS = {"city": CITY, "district": DISTRICT}


def book() -> Book:
    """Open every account; what pays may not pass zero."""
    strict, loose = Bounds(may_overdraw=False), Bounds(may_overdraw=True)
    bounds = {clearing_account(SCHEME): loose, partner_account(SCHEME, PAYEE): loose, refund_account(SCHEME): loose}
    for place in [*LAYERS.values(), DEBT.place("insurer")]:
        for kind in AccountKind:
            may = kind in {AccountKind.FUNDING, AccountKind.RECOVERY_RECEIVABLE}
            bounds[place.account(kind)] = loose if may else strict
        bounds[place.account(AccountKind.BUDGET, 2022)] = bounds[subsidy_account(place)] = strict
    return Book(bounds, {code: Totals() for code in bounds})


def take(made: Book, transfers: tuple[NewTransfer, ...] | list[NewTransfer]) -> None:
    for one in made.book(transfers, today=ON, at=AT):
        assert one.refusal is None, one


def grant(made: Book, place: Place, kind: AccountKind, fen: int, year: int | None = None) -> None:
    account = place.account(kind, year)
    take(
        made,
        [NewTransfer(f"grant:{account}", TransferKind.POSTED, place.account(AccountKind.FUNDING), account, fen, ON)],
    )


def posted(made: Book, account: str) -> int:
    return made.balance(account).posted_fen


def paid_claim(made: Book, shares: dict[str, int]) -> None:
    """Hold and pay each layer's voucher out of a budget that is just enough."""
    for number, (party, fen) in enumerate(shares.items(), start=1):
        due = Due(Due.voucher_name(5, number), "C-5", LAYERS[party], PAYEE, 2022, fen)
        grant(made, LAYERS[party], AccountKind.BUDGET, fen, 2022)
        due = due.held_on(due.budgets[1])
        take(made, [voucher_held(due, ON, due.budgets[1])])
        take(made, voucher_paid(due, ON, "R-1"))
        take(made, voucher_paid(due, ON, "R-1"))  # told twice, booked once


SHARES = st.fixed_dictionaries({"city": st.integers(1, 10**9), "district": st.integers(1, 10**9)})


@given(st.integers(1, 10**10), st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 4))
def test_capacity_is_held_as_a_full_loss_is_borne_and_released_to_nothing(amount, city_bp, district_bp, loans):
    ratio = {"city": city_bp, "district": district_bp, "bank": 10_000 - city_bp - district_bp}
    made, borne = book(), borne_fen(ratio, amount)
    for place in LAYERS.values():
        grant(made, place, AccountKind.CAPACITY, borne[place.party] * loans or 1)
    promises = [Promise(number, 1, SCHEME, "440112", f"N-{number}", ratio, amount) for number in range(loans)]
    take(made, [hold for promise in promises for hold in enrolled(promise, ON)])
    for party, place in LAYERS.items():
        assert made.balance(place.account(AccountKind.CAPACITY)).held_fen == borne[party] * loans
    keys = [hold.key for promise in promises for hold in enrolled(promise, ON)]
    assert set(keys) <= {key for promise in promises for key in promise.hold_keys()}
    take(made, closed(keys, ON))
    assert all(made.balance(place.account(AccountKind.CAPACITY)).held_fen == 0 for place in LAYERS.values())


@given(SHARES)
def test_payment_books_what_the_sheet_says_on_both_sides(shares):
    made = book()
    paid_claim(made, shares)
    for party, place in LAYERS.items():
        assert posted(made, place.account(AccountKind.COMPENSATION_PAID)) == shares[party]
        assert made.balance(place.account(AccountKind.BUDGET, 2022)).available_fen == 0
    assert posted(made, partner_account(SCHEME, PAYEE)) == sum(shares.values())
    assert posted(made, clearing_account(SCHEME)) == -sum(shares.values())


@st.composite
def debts(draw):
    """Draw what each party bore, and receipts in the order in which they are entered."""
    borne = draw(SHARES) | {"bank": draw(st.integers(0, 10**9)), "insurer": draw(st.integers(0, 10**9))}
    most = max(sum(borne.values()) // 6, 1)
    amounts = draw(st.lists(st.tuples(st.integers(1, most), st.integers(0, most // 2)), min_size=1, max_size=6))
    days = draw(st.lists(st.integers(1, 28), min_size=len(amounts), max_size=len(amounts)))
    receipts = [
        DatedReceipt(key, date(2022, 1, day), *fen) for key, (day, fen) in enumerate(zip(days, amounts, strict=True))
    ]
    return DebtTerms(None, borne, "bank"), receipts


def enter(made: Book, terms: DebtTerms, receipts: list[DatedReceipt]) -> dict[tuple[int, str], int]:
    """Enter receipts one by one; each time what changes is booked, mirrors too."""
    before: dict[tuple[int, str], int] = {}
    line_id = 0
    for count in range(1, len(receipts) + 1):
        after = booked_of(replay(terms, receipts[:count]))
        for line in corrections(before, after):
            line_id += 1
            take(made, recovery_booked(DEBT, line_id, line.party, line.amount_fen, ON))
        before = after
    return before


@given(debts(), st.data())
def test_receivables_are_the_shares_of_the_replay_in_whatever_order(debt, data):
    terms, receipts = debt
    one, other = book(), book()
    shared = enter(one, terms, receipts)
    enter(other, terms, data.draw(st.permutations(receipts)))
    owed: dict[str, int] = defaultdict(int)
    for (_, party), fen in shared.items():
        owed[party] += fen
    for party in ("city", "district", "insurer"):
        account = receivable_of(DEBT.place(party))
        assert posted(one, account) == posted(other, account) == owed[party]
    assert posted(one, partner_account(SCHEME, PAYEE)) == -sum(fen for party, fen in owed.items() if party != "bank")


@given(debts(), st.lists(st.integers(1, 10**9), max_size=4))
def test_remittances_never_give_a_party_more_than_is_open_to_it(debt, handed):
    terms, receipts = debt
    made = book()
    shared = enter(made, terms, receipts)
    parties = [party for party in terms.borne_fen if party != "bank"]
    open_fen = {party: sum(fen for (_, who), fen in shared.items() if who == party) for party in parties}
    owed = dict(open_fen)
    for number, wanted in enumerate(handed):
        if not (fen := min(wanted, sum(open_fen.values()))):
            continue
        take(made, remittance_booked(DEBT, number, fen, open_fen, ON))
        open_fen = {party: posted(made, receivable_of(DEBT.place(party))) for party in parties}
        assert all(rest >= 0 for rest in open_fen.values())
        got = {party: posted(made, received_of(DEBT.place(party))) for party in parties}
        assert {party: open_fen[party] + got[party] for party in parties} == owed


@given(SHARES, st.data())
def test_recall_undoes_what_was_paid_to_the_fen_and_ends_in_money_received(shares, data):
    made = book()
    paid_claim(made, shares)
    principal = data.draw(st.integers(1, sum(shares.values())))
    interest = data.draw(st.integers(0, 10**6))
    asked, earned = split_shares(principal, shares), split_shares(interest, shares)
    asked, earned = ({party: fen for party, fen in one.items() if fen} for one in (asked, earned))
    take(made, recalled(DEBT, asked, earned, ON))
    paid = {party: posted(made, place.account(AccountKind.COMPENSATION_PAID)) for party, place in LAYERS.items()}
    assert sum(paid.values()) == sum(shares.values()) - principal == -posted(made, clearing_account(SCHEME))
    assert posted(made, partner_account(SCHEME, PAYEE)) == sum(shares.values()) - principal - interest
    take(made, recall_repaid(DEBT, asked, earned, ON))
    parts = split_shares(principal, shares), split_shares(interest, shares)
    for party, place in LAYERS.items():
        assert posted(made, received_of(place)) == sum(part[party] for part in parts)
        assert posted(made, receivable_of(place)) == 0


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.booleans())
def test_a_subsidy_takes_from_its_layer_what_the_insurer_gets_and_released_leaves_nothing(fen, more, is_paid):
    made, budget = book(), CITY.account(AccountKind.BUDGET, 2022)
    grant(made, CITY, AccountKind.BUDGET, fen + more, 2022)
    due = Due(Due.subsidy_name(3), "s/9/2021", CITY, PAYEE, 2022, fen, is_subsidy=True).held_on(budget)
    take(made, [voucher_held(due, ON, budget)])
    assert made.balance(budget).available_fen == more
    if is_paid:
        take(made, voucher_paid(due, ON, "R-1"))
    else:
        take(made, closed([due.hold_key], ON))
    paid = fen if is_paid else 0
    assert posted(made, subsidy_account(CITY)) == posted(made, partner_account(SCHEME, PAYEE)) == paid
    assert -posted(made, clearing_account(SCHEME)) == paid
    assert made.balance(budget).available_fen == more + fen - paid
    assert posted(made, CITY.account(AccountKind.COMPENSATION_PAID)) == 0


@given(SHARES, st.data())
def test_written_off_is_what_did_not_come_back(shares, data):
    made = book()
    paid_claim(made, shares)
    back = {party: data.draw(st.integers(0, fen)) for party, fen in shares.items()}
    open_fen = {party: shares[party] - back[party] for party in shares}
    take(made, written_off(DEBT, 3, open_fen, ON))
    for party, place in LAYERS.items():
        assert posted(made, place.account(AccountKind.COMPENSATION_PAID)) == back[party]
        assert posted(made, place.account(AccountKind.WRITTEN_OFF)) == shares[party] - back[party]
    take(made, write_off_undone(DEBT, 3, [party for party, fen in open_fen.items() if fen], ON, "错"))
    assert all(
        posted(made, place.account(AccountKind.COMPENSATION_PAID)) == shares[party] for party, place in LAYERS.items()
    )


def test_a_hold_in_place_of_another_has_a_key_of_its_own():
    due = Due(Due.voucher_name(5, 1), "C-5", CITY, PAYEE, 2022, 100)
    loose = due.held_on(due.funding)
    firm = loose.held_on(due.budgets[0])
    again = firm.held_on(due.budgets[0])
    keys = [one.hold_key for one in (loose, firm, again)]
    assert keys == ["claim:5:voucher-1:unbudgeted", "claim:5:voucher-1:hold+", "claim:5:voucher-1:hold++"]
    assert [one.is_unbudgeted for one in (due, loose, firm, again)] == [True, True, False, False]


def test_a_third_party_that_is_known_gets_its_part_on_its_own_account():
    debt = replace(DEBT, partner_ids={"insurer": 12})
    booked = remittance_booked(debt, 1, 100, {"insurer": 100}, ON)
    assert [(each.debit, each.credit) for each in booked] == [("s:insurer:recovery_receivable", "s:partner-12")]


def test_whole_remittance_keeps_the_collectors_own_part_apart():
    booked = remittance_booked(DEBT, 1, 100, {"city": 60, "bank": 40}, ON)
    assert [(each.debit, each.credit, each.amount_fen) for each in booked] == [
        ("s:city:recovery_receivable", "s:city:recovery_received", 60),
        ("s:partner-9", "s:refunds:clearing", 40),
    ]
