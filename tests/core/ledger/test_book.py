"""The law of the ledger without a database: books balance, nothing passes zero, a seal breaks with what it covers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.ledger.core.accounts import NewAccount
from yulin.ledger.core.balances import Line, totals_at
from yulin.ledger.core.book import Book
from yulin.ledger.core.chain import FIELDS, GENESIS, SealedBatch, changed_transfer, line_of, mark, ranges_of, seal
from yulin.ledger.core.periods import into_open_period, why_not_closable
from yulin.ledger.core.transfers import NewTransfer, check_new
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.ledger.errors import TransferMalformedError

TODAY = date(2022, 1, 19)
AT = datetime(2022, 1, 19, 8, tzinfo=UTC)


def book_of(budget: int) -> Book:
    book = Book()
    book.open(NewAccount("funding", AccountKind.FUNDING, None, "s", "", may_overdraw=True))
    book.open(NewAccount("budget", AccountKind.BUDGET, None, "s", "city", may_overdraw=False))
    book.open(NewAccount("paid", AccountKind.COMPENSATION_PAID, None, "s", "city", may_overdraw=False))
    ask(book, NewTransfer("start", TransferKind.POSTED, "funding", "budget", budget, TODAY))
    return book


def ask(book: Book, *transfers: NewTransfer) -> list[str]:
    """Book and say of each what became of it: booked, answered, or the code that refuses it."""
    booked = book.book(transfers, today=TODAY, at=AT)
    return [one.refusal.code if one.refusal else "booked" if one.is_new else "answered" for one in booked]


def hold(key: str, amount: int, last_day: date | None = None) -> NewTransfer:
    return NewTransfer(key, TransferKind.HOLD, "budget", "paid", amount, TODAY, expires_on=last_day)


def of_hold(key: str, kind: TransferKind, amount: int | None = None) -> NewTransfer:
    return NewTransfer(key, kind, amount_fen=amount, value_on=TODAY, hold_key="h")


@pytest.mark.parametrize(
    ("second", "answer", "left"),
    [
        (of_hold("p", TransferKind.POST, 59), "booked", 1),
        (of_hold("p", TransferKind.POST, 60), "booked", 0),
        (of_hold("p", TransferKind.POST, 61), "LEDGER.HOLD.TOO_SMALL", 60),
        (of_hold("v", TransferKind.VOID), "booked", 0),
        (of_hold("e", TransferKind.EXPIRY), "LEDGER.HOLD.NOT_EXPIRED", 60),
    ],
)
def test_hold_gives_what_it_reserved_and_no_fen_more(second, answer, left):
    book = book_of(100)
    assert ask(book, hold("h", 60)) == ["booked"]
    assert ask(book, second) == [answer]
    assert book.rests["h"] == left
    assert book.balance("budget").held_fen == left


@pytest.mark.parametrize(("last_day", "post", "expiry"), [
    (date(2022, 1, 18), "LEDGER.HOLD.EXPIRED", "booked"),
    (date(2022, 1, 19), "booked", "LEDGER.HOLD.NOT_EXPIRED"),
    (date(2022, 1, 20), "booked", "LEDGER.HOLD.NOT_EXPIRED"),
])  # fmt: skip
def test_hold_stands_through_its_last_day(last_day, post, expiry):
    for kind, answer in ((TransferKind.POST, post), (TransferKind.EXPIRY, expiry)):
        book = book_of(100)
        ask(book, hold("h", 60, last_day))
        assert ask(book, of_hold("x", kind)) == [answer]


@pytest.mark.parametrize(("held", "asked", "answer"), [
    (60, 39, "booked"), (60, 40, "booked"), (60, 41, "LEDGER.ACCOUNT.OVERDRAFT"),
])  # fmt: skip
def test_what_is_reserved_cannot_be_given_again(held, asked, answer):
    book = book_of(100)
    ask(book, hold("h", held))
    assert ask(book, NewTransfer("t", TransferKind.POSTED, "budget", "paid", asked, TODAY)) == [answer]


def test_group_stands_or_falls_together():
    book = book_of(100)
    group = [NewTransfer(key, TransferKind.POSTED, "budget", "paid", 60, TODAY, group="g") for key in "ab"]
    assert ask(book, *group) == ["LEDGER.ACCOUNT.OVERDRAFT"] * 2
    assert ask(book, *(each._replace(amount_fen=50) for each in group)) == ["booked"] * 2
    assert ask(book, group[0]._replace(amount_fen=50)) == ["answered"]


def test_reversal_gives_all_of_it_back_once():
    book = book_of(100)
    reversal = NewTransfer("r", TransferKind.REVERSAL, value_on=TODAY, hold_key="start", reason="重复入账")
    assert ask(book, reversal) == ["booked"]
    assert book.balance("budget").posted_fen == book.balance("funding").posted_fen == 0
    assert ask(book, reversal._replace(key="again")) == ["LEDGER.REVERSAL.TWICE"]
    assert ask(book, reversal) == ["answered"]


@pytest.mark.parametrize("wrong", [
    NewTransfer("", TransferKind.POSTED, "a", "b", 1, TODAY),
    NewTransfer("k", TransferKind.POSTED, "a", "a", 1, TODAY),
    NewTransfer("k", TransferKind.POSTED, "a", "b", 0, TODAY),
    NewTransfer("k", TransferKind.POSTED, "a", "b", None, TODAY),
    NewTransfer("k", TransferKind.POSTED, "a", "b", 1),
    NewTransfer("k", TransferKind.POSTED, "a", "b", 1, TODAY, expires_on=TODAY),
    NewTransfer("k", TransferKind.POST, value_on=TODAY),
    NewTransfer("k", TransferKind.REVERSAL, value_on=TODAY, hold_key="h"),
], ids=str)  # fmt: skip
def test_transfer_that_contradicts_itself_stops_the_call(wrong):
    with pytest.raises(TransferMalformedError):
        check_new([wrong])


_PAIRS = ("ab", "ba", "bc", "ca")


@given(
    st.lists(st.tuples(st.sampled_from(list(TransferKind)), st.sampled_from(_PAIRS), st.integers(1, 99)), max_size=9)
)
def test_books_balance_in_whatever_order_they_are_read(lines):
    kept = [Line(kind, debit, credit, fen, TODAY, AT) for kind, (debit, credit), fen in lines]
    totals = {account: totals_at(kept, account) for account in "abc"}
    assert sum(one.posted_fen for one in totals.values()) == 0
    assert sum(one.held_out_fen - one.held_in_fen for one in totals.values()) == 0
    assert {account: totals_at(kept[::-1], account) for account in "abc"} == totals
    assert {account: totals_at(sorted(kept, key=repr), account) for account in "abc"} == totals


def test_balance_is_known_only_from_when_it_was_booked():
    late = Line(TransferKind.POSTED, "a", "b", 5, date(2022, 1, 3), datetime(2022, 1, 9, tzinfo=UTC))
    day, before = date(2022, 1, 5), datetime(2022, 1, 8, tzinfo=UTC)
    assert totals_at([late], "b", on=day).posted_fen == 5
    assert totals_at([late], "b", on=day, known_at=before).posted_fen == 0


_lines = st.lists(st.text(max_size=5), min_size=1, max_size=8).map(
    lambda reasons: [
        (number, line_of(dict.fromkeys(FIELDS) | {"id": number, "reason": reason}))
        for number, reason in enumerate(reasons, 1)
    ]
)


@given(_lines, st.data())
def test_changed_removed_or_moved_transfer_breaks_its_seal_and_is_named(lines, draw):
    sealed = seal(GENESIS, (line for _, line in lines))
    batch = SealedBatch(
        1, GENESIS, sealed, ranges_of([number for number, _ in lines]), b"".join(mark(line) for _, line in lines)
    )
    assert changed_transfer(batch, lines) is None
    place = draw.draw(st.integers(0, len(lines) - 1))
    changed = [*lines[:place], (place + 1, lines[place][1] + b"!"), *lines[place + 1 :]]
    missing = [*lines[:place], *lines[place + 1 :]]
    for touched in (changed, missing):
        assert seal(GENESIS, (line for _, line in touched)) != sealed
        assert changed_transfer(batch, touched) == place + 1


@pytest.mark.parametrize(("until", "closes"), [
    (date(2022, 1, 1), False), (date(2022, 1, 2), True), (date(2022, 1, 19), True), (date(2022, 1, 20), False),
])  # fmt: skip
def test_period_closes_forward_and_not_before_it_is_over(until, closes):
    assert (why_not_closable(until, closed_before=date(2022, 1, 1), today=TODAY) is None) == closes


def test_late_entry_takes_the_first_open_day_and_says_so():
    late = NewTransfer("k", TransferKind.POSTED, "a", "b", 1, date(2021, 12, 31))
    assert into_open_period(late, date(2022, 1, 1)).value_on == date(2022, 1, 1)
    assert into_open_period(late, date(2021, 12, 31)) == late
