"""Who owns a debt on which day: requests, close of business, and the rows that never overlap.

A request stands from the day on which it was made to its day of settlement. At the close of the first business day
after settlement the debt changes hands, from the day behind settlement on; a sale and a buy-back that settle on the
same day cancel each other; a debt that can no longer change hands is declined. What the rows say depends on the days
of the requests alone, not on the day on which the close runs: a close that runs late or twice gives the same rows
(Fineract's external asset owners, P-16c and P-16d).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from yulin.base.text import Text
from yulin.pool.core.assignment.debts import DEBT_BLOCKS
from yulin.pool.enums import AssignmentState, TransferAct
from yulin.pool.errors import (
    AssignmentActError,
    AssignmentDebtError,
    AssignmentPriceError,
    AssignmentSettlementError,
    AssignmentStandsError,
    AssignmentTransfereeError,
)

ROW_NAMES: Mapping[AssignmentState, Text] = {
    AssignmentState.PENDING: Text("办理中", "Pending"),
    AssignmentState.ACTIVE: Text("已生效", "In effect"),
    AssignmentState.CANCELLED: Text("已撤销", "Cancelled"),
    AssignmentState.DECLINED: Text("未通过", "Declined"),
    AssignmentState.BOUGHT_BACK: Text("已回购", "Bought back"),
}
_A_DAY = timedelta(days=1)
WHOLE_PPM = 1_000_000


@dataclass(frozen=True)
class TransferRequest:
    """A sale to `transferee`, or its buy-back; the price is a share of the debt's principal in ppm."""

    id: str
    act: TransferAct
    transferee: str
    price_ratio_ppm: int | None
    requested_on: date
    settles_on: date


@dataclass(frozen=True)
class OwnershipRow:
    """One state of one request over the days from `valid_from` up to, not including, `valid_until` (None: open)."""

    request: TransferRequest
    state: AssignmentState
    valid_from: date
    valid_until: date | None = None
    reason: str = ""

    @property
    def last_on(self) -> date | None:
        """The last day of the row."""
        return None if self.valid_until is None else self.valid_until - _A_DAY


def ask_for_sale(
    rows: Sequence[OwnershipRow], request: TransferRequest, *, blocks: Sequence[str], today: date
) -> tuple[OwnershipRow, ...]:
    """Return the rows with a pending sale.

    `blocks` are the codes that say why this debt cannot be assigned (`debt_blocks`).

    **Raises** POOL.ASSIGNMENT.DEBT, .STANDS, .SETTLEMENT, .PRICE, .TRANSFEREE.
    """
    _check_request(request, today)
    standing = current_row(rows)
    if standing is not None:
        raise AssignmentStandsError(state=ROW_NAMES[standing.state], transferee=standing.request.transferee)
    if blocks:
        raise AssignmentDebtError(reasons={code: DEBT_BLOCKS[code] for code in blocks})
    return (*rows, OwnershipRow(request, AssignmentState.PENDING, request.requested_on))


def ask_for_buy_back(
    rows: Sequence[OwnershipRow], request: TransferRequest, *, today: date
) -> tuple[OwnershipRow, ...]:
    """Return the rows with a pending buy-back of the sale that is active or pending.

    **Raises** POOL.ASSIGNMENT.ACT where there is no sale or a buy-back is pending already; .SETTLEMENT where it would
    settle before its sale, or in the past.
    """
    _check_request(request, today)
    sale = current_row(rows)
    if sale is None or _pending(rows, TransferAct.BUY_BACK):
        raise AssignmentActError(act=TransferAct.BUY_BACK, state=None if sale is None else AssignmentState.PENDING)
    if request.settles_on < sale.request.settles_on:
        raise AssignmentSettlementError(settles_on=request.settles_on, earliest_on=sale.request.settles_on)
    return (*rows, OwnershipRow(request, AssignmentState.PENDING, request.requested_on))


def cancel(
    rows: Sequence[OwnershipRow],
    request_id: str,
    *,
    on: date,
    reason: str,
    state: AssignmentState = AssignmentState.CANCELLED,
) -> tuple[OwnershipRow, ...]:
    """Return the rows with a pending request cancelled (or declined) on a day, and a buy-back of it cancelled with it.

    **Raises** POOL.ASSIGNMENT.ACT where the request is not pending.
    """
    pending = next((row for row in rows if row.request.id == request_id and _is_open_pending(row)), None)
    if pending is None:
        raise AssignmentActError(act=None, state=None)
    is_sale = pending.request.act == TransferAct.SALE
    others = [row for row in rows if _is_open_pending(row) and row != pending and is_sale]
    return (
        *_ended(rows, [pending, *others], on),
        *_one_day_each([pending], state, on, reason),
        *_one_day_each(others, AssignmentState.CANCELLED, on, reason),
    )


