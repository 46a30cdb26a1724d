"""Book what the pool's events say (`core/postings.py`), in the caller's transaction.

What arrives late for a closed period is booked on its first open day, with its own value date as a fact; nothing is
booked into a closed period, and nothing is lost because one was closed.
"""

from __future__ import annotations

from collections.abc import Iterable

from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.periods import into_open_period
from yulin.ledger.core.transfers import Booked, NewTransfer
from yulin.ledger.selectors import closed_days
from yulin.ledger.services import book_transfers
from yulin.people.core.actors import Actor


def book(actor: Actor, scheme_id: str, transfers: Iterable[NewTransfer], *, goes_on: bool = False) -> list[Booked]:
    """Book transfers of one scheme, late ones on the first open day; what was booked before is answered.

    Effects: those of the ledger's `book_transfers`, whose codes it raises.
    """
    with scope(EVERYTHING):
        closed_until = closed_days([scheme_id]).get(scheme_id)
    in_time = [into_open_period(one, closed_until) for one in transfers]
    return book_transfers(actor=actor, transfers=in_time, goes_on=goes_on)
