"""Payables of other areas: which kinds there are, what waits of them, and which order holds one.

An area above the pool registers each kind when its application is ready; the pool asks it what waits, and tells it what
the bank said. Invariant: what an order holds that is paid or unanswered does not wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.db.models import QuerySet

from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.core.payables import Payable
from yulin.pool.models import PayoutOrder


class Waiting(Protocol):
    """What waits of a kind, of one scheme or all (""); `locks`: each stays as it is until the transaction ends."""

    def __call__(self, scheme_id: str = "", *, locks: bool = False) -> Sequence[Payable]:
        """Return them in the order of payment."""
        ...


@dataclass(frozen=True)
class BankSaid:
    """What the bank said of one payable: on which day, under which reference, with which words."""

    payable_id: int
    on: date
    reference: str
    note: str = ""


@dataclass(frozen=True)
class PayableKind:
    """One kind of payable: name, title, the letters of its batches, who pays and who sees it, and its three doors."""

    name: str
    title: Text
    prefix: str
    pays: Action
    seen: Action
    waiting: Waiting
    paid: Callable[[Actor, BankSaid], object]
    failed: Callable[[Actor, BankSaid], object]


_KINDS: dict[str, PayableKind] = {}


def register_payables(kind: PayableKind) -> None:
    """Let an area pay through bank files; called when its application is ready."""
    _KINDS[kind.name] = kind


def payable_kinds() -> list[PayableKind]:
    """Return every kind, in the order of their names."""
    return [_KINDS[name] for name in sorted(_KINDS)]


def payable_kind(name: str) -> PayableKind | None:
    """Return a kind by its name."""
    return _KINDS.get(name)


def paying_right(kind: str) -> Action:
    """Return the right to pay what a batch holds: of the pool's own, or of a kind."""
    return _KINDS[kind].pays if kind else Action.PAY_CLAIMS


def kinds_seen_by(actor: Actor) -> list[PayableKind]:
    """Return the kinds of which an actor sees what waits and its batches."""
    return [one for one in payable_kinds() if actor.may(one.seen)]


@dataclass(frozen=True)
class PayablesShown:
    """What waits under one source of money, for the page of payouts."""

    kind: PayableKind
    scheme_id: str
    source: Text
    waiting: Sequence[Payable]
    total_fen: int
    may_pay: bool

    @property
    def ready_count(self) -> int:
        """How many have an account."""
        return sum(one.is_ready for one in self.waiting)


def payables_shown(actor: Actor) -> list[PayablesShown]:
    """Return what waits of other areas for who sees it, by the money that pays."""
    shown = []
    for kind in kinds_seen_by(actor):
        with scope(EVERYTHING):
            waiting = kind.waiting()
        by_scheme: dict[str, list[Payable]] = {}
        for one in waiting:
            by_scheme.setdefault(one.scheme_id, []).append(one)
        shown += [
            PayablesShown(
                kind, scheme_id, rows[0].source, rows, sum(one.amount_fen for one in rows), actor.may(kind.pays)
            )
            for scheme_id, rows in by_scheme.items()
        ]
    return shown


def orders_holding(kind: str) -> QuerySet[PayoutOrder]:
    """Return the orders of a kind that are paid or unanswered; what they hold neither waits nor changes."""
    return PayoutOrder.objects.filter(payable_kind=kind).exclude(outcome="failed")


def order_holding(kind: str, payable_id: int) -> PayoutOrder | None:
    """Return the order that holds one payable, with its batch, if any does."""
    return orders_holding(kind).filter(payable_id=payable_id).select_related("batch").first()


def latest_orders(kind: str, payable_ids: Iterable[int]) -> dict[int, PayoutOrder]:
    """Return the last order of each of some payables, with its batch, for who has been let see the payable."""
    with scope(EVERYTHING):
        rows = PayoutOrder.objects.filter(payable_kind=kind, payable_id__in=list(payable_ids))
        return {one.payable_id or 0: one for one in rows.select_related("batch").order_by("id")}
