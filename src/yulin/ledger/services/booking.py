"""Book transfers: one call of a database function for thousands of them.

`ledger_book_all` (`ledger_book_one` for one) books all of them where nothing speaks against any, which is nearly always
so. Where something does, it leaves nothing behind, and `ledger_book` looks at the groups one by one, answers those
booked before, and says why others are not booked. Each locks every account it touches in the order of their numbers,
looks at what is asked against what stands there, and writes transfers, holds and totals set-based.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import compress, islice, repeat
from typing import Any

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.adapters.arrays import number_array, text_array
from yulin.ledger.core.transfers import Booked, NewTransfer, Refusal, check_new, group_numbers, has_groups
from yulin.ledger.enums import TransferKind
from yulin.ledger.errors import REFUSALS
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit

CALL = 10_000  # transfers in one call of the function
_KEYS_SHOWN = 50
_TRIES = 3
_UNKNOWN_ACCOUNT = -1
_BOOK_ALL = """
SELECT ids, amounts FROM ledger_book_all(
  %s::text[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::date[], %s::date[],
  %s::text[], %s::jsonb[], %s::date, %s::bigint, %s::bigint)
"""
_BOOK = """
SELECT ids, amounts, news, refusals FROM ledger_book(
  %s::text[], %s::int[], %s::text[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::date[],
  %s::date[], %s::text[], %s::jsonb[], %s::date, %s::bigint, %s::bigint, %s::boolean)
"""
_BOOK_ONE = """
SELECT ledger_book_one(%s, %s, %s::bigint, %s::bigint, %s::bigint, %s::date, %s, %s::jsonb, %s::bigint, %s::bigint)
"""
_ACCOUNTS = "SELECT code, id FROM ledger_account WHERE code = ANY(%s::text[])"
_LOCK = """
SELECT count(*) FROM (
  SELECT FROM ledger_account WHERE id = ANY(%(ids)s) OR id IN (
    SELECT unnest(ARRAY[debit_id, credit_id]) FROM ledger_transfer WHERE key = ANY(%(keys)s)
  ) ORDER BY id FOR NO KEY UPDATE
) AS locked
"""


@dataclass(frozen=True)
class _Call:
    """Who books, on which day, and whether a refused group stops the others."""

    actor: Actor
    today: date
    goes_on: bool


def book_transfers(
    *, actor: Actor, transfers: Sequence[NewTransfer], goes_on: bool = False, today: date | None = None
) -> list[Booked]:
    """Book transfers and return what became of each, in their order. A key booked before answers what it answered.

    One refused group refuses the whole call with its error; where the call `goes_on`, the other groups are booked
    and the refused ones say why.

    Effects: transfers, holds, the totals of their accounts, one audit row.
    Raises: `LEDGER.TRANSFER.MALFORMED`, and unless it goes on every code of `errors.REFUSALS`.
    """
    check_new(transfers)
    if not transfers:
        return []
    call = _Call(actor, today or clock.business_date(), goes_on)
    for attempt in range(_TRIES):
        try:
            with transaction.atomic(), scope(EVERYTHING):
                booked = _book(call, transfers)
                _audit(actor, booked)
                return booked
        except (IntegrityError, OperationalError) as error:
            if attempt + 1 == _TRIES or not _comes_from_same_key(error):
                raise
    raise AssertionError("the loop returns or raises")


def _comes_from_same_key(error: DatabaseError) -> bool:
    """Tell of two calls that took the same key at this instant, or waited for it in a ring: the next look finds it."""
    return "ledger_transfer_key" in str(error) or isinstance(error.__cause__, DeadlockDetected)


def _book(call: _Call, transfers: Sequence[NewTransfer]) -> list[Booked]:
    ids = _account_ids(transfers)
    if len(transfers) == 1 and (booked := _book_one(call, transfers[0], ids)):
        return [booked]
    numbers: Sequence[int] = range(len(transfers))
    order: Sequence[int] = numbers
    if has_groups(transfers):
        numbers = group_numbers(transfers)
        order = sorted(range(len(transfers)), key=numbers.__getitem__)
    parts = list(_parts(order, numbers))
    if len(parts) > 1:
        _lock_all(ids.values(), transfers)
    if len(parts) == 1 and (order is numbers or order == list(range(len(order)))):
        return list(_call(call, transfers, numbers, ids))
    found: dict[int, Booked] = {}
    for places in parts:
        part = [transfers[place] for place in places]
        found.update(zip(places, _call(call, part, [numbers[place] for place in places], ids), strict=True))
    return [found[place] for place in range(len(transfers))]


def _book_one(call: _Call, new: NewTransfer, ids: Mapping[str, int]) -> Booked | None:
    """Book one plain transfer on the short way; None where it has to be looked at in full."""
    if new.kind != TransferKind.POSTED:
        return None
    accounts = [ids.get(new.debit, _UNKNOWN_ACCOUNT), ids.get(new.credit, _UNKNOWN_ACCOUNT)]
    told = [new.amount_fen, new.value_on, new.reason, _json(new.facts), call.actor.user_id, call.actor.organisation_id]
    with connection.cursor() as cursor:
        cursor.execute(_BOOK_ONE, [new.key, new.group, *accounts, *told])
        booked_id = cursor.fetchone()[0]
    return None if booked_id is None else Booked(new.key, booked_id, new.amount_fen or 0, is_new=True)


def _parts(order: Sequence[int], numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut the transfers into calls, never inside a group."""
    first = 0
    while first < len(order):
        last = min(first + CALL, len(order))
        while last < len(order) and numbers[order[last]] == numbers[order[last - 1]]:
            last += 1
        yield order[first:last]
        first = last


def _account_ids(transfers: Sequence[NewTransfer]) -> dict[str, int]:
    codes = {each.debit for each in transfers} | {each.credit for each in transfers}
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, [text_array(sorted(codes - {""}))])
        return dict(cursor.fetchall())


def _lock_all(ids: Iterable[int], transfers: Sequence[NewTransfer]) -> None:
    """Lock the accounts of several calls at once, in the order of their numbers."""
    keys = [each.hold_key for each in transfers if each.hold_key]
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"ids": list(ids), "keys": keys})


