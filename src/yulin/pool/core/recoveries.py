"""The recoveries of one debt, replayed in value-date order whenever one is entered or undone.

A late entry is never set against a running balance: all entries are shared again in the order in which the money came
in, and what was booked is corrected by mirror lines. So a debt ends the same in whatever order its money was entered.

Invariant: what was booked before plus the correction is what the replay says; nobody gets back more than was borne, and
a layer nothing in money that it has not paid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from yulin.base.text import Text
from yulin.pool.core.loss import Receipt
from yulin.pool.core.recovery import RecoveryShare, share_recoveries
from yulin.pool.enums import RecoverySource
from yulin.rules.core.scheme import Recovery

Booked = Mapping[tuple[int, str], int]  # by receipt and party
SOURCE_NAMES: Mapping[RecoverySource, Text] = {
    RecoverySource.BORROWER: Text("借款人还款", "The borrower"),
    RecoverySource.SECURITY: Text("处置押品", "Sale of security"),
    RecoverySource.SURETY: Text("保证人代偿", "A surety"),
    RecoverySource.COURT: Text("法院执行", "Court enforcement"),
    RecoverySource.BANKRUPTCY: Text("破产分配", "Bankruptcy"),
    RecoverySource.SALE: Text("债权转让价款", "Price of the assigned debt"),
    RecoverySource.OTHER: Text("其他", "Other"),
}


@dataclass(frozen=True)
class DatedReceipt:
    """Money that came in on a day, and what it cost; `id` is the order of entry among receipts of one day."""

    id: int
    on: date
    gross_fen: int
    cost_fen: int = 0
    entered_at: datetime | None = None
    held_by: str = ""  # who has it, where that is not the party that collects


@dataclass(frozen=True)
class Paid:
    """One payment of a layer: on which day, booked when, how much."""

    on: date
    fen: int
    at: datetime | None = None  # None: before every receipt of its day

    def is_after(self, receipt: DatedReceipt) -> bool:
        """Whether it was paid after money came in; within one day, after it was entered."""
        if self.on != receipt.on:
            return self.on > receipt.on
        return self.at is not None and receipt.entered_at is not None and self.at > receipt.entered_at


@dataclass(frozen=True)
class Drawn:
    """What a layer has paid of its share, and what it has not paid yet and can still be lessened."""

    unpaid_fen: int
    payments: tuple[Paid, ...] = ()

    def unpaid_when(self, receipt: DatedReceipt) -> int:
        """Return what was not paid when money came in."""
        return self.unpaid_fen + sum(one.fen for one in self.payments if one.is_after(receipt))


@dataclass(frozen=True)
class DebtTerms:
    """Under which rule a debt's recoveries are shared: who bore what, who collects, what layers have not paid yet."""

    rule: Recovery | None
    borne_fen: Mapping[str, int]
    collector: str
    drawn: Mapping[str, Drawn] = field(default_factory=dict)  # a party that is not named has paid all of its share

    @property
    def is_whole(self) -> bool:
        """Whether the collector remits all that comes in."""
        return self.rule is not None and self.rule.remit == "whole"


@dataclass(frozen=True)
class CorrectionLine:
    """One booked line: what a party gets of a receipt, or (negative) the mirror of what it no longer gets."""

    receipt: int
    party: str
    amount_fen: int


def replay(terms: DebtTerms, receipts: Sequence[DatedReceipt]) -> dict[int, RecoveryShare]:
    """Return what each receipt gives to whom, all taken in value-date order.

    **Rounding**: left-over fen to the largest fraction, ties in paying order.

    >>> terms = DebtTerms(None, {"city": 500, "bank": 500}, "bank")
    >>> later, earlier = DatedReceipt(1, date(2022, 3, 1), 900), DatedReceipt(2, date(2022, 1, 1), 201)
    >>> replay(terms, [later, earlier]) == replay(terms, [earlier, later])
    True
    """
    ordered = sorted(receipts, key=lambda one: (one.on, one.id))
    parts = share_recoveries(
        terms.rule,
        terms.borne_fen,
        [Receipt(one.gross_fen, one.cost_fen, one.held_by) for one in ordered],
        terms.collector,
    )
    return dict(zip((one.id for one in ordered), _against_unpaid(terms, ordered, parts), strict=True))


