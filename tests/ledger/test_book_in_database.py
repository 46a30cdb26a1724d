"""Whatever is asked, the database books what the book in memory books, and refuses for the same reasons."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests.factories.ledger import ACCOUNTS, TODAY, book, open_all

from yulin.ledger import selectors, services
from yulin.ledger.core.book import Book
from yulin.ledger.core.transfers import OF_A_HOLD, Booked, NewTransfer
from yulin.ledger.enums import TransferKind
from yulin.ledger.models import Account, Transfer
from yulin.people.core.actors import SYSTEM_ACTOR

AT = datetime(2022, 1, 19, 8, tzinfo=UTC)
CODES = [each.code for each in ACCOUNTS]
DAYS = [date(2022, 1, day) for day in range(1, 20)]
_days = st.sampled_from(DAYS)
_place = st.integers(0, 99)


@st.composite
def drafts(draw: st.DrawFn) -> NewTransfer:
    """Draw a transfer; its key and what it refers to are places, to be put in by the machine."""
    kind = draw(st.sampled_from([TransferKind.POSTED] * 3 + [TransferKind.HOLD] * 2 + list(TransferKind)))
    refers = kind in OF_A_HOLD or kind == TransferKind.REVERSAL
    debit, credit = draw(st.permutations(CODES))[:2]
    gives_accounts = not refers or draw(_place) < 10
    return NewTransfer(
        "",
        kind,
        debit if gives_accounts else "",
        credit if gives_accounts else "",
        None if refers and draw(st.booleans()) else draw(st.integers(1, 60)),
        draw(_days),
        group=draw(st.sampled_from([None, None, "a", "b"])),
        hold_key=str(draw(_place)) if refers else None,
        expires_on=draw(st.none() | _days) if kind == TransferKind.HOLD else None,
        reason="更正" if kind == TransferKind.REVERSAL else "",
        facts=draw(st.sampled_from([{}, {"n": 1}])),
    )


def said(booked: list[Booked]) -> list[tuple[object, ...]]:
    """Return what both books must agree upon."""
    return [
        (one.key, one.is_new, one.id and one.amount_fen, one.refusal and (one.refusal.code, one.refusal.key))
        for one in booked
    ]


class TwoBooks(RuleBasedStateMachine):
    """The book in memory and the one in the database, asked for the same."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.model = Book()
        self.asked: list[NewTransfer] = []
        self.known: list[tuple[datetime, dict[str, object]]] = []
        open_all()
        for account in ACCOUNTS:
            self.model.open(account)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def _named(self, new: list[NewTransfer], prefix: str) -> list[NewTransfer]:
        targets = [each.key for each in self.asked] + [f"{prefix}-{place}" for place in range(len(new))]
        return [
            NewTransfer(
                **each._asdict()
                | {
                    "key": f"{prefix}-{place}",
                    "group": each.group and f"{prefix}-{each.group}",
                    "hold_key": each.hold_key and targets[int(each.hold_key) % len(targets)],
                }
            )
            for place, each in enumerate(new)
        ]

    def _book(self, transfers: list[NewTransfer]) -> None:
        in_model = self.model.book(transfers, today=TODAY, at=AT)
        assert said(book(*transfers, goes_on=True)) == said(in_model)

    @rule(new=st.lists(drafts(), min_size=1, max_size=7))
    def ask(self, new: list[NewTransfer]) -> None:
        transfers = self._named(new, f"k{len(self.asked)}")
        self._book(transfers)
        self.asked += transfers

    @rule(amount=st.integers(1, 500), on=_days)
    def fund(self, amount: int, on: date) -> None:
        transfers = [NewTransfer(f"f{len(self.asked)}", TransferKind.POSTED, "funding", "budget", amount, on)]
        self._book(transfers)
        self.asked += transfers

    @precondition(lambda self: self.asked)
    @rule(place=_place, changes=st.booleans())
    def ask_again(self, place: int, changes: bool) -> None:
        first = self.asked[place % len(self.asked)]
        again = [each for each in self.asked if each.key == first.key or (first.group and each.group == first.group)]
        if changes:
            again = [each._replace(facts={"other": True}) for each in again]
        self._book(again)

    @rule()
    def expire(self) -> None:
        released = services.expire_holds(today=TODAY)
        late = [
            (entry.new.key, entry.new.expires_on + timedelta(1))
            for entry in self.model.entries
            if entry.new.expires_on and entry.new.expires_on < TODAY and self.model.rests[entry.new.key]
        ]
        closed = self.model.bounds["budget"].closed_until or DAYS[0]
        for key, over_on in late:
            facts = {} if over_on >= closed else {"original_value_on": over_on.isoformat()}
            new = NewTransfer(
                f"expiry:{key}", TransferKind.EXPIRY, value_on=max(over_on, closed), hold_key=key, facts=facts
            )
            assert self.model.book([new], today=TODAY, at=AT)[0].is_new
        assert released == len(late)

    @rule(until=_days)
    def close(self, until: date) -> None:
        before = self.model.bounds["budget"].closed_until
        if before is None or until >= before:
            services.close_period(actor=SYSTEM_ACTOR, scheme_id="s", closed_until=until, today=TODAY)
            for code in CODES:
                self.model.close_until(code, until)

    @rule()
    def remember(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            self.known.append((cursor.fetchone()[0], {code: self.model.balance(code) for code in CODES}))

    @invariant()
    def totals_agree(self) -> None:
        accounts = {account.code: account for account in Account.objects.all()}
        assert sum(account.posted_fen for account in accounts.values()) == 0
        for code, totals in self.model.totals.items():
            kept = accounts[code]
            assert (kept.posted_fen, kept.held_out_fen, kept.held_in_fen) == (
                totals.posted_fen,
                totals.held_out_fen,
                totals.held_in_fen,
            )
        assert accounts["budget"].available_fen >= 0
        assert accounts["paid"].available_fen >= 0
        assert accounts["due"].posted_fen + accounts["due"].held_in_fen <= 0

    def check_history(self) -> None:
        for on in DAYS:
            for code, found in selectors.balances_at(CODES, before=on + timedelta(1)).items():
                assert found == self.model.balance(code, on=on)
        for instant, balances in self.known:
            assert {code: selectors.balance(code, known_at=instant) for code in CODES} == balances
        assert Transfer.objects.count() == len(self.model.entries)
        for code in CODES:
            lines = list(selectors.statement(code).lines())
            assert [line.balance_fen for line in lines[-1:]] == [self.model.totals[code].posted_fen] * bool(lines)

    @rule()
    def look_back(self) -> None:
        self.check_history()


@pytest.mark.slow
@pytest.mark.django_db
def test_database_books_what_the_book_in_memory_books() -> None:
    run_state_machine_as_test(
        TwoBooks,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
