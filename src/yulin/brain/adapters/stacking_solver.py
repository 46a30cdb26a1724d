"""Combinations of benefits by OR-Tools CP-SAT: exact, one worker, one seed, so that the same question has one answer.

The goals stand in one weighted sum whose weights keep them apart: known money first, then how many benefits of unknown
amount, then few benefits. An unknown amount under a cap that known amounts use up counts for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from yulin.brain.core.stacked import Solution, Swap, nominal_fen
from yulin.brain.core.stacking import Rule, RuleKind, Stack
from yulin.brain.errors import StackingTimeError

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver, IntVar

SECONDS = 10.0


@cache
def _library() -> Any:
    from ortools.sat.python import cp_model  # noqa: PLC0415 - slow import

    return cp_model


class CpSat:
    """Solves one part of a stack after another; `seconds` is what one part may take."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds

    def best(self, part: Stack, *, forced: str = "", swaps: Sequence[Swap] = ()) -> Solution | None:
        """Return the best combination of a part, or None where none holds what is asked.

        **Raises**: `BRAIN.STACKING.TIME` where it could not be proved the best in time.
        """
        model = Model(part)
        if forced:
            model.cp.add(model.has[forced] == 1)
        if swaps:
            model.add_swaps(swaps)
        model.cp.maximize(model.goal(few=not forced))
        solver = self._solver()
        status = solver.solve(model.cp)
        library = _library()
        if status == library.INFEASIBLE:
            return None
        if status != library.OPTIMAL:
            raise StackingTimeError(benefits=len(part.benefits), seconds=self.seconds)
        return model.read(solver)

    def _solver(self) -> CpSolver:
        solver: CpSolver = _library().CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.linearization_level = 2  # the bound of a cap is in the relaxation: 60 times as fast
        solver.parameters.max_time_in_seconds = self.seconds
        return solver


class Model:
    """One part as a model.

    What a rule takes away is a variable, for the solver tries low values first: what is paid is at its highest at once.
    """

    def __init__(self, part: Stack) -> None:
        self.part = part
        self.cp: CpModel = _library().CpModel()
        self.has: dict[str, IntVar] = {one.id: self.cp.new_bool_var(one.id) for one in part.benefits}
        self.most = nominal_fen(part, frozenset(part.by_id))
        self.nominal: dict[str, Any] = {}
        for one in part.benefits:
            self._nominal(one.id)
        # An unknown amount is worth an application where every cap over it has a fen left beside the known amounts.
        self.worth = {name: self.cp.new_bool_var(f"worth {name}") for name in sorted(part.unknown)}
        for name, worth in self.worth.items():
            self.cp.add_implication(worth, self.has[name])
        self.groups = _groups(part)
        self.cuts = {group: self._cut(number, names) for number, (group, names) in enumerate(self.groups.items())}
        self._add_rules()

    def _nominal(self, name: str) -> Any:
        """Return what a benefit comes to before caps; a bonus by what it adds to."""
        if name in self.part.unknown or name in self.nominal:
            return self.nominal.get(name, 0)
        bonus, most = self.part.bonuses.get(name), self.most[name]
        if bonus is None:
            self.nominal[name] = most * self.has[name]
        else:
            short = self.cp.new_int_var(0, most, f"short {name}")
            self.cp.add(short <= most * self.has[name])
            base = sum(self._nominal(other) for other in bonus.to)
            self.cp.add(10_000 * (most * self.has[name] - short) <= bonus.share_bp * base)
            self.nominal[name] = most * self.has[name] - short
        return self.nominal[name]

    def _cut(self, number: int, names: Sequence[str]) -> IntVar:
        """Return what caps take from benefits that stand under the same caps."""
        cut = self.cp.new_int_var(0, sum(self.most[name] for name in names), f"cut {number}")
        self.cp.add(cut <= sum(self.nominal[name] for name in names))
        return cut

    def _add_rules(self) -> None:
        for rule in self.part.rules:
            members, to = ([self.has[name] for name in names] for names in (rule.members, rule.to))
            if rule.is_exclusive:
                self.cp.add(sum(members) <= rule.most)
            elif rule.kind is RuleKind.GIVES_WAY:
                for one in members:
                    for other in to:
                        self.cp.add_at_most_one(one, other)
            elif rule.kind is RuleKind.CAP:
                self._add_cap(rule)
            else:
                for one in members:
                    self.cp.add(one <= sum(to))

    def _add_cap(self, rule: Rule) -> None:
        under = [group for group in self.groups if rule.id in group]
        paid = sum(self.nominal[name] for group in under for name in self.groups[group])
        paid -= sum(self.cuts[group] for group in under)
        limit = rule.at_most_fen or 0
        self.cp.add(paid <= limit)
        for name in rule.members:
            if name in self.worth:
                self.cp.add(paid <= limit - 1).only_enforce_if(self.worth[name])

    def add_swaps(self, swaps: Sequence[Swap]) -> None:
        """Ask for one of several swaps."""
        chosen = []
        for swap in swaps:
            comes = self.cp.new_bool_var(f"swap {swap.name}")
            self.cp.add_implication(comes, self.has[swap.name])
            if swap.instead_of:
                goes = [self.has[name].negated() for name in sorted(swap.instead_of)]
                self.cp.add_bool_or(goes).only_enforce_if(comes)
            chosen.append(comes)
        self.cp.add_bool_or(chosen)

    def goal(self, *, few: bool) -> Any:
        """Return the weighted sum of the goals, the last of which is to hold few benefits."""
        count = len(self.part.benefits)
        unknown = sum(self.worth.values())
        money = sum(self.nominal.values()) - sum(self.cuts.values())
        if not few:
            return (count + 1) * money + unknown
        return (count + 2) ** 2 * money + (count + 1) * unknown - sum(self.has.values())

    def read(self, solver: CpSolver) -> Solution:
        """Return what the solver found; what a cap takes is taken from the smallest amounts under it."""
        taken = frozenset(name for name, has in self.has.items() if solver.value(has))
        received = {name: int(solver.value(self.nominal[name])) for name in sorted(taken - self.part.unknown)}
        for group, names in self.groups.items():
            cut = int(solver.value(self.cuts[group]))
            for name in sorted(taken & set(names), key=lambda one: (received[one], one)):
                less = min(cut, received[name])
                received[name] -= less
                cut -= less
        return Solution(taken, received)


def _groups(part: Stack) -> Mapping[frozenset[str], list[str]]:
    """Return the benefits of known amount by the caps under which they stand."""
    caps: dict[str, set[str]] = {}
    for rule in part.rules:
        if rule.kind is RuleKind.CAP:
            for name in set(rule.members) - part.unknown:
                caps.setdefault(name, set()).add(rule.id)
    groups: dict[frozenset[str], list[str]] = {}
    for name in sorted(caps):
        groups.setdefault(frozenset(caps[name]), []).append(name)
    return groups
