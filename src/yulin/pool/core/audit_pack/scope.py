"""What an audit pack is about: one loan, one claim, or one year of one scheme or of the whole book.

A loan belongs to a year if it was confirmed in it (or, not confirmed, filed in it), or if its claim took any step or
money came back on it in that year; whatever belongs is carried with its whole story, so that every check is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yulin.base.text import Text
from yulin.pool.errors import AuditPackScopeError

FORMAT = "yulin-audit-pack/1"


@dataclass(frozen=True)
class PackScope:
    """One of: a loan (its number or confirmation number), a claim (its number), a year with or without a scheme."""

    loan: str = ""
    claim: str = ""
    year: int | None = None
    scheme: str = ""
    with_documents: bool = False

    def __post_init__(self) -> None:
        named = [bool(self.loan), bool(self.claim), self.year is not None]
        if sum(named) != 1 or (self.scheme and self.year is None):
            raise AuditPackScopeError(loan=self.loan, claim=self.claim, year=self.year, scheme=self.scheme)

    @property
    def is_whole_year(self) -> bool:
        """Whether the whole book of a year is meant, so that the whole ledger is carried."""
        return self.year is not None and not self.scheme

    @property
    def title(self) -> Text:
        """What the pack is about, in words."""
        if self.loan:
            return Text(f"借据{self.loan}", f"Loan {self.loan}")
        if self.claim:
            return Text(f"补偿申请{self.claim}", f"Claim {self.claim}")
        of = f"（{self.scheme}）" if self.scheme else ""
        return Text(f"{self.year}年{of}", f"Year {self.year}{f' ({self.scheme})' if self.scheme else ''}")

    @property
    def file_name(self) -> str:
        """The name under which the pack is handed over.

        >>> PackScope(year=2021, scheme="gz-credit-2021").file_name
        'yulin-audit-2021-gz-credit-2021.zip'
        """
        named = self.loan or self.claim or "-".join(str(part) for part in (self.year, self.scheme) if part)
        safe = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in named)
        return f"yulin-audit-{safe}.zip"

    def plain(self) -> dict[str, Any]:
        """Return the scope as plain JSON."""
        return {
            "loan": self.loan,
            "claim": self.claim,
            "year": self.year,
            "scheme": self.scheme,
            "with_documents": self.with_documents,
        }
