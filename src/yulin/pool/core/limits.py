"""Limits that several banks share: how much is used, what room is left, which rows of a file still fit.

A row asks for an amount under several limits at once: its own under firm and year, bank, scheme; each layer's share of
it under that layer's capacity. Rows are taken in the order of the file; a row that does not fit takes nothing, and a
smaller one after it may still fit.

Most totals run over a year and grow with each enrolment. A firm's ceiling is on its balance: what it owes now on all
its standing loans of the scheme, so a repayment makes room.

Invariant: no total passes its limit, to the fen; a refused row would have passed at least one limit at its turn.
The database keeps the same law (`used_fen <= limit_fen`), under a lock on each total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from yulin.pool.enums import LimitKind

# Under these codes a row is refused because a total that many loans share has no room left for it.
SHARED_LIMIT_CODES = tuple(
    f"POOL.LIMIT.{kind.name}" for kind in (LimitKind.FIRM, LimitKind.FIRM_YEAR, LimitKind.BANK, LimitKind.SCHEME)
)


class LimitKey(NamedTuple):
    """Over what a total is kept; keys are locked in their order, so that two files cannot wait for each other."""

    scheme_id: str
    kind: LimitKind
    key: str
    period: str


@dataclass(frozen=True)
class Usage:
    """One total and its limit; `limit_fen` None means that nothing limits it."""

    limit_fen: int | None
    used_fen: int

    @property
    def room_fen(self) -> int | None:
        """What still fits; None without a limit."""
        return None if self.limit_fen is None else max(self.limit_fen - self.used_fen, 0)

    def over_fen(self, amount_fen: int) -> int:
        """Return by how much `amount_fen` more would pass the limit; 0 where it fits.

        >>> Usage(limit_fen=3_000, used_fen=2_400).over_fen(700)
        100
        """
        return 0 if self.limit_fen is None else max(self.used_fen + amount_fen - self.limit_fen, 0)


class Ask(NamedTuple):
    """What a row asks of one limit, named by its index."""

    limit: int
    amount_fen: int


@dataclass(frozen=True)
class Excess:
    """Why a row does not fit: the first limit in its way, what it asks there, the total that it would have reached."""

    limit: int
    amount_fen: int
    total_fen: int


def fitting_rows(asks_of_row: Sequence[Sequence[Ask]], usages: Sequence[Usage]) -> list[Excess | None]:
    """Return for each row, in row order, None where it fits under all its limits, else the excess.

    **Shapes**: for each row what it asks of the limits in `usages`, each limit at most once.

    Only limits that the sum of all rows would pass can ever refuse one; rows under no such limit fit without looking.

    >>> fitting_rows([[Ask(0, 600)], [Ask(0, 500)], [Ask(0, 400)]], [Usage(limit_fen=1_000, used_fen=0)])
    [None, Excess(limit=0, amount_fen=500, total_fen=1100), None]
    """
    running = _tight_totals(asks_of_row, usages)
    if not running:
        return [None] * len(asks_of_row)
    found: list[Excess | None] = []
    for mine in asks_of_row:
        tight = [ask for ask in mine if ask.limit in running]
        full = next((ask for ask in tight if usages[ask.limit].limit_fen < running[ask.limit] + ask.amount_fen), None)  # type: ignore[operator]  # only limited totals are tight
        if full is not None:
            found.append(Excess(full.limit, full.amount_fen, running[full.limit] + full.amount_fen))
            continue
        for limit, amount in tight:
            running[limit] += amount
        found.append(None)
    return found


def _tight_totals(asks_of_row: Sequence[Sequence[Ask]], usages: Sequence[Usage]) -> dict[int, int]:
    """Return what is used of the limits that all rows together would pass."""
    asked = [usage.used_fen for usage in usages]
    for mine in asks_of_row:
        for limit, amount in mine:
            asked[limit] += amount
    return {
        index: usage.used_fen
        for index, usage in enumerate(usages)
        if usage.limit_fen is not None and asked[index] > usage.limit_fen
    }


def standing_fen(*, outstanding_fen: int, enrolled_fen: int) -> int:
    """Return what a standing loan takes of its firm's ceiling: what is owed on it, never above what is enrolled.

    **Source**: 财金〔2024〕60号 bounds 单户在保余额, the balance still under guarantee, not the amount once lent.

    >>> standing_fen(outstanding_fen=700, enrolled_fen=500), standing_fen(outstanding_fen=200, enrolled_fen=500)
    (500, 200)
    """
    return min(outstanding_fen, enrolled_fen)


def firm_key(scheme_id: str, firm_id: int) -> LimitKey:
    """Return the total of what one firm owes under a scheme: of now, so without a period."""
    return LimitKey(scheme_id, LimitKind.FIRM, str(firm_id), "")


def limit_keys(
    *, scheme_id: str, firm_id: int | None, bank_id: int, year: int, has_ceiling: bool = False
) -> list[LimitKey]:
    """Return the totals that one loan adds to; without a resolved firm there is none per firm.

    `has_ceiling`: whether the scheme bounds the balance of one firm.

    >>> [key.kind.value for key in limit_keys(scheme_id="gz-credit-2021", firm_id=7, bank_id=3, year=2021)]
    ['bank', 'firm_year', 'scheme']
    """
    keys = [
        LimitKey(scheme_id, LimitKind.BANK, str(bank_id), str(year)),
        LimitKey(scheme_id, LimitKind.SCHEME, "", str(year)),
    ]
    if firm_id is not None:
        keys.append(LimitKey(scheme_id, LimitKind.FIRM_YEAR, str(firm_id), str(year)))
        keys += [firm_key(scheme_id, firm_id)] if has_ceiling else []
    return sorted(keys)
