"""What a body behind the guarantors (再担保机构, 国家融资担保基金) is told of a period.

Invariant: a row's part is what the enrolment promises, what the settlement sheet says, what a voucher paid or what the
body has of a receipt, to the fen as the ledger booked it; a sum is that of its rows. The columns of the national and
provincial systems were not found, so these are Yulin's own; whoever files copies or maps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from yulin.base.money import FEN_PER_YUAN
from yulin.base.text import Text
from yulin.pool.core.words import percent_word

BODIES = ("reguarantor", "national_fund")


class FilingKind(StrEnum):
    """What a row reports."""

    LOAN = "loan"
    COMPENSATION = "compensation"
    PAYMENT = "payment"
    RECOVERY = "recovery"


KIND_NAMES: Mapping[FilingKind, Text] = {
    FilingKind.LOAN: Text("备案", "Filed loan"),
    FilingKind.COMPENSATION: Text("补偿审定", "Compensation decided"),
    FilingKind.PAYMENT: Text("补偿拨付", "Compensation paid"),
    FilingKind.RECOVERY: Text("追偿回收", "Recovery"),
}
HEADS = (
    Text("类别", "Kind"),
    Text("日期", "Day"),
    Text("编号", "Number"),
    Text("借据编号", "Loan number"),
    Text("企业名称", "Firm"),
    Text("统一社会信用代码", "Firm's code"),
    Text("放款银行", "Lender"),
    Text("担保机构", "Guarantor"),
    Text("放款日", "Lent on"),
    Text("到期日", "Due on"),
    Text("币种", "Currency"),
    Text("金额", "Amount"),
    Text("分担比例", "Share"),
    Text("本机构份额", "The body's part"),
)
# What the day and the amount of a row are, by its kind.
MEANINGS: Mapping[FilingKind, Text] = {
    FilingKind.LOAN: Text("日期为确认日，金额为入库金额", "day: confirmed on; amount: what is enrolled"),
    FilingKind.COMPENSATION: Text("日期为审定日，金额为核定基数", "day: decided on; amount: the loss base"),
    FilingKind.PAYMENT: Text("日期为付款日，金额为本机构付款", "day: paid on; amount: what the body paid"),
    FilingKind.RECOVERY: Text("日期为到账日，金额为回收净额", "day: received on; amount: the net receipt"),
}


@dataclass(frozen=True)
class FilingRow:
    """One loan filed, one claim decided, one voucher paid or one receipt shared, with the body's part of it."""

    kind: FilingKind
    on: date
    number: str
    loan_number: str
    firm_name: str
    firm_code: str
    lender: Text
    guarantor: Text
    lent_on: date
    due_on: date
    amount_fen: int
    share_bp: int | None
    part_fen: int

    def cells(self, currency: str) -> tuple[object, ...]:
        """Return the row below `HEADS`; amounts are exact decimals, a share is a percentage in words."""
        return (
            KIND_NAMES[self.kind], self.on, self.number, self.loan_number, self.firm_name, self.firm_code, self.lender,
            self.guarantor, self.lent_on, self.due_on, currency, in_units(self.amount_fen),
            None if self.share_bp is None else percent_word(self.share_bp), in_units(self.part_fen),
        )  # fmt: skip


@dataclass(frozen=True)
class Sums:
    """What the rows of one kind add up to."""

    kind: FilingKind
    rows: int
    amount_fen: int
    part_fen: int

    @property
    def name(self) -> Text:
        """What the rows report."""
        return KIND_NAMES[self.kind]

    @property
    def meaning(self) -> Text:
        """What their day and amount are."""
        return MEANINGS[self.kind]


@dataclass(frozen=True)
class Filing:
    """What one body is told of one scheme and period; days are inclusive."""

    scheme_id: str
    title: Text
    party: str
    currency: str
    first: date
    last: date
    rows: tuple[FilingRow, ...] = field(default=())

    def of(self, kind: FilingKind) -> tuple[FilingRow, ...]:
        """Return the rows of one kind, in their order."""
        return tuple(row for row in self.rows if row.kind == kind)

    @property
    def sums(self) -> tuple[Sums, ...]:
        """What the rows add up to, kind by kind."""
        return tuple(_sums(kind, self.of(kind)) for kind in FilingKind)

    def lines(self) -> Iterator[tuple[object, ...]]:
        """Yield every row as a file has it: by kind, then by day and number."""
        for kind in FilingKind:
            for row in self.of(kind):
                yield row.cells(self.currency)


def in_order(rows: Iterable[FilingRow]) -> tuple[FilingRow, ...]:
    """Return rows in the one order that makes the same file of the same book."""
    kinds = list(FilingKind)
    return tuple(sorted(rows, key=lambda row: (kinds.index(row.kind), row.on, row.number, row.loan_number)))


def in_units(fen: int) -> Decimal:
    """Return an amount in whole units with two places, exactly.

    >>> in_units(-5), in_units(123_456)
    (Decimal('-0.05'), Decimal('1234.56'))
    """
    return (Decimal(fen) / FEN_PER_YUAN).quantize(Decimal("0.01"))


def _sums(kind: FilingKind, rows: Iterable[FilingRow]) -> Sums:
    listed = list(rows)
    return Sums(kind, len(listed), sum(row.amount_fen for row in listed), sum(row.part_fen for row in listed))
