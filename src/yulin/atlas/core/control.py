"""Who stands behind a firm: shares through every chain, who controls it in the end, and which firms are one group.

Holdings are parts of a whole as exact fractions. Shares through chains are summed over every path; where firms hold
each other the endless paths are summed exactly (the solution of the linear equations of the knot). Control is a
majority of votes: whoever holds more than half of a firm, alone or through firms it controls, controls it.

Properties: the parts of the owners in the end sum to 1 where all holders are known; the order of holdings changes
nothing; groups do not overlap, and exposure summed over groups is exposure summed over firms.
**Source**: features.md 6.17.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from yulin.base.text import Text

WHOLE, HALF = Fraction(1), Fraction(1, 2)
LARGEST_KNOT = 200  # firms that hold each other in a ring; more is refused, not guessed


@dataclass(frozen=True)
class Holding:
    """One holder's direct part of one firm."""

    holder: str
    firm: str
    share: Fraction


class Fault(StrEnum):
    """Why a firm's holdings are not counted."""

    OUT_OF_RANGE = "out_of_range"
    OF_ITSELF = "of_itself"
    CONTRADICTING = "contradicting"
    ABOVE_WHOLE = "above_whole"
    KNOT_TOO_LARGE = "knot_too_large"


_FAULT_TEXTS = {
    Fault.OUT_OF_RANGE: Text(
        "持股比例须大于0且不超过100%%：%(found)s", "a share is above 0 and at most 100%%: %(found)s"
    ),
    Fault.OF_ITSELF: Text("企业持有自身股权：%(found)s", "the firm holds itself: %(found)s"),
    Fault.CONTRADICTING: Text("同一股东有两个比例：%(found)s", "one holder has two shares: %(found)s"),
    Fault.ABOVE_WHOLE: Text("股权合计超过100%%：%(found)s", "the shares sum to more than 100%%: %(found)s"),
    Fault.KNOT_TOO_LARGE: Text(
        "相互持股的企业超过200家，未计算：%(found)s", "more than 200 firms hold each other, not computed: %(found)s"
    ),
}


FAULT_NEXT = Text(
    "请登记机关或企业提供现行完整的股东名册；更正后重新计算。",
    "Ask the register or the firm for the whole list of holders as it is now; what is mended counts again.",
)


@dataclass(frozen=True)
class SetAside:
    """A firm whose holdings do not count, and why."""

    firm: str
    fault: Fault
    found: str

    @property
    def why(self) -> Text:
        """Return the reason as a sentence."""
        return _FAULT_TEXTS[self.fault].with_values(found=self.found)


@dataclass(frozen=True)
class Ownership:
    """The holdings that count, and the firms whose holdings do not."""

    holders_of: Mapping[str, Mapping[str, Fraction]]
    set_aside: tuple[SetAside, ...]


def sort_holdings(holdings: Iterable[Holding]) -> Ownership:
    """Return holdings by firm; a firm with one faulty holding is set aside whole, as its sum cannot be trusted.

    >>> found = sort_holdings([Holding("甲", "乙", Fraction(60, 100)), Holding("丙", "乙", Fraction(50, 100))])
    >>> found.set_aside[0].why.en
    'the shares sum to more than 100%: 110%'
    """
    by_firm: dict[str, list[Holding]] = defaultdict(list)
    for one in holdings:
        by_firm[one.firm].append(one)
    faults = [fault for firm in sorted(by_firm) if (fault := _fault_of(by_firm[firm]))]
    faulty = {fault.firm for fault in faults}
    kept = {
        firm: dict(sorted((one.holder, one.share) for one in rows))
        for firm, rows in by_firm.items()
        if firm not in faulty
    }
    for knot in _knots(kept):
        if len(knot) > LARGEST_KNOT:
            faults += [SetAside(firm, Fault.KNOT_TOO_LARGE, str(len(knot))) for firm in sorted(knot)]
            kept = {firm: holders for firm, holders in kept.items() if firm not in knot}
    return Ownership(kept, tuple(faults))


