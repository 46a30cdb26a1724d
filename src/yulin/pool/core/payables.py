"""A payable: what another area owes somebody and two people have released, to go out through a bank file.

The pool pays vouchers and subsidies of its own; a grant's milestone or a benefit without an application is kept by the
area above it, which tells here only what an order needs.
"""

from __future__ import annotations

from dataclasses import dataclass

from yulin.base.text import Text


@dataclass(frozen=True)
class Payable:
    """One payment that waits: whose money pays it, to whom, how much, for what, on which page it stands."""

    id: int
    scheme_id: str
    source: Text
    payee_name: str
    account: str
    bank_code: str
    amount_fen: int
    purpose: str
    path: str

    @property
    def is_ready(self) -> bool:
        """Whether the payee has named an account.

        >>> Payable(1, "awards-7", Text("奖励", "Award"), "示例公司", "", "", 100, "奖励 MS-1", "/awards/1/").is_ready
        False
        """
        return bool(self.account and self.bank_code)
