"""Close a period: from then on nothing is booked with a value date before its end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection, transaction

from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.periods import why_not_closable
from yulin.ledger.errors import PeriodNotClosableError
from yulin.ledger.models import PeriodClose
from yulin.ledger.selectors import balances_at, closed_days
from yulin.ledger.services._locks import take_closing_lock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit

# Accounts are changed under the word of the booking functions alone.
_CLOSE = """
SELECT set_config('yulin.booking', 'on', true);
UPDATE ledger_account SET closed_until = %s WHERE scheme_id = %s;
SELECT set_config('yulin.booking', 'off', true);
"""


def close_period(*, actor: Actor, scheme_id: str, closed_until: date, today: date | None = None) -> PeriodClose:
    """Close every value date before `closed_until` for the accounts of a scheme; the same again answers the same.

    Effects: the closed period with the balances at its end, the accounts' bound, one audit row. Bookings of this
    instant come before it or are refused: both lock the accounts.
    Raises: `PEOPLE.NOT_ALLOWED`, `LEDGER.PERIOD.NOT_CLOSABLE`.
    """
    if not actor.may(Action.CLOSE_PERIOD):
        raise NotAllowedError(action=str(Action.CLOSE_PERIOD), role=str(actor.role))
    with transaction.atomic(), scope(EVERYTHING):
        codes = _lock_accounts(scheme_id)
        before = closed_days([scheme_id]).get(scheme_id)
        if before == closed_until:
            return PeriodClose.objects.get(scheme_id=scheme_id, closed_until=closed_until)
        problem = why_not_closable(closed_until, closed_before=before, today=today or clock.business_date())
        if problem is not None:
            raise PeriodNotClosableError(closed_until=closed_until, needed=problem)
        return _close(actor, scheme_id, closed_until, codes)


def _lock_accounts(scheme_id: str) -> list[str]:
    take_closing_lock(scheme_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT code FROM ledger_account WHERE scheme_id = %s ORDER BY id FOR NO KEY UPDATE", [scheme_id]
        )
        return [code for (code,) in cursor.fetchall()]


def _close(actor: Actor, scheme_id: str, closed_until: date, codes: Iterable[str]) -> PeriodClose:
    totals: dict[str, Any] = {
        code: [balance.posted_fen, balance.held_fen]
        for code, balance in balances_at(codes, before=closed_until).items()
    }
    made = PeriodClose.objects.create(
        scheme_id=scheme_id,
        closed_until=closed_until,
        actor_user_id=actor.user_id,
        actor_organisation_id=actor.organisation_id,
        totals=totals,
    )
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [closed_until, scheme_id])
    record_audit(
        actor=actor,
        action="ledger.close_period",
        subject=("scheme", scheme_id or "-"),
        facts={"closed_until": closed_until.isoformat(), "accounts": len(totals)},
    )
    return made
