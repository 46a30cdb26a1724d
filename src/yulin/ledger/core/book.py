"""A book in memory that keeps the whole law of the ledger: the model that the database is tested against.

Groups are taken in the order in which they begin. A group is looked at whole, against what stands before it; it is
booked whole, answered from before, or refused for the first reason in the order of the functions below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from yulin.ledger.core.accounts import Bounds, NewAccount, Totals
from yulin.ledger.core.balances import Balance, Line, effect, totals_at
from yulin.ledger.core.transfers import (
    OF_A_HOLD,
    SIGNS,
    Booked,
    NewTransfer,
    Refusal,
    check_new,
    group_numbers,
)
from yulin.ledger.enums import TransferKind

_REVERSIBLE = frozenset({TransferKind.POSTED, TransferKind.POST})


@dataclass(frozen=True)
class Entry:
    """A booked transfer: as it was asked for, with its number, its accounts, its amount, and when it was booked."""

    id: int
    new: NewTransfer
    line: Line


@dataclass
class Book:
    """Accounts, their totals, the transfers booked so far, and what is left of each hold."""

    bounds: dict[str, Bounds] = field(default_factory=dict)
    totals: dict[str, Totals] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    by_key: dict[str, Entry] = field(default_factory=dict)
    rests: dict[str, int] = field(default_factory=dict)
    reversed_keys: set[str] = field(default_factory=set)

    def open(self, account: NewAccount) -> None:
        """Open an account with nothing on it; one that is open stays as it is."""
        if account.code not in self.bounds:
            self.bounds[account.code] = Bounds(account.may_overdraw, account.may_overfill)
            self.totals[account.code] = Totals()

    def close_until(self, code: str, closed_until: date) -> None:
        """Close all value dates before a day for an account."""
        self.bounds[code] = replace(self.bounds[code], closed_until=closed_until)

    def balance(self, code: str, *, on: date | None = None, known_at: datetime | None = None) -> Balance:
        """Return a balance, recomputed from the transfers."""
        lines = (entry.line for entry in self.entries)
        return Balance.of(totals_at(lines, code, on=on, known_at=known_at))

    def book(self, transfers: Sequence[NewTransfer], *, today: date, at: datetime) -> list[Booked]:
        """Book what can be booked, group by group, and return what became of each transfer, in their order."""
        check_new(transfers)
        groups: dict[int, list[int]] = {}
        for place, number in enumerate(group_numbers(transfers)):
            groups.setdefault(number, []).append(place)
        found: dict[int, Booked] = {}
        for places in groups.values():
            members = [transfers[place] for place in places]
            found.update(zip(places, self._book_group(members, today, at), strict=True))
        return [found[place] for place in range(len(transfers))]

    def _book_group(self, group: list[NewTransfer], today: date, at: datetime) -> list[Booked]:
        known = [self.by_key.get(new.key) for new in group]
        if all(known) and all(_is_same(entry, new) for entry, new in zip(known, group, strict=True) if entry):
            return [Booked(entry.new.key, entry.id, entry.line.amount_fen, False) for entry in known if entry]
        refusal = self._conflict(group, known) or self._unresolved(group, today)
        lines = [] if refusal else [self._line(new, at) for new in group]
        refusal = refusal or self._against_holds(group, lines) or self._against_accounts(group, lines)
        if refusal:
            return [Booked(new.key, None, new.amount_fen or 0, False, refusal) for new in group]
        return [self._write(new, line) for new, line in zip(group, lines, strict=True)]

    def _conflict(self, group: list[NewTransfer], known: list[Entry | None]) -> Refusal | None:
        taken = next((new for new, entry in zip(group, known, strict=True) if entry is not None), None)
        return None if taken is None else Refusal("LEDGER.KEY.CONFLICT", taken.key)

    def _unresolved(self, group: list[NewTransfer], today: date) -> Refusal | None:
        for new in group:
            if new.hold_key is not None and (code := self._wrong_reference(new, today)):
                return Refusal(code, new.key)
            if {new.debit, new.credit} - {"", *self.bounds}:
                return Refusal("LEDGER.ACCOUNT.UNKNOWN", new.key)
        return None

    def _wrong_reference(self, new: NewTransfer, today: date) -> str | None:
        about = self.by_key.get(new.hold_key or "")
        if new.kind == TransferKind.REVERSAL:
            if about is None or about.line.kind not in _REVERSIBLE:
                return "LEDGER.REVERSAL.UNKNOWN"
            return "LEDGER.REVERSAL.TWICE" if about.new.key in self.reversed_keys else None
        if about is None or about.line.kind != TransferKind.HOLD:
            return "LEDGER.HOLD.UNKNOWN"
        last_day = about.new.expires_on
        if new.kind == TransferKind.EXPIRY and (last_day is None or last_day >= today):
            return "LEDGER.HOLD.NOT_EXPIRED"
        if new.kind == TransferKind.POST and last_day is not None and last_day < today:
            return "LEDGER.HOLD.EXPIRED"
        return "LEDGER.HOLD.CLOSED" if self.rests[about.new.key] == 0 else None

    def _line(self, new: NewTransfer, at: datetime) -> Line:
        assert new.value_on is not None  # noqa: S101 - check_new refuses it
        if new.hold_key is None:
            return Line(new.kind, new.debit, new.credit, new.amount_fen or 0, new.value_on, at)
        about = self.by_key[new.hold_key].line
        is_reversal = new.kind == TransferKind.REVERSAL
        debit, credit = (about.credit, about.debit) if is_reversal else (about.debit, about.credit)
        rest = about.amount_fen if is_reversal else self.rests[new.hold_key]
        amount = rest if new.amount_fen is None else new.amount_fen
        return Line(new.kind, new.debit or debit, new.credit or credit, amount, new.value_on, at)

    def _against_holds(self, group: list[NewTransfer], lines: list[Line]) -> Refusal | None:
        for new, line in zip(group, lines, strict=True):
            if new.hold_key is None:
                continue
            about = self.by_key[new.hold_key].line
            is_reversal = new.kind == TransferKind.REVERSAL
            accounts = (about.credit, about.debit) if is_reversal else (about.debit, about.credit)
            if (line.debit, line.credit) != accounts or (is_reversal and line.amount_fen != about.amount_fen):
                return Refusal("LEDGER.HOLD.MISMATCH", new.key)
        for new in group:
            same = [other for other in zip(group, lines, strict=True) if other[0].hold_key == new.hold_key]
            if new.kind in OF_A_HOLD and sum(line.amount_fen for _, line in same) > self.rests[new.hold_key or ""]:
                return Refusal("LEDGER.HOLD.TOO_SMALL", new.key)
            if new.kind == TransferKind.REVERSAL and len(same) > 1:
                return Refusal("LEDGER.REVERSAL.TWICE", new.key)
        return None

    def _against_accounts(self, group: list[NewTransfer], lines: list[Line]) -> Refusal | None:
        for new, line in zip(group, lines, strict=True):
            if any(self.bounds[code].is_closed(line.value_on) for code in (line.debit, line.credit)):
                return Refusal("LEDGER.PERIOD.CLOSED", new.key)
        after = self._totals_after(lines)
        for code, too_much in (
            ("LEDGER.ACCOUNT.OVERDRAFT", Bounds.missing_fen),
            ("LEDGER.ACCOUNT.OVERFILL", Bounds.excess_fen),
        ):
            for new, line in zip(group, lines, strict=True):
                if any(too_much(self.bounds[name], after[name]) for name in (line.debit, line.credit)):
                    return Refusal(code, new.key)
        return None

    def _totals_after(self, lines: list[Line]) -> dict[str, Totals]:
        after = {name: self.totals[name] for line in lines for name in (line.debit, line.credit)}
        for line in lines:
            for name in (line.debit, line.credit):
                change = effect(line, name)
                after[name] = after[name].plus(change.posted_fen, change.held_out_fen, change.held_in_fen)
        return after

    def _write(self, new: NewTransfer, line: Line) -> Booked:
        entry = Entry(len(self.entries) + 1, new, line)
        self.totals.update(self._totals_after([line]))
        self.entries.append(entry)
        self.by_key[new.key] = entry
        if new.kind == TransferKind.HOLD:
            self.rests[new.key] = line.amount_fen
        elif SIGNS[new.kind].held < 0:
            self.rests[new.hold_key or ""] -= line.amount_fen
        elif new.kind == TransferKind.REVERSAL:
            self.reversed_keys.add(new.hold_key or "")
        return Booked(new.key, entry.id, line.amount_fen, True)


def _is_same(entry: Entry, new: NewTransfer) -> bool:
    """Tell whether a transfer asked for again is the one that was booked; what it leaves open was filled in before."""
    line, old = entry.line, entry.new
    return (
        new.debit in ("", line.debit)
        and new.credit in ("", line.credit)
        and new.amount_fen in (None, line.amount_fen)
        and new._replace(debit="", credit="", amount_fen=None, facts={})
        == old._replace(debit="", credit="", amount_fen=None, facts={})
        and dict(new.facts) == dict(old.facts)
    )
