"""How long an adverse record may be shown and used, and whether its repair may be asked for: by the rule in force.

The rule is a pack; its periods are read from what it says, not written here. Where the rule does not settle the period
(the grade is unknown, or the record is older than the rule and its transition is not known), the period is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.rules.core.assess import assess
from yulin.rules.core.pack import Pack

REPAIR_PACK = "credit-repair-2026"
_TRANSITION, _REPAIR_FROM, _SHOWN_UNTIL = "conditions.transition", "repair_from", "display_until"


@dataclass(frozen=True)
class Period:
    """From when repair may be asked for, until when (not included) the record is shown and used; None is unknown."""

    repair_from: date | None
    shown_until: date | None


def period_of(pack: Pack, grade: str, decided_on: date, on: date) -> Period | None:
    """Return the period of a record as the rule has it on a day; None where the rule is not in force that day."""
    if not pack.effective_from <= on or (pack.effective_until is not None and pack.effective_until <= on):
        return None
    found = assess(pack, _facts(grade, decided_on), on)
    is_covered = any(one.id == _TRANSITION and one.outcome == Outcome.MET for one in found.findings)
    days = {term.id: term.value for term in found.terms}
    if not is_covered:
        return Period(None, None)
    return Period(_day(days[_REPAIR_FROM]), _day(days[_SHOWN_UNTIL]))


def what_repair_lacks(pack: Pack, grade: str, decided_on: date, on: date) -> list[Text]:
    """Return what stands against repair on a day, for a firm that has made good and has promised; empty if nothing."""
    made_good = {"is_corrected": True, "has_credit_promise": True}
    found = assess(pack, {**_facts(grade, decided_on), **made_good}, on)
    return [one.text for one in found.findings if one.outcome != Outcome.MET and one.text is not None]


def _facts(grade: str, decided_on: date) -> Mapping[str, Any]:
    return {"dishonesty_grade": grade or None, "decided_on": decided_on}


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
