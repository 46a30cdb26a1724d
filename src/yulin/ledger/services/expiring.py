"""Release what is left of holds whose last day is over."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import TransferKind
from yulin.ledger.selectors import expired_holds
from yulin.ledger.services.booking import book_transfers
from yulin.people.core.actors import SYSTEM_ACTOR

_BATCH = 5_000


def expire_holds(*, today: date | None = None) -> int:
    """Release every hold whose last day is before `today` and return how many; run twice, it does nothing more.

    Where that last day lies in a closed period, the release takes the first open day, and says so.

    Effects, in transactions of at most 5,000 holds: expiry transfers, totals, audit rows.
    """
    today = today or clock.business_date()
    count = 0
    with scope(EVERYTHING):
        while True:
            with transaction.atomic():
                held = expired_holds(today, _BATCH)
                releases = [_release(key, last_day, closed_until) for key, last_day, closed_until in held]
                booked = book_transfers(actor=SYSTEM_ACTOR, transfers=releases, goes_on=True, today=today)
            released = sum(one.is_new for one in booked)
            count += released
            if len(held) < _BATCH or not released:
                return count


def _release(key: str, last_day: date, closed_until: date | None) -> NewTransfer:
    over_on = last_day + timedelta(1)
    value_on = max(over_on, closed_until) if closed_until else over_on
    facts = {"original_value_on": over_on.isoformat()} if value_on != over_on else {}
    return NewTransfer(f"expiry:{key}", TransferKind.EXPIRY, value_on=value_on, hold_key=key, facts=facts)
