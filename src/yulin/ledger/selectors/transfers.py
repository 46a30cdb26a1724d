"""One transfer with everything that hangs on it, and the holds that are open, as their readers may see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.enums import TransferKind
from yulin.ledger.errors import TransferNotFoundError
from yulin.ledger.models import Account, Hold, Transfer
from yulin.ledger.selectors.accounts import accounts_visible_to
from yulin.ledger.selectors.currencies import with_currency
from yulin.people.core.actors import Actor

_COMPANIONS = 50
_REVERSIBLE = frozenset({TransferKind.POSTED, TransferKind.POST})


@dataclass(frozen=True)
class TransferStory:
    """A transfer, what it refers to, what refers to it, and those that stand or fall with it."""

    transfer: Transfer
    followers: list[Transfer]
    companions: list[Transfer]
    rest_fen: int | None

    @property
    def reversal(self) -> Transfer | None:
        """The transfer that undid it."""
        return next((one for one in self.followers if one.kind == TransferKind.REVERSAL), None)

    @property
    def may_be_reversed(self) -> bool:
        """Whether it moved money and was not undone."""
        return self.transfer.kind in _REVERSIBLE and self.reversal is None


def transfers_visible_to(actor: Actor) -> QuerySet[Transfer]:
    """Return the transfers on accounts that are an actor's business."""
    if actor.sees_all_rows:
        return Transfer.objects.all()
    own = accounts_visible_to(actor).order_by().values("pk")
    return Transfer.objects.filter(Q(debit__in=own) | Q(credit__in=own))


def transfer_story(actor: Actor, number: int) -> TransferStory:
    """Return a transfer of the actor's with what hangs on it. **Raises**: `LEDGER.TRANSFER.NOT_FOUND`."""
    transfer = transfers_visible_to(actor).filter(pk=number).first()
    if transfer is None:
        raise TransferNotFoundError(number=number)
    # The other side's name is told also to a reader whose account it is not.
    with scope(EVERYTHING):
        accounts = Account.objects.in_bulk([transfer.debit_id, transfer.credit_id])
        transfer.debit, transfer.credit = accounts[transfer.debit_id], accounts[transfer.credit_id]
    visible = transfers_visible_to(actor)
    companions = visible.filter(link=transfer.link).exclude(pk=number) if transfer.link else visible.none()
    hold = Hold.objects.filter(pk=number).first()
    return TransferStory(
        transfer,
        list(visible.filter(refers_to=number).order_by("pk")),
        list(companions.order_by("pk")[:_COMPANIONS]),
        hold.rest_fen if hold else None,
    )


def booked_keys(keys: Iterable[str]) -> set[str]:
    """Return those of some keys under which a transfer is booked."""
    with scope(EVERYTHING):
        return set(Transfer.objects.filter(key__in=list(keys)).values_list("key", flat=True))


def holds_visible_to(actor: Actor) -> QuerySet[Hold]:
    """Return the holds from which something is left, on accounts that are an actor's business."""
    held = Hold.objects.filter(rest_fen__gt=0).select_related("transfer")
    return held if actor.sees_all_rows else held.filter(transfer__in=transfers_visible_to(actor))


def accounts_of_holds(holds: QuerySet[Hold]) -> dict[int, Account]:
    """Return the accounts of holds: the other side's name is told also to a reader whose account it is not."""
    pairs = Transfer.objects.filter(pk__in=holds.order_by().values("pk")).values_list("debit_id", "credit_id")
    ids = {number for pair in pairs.order_by().distinct() for number in pair}
    with scope(EVERYTHING):
        return {one.pk: one for one in with_currency(Account.objects.filter(pk__in=ids))}
