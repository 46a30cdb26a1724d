"""A debt's account: lent, repaid, charged off, written off; what is undone stays to be seen beside its mirror.

The account is what its entries say, replayed in value-date order; a change of the past is booked as mirrors of the
lines that no longer hold and as the lines that hold now, so nothing that was booked is ever deleted. A charge-off
follows the balance when the past changes (P-16b); a write-off closes the past: nothing dated on or before it may be
entered or undone afterwards (P-16a). Money recovered after it is shared like any other (`recovery`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yulin.base.text import Text
from yulin.pool.errors import AboveLossBaseError, WrittenOffError


class DebtAct(StrEnum):
    """What an entry says happened to a debt."""

    LENT = "lent"
    REPAID = "repaid"
    CHARGED_OFF = "charged_off"
    WRITTEN_OFF = "written_off"


@dataclass(frozen=True)
class DebtEntry:
    """One event of a debt on its value date; the amount of a charge-off and a write-off is the balance of that day."""

    id: str
    act: DebtAct
    on: date
    amount_fen: int = 0


@dataclass(frozen=True)
class DebtLine:
    """One booked line: `debit` and `credit` are accounts, `entry` is what caused it."""

    entry: str
    debit: str
    credit: str
    amount_fen: int

    @property
    def mirror(self) -> DebtLine:
        """The line that takes this one back."""
        return DebtLine(self.entry, self.credit, self.debit, self.amount_fen)


_ACCOUNTS = {
    DebtAct.LENT: ("loans", "cash"),
    DebtAct.REPAID: ("cash", "loans"),
    DebtAct.CHARGED_OFF: ("bad_debt", "loans"),
    DebtAct.WRITTEN_OFF: ("written_off", "loans"),
}


def debt_lines(entries: Iterable[DebtEntry]) -> tuple[DebtLine, ...]:
    """Return the lines of a debt, its entries taken in value-date order (entries of one day in the order given).

    Raises: POOL.CLAIM.ABOVE_BASE where more is repaid than is owed.
    """
    owed_fen, lines = 0, []
    for entry in sorted(entries, key=lambda entry: entry.on):
        takes_all = entry.act in {DebtAct.CHARGED_OFF, DebtAct.WRITTEN_OFF}
        amount = owed_fen if takes_all else entry.amount_fen
        if entry.act == DebtAct.REPAID and amount > owed_fen:
            raise AboveLossBaseError(item=Text("还款", "The repayment"), found_fen=amount, most_fen=owed_fen)
        owed_fen += amount if entry.act == DebtAct.LENT else -amount
        debit, credit = _ACCOUNTS[entry.act]
        lines.append(DebtLine(entry.id, debit, credit, amount))
    return tuple(lines)


def restated(before: Sequence[DebtLine], after: Sequence[DebtLine]) -> tuple[DebtLine, ...]:
    """Return what is booked when the past changes: mirrors of the lines that no longer hold, then the new ones.

    What was booked before plus this has the balances of `after` alone.
    """
    gone, new = Counter(before) - Counter(after), Counter(after) - Counter(before)
    return (*(line.mirror for line in before if _take(gone, line)), *(line for line in after if _take(new, line)))


def _take(counter: Counter[DebtLine], line: DebtLine) -> bool:
    counter[line] -= 1
    return counter[line] >= 0


def add_entry(entries: Sequence[DebtEntry], entry: DebtEntry) -> tuple[DebtEntry, ...]:
    """Return the entries with another. Raises: POOL.DEBT.WRITTEN_OFF where it is dated on or before the write-off."""
    _check_open(entries, entry.on)
    return (*entries, entry)


def undo_entry(entries: Sequence[DebtEntry], entry_id: str) -> tuple[DebtEntry, ...]:
    """Return the entries without one. Raises: POOL.DEBT.WRITTEN_OFF where it is dated on or before the write-off."""
    undone = next(entry for entry in entries if entry.id == entry_id)
    _check_open([entry for entry in entries if entry.id != entry_id], undone.on)
    return tuple(entry for entry in entries if entry.id != entry_id)


def _check_open(entries: Iterable[DebtEntry], on: date) -> None:
    closed_on = max((entry.on for entry in entries if entry.act == DebtAct.WRITTEN_OFF), default=None)
    if closed_on is not None and on <= closed_on:
        raise WrittenOffError(on=on, written_off_on=closed_on)
