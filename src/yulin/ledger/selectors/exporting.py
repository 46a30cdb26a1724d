"""A part of the ledger, or all of it, as an audit pack carries it: lines as they were sealed, seals, totals, holds.

The whole ledger proves itself. A part carries what touches its subject, with every follower of a hold: of an account
of which only a part is here the balance cannot be shown, and of a seal of which only a part is here nothing but the
marks of its rows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q

from yulin.ledger.adapters.lines import numbered_lines
from yulin.ledger.core.accounts import Totals
from yulin.ledger.core.chain import FIELDS, MARK_BYTES, mark, ranges_of
from yulin.ledger.models import Account, Hold, Seal, Transfer
from yulin.ledger.selectors.balances import totals_on
from yulin.ledger.selectors.currencies import with_currency

LINE_FIELDS = FIELDS
_SOME = 500
_WINDOW = 20_000  # transfers in memory


@dataclass(frozen=True)
class LedgerPart:
    """Which transfers are meant: all of them (None), or these numbers; and the accounts that are here in whole."""

    ids: tuple[int, ...] | None
    whole_schemes: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole ledger."""
        return self.ids is None

    def spans(self) -> list[tuple[int, int]]:
        """Return the transfers as ranges of numbers."""
        if self.ids is None:
            last = Transfer.objects.aggregate(last=Max("pk"))["last"]
            return [(1, last)] if last else []
        return ranges_of(self.ids)


@dataclass(frozen=True)
class Placed:
    """One transfer's line, and where it is sealed: the seal's number and the mark of the line; None: not yet."""

    number: int
    line: bytes
    seal: int | None
    mark: bytes


def whole_ledger() -> LedgerPart:
    """Return every transfer that was ever booked."""
    return LedgerPart(None)


def ledger_of_scheme(scheme_id: str) -> LedgerPart:
    """Return what touches the accounts of one scheme: these accounts are whole."""
    own = Account.objects.filter(scheme_id=scheme_id).values("pk")
    rows = Transfer.objects.filter(Q(debit__in=own) | Q(credit__in=own))
    return LedgerPart(_with_followers(set(rows.values_list("pk", flat=True))), frozenset({scheme_id}))


def ledger_of_keys(beginnings: Iterable[str]) -> LedgerPart:
    """Return the transfers whose keys begin so, with their groups and what follows them."""
    asked = Q(pk__in=[])
    for beginning in beginnings:
        asked |= Q(key__startswith=beginning)
    return LedgerPart(_with_followers(set(Transfer.objects.filter(asked).values_list("pk", flat=True))))


def _with_followers(found: set[int]) -> tuple[int, ...]:
    """Return numbers with those that they refer to, that refer to them, and that stand or fall with them."""
    new = found
    while new:
        near: set[int] = set()
        for some in _portions(sorted(new)):
            rows = Transfer.objects.filter(pk__in=some)
            near |= {one for one in rows.values_list("refers_to", flat=True) if one is not None}
            near |= set(Transfer.objects.filter(refers_to__in=some).values_list("pk", flat=True))
            links = rows.exclude(link=None).values("link")
            near |= set(Transfer.objects.filter(link__in=links).values_list("pk", flat=True))
        new = near - found
        found = found | new
    return tuple(sorted(found))


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    yield from (ids[first : first + _SOME] for first in range(0, len(ids), _SOME))


def placed_lines(part: LedgerPart) -> Iterator[Placed]:
    """Give the transfers in order of their numbers, each with its place in the chain."""
    places = _Places()
    for window in _windows(part.spans()):
        for number, line in numbered_lines(window):
            seal = places.seal_of(number)
            yield Placed(number, line, seal, places.mark_of(seal, number) if seal else mark(line))


def _windows(spans: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Give ranges in windows of at most so many numbers; a longer range is cut."""
    window, room = list[tuple[int, int]](), _WINDOW
    for first, last in spans:
        start = first
        while start <= last:
            end = min(last, start + room - 1)
            window.append((start, end))
            room -= end - start + 1
            start = end + 1
            if not room:
                yield window
                window, room = [], _WINDOW
    if window:
        yield window


class _Places:
    """Where each number is sealed: the ranges of all seals in memory, the marks of one."""

    def __init__(self) -> None:
        rows = Seal.objects.order_by("pk").values_list("pk", "first_ids", "last_ids")
        spans = sorted(
            (first, last, seal)
            for seal, firsts, lasts in rows.iterator(chunk_size=200)
            for first, last in zip(firsts, lasts, strict=True)
        )
        self.firsts = [first for first, _, _ in spans]
        self.spans = spans
        self.seal, self.marks, self.covered = 0, b"", list[tuple[int, int]]()

    def seal_of(self, number: int) -> int | None:
        place = bisect_right(self.firsts, number) - 1
        if place < 0 or number > self.spans[place][1]:
            return None
        return self.spans[place][2]

    def mark_of(self, seal: int, number: int) -> bytes:
        if seal != self.seal:
            kept = Seal.objects.get(pk=seal)
            self.seal, self.marks = seal, bytes(kept.marks)
            self.covered = list(zip(kept.first_ids, kept.last_ids, strict=True))
        before = sum(min(last, number - 1) - first + 1 for first, last in self.covered if first < number)
        return self.marks[before * MARK_BYTES : (before + 1) * MARK_BYTES]


def seal_rows(numbers: Sequence[int] | None) -> Iterator[tuple[int, str, str, int]]:
    """Give seals in order, all or those with these numbers: number, the hash before, its own, how many rows."""
    seals = Seal.objects.order_by("pk")
    if numbers is not None:
        seals = seals.filter(pk__in=numbers)
    fields = ("pk", "previous_hash", "seal_hash", "transfer_count")
    yield from seals.values_list(*fields).iterator(chunk_size=2_000)


def accounts_of(part: LedgerPart) -> list[tuple[Account, bool]]:
    """Return the accounts that the transfers touch, by code, each with whether all its transfers are here.

    Each has its currency as `currency`: that of its scheme.
    """
    accounts = with_currency(Account.objects.order_by("code"))
    if part.ids is None:
        return [(account, True) for account in accounts]
    touched: set[int] = set()
    for some in _portions(part.ids):
        for pair in Transfer.objects.filter(pk__in=some).values_list("debit", "credit"):
            touched |= set(pair)
    rows = accounts.filter(Q(pk__in=touched) | Q(scheme_id__in=part.whole_schemes))
    return [(account, account.scheme_id in part.whole_schemes) for account in rows]


def hold_rests(part: LedgerPart) -> Iterator[tuple[int, int]]:
    """Give what is left of each hold among the transfers."""
    holds = Hold.objects.order_by("pk")
    if part.ids is None:
        yield from holds.values_list("pk", "rest_fen").iterator(chunk_size=2_000)
        return
    for some in _portions(part.ids):
        yield from holds.filter(pk__in=some).values_list("pk", "rest_fen")


def month_ends(codes: Sequence[str], year: int) -> Iterator[tuple[date, dict[str, Totals]]]:
    """Give what stood on accounts at the end of each month of a year, by value date as known now."""
    for month in range(1, 13):
        last = date.fromordinal((date(year + month // 12, month % 12 + 1, 1)).toordinal() - 1)
        yield last, totals_on(codes, last)
