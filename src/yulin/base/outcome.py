"""Three-valued outcomes (Kleene logic): unknown stays unknown until no missing fact could change the answer."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Outcome(StrEnum):
    """The answer to one condition."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> Outcome:
        """Turn True, False or None into an outcome.

        >>> Outcome.of(None)
        <Outcome.UNKNOWN: 'unknown'>
        """
        if value is None:
            return cls.UNKNOWN
        return cls.MET if value else cls.NOT_MET


def all_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the conjunction: one `not_met` decides, else one `unknown` leaves it open.

    >>> all_of([Outcome.UNKNOWN, Outcome.NOT_MET])
    <Outcome.NOT_MET: 'not_met'>
    """
    seen = set(outcomes)
    if Outcome.NOT_MET in seen:
        return Outcome.NOT_MET
    return Outcome.UNKNOWN if Outcome.UNKNOWN in seen else Outcome.MET


def any_of(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the disjunction: one `met` decides, else one `unknown` leaves it open."""
    seen = set(outcomes)
    if Outcome.MET in seen:
        return Outcome.MET
    return Outcome.UNKNOWN if Outcome.UNKNOWN in seen else Outcome.NOT_MET