def _call(call: _Call, part: Sequence[NewTransfer], numbers: Sequence[int], ids: Mapping[str, int]) -> Iterable[Booked]:
    keys = [each.key for each in part]
    columns = _columns(part, ids)
    told = [call.today, call.actor.user_id, call.actor.organisation_id]
    with connection.cursor() as cursor:
        cursor.execute(_BOOK_ALL, [text_array(keys), *columns, *told])
        booked_ids, amounts = cursor.fetchone()
        if booked_ids is not None:
            return map(Booked, keys, booked_ids, amounts, repeat(True))
        groups = "{}" if len(set(numbers)) == len(part) else number_array(numbers)
        cursor.execute(_BOOK, [text_array(keys), groups, *columns, *told, call.goes_on])
        booked_ids, amounts, news, refused = cursor.fetchone()
    refusals = json.loads(refused) if isinstance(refused, str) else refused
    if refusals and not call.goes_on:
        raise REFUSALS[refusals[0]["code"]](key=refusals[0]["key"], facts=refusals[0]["facts"])
    reason_at = {
        place: Refusal(one["code"], one["key"], one["facts"])
        for one in refusals
        for place in range(one["first"] - 1, one["last"])
    }
    return map(Booked, keys, booked_ids, amounts, news, map(reason_at.get, range(len(part))))


def _columns(part: Sequence[NewTransfer], ids: Mapping[str, int]) -> list[str]:
    """Return what is asked, column by column, as the functions of the database take it."""
    _, kinds, debits, credited, amounts, value_ons, groups, hold_keys, last_days, reasons, facts = zip(
        *part, strict=True
    )
    number_of = _Accounts(ids).__getitem__
    return [
        _column(groups),
        _folded(kinds),
        number_array(list(map(number_of, debits))),
        number_array(list(map(number_of, credited))),
        number_array(amounts),
        _column(hold_keys),
        _folded_days(value_ons),
        _column([day.isoformat() if day else None for day in last_days]),
        _folded(reasons),
        text_array(list(map(_json, facts))) if any(facts) else "{}",
    ]


class _Accounts(dict[str, int | None]):
    """The numbers of accounts by their codes; none for none, and one that no account has for an unknown one."""

    def __init__(self, ids: Mapping[str, int]) -> None:
        super().__init__(ids)
        self[""] = None

    def __missing__(self, code: str) -> int:
        return _UNKNOWN_ACCOUNT


def _column(values: Sequence[str | None]) -> str:
    """Return the values of one column; none where no transfer has any."""
    return "{}" if values.count(None) == len(values) else text_array(values)


def _folded(values: Sequence[str]) -> str:
    """Return the values of one column, or the one value that all transfers share."""
    return text_array(values[:1] if values.count(values[0]) == len(values) else values)


def _folded_days(values: Sequence[date | None]) -> str:
    days = values[:1] if values.count(values[0]) == len(values) else values
    return text_array([day.isoformat() if day else None for day in days])


def _json(facts: Mapping[str, Any]) -> str:
    return json.dumps(dict(facts), ensure_ascii=False, sort_keys=True)


def _audit(actor: Actor, booked: Sequence[Booked]) -> None:
    keys, ids, amounts, news, refusals = zip(*booked, strict=True)
    if not any(news):
        return
    refused = len(refusals) - refusals.count(None)
    new_ids = list(compress(ids, news))
    record_audit(
        actor=actor,
        action="ledger.book_transfers",
        subject=("transfer", new_ids[0]),
        facts={
            "booked": len(new_ids),
            "answered": len(booked) - len(new_ids) - refused,
            "refused": refused,
            "amount_fen": sum(compress(amounts, news)),
            "first_id": min(new_ids),
            "last_id": max(new_ids),
            "keys": list(islice(compress(keys, news), _KEYS_SHOWN)),
        },
    )
