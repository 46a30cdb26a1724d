"""The lock of a scheme's periods: whoever opens an account shares it, whoever closes a period holds it alone."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection


def share_closing_locks(scheme_ids: Iterable[str]) -> None:
    """Keep the periods of these schemes from closing until the transaction ends."""
    with connection.cursor() as cursor:
        for scheme_id in sorted(scheme_ids):
            cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 4))", [_name(scheme_id)])


def take_closing_lock(scheme_id: str) -> None:
    """Be alone to close periods of a scheme, and to open accounts in it, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", [_name(scheme_id)])


def _name(scheme_id: str) -> str:
    return f"ledger.close:{scheme_id}"
