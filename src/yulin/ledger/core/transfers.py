"""Transfers: one positive amount of fen from one debit to one credit account, so that books balance by construction.

Two phases: a `hold` reserves; each `post` moves a part of it, each `void` releases a part, `expiry` releases the rest
after its last day. What is posted and released from a hold is never more than the hold. A mistake is not changed: a
`reversal` moves the whole amount back, once, with a reason. Transfers of one `group` stand or fall together.

Invariant: every kind changes the totals of its two accounts by the two signs of `SIGNS` and by nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from yulin.base.text import Text
from yulin.ledger.enums import TransferKind
from yulin.ledger.errors import TransferMalformedError

LONGEST_KEY = 120
LONGEST_REASON = 300
LARGEST_FEN = 10**17  # a thousand times what China lends in a year; sums of them stay far from 2^63


class Signs(NamedTuple):
    """By how many times its amount a transfer changes what is posted, and what is held."""

    posted: int
    held: int


SIGNS: Mapping[TransferKind, Signs] = MappingProxyType(
    {
        TransferKind.POSTED: Signs(1, 0),
        TransferKind.HOLD: Signs(0, 1),
        TransferKind.POST: Signs(1, -1),
        TransferKind.VOID: Signs(0, -1),
        TransferKind.EXPIRY: Signs(0, -1),
        TransferKind.REVERSAL: Signs(1, 0),
    }
)
_PLAIN = frozenset({TransferKind.POSTED, TransferKind.HOLD})
OF_A_HOLD = frozenset({TransferKind.POST, TransferKind.VOID, TransferKind.EXPIRY})
KIND_NAMES: Mapping[TransferKind, Text] = MappingProxyType(
    {
        TransferKind.POSTED: Text("入账", "Posted"),
        TransferKind.HOLD: Text("冻结", "Hold"),
        TransferKind.POST: Text("冻结入账", "Posted from hold"),
        TransferKind.VOID: Text("解冻", "Hold released"),
        TransferKind.EXPIRY: Text("到期解冻", "Hold expired"),
        TransferKind.REVERSAL: Text("冲正", "Reversal"),
    }
)


class NewTransfer(NamedTuple):
    """A transfer to book. `key` is made once per intention: the same key with the same content is booked once.

    `hold_key` names the hold that is posted from or released, or the transfer that is reversed; its accounts then need
    not be given, and `amount_fen` None is all that is left of it. `expires_on` is the last day on which a hold stands.
    """

    key: str
    kind: TransferKind
    debit: str = ""
    credit: str = ""
    amount_fen: int | None = None
    value_on: date | None = None
    group: str | None = None
    hold_key: str | None = None
    expires_on: date | None = None
    reason: str = ""
    facts: Mapping[str, Any] = MappingProxyType({})


class Booked(NamedTuple):
    """What became of a new transfer: its number and amount, and whether this call booked it, or why it was refused."""

    key: str
    id: int | None
    amount_fen: int
    is_new: bool
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a group of transfers was not booked: the code of an error of this area, the transfer, the facts."""

    code: str
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def check_new(transfers: Sequence[NewTransfer]) -> None:
    """Refuse transfers that no book could take. **Raises**: `LEDGER.TRANSFER.MALFORMED`.

    >>> from datetime import date
    >>> check_new([NewTransfer("k1", TransferKind.POSTED, "a", "b", 1, date(2022, 1, 19))])
    """
    for new in _not_plainly_whole(transfers):
        if problem := _problem(new):
            raise TransferMalformedError(key=new.key, problem=problem)
    keys = [each.key for each in transfers]
    if len(set(keys)) < len(keys):
        twice, _ = Counter(keys).most_common(1)[0]
        raise TransferMalformedError(
            key=twice, problem=Text("同一次记账中编号重复", "its key stands twice in one call")
        )


def _not_plainly_whole(transfers: Sequence[NewTransfer]) -> list[NewTransfer]:
    """Return all but the commonest transfers, those of which one look tells that nothing is missing."""
    return [
        new
        for new in transfers
        for key, kind, debit, credit, amount, value_on, _, hold_key, expires_on, reason, _ in (new,)
        if not (
            kind in _PLAIN
            and value_on is not None
            and amount is not None
            and 0 < amount <= LARGEST_FEN
            and 0 < len(key) <= LONGEST_KEY
            and hold_key is None
            and expires_on is None
            and not reason
            and "" != debit != credit != ""
        )
    ]


def _problem(new: NewTransfer) -> Text | None:
    kind, amount = new.kind, new.amount_fen
    if not 0 < len(new.key) <= LONGEST_KEY or len(new.reason) > LONGEST_REASON:
        return Text(
            f"编号须有1至{LONGEST_KEY}个字符，理由至多{LONGEST_REASON}个",
            f"a key is not empty and at most {LONGEST_KEY} long, a reason at most {LONGEST_REASON}",
        )
    if kind not in SIGNS:
        return Text("没有这种分录", "there is no such kind of transfer")
    if new.value_on is None:
        return Text("缺少起息日", "its value date is missing")
    if amount is not None and not 0 < amount <= LARGEST_FEN:
        return Text("金额须大于零", "its amount has to be more than zero")
    if kind == TransferKind.REVERSAL and not new.reason:
        return Text("冲正必须说明理由", "a reversal needs a reason")
    return _problem_of_phase(new)


def _problem_of_phase(new: NewTransfer) -> Text | None:
    if new.kind in OF_A_HOLD or new.kind == TransferKind.REVERSAL:
        if not new.hold_key:
            return Text("没有指明所对应的冻结或分录", "it does not name its hold or transfer")
    elif new.hold_key or not new.debit or not new.credit or new.amount_fen is None:
        return Text("须有借方、贷方和金额，且不指向冻结", "it needs two accounts and an amount, and names no hold")
    if new.debit and new.debit == new.credit:
        return Text("借方与贷方是同一账户", "debit and credit are the same account")
    if new.expires_on is not None and new.kind != TransferKind.HOLD:
        return Text("只有冻结有到期日", "only a hold has a last day")
    return None


def subject_of(key: str) -> tuple[str, int] | None:
    """Return what a key says a transfer is for, where it names a row: `claim:7:…`, `enrolment:7:…`; else None.

    >>> subject_of("claim:7:voucher-3:paid"), subject_of("reversal:claim:7:write-off-1:city"), subject_of("grant:s:c")
    (('claim', 7), ('claim', 7), None)
    """
    parts = key.removeprefix("reversal:").removeprefix("expiry:").split(":")
    if len(parts) < 2 or not parts[1].isdecimal():
        return None
    return parts[0], int(parts[1])


def has_groups(transfers: Sequence[NewTransfer]) -> bool:
    """Tell whether any of the transfers stands or falls with others."""
    return [each.group for each in transfers].count(None) < len(transfers)


def group_numbers(transfers: Sequence[NewTransfer]) -> list[int]:
    """Return each transfer's group as a number, in the order in which groups begin; one without a group is its own.

    >>> a, b = (NewTransfer(key, TransferKind.POSTED, group="g") for key in "ab")
    >>> group_numbers([a, NewTransfer("c", TransferKind.POSTED), b])
    [0, 1, 0]
    """
    if not has_groups(transfers):
        return list(range(len(transfers)))
    numbers: dict[str, int] = {}
    found = []
    running = 0
    for each in transfers:
        if each.group is not None and each.group in numbers:
            found.append(numbers[each.group])
            continue
        if each.group is not None:
            numbers[each.group] = running
        found.append(running)
        running += 1
    return found
