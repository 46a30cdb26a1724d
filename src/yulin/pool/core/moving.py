"""Keep or move when a scheme is replaced: what the new law says of each open loan, and what that comes to.

A loan moves only where the new law takes it for certain: its mode is offered, its conditions are met, its ratio is
known, its bank takes part, and every limit has room. What is unknown stays under the old law, and the reason is named.

Invariant: a full loss of every loan is shared to the fen before and after; the bank keeps what others round down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.pool.enums import MoveRule

WHOLE_BP = 10_000
REASONS: Mapping[str, Text] = {
    "POOL.MODE.NOT_OFFERED": Text("新方案没有这种业务模式", "the new scheme has no such mode"),
    "POOL.ELIGIBILITY.NOT_MET": Text("不符合新方案的条件", "the new conditions are not met"),
    "POOL.ELIGIBILITY.UNKNOWN": Text("缺少新方案要求的事实", "a fact that the new scheme asks for is missing"),
    "POOL.RATIO.OPEN": Text("新方案的比例未查证，不作承诺", "the new ratio is not verified; nothing is promised"),
    "POOL.BANK.NOT_PARTNER": Text("银行不是新方案的合作银行", "the bank is no partner of the new scheme"),
    "POOL.LIMIT.FIRM": Text("新方案的单户余额上限不足", "the new ceiling on what one firm owes has no room"),
    "POOL.LIMIT.FIRM_YEAR": Text("新方案的单户年度额度不足", "the new limit per firm and year has no room"),
    "POOL.LIMIT.BANK": Text("新方案的银行年度额度不足", "the new limit of the bank has no room"),
    "POOL.LIMIT.SCHEME": Text("新方案的年度总额不足", "the new limit of the scheme has no room"),
    "POOL.LIMIT.CAPACITY": Text("新方案分险层的备案额度不足", "a layer of the new scheme has no capacity left"),
}


@dataclass(frozen=True)
class Line:
    """One open loan before and after: `reason` is the code of what keeps it, empty where it can move."""

    id: int
    number: str
    firm: str
    bank_id: int
    amount_fen: int
    before: Mapping[str, int]
    after: Mapping[str, int] = field(default_factory=dict)
    clause: str = ""
    outcome: str = ""
    missing: Sequence[str] = ()
    reason: str = ""
    because: Sequence[str] = ()  # the ids of the conditions that are not met

    @property
    def can_move(self) -> bool:
        """Whether the new law takes it."""
        return not self.reason

    def as_json(self) -> dict[str, Any]:
        """Return the line as the report keeps it."""
        return {
            "id": self.id,
            "number": self.number,
            "firm": self.firm,
            "bank_id": self.bank_id,
            "enrolled_amount_fen": self.amount_fen,
            "before": dict(self.before),
            "after": dict(self.after) if self.can_move else None,
            "reason": self.reason,
            "missing": list(self.missing),
            "because": list(self.because),
        }


def reason_of(*, is_offered: bool, outcome: str, ratio_bp: Mapping[str, int], is_partner: bool) -> str:
    """Return what keeps a loan under the old law, before limits are looked at; empty where nothing does.

    >>> reason_of(is_offered=True, outcome="unknown", ratio_bp={"city": 5000, "bank": 5000}, is_partner=True)
    'POOL.ELIGIBILITY.UNKNOWN'
    """
    if not is_offered:
        return "POOL.MODE.NOT_OFFERED"
    if outcome != Outcome.MET.value:
        unknown = outcome == Outcome.UNKNOWN.value
        return "POOL.ELIGIBILITY.UNKNOWN" if unknown else "POOL.ELIGIBILITY.NOT_MET"
    if not ratio_bp:
        return "POOL.RATIO.OPEN"
    return "" if is_partner else "POOL.BANK.NOT_PARTNER"


def borne_fen(ratio_bp: Mapping[str, int], amount_fen: int) -> dict[str, int]:
    """Return what each party bears of a full loss: every one but the bank rounded down, the bank the rest.

    >>> borne_fen({"city": 3333, "bank": 6667}, 101)
    {'city': 33, 'bank': 68}
    """
    taken = {party: amount_fen * bp // WHOLE_BP for party, bp in ratio_bp.items() if party != "bank"}
    return {**taken, "bank": amount_fen - sum(taken.values())} if ratio_bp else {}


def move_report(rule: MoveRule, lines: Sequence[Line]) -> dict[str, Any]:
    """Return the report of before and after: counts, money by party, why loans stay, banks, every loan.

    Money is compared over the loans whose shares were known; `opened` are those whose shares the old law left open.
    """
    moving = [line for line in lines if line.can_move]
    known = [line for line in moving if line.before]
    opened = [line for line in moving if not line.before]
    staying = [line for line in lines if not line.can_move]
    return {
        "rule": rule.value,
        "loans_in_all": len(lines),
        "amount_fen": _amount(lines),
        "can_move": len(moving),
        "moving_fen": _amount(moving),
        "changing": sum(dict(line.before) != dict(line.after) for line in known),
        "opened": len(opened),
        "stay": len(staying),
        "before_fen": _borne((line.before, line.amount_fen) for line in known),
        "after_fen": _borne((line.after, line.amount_fen) for line in known),
        "opened_fen": _borne((line.after, line.amount_fen) for line in opened),
        "reasons": _reasons(staying),
        "banks": _banks(lines),
        "loans": [line.as_json() for line in lines],
    }


def _amount(lines: Iterable[Line]) -> int:
    return sum(line.amount_fen for line in lines)


def _borne(shares: Iterable[tuple[Mapping[str, int], int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for ratio_bp, amount_fen in shares:
        found.update(borne_fen(ratio_bp, amount_fen))
    return dict(found)


def _reasons(staying: Sequence[Line]) -> list[dict[str, Any]]:
    """Return why loans stay, the reason of most loans first."""
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in staying:
        groups.setdefault((line.reason, ",".join(line.because or line.missing)), []).append(line)
    ranked = sorted(groups.items(), key=lambda one: (-len(one[1]), one[0]))
    return [
        {
            "reason": reason,
            "because": list(lines[0].because),
            "missing": list(lines[0].missing),
            "loans": len(lines),
            "amount_fen": _amount(lines),
        }
        for (reason, _), lines in ranked
    ]


def _banks(lines: Sequence[Line]) -> list[dict[str, Any]]:
    groups: dict[int, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.bank_id, []).append(line)
    return [
        {
            "bank_id": bank_id,
            "loans": len(mine),
            "moving": sum(line.can_move for line in mine),
            "moving_fen": _amount(line for line in mine if line.can_move),
        }
        for bank_id, mine in sorted(groups.items())
    ]