def _against_unpaid(
    terms: DebtTerms, ordered: Sequence[DatedReceipt], parts: Sequence[RecoveryShare]
) -> Iterator[RecoveryShare]:
    """Give the shares again, each with what of it lessens payments to come: money first, up to what was paid by then.

    What could not be lessened any more, because it was paid meanwhile, is money.
    """
    in_money, lessened = dict.fromkeys(terms.drawn, 0), dict.fromkeys(terms.drawn, 0)
    for receipt, part in zip(ordered, parts, strict=True):
        unpaid = {}
        for party, drawn in terms.drawn.items():
            share = part.shares_fen.get(party, 0)
            paid = terms.borne_fen.get(party, 0) - drawn.unpaid_when(receipt)
            beyond = share - max(paid - in_money[party], 0)
            less = 0 if receipt.held_by else max(min(beyond, drawn.unpaid_fen - lessened[party]), 0)
            in_money[party] += share - less
            lessened[party] += less
            if less:
                unpaid[party] = less
        yield part.set_against(unpaid, is_whole=terms.is_whole) if unpaid else part


def lessened_of(shared: Mapping[int, RecoveryShare]) -> dict[tuple[int, str], int]:
    """Return what of the shares of a replay lessens payments to come, by receipt and party, without zeros."""
    return {(key, party): fen for key, part in shared.items() for party, fen in part.unpaid_fen.items() if fen}


def in_money_of(shared: Mapping[int, RecoveryShare]) -> dict[tuple[int, str], int]:
    """Return what of the shares of a replay is money, by receipt and party, without zeros."""
    money = {(key, party): part.in_money(party) for key, part in shared.items() for party in part.shares_fen}
    return {key: fen for key, fen in money.items() if fen}


def still_to_pay(planned_fen: Sequence[int], unpaid_fen: int) -> list[int]:
    """Return what is left of a layer's unpaid instalments, in their order: what was lessened comes off the last first.

    >>> still_to_pay([10, 25], 20)
    [10, 10]
    """
    left, found = unpaid_fen, []
    for fen in planned_fen:
        found.append(min(fen, left))
        left -= found[-1]
    return found


def booked_of(shared: Mapping[int, RecoveryShare]) -> dict[tuple[int, str], int]:
    """Return the amounts of a replay by receipt and party, without zeros."""
    return {(key, party): fen for key, part in shared.items() for party, fen in part.shares_fen.items() if fen}


def corrections(before: Booked, after: Booked) -> tuple[CorrectionLine, ...]:
    """Return the lines that turn what was booked into what holds now: first the mirrors, then the new lines.

    >>> [line.amount_fen for line in corrections({(1, "city"): 5}, {(1, "city"): 7, (2, "city"): 1})]
    [-5, 7, 1]
    """
    changed = [key for key in sorted({*before, *after}) if before.get(key, 0) != after.get(key, 0)]
    mirrors = (CorrectionLine(*key, -before[key]) for key in changed if before.get(key))
    new = (CorrectionLine(*key, after[key]) for key in changed if after.get(key))
    return (*mirrors, *new)


def net_fen(shared: Mapping[int, RecoveryShare]) -> int:
    """Return what came in after costs over all receipts."""
    return sum(part.net_fen for part in shared.values())


def half_year(day: date) -> tuple[date, date]:
    """Return the half-open half year that a day lies in.

    >>> half_year(date(2021, 8, 2))
    (datetime.date(2021, 7, 1), datetime.date(2022, 1, 1))
    """
    if day.month <= 6:
        return date(day.year, 1, 1), date(day.year, 7, 1)
    return date(day.year, 7, 1), date(day.year + 1, 1, 1)


def half_word(first: date) -> Text:
    """Return the name of a half year by its first day.

    >>> half_word(date(2021, 7, 1)).en
    'Second half of 2021'
    """
    is_first = first.month == 1
    return Text(
        f"{first.year}年{'上' if is_first else '下'}半年", f"{'First' if is_first else 'Second'} half of {first.year}"
    )