def shares_behind(ownership: Ownership, firm: str) -> dict[str, Fraction]:
    """Return each holder's whole part of a firm, direct and through every chain, the largest first.

    >>> rows = [("张", "甲", 50), ("甲", "乙", 80), ("张", "乙", 20)]
    >>> ownership = sort_holdings(Holding(holder, firm, Fraction(part, 100)) for holder, firm, part in rows)
    >>> {name: str(share) for name, share in shares_behind(ownership, "乙").items()}
    {'甲': '4/5', '张': '3/5'}
    """
    reached = _firms_behind(ownership, firm)
    # flow[x]: how much of the firm passes through firm x; each holder of x takes its part of that.
    flow = _flows(ownership, firm, reached)
    parts: dict[str, Fraction] = defaultdict(Fraction)
    for each in reached:
        for holder, share in ownership.holders_of.get(each, {}).items():
            parts[holder] += flow[each] * share
    parts.pop(firm, None)
    return dict(sorted(parts.items(), key=lambda found: (-found[1], found[0])))


def owners_in_the_end(ownership: Ownership, firm: str) -> dict[str, Fraction]:
    """Return those behind a firm whom nobody is known to hold, with their parts; what is missing to 1 is unknown."""
    parts = shares_behind(ownership, firm)
    return {holder: share for holder, share in parts.items() if not ownership.holders_of.get(holder)}


def controllers(ownership: Ownership) -> dict[str, str]:
    """Return the controller in the end of each firm that has one: more than half of the votes, level by level.

    Firms that control each other in a ring, and what they control, have no controller in the end.

    >>> rows = [("张", "甲", 60), ("甲", "乙", 30), ("张", "乙", 25), ("李", "乙", 45)]
    >>> controllers(sort_holdings(Holding(holder, firm, Fraction(part, 100)) for holder, firm, part in rows))
    {'乙': '张', '甲': '张'}
    """
    top = _tops(ownership)
    ringed = {firm for firm in ownership.holders_of if top[firm] == firm and votes_of(ownership, firm, top) > HALF}
    return {firm: top[firm] for firm in sorted(ownership.holders_of) if top[firm] != firm and top[firm] not in ringed}


def groups(ownership: Ownership) -> dict[str, tuple[str, ...]]:
    """Return the groups of firms under one control, each under its controller in the end; a ring under its first firm.

    The controller is in its group too. A firm that controls none and is controlled by none is in no group.
    """
    members: dict[str, list[str]] = defaultdict(list)
    for each, end in _tops(ownership).items():
        members[end].append(each)
    end_of = controllers(ownership)
    named = {
        end if any(end_of.get(each) == end for each in found) else min(found): tuple(sorted(found))
        for end, found in members.items()
        if len(found) > 1
    }
    return dict(sorted(named.items()))


def votes_of(ownership: Ownership, firm: str, top: Mapping[str, str]) -> Fraction:
    """Return what the group that a firm belongs to holds of the firm."""
    holders = ownership.holders_of[firm]
    return sum((share for holder, share in holders.items() if top[holder] == top[firm]), Fraction())


def exposure_of_groups(ownership: Ownership, exposure_fen: Mapping[str, int]) -> dict[str, int]:
    """Return the exposure of each group: of the controller itself and of every firm it controls.

    A firm in no group stands for itself, so that the sums over groups and over firms are the same.
    """
    end_of = {firm: end for end, firms in groups(ownership).items() for firm in firms}
    sums: dict[str, int] = defaultdict(int)
    for firm, fen in sorted(exposure_fen.items()):
        sums[end_of.get(firm, firm)] += fen
    return dict(sorted(sums.items(), key=lambda found: (-found[1], found[0])))


def _fault_of(rows: list[Holding]) -> SetAside | None:
    firm = rows[0].firm
    for one in sorted(rows, key=lambda row: (row.holder, row.share)):
        if not 0 < one.share <= WHOLE:
            return SetAside(firm, Fault.OUT_OF_RANGE, f"{one.holder} {_percent(one.share)}")
        if one.holder == firm:
            return SetAside(firm, Fault.OF_ITSELF, f"{firm} {_percent(one.share)}")
    said: dict[str, set[Fraction]] = defaultdict(set)
    for one in rows:
        said[one.holder].add(one.share)
    for holder, shares in sorted(said.items()):
        if len(shares) > 1:
            return SetAside(firm, Fault.CONTRADICTING, f"{holder} {', '.join(map(_percent, sorted(shares)))}")
    total = sum((min(shares) for shares in said.values()), Fraction())
    return SetAside(firm, Fault.ABOVE_WHOLE, _percent(total)) if total > WHOLE else None


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.10g}%"


