"""When a later instalment of a compensation falls due: at a stated, evidenced event, or so long after it.

Where the scheme names events, the earliest of those that were stated makes the instalment due, and nothing else does;
where it names none, the instalment may be paid once the one before it is. Source: CGTMSE circular 135/2017-18 (the
second part at the end of recovery, or three years after the decree for loans sanctioned from 2013-01-01).

Where third parties pay first, the first instalment waits until it is stated, with its evidence, that they have paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from yulin.base.dates import add_years
from yulin.pool.core.caps import OTHER_PUBLIC
from yulin.pool.core.claims.sheet import Sheet
from yulin.rules.core.scheme import THIRD_PARTIES_PAID, DueEvent, Instalment, Mode


def awaiting(mode: Mode | None, *, after_thirds: bool = False) -> dict[int, tuple[DueEvent, ...]]:
    """Return the instalments of a mode that wait for an event, by number from 1; `after_thirds`, the first too.

    >>> awaiting(None, after_thirds=True)
    {1: (DueEvent(id='third_parties_paid', years=0, approved_from=None),)}
    """
    parts: Sequence[Instalment] = mode.instalments if mode else ()
    found = {number: part.events for number, part in enumerate(parts, start=1) if part.events}
    return {1: (DueEvent(THIRD_PARTIES_PAID),), **found} if after_thirds else found


def waits_for_thirds(sheet: Sheet) -> bool:
    """Tell whether third parties pay first and bear a part of this loss, so that the layers wait for them."""
    bear = (one.amount_fen for one in sheet.lines if one.kind == "third" and one.party != OTHER_PUBLIC)
    return sheet.pays_first == "third_party" and any(bear)


def due_after(events: Sequence[DueEvent], event: str, on: date, *, approved_on: date) -> date | None:
    """Return the day from which an event of a day makes an instalment due; None where the scheme has no such event.

    >>> due_after((DueEvent("decree", 3),), "decree", date(2024, 2, 29), approved_on=date(2020, 1, 1)).isoformat()
    '2027-02-28'
    """
    for one in events:
        if one.id == event and (one.approved_from is None or approved_on >= one.approved_from):
            return add_years(on, one.years)
    return None
