"""The statement of an account: what stood before, each transfer in value-date order with the balance after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Q, QuerySet, Sum

from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.accounts import Totals
from yulin.ledger.core.transfers import SIGNS
from yulin.ledger.enums import TransferKind
from yulin.ledger.errors import AccountNotFoundError
from yulin.ledger.models import Account, Transfer
from yulin.ledger.selectors.balances import totals_before

_CHUNK = 2_000
_FEN = Decimal("0.01")
ROW_HEADS = (
    Text("起息日", "Value date"),
    Text("记账时间", "Booked at"),
    Text("编号", "Key"),
    Text("种类", "Kind"),
    Text("对方账户", "Other account"),
    Text("收入（元）", "In (CNY)"),
    Text("支出（元）", "Out (CNY)"),
    Text("冻结变动（元）", "Held, change (CNY)"),
    Text("余额（元）", "Balance (CNY)"),
    Text("可用（元）", "Available (CNY)"),
    Text("理由", "Reason"),
)


@dataclass(frozen=True)
class StatementLine:
    """One transfer as the account's holder reads it: what it gave or took, and what stands after it."""

    transfer: Transfer
    counterpart: Account
    in_fen: int | None
    out_fen: int | None
    held_fen: int | None
    totals: Totals

    @property
    def balance_fen(self) -> int:
        """What stands on the account after the transfer."""
        return self.totals.posted_fen

    @property
    def available_fen(self) -> int:
        """What the account can give after the transfer."""
        return self.totals.available_fen

    @property
    def kind_name(self) -> Text:
        """The kind of the transfer in words."""
        return self.transfer.kind_name

    def cells(self) -> list[Any]:
        """Return the line as a row of a sheet, under `ROW_HEADS`; amounts in yuan, exact."""
        transfer = self.transfer
        amounts = (self.in_fen, self.out_fen, self.held_fen, self.balance_fen, self.available_fen)
        return [
            transfer.value_on.isoformat(),
            transfer.booked_at.isoformat(),
            transfer.key,
            self.kind_name,
            self.counterpart.code,
            *(None if fen is None else fen * _FEN for fen in amounts),
            transfer.reason,
        ]


@dataclass(frozen=True)
class Statement:
    """An account over half-open value dates; the lines are read one by one."""

    account: Account
    since: date | None
    until: date | None
    opening: Totals
    transfers: QuerySet[Transfer]

    def lines(self) -> Iterator[StatementLine]:
        """Give the lines in value-date order, then in the order of booking."""
        totals = self.opening
        for chunk in _chunks(self.transfers):
            for line in _lines(self.account, chunk, totals):
                totals = line.totals
                yield line

    def newest_lines(self, first: int, count: int) -> list[StatementLine]:
        """Return up to `count` lines, newest first, after leaving out the `first` newest."""
        newest = self.transfers.order_by("-value_on", "-id")
        shown = list(newest[first : first + count])
        later = _sum(newest[: first + len(shown)], self.account)
        before = self.closing().plus(-later.posted_fen, -later.held_out_fen, -later.held_in_fen)
        return list(_lines(self.account, shown[::-1], before))[::-1]

    def closing(self) -> Totals:
        """Return the totals over all value dates before `until`; those of now where there is no such bound."""
        account = self.account
        if self.until is None:
            return Totals(account.posted_fen, account.held_out_fen, account.held_in_fen)
        return totals_before(account.code, self.until)


def statement(code: str, since: date | None = None, until: date | None = None) -> Statement:
    """Return the statement of an account over value dates from `since` until before `until`; None is no bound.

    The actor is checked by whoever reads the account for a screen (`account_for`).
    Raises: `LEDGER.ACCOUNT.NOT_FOUND`.
    """
    account = Account.objects.select_related("owner").filter(code=code).first()
    if account is None:
        raise AccountNotFoundError(account=code)
    return statement_of(account, since, until)


def statement_of(account: Account, since: date | None = None, until: date | None = None) -> Statement:
    """Return the statement of an account that the caller may see."""
    transfers = Transfer.objects.filter(Q(debit=account) | Q(credit=account))
    if since is not None:
        transfers = transfers.filter(value_on__gte=since)
    if until is not None:
        transfers = transfers.filter(value_on__lt=until)
    opening = totals_before(account.code, since)
    return Statement(account, since, until, opening, transfers.order_by("value_on", "id"))


def change_by(transfer: Transfer, account: Account) -> Totals:
    """Return by how much a transfer changes the totals of an account."""
    sign = SIGNS[TransferKind(transfer.kind)]
    posted, held = sign.posted * transfer.amount_fen, sign.held * transfer.amount_fen
    return Totals(-posted, held, 0) if transfer.debit_id == account.pk else Totals(posted, 0, held)


def _chunks(transfers: QuerySet[Transfer]) -> Iterator[list[Transfer]]:
    rows = transfers.iterator(chunk_size=_CHUNK)
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _lines(account: Account, transfers: Sequence[Transfer], before: Totals) -> Iterator[StatementLine]:
    others = _counterparts(account, transfers)
    totals = before
    for transfer in transfers:
        change = change_by(transfer, account)
        totals = totals.plus(change.posted_fen, change.held_out_fen, change.held_in_fen)
        yield _line(transfer, others[_other_id(transfer, account)], change, totals)


def _sum(transfers: QuerySet[Transfer], account: Account) -> Totals:
    """Return by how much the transfers of a slice change the totals of an account, summed by the database."""
    total = Totals()
    kept = Transfer.objects.filter(pk__in=transfers.values("pk")).order_by()
    for kind, is_given, fen in (
        kept.annotate(is_given=Q(debit=account)).values_list("kind", "is_given").annotate(Sum("amount_fen"))
    ):
        sign = SIGNS[TransferKind(kind)]
        posted, held = sign.posted * int(fen), sign.held * int(fen)
        total = total.plus(-posted, held, 0) if is_given else total.plus(posted, 0, held)
    return total


def _other_id(transfer: Transfer, account: Account) -> int:
    return transfer.credit_id if transfer.debit_id == account.pk else transfer.debit_id


def _counterparts(account: Account, transfers: Sequence[Transfer]) -> dict[int, Account]:
    """Return who stands on the other side: its name is told also to a reader whose own account it is not."""
    with scope(EVERYTHING):
        return Account.objects.in_bulk({_other_id(transfer, account) for transfer in transfers})


def _line(transfer: Transfer, counterpart: Account, change: Totals, totals: Totals) -> StatementLine:
    held = change.held_out_fen + change.held_in_fen
    return StatementLine(
        transfer=transfer,
        counterpart=counterpart,
        in_fen=change.posted_fen if change.posted_fen > 0 else None,
        out_fen=-change.posted_fen if change.posted_fen < 0 else None,
        held_fen=held or None,
        totals=totals,
    )
