"""Reverse a transfer: its whole amount goes back, once, with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from yulin.ledger.core.transfers import Booked, NewTransfer
from yulin.ledger.enums import TransferKind
from yulin.ledger.services.booking import book_transfers
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError


def reverse_transfer(
    *, actor: Actor, key: str, reason: str, value_on: date, facts: Mapping[str, Any] | None = None
) -> Booked:
    """Reverse the transfer of a key; asked again with the same reason and day, it answers the same.

    Effects: as `book_transfers`, under the key `reversal:` + key.
    Raises: `PEOPLE.NOT_ALLOWED`, `LEDGER.TRANSFER.MALFORMED` without a reason, `LEDGER.REVERSAL.UNKNOWN`,
    `LEDGER.KEY.CONFLICT` where it was reversed for another reason, and what booking may refuse.
    """
    if not actor.may(Action.CORRECT_LEDGER):
        raise NotAllowedError(action=str(Action.CORRECT_LEDGER), role=str(actor.role))
    reversal = NewTransfer(
        key=f"reversal:{key}",
        kind=TransferKind.REVERSAL,
        value_on=value_on,
        hold_key=key,
        reason=reason.strip(),
        facts=facts or {},
    )
    return book_transfers(actor=actor, transfers=[reversal])[0]
