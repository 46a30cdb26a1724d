"""The best combination of benefits, the runner-up, and for each benefit left out the clause that forbids it.

The best combination pays most in known amounts; among equals it holds most benefits of unknown amount, then fewest
benefits. The runner-up takes a benefit that the best leaves out, in place of what stands in its way; to take less than
the best is no alternative. How a part is solved is the solver's; what it answers is checked here against the rules.

Invariant: a benefit is left out only with a reason: rules that forbid it, a cap that is used up, or a clause it lacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from yulin.brain.core.stacking import Benefit, Rule, RuleKind, Stack, broken_by, hindrances


@dataclass(frozen=True)
class Swap:
    """A benefit that is to come in; where caps alone keep it out, one of those that use them up is to go."""

    name: str
    instead_of: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Solution:
    """Benefits of one part, and what is paid of those whose amount is known."""

    taken: frozenset[str]
    received_fen: Mapping[str, int]

    @property
    def total_fen(self) -> int:
        """What is known to be paid."""
        return sum(self.received_fen.values())


class Solver(Protocol):
    """Finds the best combination of one part."""

    def best(self, part: Stack, *, forced: str = "", swaps: Sequence[Swap] = ()) -> Solution | None:
        """Return the best combination, with one benefit in it or one of several swaps; None where there is none."""
        ...


class Why(StrEnum):
    """Why a benefit is left out."""

    FORBIDDEN = "forbidden"
    CAP_USED = "cap_used"
    LACKS = "lacks"
    ADDS_NOTHING = "adds_nothing"  # a bonus that comes to less than a fen


@dataclass(frozen=True)
class Condition:
    """What would have to be so that an unknown amount changes the answer: above this, or above what is lost with it."""

    more_than_fen: int
    loses: tuple[str, ...]  # other benefits of unknown amount that would go


@dataclass(frozen=True)
class LeftOut:
    """A benefit that the best combination leaves out, with the rules for which it does."""

    benefit: Benefit
    why: Why
    rules: tuple[Rule, ...]
    condition: Condition | None = None  # for an unknown amount


@dataclass(frozen=True)
class Combination:
    """Benefits to be had together, those that pay most first, those of unknown amount last."""

    taken: tuple[Benefit, ...]
    received_fen: Mapping[str, int]
    unknown: tuple[Benefit, ...] = ()

    @property
    def total_fen(self) -> int:
        """The sum of the known amounts; what is unknown is not in it."""
        return sum(self.received_fen.values())

    @property
    def names(self) -> frozenset[str]:
        """The ids of its benefits."""
        return frozenset(one.id for one in self.taken)

    @property
    def is_at_most(self) -> bool:
        """Whether an amount in it is a ceiling."""
        return any(one.is_ceiling for one in self.taken if one.id in self.received_fen)


@dataclass(frozen=True)
class Stacked:
    """The answer for one firm: best, runner-up, what is left out and why, and what the answer depends on."""

    best: Combination
    runner_up: Combination | None
    left_out: tuple[LeftOut, ...]
    doubted: tuple[Rule, ...] = ()  # rules nobody has verified that make a difference
    unless_doubted: Combination | None = None  # the best if they do not hold

    @property
    def undecided(self) -> tuple[LeftOut, ...]:
        """The benefits of unknown amount that would change the answer, if they pay enough."""
        return tuple(one for one in self.left_out if one.condition is not None)


def stacked(stack: Stack, solver: Solver) -> Stacked:
    """Return the best combination of a firm's benefits, and what goes with it."""
    stack = stack.without(idle_caps(stack))
    parts = [_Part(one, _solved(one, solver)) for one in stack.parts()]
    left_out = [one for part in parts for one in part.left_out(solver)]
    best = _combination(stack, [part.best for part in parts])
    doubted, unless = _unless_doubted(stack, best, solver)
    return Stacked(best, _runner_up(stack, parts, solver), tuple(left_out), doubted, unless)


def idle_caps(stack: Stack) -> list[Rule]:
    """Return the caps that all known amounts together do not reach: they cut nothing, and tie nothing together."""
    most = nominal_fen(stack, frozenset(stack.by_id))
    return [
        rule
        for rule in stack.rules
        if rule.kind is RuleKind.CAP
        and sum(most.get(name, 0) for name in rule.members) < (rule.at_most_fen or 0)
    ]  # fmt: skip


@dataclass
class _Part:
    stack: Stack
    best: Solution
    reasons: dict[str, tuple[Why, tuple[Rule, ...]]] = field(init=False)

    def __post_init__(self) -> None:
        names = [one.id for one in self.stack.benefits if one.id not in self.best.taken]
        self.reasons = {name: _reason(self.stack, self.best, name) for name in names}

    def left_out(self, solver: Solver) -> list[LeftOut]:
        """Return the benefits that are not taken, with their reasons."""
        return [
            LeftOut(self.stack.by_id[name], why, rules, self._condition(name, why, solver))
            for name, (why, rules) in self.reasons.items()
        ]

    def _condition(self, name: str, why: Why, solver: Solver) -> Condition | None:
        """Return what an unknown amount would have to exceed to be taken after all."""
        if name not in self.stack.unknown or why in {Why.CAP_USED, Why.ADDS_NOTHING}:
            return None
        other = solver.best(self.stack, forced=name)
        if other is None:
            return None
        loses = sorted(self.stack.unknown & (self.best.taken - other.taken))
        return Condition(self.best.total_fen - other.total_fen, tuple(loses))

    def swaps(self) -> list[Swap]:
        """Return what could come in for what."""
        found = [Swap(name) for name, (why, _) in self.reasons.items() if why is Why.FORBIDDEN]
        for name, (why, rules) in self.reasons.items():
            if why is Why.CAP_USED:
                users = frozenset(one for rule in rules for one in rule.members) & self.best.taken
                found.append(Swap(name, users))
        return found


