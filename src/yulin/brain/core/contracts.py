"""A grant's contract: its milestones, what they sum to, the steps of one payment, what the ledger books for each.

The call's money is granted to its budget, each milestone of a contract is held on it from the day on which two people
have signed, and posted to the firm's account when the bank has paid. A milestone is paid after its report was accepted
and two people have released it.

Invariant: the milestones of a contract sum to the grant, to the fen; one milestone is booked once, under a key that
names it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from yulin.base.text import Text
from yulin.brain.errors import ContractError
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import TransferKind


class MilestoneState(StrEnum):
    """How far a milestone has come."""

    PLANNED = "planned"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    RELEASED = "released"
    PAID = "paid"


MILESTONE_WORDS: Mapping[MilestoneState, tuple[str, Text]] = MappingProxyType(
    {
        MilestoneState.PLANNED: ("idle", Text("待完成", "Planned")),
        MilestoneState.REPORTED: ("warn", Text("待验收", "Reported, to be accepted")),
        MilestoneState.ACCEPTED: ("warn", Text("已验收，待放款", "Accepted, to be released")),
        MilestoneState.RELEASED: ("warn", Text("已放款，待银行付款", "Released, with the bank")),
        MilestoneState.PAID: ("ok", Text("已付款", "Paid")),
    }
)


@dataclass(frozen=True)
class Planned:
    """One milestone as it is agreed: what is due by when, and what is paid for it."""

    title: str
    due_on: date
    amount_fen: int


def check_milestones(number: str, planned: Sequence[Planned], amount_fen: int, today: date) -> None:
    """Refuse milestones that are not the grant. **Raises**: `BRAIN.CONTRACT.TERMS`.

    >>> check_milestones("HT-1", [Planned("样机", date(2022, 6, 30), 100)], 100, date(2022, 1, 27))
    """
    if not planned or any(not one.title.strip() or one.amount_fen <= 0 for one in planned):
        raise ContractError(number=number, why=Text("节点须有名称和金额", "each milestone has its name and amount"))
    if sum(one.amount_fen for one in planned) != amount_fen:
        raise ContractError(
            number=number, why=Text("各节点金额之和不等于支持金额", "the milestones do not sum to the grant")
        )
    days = [one.due_on for one in planned]
    if days != sorted(days) or days[0] < today:
        raise ContractError(
            number=number, why=Text("节点日期须由早到晚且不早于今天", "the days go from early to late, from today on")
        )


@dataclass(frozen=True)
class GrantMoney:
    """Whose accounts a call's grants touch."""

    call: str
    payee_id: int

    @property
    def scheme_id(self) -> str:
        """Under which name the ledger keeps the call's accounts.

        >>> GrantMoney("TZ-2022-0000001", 7).budget
        'grants-tz-2022-0000001:budget'
        """
        return f"grants-{self.call.lower()}"

    @property
    def funding(self) -> str:
        """Where the money comes from."""
        return f"{self.scheme_id}:funding"

    @property
    def budget(self) -> str:
        """The money of the call."""
        return f"{self.scheme_id}:budget"

    @property
    def payee(self) -> str:
        """What the firm was paid under the call."""
        return f"{self.scheme_id}:partner-{self.payee_id}"


def held(money: GrantMoney, milestone_id: int, amount_fen: int, on: date, about: str) -> NewTransfer:
    """Return the hold of a milestone on the call's money."""
    key = f"milestone:{milestone_id}:hold"
    return NewTransfer(key, TransferKind.HOLD, money.budget, money.payee, amount_fen, on, reason=about)


def paid(milestone_id: int, amount_fen: int, on: date, about: str, reference: str) -> NewTransfer:
    """Return what a payment books: the hold posted whole.

    >>> paid(3, 100, date(2022, 7, 1), "HT-1", "B-9").key
    'milestone:3:paid'
    """
    return NewTransfer(
        f"milestone:{milestone_id}:paid", TransferKind.POST, amount_fen=amount_fen, value_on=on,
        hold_key=f"milestone:{milestone_id}:hold", reason=about, facts={"reference": reference},
    )  # fmt: skip
