"""Balances: now, from the totals that each account carries; at a date or as once known, from its transfers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import connection

from yulin.ledger.core.accounts import Totals
from yulin.ledger.core.balances import Balance
from yulin.ledger.enums import AccountKind
from yulin.ledger.errors import AccountNotFoundError
from yulin.ledger.models import Account

# What was valued after a day or booked after an instant is taken off the totals of now: a recent day is a short way.
_LATER = """
SELECT a.code, a.posted_fen - COALESCE(sum(leg.posted), 0)::bigint,
  a.held_out_fen - COALESCE(sum(leg.held_out), 0)::bigint, a.held_in_fen - COALESCE(sum(leg.held_in), 0)::bigint
FROM ledger_account AS a LEFT JOIN LATERAL (
  SELECT CASE WHEN t.kind IN ('posted', 'post', 'reversal') THEN -t.amount_fen ELSE 0 END AS posted,
         CASE WHEN t.kind = 'hold' THEN t.amount_fen WHEN t.kind IN ('post', 'void', 'expiry') THEN -t.amount_fen
              ELSE 0 END AS held_out, 0 AS held_in
  FROM ledger_transfer AS t WHERE t.debit_id = a.id AND {later}
  UNION ALL
  SELECT CASE WHEN t.kind IN ('posted', 'post', 'reversal') THEN t.amount_fen ELSE 0 END, 0,
         CASE WHEN t.kind = 'hold' THEN t.amount_fen WHEN t.kind IN ('post', 'void', 'expiry') THEN -t.amount_fen
              ELSE 0 END
  FROM ledger_transfer AS t WHERE t.credit_id = a.id AND {later}
) AS leg ON true
WHERE a.code = ANY(%(codes)s) GROUP BY a.id
"""

_MOVED_IN = """
SELECT a.code, COALESCE(sum(t.amount_fen), 0) FROM ledger_account AS a
LEFT JOIN ledger_transfer AS t ON t.credit_id = a.id AND t.kind IN ('posted', 'post', 'reversal')
WHERE a.kind = %s GROUP BY a.code ORDER BY a.code
"""


def balance(code: str, on: date | None = None, known_at: datetime | None = None) -> Balance:
    """Return the balance of an account at the end of a value date, as known at an instant; None is no bound.

    Raises: `LEDGER.ACCOUNT.NOT_FOUND`.
    """
    found = _balances([code], on, known_at)
    if code not in found:
        raise AccountNotFoundError(account=code)
    return found[code]


def balances(codes: Iterable[str]) -> dict[str, Balance]:
    """Return the balances of accounts as they stand now; an account that is not open has no line."""
    return _balances(list(codes), None, None)


def totals_of_kinds(kinds: Iterable[AccountKind]) -> dict[str, Totals]:
    """Return the totals of every account of some kinds, by code, in the order of codes."""
    rows = Account.objects.filter(kind__in=[kind.value for kind in kinds]).order_by("code")
    found = rows.values_list("code", "posted_fen", "held_out_fen", "held_in_fen")
    return {code: Totals(posted, out, into) for code, posted, out, into in found}


def moved_in(kind: AccountKind) -> dict[str, int]:
    """Return what every account of a kind was given in all, whatever it has given on since, by code."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED_IN, [kind.value])
        return {code: int(fen) for code, fen in cursor.fetchall()}


def locked_balances(codes: Iterable[str]) -> dict[str, Balance]:
    """Return the balances of accounts, locked in the order of their numbers until the transaction ends.

    The order is that of `ledger_book`: who looks first and books then waits for nobody who waits for it, as long as it
    locks every account at once that it will book on and that others book on together with these.
    """
    found = Account.objects.filter(code__in=list(codes)).order_by("id").select_for_update(no_key=True)
    return {
        code: Balance(posted, held, posted - held)
        for code, posted, held in found.values_list("code", "posted_fen", "held_out_fen")
    }


def balances_at(codes: Iterable[str], *, before: date) -> dict[str, Balance]:
    """Return the balances of accounts over all value dates before a day."""
    return _balances(list(codes), before - timedelta(1), None)


def totals_before(code: str, day: date | None) -> Totals:
    """Return the totals of an account over all value dates before a day; nothing before no day."""
    return Totals() if day is None else _totals([code], day - timedelta(1), None).get(code, Totals())


def totals_on(codes: Iterable[str], day: date) -> dict[str, Totals]:
    """Return the totals of accounts at the end of a value date, as known now."""
    return _totals(list(codes), day, None)


def _balances(codes: list[str], on: date | None, known_at: datetime | None) -> dict[str, Balance]:
    if on is None and known_at is None:
        found = Account.objects.filter(code__in=codes).values_list("code", "posted_fen", "held_out_fen")
        return {code: Balance(posted, held, posted - held) for code, posted, held in found}
    return {code: Balance.of(totals) for code, totals in _totals(codes, on, known_at).items()}


def _totals(codes: list[str], on: date | None, known_at: datetime | None) -> dict[str, Totals]:
    later = " OR ".join(
        ["false", *(["t.value_on > %(on)s"] if on else []), *(["t.booked_at > %(known_at)s"] if known_at else [])]
    )
    with connection.cursor() as cursor:
        cursor.execute(_LATER.format(later=f"({later})"), {"codes": codes, "on": on, "known_at": known_at})
        return {code: Totals(posted, out, into) for code, posted, out, into in cursor.fetchall()}
