"""Room under every limit of a scheme for one loan: the limit, what is used, what this loan asks, what is left.

A limit whose number nobody found, or whose use is not known, answers unknown; one fen over is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from yulin.base.outcome import Outcome
from yulin.rules.core.calendar import add_months
from yulin.rules.core.scheme import Limit, Scheme

CODES: Mapping[str, str] = {
    "loan": "POOL.LIMIT.LOAN",
    "line": "POOL.LIMIT.LINE",
    "firm": "POOL.LIMIT.FIRM",
    "firm_year": "POOL.LIMIT.FIRM_YEAR",
    "bank": "POOL.LIMIT.BANK",
    "scheme": "POOL.LIMIT.SCHEME",
    "group": "POOL.LIMIT.GROUP",
    "tenor": "POOL.LIMIT.TENOR",
    "rate": "POOL.LIMIT.RATE",
    "insured_rate": "POOL.LIMIT.INSURED_RATE",
    "premium": "POOL.LIMIT.PREMIUM",
    "banks_per_firm_year": "POOL.LIMIT.BANKS_PER_FIRM",
    "filing_window": "POOL.LIMIT.FILING_WINDOW",
}
SHARED = frozenset({"firm", "firm_year", "bank", "scheme", "group", "banks_per_firm_year"})  # many loans use one limit
OF_INSURED = frozenset({"insured_rate", "premium"})  # limits that concern insured loans alone
_UNUSED: Mapping[str, int] = {}


@dataclass(frozen=True)
class Asked:
    """What one loan asks of the limits; None where it is not known."""

    loan_amount_fen: int | None = None
    line_fen: int | None = None
    annual_rate_ppm: int | None = None
    premium_rate_ppm: int | None = None
    is_insured: bool = False
    disbursed_on: date | None = None
    due_on: date | None = None
    filed_on: date | None = None
    used: Mapping[str, int] = field(default_factory=lambda: _UNUSED)  # by kind, over all loans before this one


@dataclass(frozen=True)
class Room:
    """One limit as one loan meets it; amounts in the limit's own unit (fen, months, basis points, a count)."""

    kind: str
    limit: Limit
    outcome: Outcome
    used: int | None
    asked: int | None
    before: int | None
    after: int | None

    @property
    def code(self) -> str:
        """The code of the refusal when the limit is passed."""
        return CODES[self.kind]

    @property
    def over(self) -> int:
        """How much of what is asked does not fit."""
        return max((self.asked or 0) - self.before, 0) if self.before is not None else 0


def rooms(scheme: Scheme, asked: Asked) -> tuple[Room, ...]:
    """Return the room under every limit of the scheme that concerns the loan, in the order of the pack."""
    limits = (limit for limit in scheme.limits.values() if asked.is_insured or limit.kind not in OF_INSURED)
    return tuple(_room(limit, asked) for limit in limits)


def _room(limit: Limit, asked: Asked) -> Room:
    if limit.kind in {"tenor", "filing_window"}:
        return _span(limit, asked)
    if limit.by is not None:
        return _priced(limit, asked)
    want = _wanted(limit, asked)
    used = asked.used.get(limit.kind) if limit.kind in SHARED else 0
    if limit.at_most is None and limit.at_least is None:
        return Room(limit.kind, limit, Outcome.UNKNOWN, used, want, None, None)
    if want is not None and limit.at_least is not None and want < limit.at_least:
        return Room(limit.kind, limit, Outcome.NOT_MET, used, want, None, None)
    before = None if limit.at_most is None or used is None else max(limit.at_most - used, 0)
    after = None if before is None or want is None else before - want
    is_known = limit.at_most is None or after is not None
    outcome = Outcome.of((after is None or after >= 0) if is_known else None)
    return Room(limit.kind, limit, outcome, used, want, before, after)


def _priced(limit: Limit, asked: Asked) -> Room:
    """Compare a price with the rate of the day of lending, to the millionth; a day without a rate is unknown."""
    want, ppm, most_ppm = _wanted(limit, asked), _price_ppm(limit, asked), limit.most_ppm(asked.disbursed_on)
    is_low = want is not None and limit.at_least is not None and want < limit.at_least
    is_known = ppm is not None and most_ppm is not None
    outcome = Outcome.NOT_MET if is_low else Outcome.of(ppm <= most_ppm if is_known else None)  # type: ignore[operator]  # both are known
    before = None if most_ppm is None else most_ppm // 100
    after = (most_ppm - ppm) // 100 if is_known else None  # type: ignore[operator]  # both are known
    return Room(limit.kind, limit, outcome, 0, want, before, after)


def _price_ppm(limit: Limit, asked: Asked) -> int | None:
    return asked.premium_rate_ppm if limit.kind == "premium" else asked.annual_rate_ppm


def _wanted(limit: Limit, asked: Asked) -> int | None:
    if limit.kind == "line":
        return asked.line_fen
    if limit.kind in {"rate", "insured_rate", "premium"}:
        ppm = _price_ppm(limit, asked)
        return None if ppm is None else -(-ppm // 100)  # up: a part over is over
    return 1 if limit.kind == "banks_per_firm_year" else asked.loan_amount_fen


def _span(limit: Limit, asked: Asked) -> Room:
    """Compare days: the due day may be the same day of the month in which the span ends, not the day after."""
    start, end = asked.disbursed_on, asked.due_on if limit.kind == "tenor" else asked.filed_on
    if start is None or end is None or (limit.at_most is None and limit.at_least is None):
        return Room(limit.kind, limit, Outcome.UNKNOWN, 0, None, limit.at_most, None)
    months = months_between(start, end)
    is_long = limit.at_most is not None and end.toordinal() > add_months(start.toordinal(), limit.at_most)
    is_short = limit.at_least is not None and end.toordinal() < add_months(start.toordinal(), limit.at_least)
    after = None if limit.at_most is None else limit.at_most - months
    return Room(limit.kind, limit, Outcome.of(not (is_long or is_short)), 0, months, limit.at_most, after)


def months_between(start: date, end: date) -> int:
    """Return the number of months in which a span fits: a day more is a month more.

    >>> months_between(date(2025, 7, 1), date(2028, 7, 1)), months_between(date(2025, 7, 1), date(2028, 7, 2))
    (36, 37)
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    return months + (end.toordinal() > add_months(start.toordinal(), months))


def fitting_fen(found: tuple[Room, ...], amount_fen: int) -> int:
    """Return how much of an amount fits under every limit in money."""
    befores = [room.before for room in found if room.limit.unit == "money" and room.before is not None]
    return min([amount_fen, *befores])
