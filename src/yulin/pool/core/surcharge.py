"""More on the rate of a lender that passes its yearly cap often: how often it did, what follows, and why.

A year is passed where something was cut although the lender had been given all that its cap allows; what another cap
cut does not count. The window is the full years before that of a fee, so that a fee does not change within its year.

Invariant: what nobody knows (a year's cap, a number that the pack does not verify) is unknown, and never no surcharge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.pool.core.words import percent_word
from yulin.rules.core.scheme import Surcharge

_UNVERIFIED = "no"
_NOTHING = Text("", "")


@dataclass(frozen=True)
class CapYear:
    """One year of a lender against its yearly cap: what it was given, what was cut, what the cap was."""

    year: int
    paid_fen: int
    over_fen: int
    cap_fen: int | None

    @property
    def is_passed(self) -> bool | None:
        """Whether the claims of the year passed the cap; None where nobody knows.

        >>> [CapYear(2024, 120, over, cap).is_passed for over, cap in ((0, 120), (1, 120), (1, 121), (1, None))]
        [False, True, False, None]
        """
        if self.over_fen == 0:
            return False
        return None if self.cap_fen is None else self.paid_fen >= self.cap_fen


@dataclass(frozen=True)
class SurchargeStanding:
    """Where a lender stands in a year: whether more is taken, how much, and the years that say so."""

    rule: Surcharge
    year: int
    years: tuple[CapYear, ...]

    @property
    def passed(self) -> tuple[int, ...]:
        """The years that were passed."""
        return tuple(one.year for one in self.years if one.is_passed)

    @property
    def unknown(self) -> tuple[int, ...]:
        """The years of which nobody knows."""
        return tuple(one.year for one in self.years if one.is_passed is None)

    @property
    def outcome(self) -> Outcome:
        """Whether the surcharge applies."""
        if not _is_known(self.rule):
            return Outcome.UNKNOWN
        if len(self.passed) > (self.rule.more_than or 0):
            return Outcome.MET
        could_be = len(self.passed) + len(self.unknown) > (self.rule.more_than or 0)
        return Outcome.UNKNOWN if could_be else Outcome.NOT_MET

    @property
    def plus_bp(self) -> int | None:
        """What is added to the rate, in basis points of it; None where nobody knows."""
        found = {Outcome.MET: self.rule.plus_bp, Outcome.NOT_MET: 0, Outcome.UNKNOWN: None}
        return found[self.outcome]

    @property
    def why(self) -> Text:
        """How often the cap was passed in which years, against what the law bears, and what follows."""
        rule = self.rule
        if not _is_known(rule):
            return Text("条文未核实，是否加收未知", "The article is not verified: whether more is taken is not known")
        found = Text(
            "%(first)s至%(last)s年有%(n)s年索赔超过年度上限%(named)s%(open)s；超过%(most)s次的费率加%(plus)s",
            "In %(n)s of the years %(first)s to %(last)s the claims passed the yearly cap%(named)s%(open)s; with more"
            " than %(most)s such {most:year|years} the rate is %(plus)s higher",
        )
        return found.with_values(
            first=self.year - (rule.years or 0), last=self.year - 1, n=len(self.passed), named=_named(self.passed),
            open=_open(self.unknown), most=rule.more_than, plus=percent_word(rule.plus_bp or 0),
        )  # fmt: skip


def window(rule: Surcharge, year: int) -> range:
    """Return the years that count for a fee of a year: the full ones before it, none where their number is open."""
    return range(year - (rule.years or 0), year)


def _is_known(rule: Surcharge) -> bool:
    numbers = (rule.more_than, rule.years, rule.plus_bp)
    return rule.row.verified != _UNVERIFIED and all(one is not None for one in numbers)


def _named(years: Sequence[int]) -> Text:
    listed = [str(one) for one in years]
    return Text(f"（{'、'.join(listed)}）", f" ({', '.join(listed)})") if years else _NOTHING


def _open(years: Sequence[int]) -> Text:
    listed = [str(one) for one in years]
    return Text(f"，{'、'.join(listed)}年未知", f", of {', '.join(listed)} nobody knows") if years else _NOTHING
