"""Capacity of the layers: held while an enrolment is in force, released when it ends, in the caller's transaction.

A layer that has no capacity account limits nothing and holds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from yulin.ledger.selectors import standing_holds
from yulin.ledger.services import book_transfers
from yulin.people.core.actors import Actor
from yulin.pool.core.postings import Promise, closed, enrolled
from yulin.pool.core.words import place_name
from yulin.pool.errors import CapacityFullError
from yulin.pool.selectors.capacity import capacity_of, promise_of

if TYPE_CHECKING:
    from yulin.pool.models import Enrolment


def hold_capacity(actor: Actor, promises: Sequence[Promise], *, today: date) -> int:
    """Hold what the layers promise; return how many holds that are. The caller has looked at the room under a lock.

    Effects: holds on capacity accounts in one call of the ledger, its audit row.
    """
    places = set(capacity_of({place for promise in promises for place, _ in promise.shares()}))
    holds = [hold for promise in promises for hold in enrolled(promise, today, places)]
    book_transfers(actor=actor, transfers=holds, today=today)
    return len(holds)


def hold_enrolment(actor: Actor, enrolment: Enrolment, *, today: date) -> None:
    """Hold what the layers promise of one loan. Raises: `POOL.LIMIT.CAPACITY` where a layer has not enough left.

    Effects: as `hold_capacity`.
    """
    promise = promise_of(enrolment)
    shares = promise.shares()
    room = capacity_of([place for place, _ in shares], is_locked=True)
    for place, fen in shares:
        left = room[place].room_fen if place in room else None
        if left is not None and fen > left:
            raise CapacityFullError(
                loan=enrolment.loan_number, layer=place_name(place.code), asked_fen=fen, left_fen=left
            )
    hold_capacity(actor, [promise], today=today)


def release_capacity(actor: Actor, promises: Iterable[Promise], *, today: date) -> int:
    """Release what is still held for enrolments that end; return how many holds that are.

    Effects: releases in one call of the ledger, its audit row.
    """
    keys = [key for promise in promises for key in promise.hold_keys()]
    standing = standing_holds(keys)
    book_transfers(actor=actor, transfers=closed([key for key in keys if key in standing], today), today=today)
    return len(standing)