def _firms_behind(ownership: Ownership, firm: str) -> list[str]:
    """Return the firm and every firm behind it whose holders are known."""
    found, waiting = {firm}, [firm]
    while waiting:
        for holder in ownership.holders_of.get(waiting.pop(), {}):
            if holder not in found and holder in ownership.holders_of:
                found.add(holder)
                waiting.append(holder)
    return sorted(found)


def _flows(ownership: Ownership, firm: str, reached: list[str]) -> dict[str, Fraction]:
    """Return how much of the firm passes through each firm behind it: knot by knot, each solved exactly."""
    inside = set(reached)
    holders = {each: {h: s for h, s in ownership.holders_of.get(each, {}).items() if h in inside} for each in reached}
    flow = {each: Fraction(each == firm) for each in reached}
    for knot in _knots(holders, single=True):
        _solve(sorted(knot), holders, flow)
        for each in knot:
            for holder, share in holders[each].items():
                if holder not in knot:
                    flow[holder] += flow[each] * share
    return flow


def _solve(knot: list[str], holders: Mapping[str, Mapping[str, Fraction]], flow: dict[str, Fraction]) -> None:
    """Solve flow[x] = given[x] + Σ flow[y] · share of y that x holds, for the firms of a knot."""
    if len(knot) == 1:
        return
    place = {each: n for n, each in enumerate(knot)}
    rows = [[Fraction(n == m) for m in range(len(knot))] + [flow[each]] for n, each in enumerate(knot)]
    for each in knot:
        for holder, share in holders[each].items():
            if holder in place:
                rows[place[holder]][place[each]] -= share
    for n in range(len(knot)):
        pivot = next((m for m in range(n, len(knot)) if rows[m][n]), None)
        if pivot is None:
            return  # firms that hold each other whole: nobody stands behind them
        rows[n], rows[pivot] = rows[pivot], rows[n]
        rows[n] = [value / rows[n][n] for value in rows[n]]
        for m in range(len(knot)):
            if m != n and rows[m][n]:
                rows[m] = [value - rows[m][n] * taken for value, taken in zip(rows[m], rows[n], strict=True)]
    for each, n in place.items():
        flow[each] = rows[n][-1]


def _knots(holders: Mapping[str, Iterable[str]], *, single: bool = False) -> list[set[str]]:
    """Return the sets of firms that reach each other through holdings, the held before their holders (Tarjan)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[set[str]] = []
    for start in sorted(holders):
        if start in number:
            continue
        work = [(start, iter(sorted(holders[start])))]
        number[start] = lowest[start] = len(number)
        stack.append(start)
        on_stack.add(start)
        while work:
            at, rest = work[-1]
            following = next((each for each in rest if each in holders), None)
            if following is None:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[at])
                if lowest[at] == number[at]:
                    knot = set(stack[stack.index(at) :])
                    del stack[stack.index(at) :]
                    on_stack -= knot
                    found.append(knot)
            elif following not in number:
                number[following] = lowest[following] = len(number)
                stack.append(following)
                on_stack.add(following)
                work.append((following, iter(sorted(holders[following]))))
            elif following in on_stack:
                lowest[at] = min(lowest[at], number[following])
    found.reverse()  # Tarjan finds holders first
    return [knot for knot in found if single or len(knot) > 1]


def _tops(ownership: Ownership) -> dict[str, str]:
    """Return who stands on top of each firm and holder: itself, or whose group holds more than half of it.

    Groups only grow, so that the order in which firms are looked at does not matter.
    """
    above = {each: each for firm, holders in ownership.holders_of.items() for each in (firm, *holders)}

    def top_of(each: str) -> str:
        while above[each] != each:
            above[each] = each = above[above[each]]
        return each

    has_grown = True
    while has_grown:
        has_grown = False
        for firm, holders in sorted(ownership.holders_of.items()):
            if above[firm] != firm:
                continue
            votes: dict[str, Fraction] = defaultdict(Fraction)
            for holder, share in holders.items():
                votes[top_of(holder)] += share
            end = next((end for end, share in votes.items() if share > HALF and end != firm), None)
            if end is not None:
                above[firm], has_grown = end, True
    return {each: top_of(each) for each in sorted(above)}
