"""Closed periods, and what closing the next one would fix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

from yulin.base.text import Text
from yulin.ledger.core.periods import why_not_closable
from yulin.ledger.models import Account, Hold, PeriodClose, Transfer
from yulin.ledger.selectors.accounts import closed_days
from yulin.ledger.selectors.balances import balances_at

_SHOWN = 200


@dataclass(frozen=True)
class ClosingAccount:
    """An account at the end of the period that would be closed."""

    account: Account
    posted_fen: int
    held_fen: int


@dataclass(frozen=True)
class ClosingPreview:
    """What closing a scheme's periods before a day would fix, or why it cannot be done."""

    scheme_id: str
    closed_until: date
    closed_before: date | None
    problem: Text | None
    accounts: list[ClosingAccount]
    account_count: int
    transfer_count: int
    moved_fen: int
    holds_left: int


def closed_periods() -> QuerySet[PeriodClose]:
    """Return the closed periods, the newest first."""
    return PeriodClose.objects.order_by("-closed_until", "scheme_id")


def scheme_periods() -> list[tuple[str, int, date | None]]:
    """Return every scheme that has accounts: how many, and before which day its periods are closed."""
    counts: dict[str, int] = {}
    for scheme_id in Account.objects.order_by("scheme_id").values_list("scheme_id", flat=True):
        counts[scheme_id] = counts.get(scheme_id, 0) + 1
    closed = closed_days(counts)
    return [(scheme_id, count, closed.get(scheme_id)) for scheme_id, count in counts.items()]


def closing_preview(scheme_id: str, closed_until: date, *, today: date) -> ClosingPreview:
    """Return what closing a scheme's periods before a day would fix; nothing is changed."""
    before = closed_days([scheme_id]).get(scheme_id)
    accounts = Account.objects.filter(scheme_id=scheme_id)
    shown = list(accounts.order_by("code")[:_SHOWN])
    balances = balances_at([one.code for one in shown], before=closed_until)
    moved = Transfer.objects.filter(
        Q(debit__in=accounts.values("pk")) | Q(credit__in=accounts.values("pk")), value_on__lt=closed_until
    )
    if before is not None:
        moved = moved.filter(value_on__gte=before)
    held = Hold.objects.filter(rest_fen__gt=0, transfer__debit__in=accounts.values("pk"))
    return ClosingPreview(
        scheme_id,
        closed_until,
        before,
        why_not_closable(closed_until, closed_before=before, today=today),
        [ClosingAccount(one, balances[one.code].posted_fen, balances[one.code].held_fen) for one in shown],
        accounts.count(),
        moved.count(),
        int(moved.aggregate(sum=Sum("amount_fen"))["sum"] or 0),
        held.filter(transfer__value_on__lt=closed_until).count(),
    )