def _solved(part: Stack, solver: Solver) -> Solution:
    """Return the best of a part; a benefit that no rule speaks of is simply taken."""
    only = part.benefits[0]
    if not part.rules:
        amount = only.counted_fen
        return Solution(frozenset({only.id}), {} if amount is None else {only.id: amount})
    found = solver.best(part)
    if found is None:
        raise AssertionError("To take nothing breaks no rule.")
    return checked(part, found)


def checked(part: Stack, found: Solution) -> Solution:
    """Return a solution that breaks no rule and pays nothing beyond a cap or an amount; fail loudly on any other."""
    broken = [rule.id for rule in part.rules if broken_by(rule, found.taken)]
    over = [
        rule.id
        for rule in part.rules
        if rule.kind is RuleKind.CAP
        and rule.at_most_fen is not None
        and sum(found.received_fen.get(name, 0) for name in rule.members) > rule.at_most_fen
    ]
    nominal = nominal_fen(part, found.taken)
    beyond = [name for name, fen in found.received_fen.items() if fen > nominal.get(name, 0)]
    if broken or over or beyond:
        raise AssertionError(f"The solver broke {broken}, exceeded {over}, paid too much of {beyond}.")
    return found


def nominal_fen(part: Stack, taken: frozenset[str]) -> dict[str, int]:
    """Return what each benefit of known amount comes to before caps: a bonus by what it adds to."""
    found: dict[str, int] = {}

    def amount(name: str) -> int:
        if name not in taken or name in part.unknown:
            return 0
        if name not in found:
            bonus = part.bonuses.get(name)
            own = part.by_id[name].counted_fen or 0
            found[name] = own if bonus is None else share_fen(bonus, sum(map(amount, bonus.to)))
        return found[name]

    for name in sorted(taken - part.unknown):
        amount(name)
    return found


def share_fen(bonus: Rule, base_fen: int) -> int:
    """Return what a bonus adds to an amount: its share, whole fen, at most its own ceiling.

    >>> from yulin.brain.core.stacking import Clause
    >>> share_fen(Rule("r", RuleKind.BONUS, ("b",), Clause("", "", "yes"), ("a",), share_bp=3000), 1_001)
    300
    """
    whole = base_fen * bonus.share_bp // 10_000
    return whole if bonus.at_most_fen is None else min(whole, bonus.at_most_fen)


def _reason(part: Stack, best: Solution, name: str) -> tuple[Why, tuple[Rule, ...]]:
    rules = hindrances(part, best.taken, name)
    lacks = tuple(rule for rule in rules if rule.kind in {RuleKind.NEEDS, RuleKind.BONUS})
    forbids = tuple(rule for rule in rules if rule not in lacks)
    if forbids or lacks:
        return (Why.FORBIDDEN, forbids) if forbids and not lacks else (Why.LACKS, lacks + forbids)
    full = tuple(
        rule
        for rule in part.rules
        if rule.kind is RuleKind.CAP
        and name in rule.members
        and sum(best.received_fen.get(one, 0) for one in rule.members) == rule.at_most_fen
    )
    return (Why.CAP_USED, full) if full else (Why.ADDS_NOTHING, (part.bonuses[name],))


def _runner_up(stack: Stack, parts: Sequence[_Part], solver: Solver) -> Combination | None:
    """Return the best combination with one part decided otherwise: where that costs least."""
    found: list[tuple[tuple[int, int, int, int], int, Solution]] = []
    for number, part in enumerate(parts):
        swaps = part.swaps()
        other = solver.best(part.stack, swaps=swaps) if swaps else None
        if other is None:
            continue
        checked(part.stack, other)
        unknown = part.stack.unknown
        loss = (
            part.best.total_fen - other.total_fen,
            len(part.best.taken & unknown) - len(other.taken & unknown),
            len(other.taken) - len(part.best.taken),
            number,
        )
        found.append((loss, number, other))
    if not found:
        return None
    _, changed, other = min(found, key=lambda one: one[0])
    return _combination(stack, [other if n == changed else part.best for n, part in enumerate(parts)])


def _combination(stack: Stack, solutions: Sequence[Solution]) -> Combination:
    received = {name: fen for one in solutions for name, fen in one.received_fen.items()}
    taken = [stack.by_id[name] for one in solutions for name in one.taken]
    ordered = sorted(taken, key=lambda one: (one.id not in received, -received.get(one.id, 0), one.id))
    return Combination(tuple(ordered), received, tuple(one for one in ordered if one.id not in received))


def _unless_doubted(stack: Stack, best: Combination, solver: Solver) -> tuple[tuple[Rule, ...], Combination | None]:
    """Return the rules nobody has verified, where the answer is another without them, and that answer."""
    doubted = tuple(rule for rule in stack.rules if rule.is_doubted and rule.kind is not RuleKind.BONUS)
    if not doubted:
        return (), None
    freer = stack.without(doubted)
    other = _combination(stack, [_solved(one, solver) for one in freer.parts()])
    return ((), None) if other.names == best.names and other.total_fen == best.total_fen else (doubted, other)
