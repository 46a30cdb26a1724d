"""Accounts: what each kind stands for, and on which side an account may not pass zero.

A transfer takes from its debit account and gives to its credit account, so that a balance is credits less debits. An
account that may not be overdrawn never gives more than it holds, reserved amounts counted; one that may not be
overfilled (a receivable) never takes back more than was put on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from yulin.base.text import Text
from yulin.ledger.enums import AccountKind

KIND_NAMES: Mapping[AccountKind, Text] = MappingProxyType(
    {
        AccountKind.FUNDING: Text("资金来源", "Funding"),
        AccountKind.BUDGET: Text("预算", "Budget"),
        AccountKind.CAPACITY: Text("备案额度", "Capacity"),
        AccountKind.COMMITMENT: Text("已承诺", "Commitments"),
        AccountKind.COMPENSATION_PAID: Text("已付补偿", "Compensation paid"),
        AccountKind.WRITTEN_OFF: Text("已核销补偿", "Compensation written off"),
        AccountKind.RECOVERY_RECEIVABLE: Text("应收追偿款", "Recoveries receivable"),
        AccountKind.RECOVERY_RECEIVED: Text("已收追偿款", "Recoveries received"),
        AccountKind.BANK: Text("银行", "Bank"),
        AccountKind.GUARANTOR: Text("担保机构", "Guarantor"),
        AccountKind.INSURER: Text("保险机构", "Insurer"),
        AccountKind.CLEARING: Text("清算", "Clearing"),
    }
)


@dataclass(frozen=True)
class NewAccount:
    """An account to open: whose it is, of which scheme and layer, and where it may pass zero.

    `district_code` opens it to that district's officers; left empty, it is that of an owner who is a district.
    """

    code: str
    kind: AccountKind
    owner_id: int | None
    scheme_id: str
    layer: str
    may_overdraw: bool
    may_overfill: bool = True
    district_code: str | None = None
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Totals:
    """What stands on an account: the balance, and what holds reserve on either side of it."""

    posted_fen: int = 0
    held_out_fen: int = 0
    held_in_fen: int = 0

    @property
    def available_fen(self) -> int:
        """What the account can still give."""
        return self.posted_fen - self.held_out_fen

    def plus(self, posted_fen: int, held_out_fen: int, held_in_fen: int) -> Totals:
        """Return the totals after a change."""
        return Totals(self.posted_fen + posted_fen, self.held_out_fen + held_out_fen, self.held_in_fen + held_in_fen)


@dataclass(frozen=True)
class Bounds:
    """Where an account may pass zero, and before which day its periods are closed."""

    may_overdraw: bool
    may_overfill: bool = True
    closed_until: date | None = None

    def missing_fen(self, totals: Totals) -> int:
        """Return by how much the totals pass below zero where they may not.

        >>> Bounds(may_overdraw=False).missing_fen(Totals(posted_fen=100, held_out_fen=101))
        1
        """
        return 0 if self.may_overdraw else max(-totals.available_fen, 0)

    def excess_fen(self, totals: Totals) -> int:
        """Return by how much the totals pass above zero where they may not."""
        return 0 if self.may_overfill else max(totals.posted_fen + totals.held_in_fen, 0)

    def is_closed(self, value_on: date) -> bool:
        """Tell whether a value date lies in a closed period."""
        return self.closed_until is not None and value_on < self.closed_until