def close_of_business(
    rows: Sequence[OwnershipRow], *, on: date, blocks: Sequence[str] = ()
) -> tuple[OwnershipRow, ...]:
    """Return the rows after the close of business of a day: what settled before it takes effect.

    `blocks` says why the debt can no longer be assigned; a sale is then declined, with the codes as its reason.
    """
    rows = tuple(rows)
    while due := [row.request.settles_on for row in rows if _is_open_pending(row) and row.request.settles_on < on]:
        rows = _settle(rows, min(due), blocks)
    return rows


def _settle(rows: tuple[OwnershipRow, ...], day: date, blocks: Sequence[str]) -> tuple[OwnershipRow, ...]:
    due = [row for row in rows if _is_open_pending(row) and row.request.settles_on == day]
    ended = _ended(rows, due, day)
    if len(due) > 1:
        return (*ended, *_one_day_each(due, AssignmentState.CANCELLED, day))
    request = due[0].request
    if request.act == TransferAct.BUY_BACK:
        owned = [row for row in ended if row.state == AssignmentState.ACTIVE and row.valid_until is None]
        return (*_ended(ended, owned, day), *_one_day_each(due, AssignmentState.BOUGHT_BACK, day))
    if blocks:
        orphans = [row for row in ended if _is_open_pending(row)]
        declined = _one_day_each(due, AssignmentState.DECLINED, day, " ".join(blocks))
        return (*_ended(ended, orphans, day), *declined, *_one_day_each(orphans, AssignmentState.CANCELLED, day))
    return (*ended, OwnershipRow(request, AssignmentState.ACTIVE, day + _A_DAY))


def current_row(rows: Iterable[OwnershipRow]) -> OwnershipRow | None:
    """Return the sale that is active, or else the one that is pending."""
    sales = [row for row in rows if row.request.act == TransferAct.SALE and row.valid_until is None]
    return next(iter(sorted(sales, key=lambda row: row.state != AssignmentState.ACTIVE)), None)


def owner_on(rows: Iterable[OwnershipRow], day: date) -> str:
    """Return the transferee that owns the debt on a day; empty: the bank.

    A payment that somebody else received on that day belongs to this owner and is passed on (features.md 4.7).
    """
    for row in rows:
        is_valid = row.valid_from <= day and (row.valid_until is None or day < row.valid_until)
        if row.state == AssignmentState.ACTIVE and is_valid:
            return row.request.transferee
    return ""


def _check_request(request: TransferRequest, today: date) -> None:
    if not request.transferee.strip():
        raise AssignmentTransfereeError
    if request.price_ratio_ppm is None or not 0 < request.price_ratio_ppm <= WHOLE_PPM:
        raise AssignmentPriceError(found=request.price_ratio_ppm)
    if request.settles_on < max(today, request.requested_on):
        raise AssignmentSettlementError(settles_on=request.settles_on, earliest_on=max(today, request.requested_on))


def _is_open_pending(row: OwnershipRow) -> bool:
    return row.state == AssignmentState.PENDING and row.valid_until is None


def _pending(rows: Iterable[OwnershipRow], act: TransferAct) -> bool:
    return any(_is_open_pending(row) and row.request.act == act for row in rows)


def _ended(rows: Iterable[OwnershipRow], which: Sequence[OwnershipRow], day: date) -> tuple[OwnershipRow, ...]:
    """Return the rows with `which` ended by the end of a day, at the earliest by that of their first."""
    return tuple(replace(row, valid_until=max(day, row.valid_from) + _A_DAY) if row in which else row for row in rows)


def _one_day_each(
    rows: Iterable[OwnershipRow], state: AssignmentState, day: date, reason: str = ""
) -> tuple[OwnershipRow, ...]:
    days = ((row.request, max(day, row.valid_from)) for row in rows)
    return tuple(OwnershipRow(request, state, first, first + _A_DAY, reason) for request, first in days)
