"""What a partner owes for a month of use, by the prices in its terms.

Only what was shown or told is charged: a refusal or an overrun costs nothing. So many a month are free; they go to the
dearest ways first, in the partner's favour, so that the order of requests within the month changes nothing.

Invariant: of each way free and charged sum to what was shown, and the total is the sum of the lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yulin.atlas.enums import LinkKind

LOOKS, NEWS = (LinkKind.WIDGET, LinkKind.LINK), (LinkKind.FEED, LinkKind.WEBHOOK)


@dataclass(frozen=True)
class Prices:
    """What one look at a portrait costs, what one firm's news costs, how many of both are free a month."""

    look_fen: int = 0
    news_fen: int = 0
    free_a_month: int = 0

    def of(self, kind: LinkKind) -> int:
        """Return the price of one request of a way; what is neither look nor news costs nothing."""
        return self.look_fen if kind in LOOKS else self.news_fen if kind in NEWS else 0


@dataclass(frozen=True)
class BillLine:
    """One way of a month: how often it was shown, how many of these were free, what the others cost."""

    kind: LinkKind
    shown: int
    free: int
    price_fen: int

    @property
    def charged(self) -> int:
        """How many are charged."""
        return self.shown - self.free

    @property
    def amount_fen(self) -> int:
        """What they cost."""
        return self.charged * self.price_fen


@dataclass(frozen=True)
class Bill:
    """A month's lines, by the first day of the month."""

    month: date
    lines: tuple[BillLine, ...]

    @property
    def shown(self) -> int:
        """How often anything was shown."""
        return sum(line.shown for line in self.lines)

    @property
    def free(self) -> int:
        """How many were free."""
        return sum(line.free for line in self.lines)

    @property
    def total_fen(self) -> int:
        """What the month costs."""
        return sum(line.amount_fen for line in self.lines)


def bill(month: date, shown: Mapping[LinkKind, int], prices: Prices) -> Bill:
    """Return a month's bill out of how often each way was shown.

    >>> shown = {LinkKind.WIDGET: 30, LinkKind.WEBHOOK: 100}
    >>> january = bill(date(2022, 1, 1), shown, Prices(look_fen=50, news_fen=2, free_a_month=40))
    >>> [(one.kind.value, one.free, one.amount_fen) for one in january.lines], january.total_fen
    ([('webhook', 10, 180), ('widget', 30, 0)], 180)
    """
    left, lines = prices.free_a_month, []
    for kind, times in sorted(shown.items(), key=lambda one: (-prices.of(one[0]), one[0])):
        free = min(times, left) if prices.of(kind) else 0
        left -= free
        lines.append(BillLine(kind, times, free, prices.of(kind)))
    return Bill(month, tuple(sorted(lines, key=lambda line: line.kind)))
