"""Reverse a transfer: its whole amount goes back, once, with a reason, by another person than who booked it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.transfers import Booked, NewTransfer
from yulin.ledger.enums import TransferKind
from yulin.ledger.errors import ReversalSamePersonError
from yulin.ledger.models import Account, Transfer
from yulin.ledger.services.booking import book_transfers
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError


@dataclass(frozen=True)
class ReversalEffect:
    """An account before and after a reversal."""

    account: Account
    before_fen: int
    after_fen: int

    @property
    def change_fen(self) -> int:
        """What the account gains."""
        return self.after_fen - self.before_fen


def reverse_transfer(
    *, actor: Actor, key: str, reason: str, value_on: date, facts: Mapping[str, Any] | None = None
) -> Booked:
    """Reverse the transfer of a key; asked again with the same reason and day, it answers the same.

    Effects: as `book_transfers`, under the key `reversal:` + key.
    Raises: `PEOPLE.NOT_ALLOWED`, `LEDGER.REVERSAL.SAME_PERSON`, `LEDGER.TRANSFER.MALFORMED` without a reason,
    `LEDGER.REVERSAL.UNKNOWN`, `LEDGER.KEY.CONFLICT` where it was reversed for another reason, and what booking may
    refuse.
    """
    if not actor.may(Action.CORRECT_LEDGER):
        raise NotAllowedError(action=str(Action.CORRECT_LEDGER), role=str(actor.role))
    with scope(EVERYTHING):
        booked_by = Transfer.objects.filter(key=key).values_list("actor_user_id", flat=True).first()
    if booked_by is not None and booked_by == actor.user_id:
        raise ReversalSamePersonError(key=key)
    reversal = NewTransfer(
        key=f"reversal:{key}",
        kind=TransferKind.REVERSAL,
        value_on=value_on,
        hold_key=key,
        reason=reason.strip(),
        facts=facts or {},
    )
    return book_transfers(actor=actor, transfers=[reversal])[0]


def preview_reversal(*, actor: Actor, key: str, reason: str, value_on: date) -> list[ReversalEffect]:
    """Return what a reversal would do to the two accounts: it is booked, looked at, and taken back.

    Raises: whatever `reverse_transfer` refuses.
    """
    with transaction.atomic(), scope(EVERYTHING):
        reversed_one = Transfer.objects.filter(key=key).first()
        ids = [reversed_one.debit_id, reversed_one.credit_id] if reversed_one else []
        before = Account.objects.in_bulk(ids)
        reverse_transfer(actor=actor, key=key, reason=reason, value_on=value_on)
        after = Account.objects.in_bulk(ids)
        transaction.set_rollback(True)
    return [ReversalEffect(before[one], before[one].posted_fen, after[one].posted_fen) for one in ids]
