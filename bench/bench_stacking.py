"""The best combination of one firm's 200 benefits with runner-up and reasons, for 40 firms made up from seeds.

    python bench/bench_stacking.py

The benefits come in threes (province, city, district) with the rules that such policies have between them: the higher
one only, a bonus of 30 % on the other, a cap on both, one gives way to the other, and a few exclusions across; one in
twenty has an unknown amount. In the second shape yearly caps over all of a district's and a city's benefits and limits
on how many of eight may be had tie nearly all into one part. Peers on the same firms: the same constraints as a single
CP-SAT model with the library's settings, best combination alone; and taking what pays most first (greedy), for money.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from itertools import count

from instance import report

from yulin.base.text import Text
from yulin.brain.adapters import stacking_solver
from yulin.brain.core.stacked import nominal_fen, stacked
from yulin.brain.core.stacking import Benefit, Clause, Level, Rule, RuleKind, Stack, broken_by

BENEFITS, FIRMS, BUDGET_MS = 200, 40, 1_000
LAW = Clause("bench", "art. 3", "yes")
PEER_SECONDS = 5.0


def main() -> int:
    """Measure both shapes; return 1 where the budget is passed."""
    solver, missed = stacking_solver.CpSat(), 0
    stacked(firm(0, tied=False), solver)  # the library is loaded once a process
    for tied in (False, True):
        firms = [firm(seed, tied=tied) for seed in range(1, FIRMS + 1)]
        took = [milliseconds(lambda one=one: stacked(one, solver)) for one in firms]
        peer = [milliseconds(lambda one=one: plainly(one)) for one in firms[:8]]
        sizes = [max(len(part.benefits) for part in one.parts()) for one in firms]
        greedy = statistics.mean(greedily(one) / max(stacked(one, solver).best.total_fen, 1) for one in firms[:8])
        busy = f"{os.getloadavg()[0]:.1f}"
        shape = "nearly all tied together" if tied else "tied in threes"
        title = f"stacking of 200 benefits, {shape} (largest part {max(sizes)}; greedy gets {greedy:.1%} of the money)"
        plain = ("one plain CP-SAT model, best alone, at most 5 s", statistics.median(peer))
        budget = BUDGET_MS if not tied else None
        report(f"{title}, median", statistics.median(took), plain, unit="ms", budget=None, load=busy)
        met = report(f"{title}, p95", statistics.quantiles(took, n=20)[18], None, unit="ms", budget=budget, load=busy)
        missed |= int(not met)
    return missed


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def firm(seed: int, *, tied: bool) -> Stack:
    """Return a made-up firm's benefits and rules."""
    dice = random.Random(seed)
    benefits: list[Benefit] = []
    rules: list[Rule] = []
    for number in count():
        if len(benefits) >= BENEFITS:
            break
        three, between = project(dice, number)
        benefits += three
        rules += between
    benefits = benefits[:BENEFITS]
    names = [one.id for one in benefits]
    rules = [rule for rule in rules if set(rule.names) <= set(names)]
    rules += [Rule(f"x{n}", RuleKind.AT_MOST, tuple(dice.sample(names, 2)), LAW) for n in range(12)]
    if tied:
        for level, fen in ((Level.DISTRICT, 3_000_000_000), (Level.CITY, 2_000_000_000)):
            members = tuple(one.id for one in benefits if one.level is level)
            rules.append(Rule(f"yearly-{level}", RuleKind.CAP, members, LAW, at_most_fen=fen))
        rules += [Rule(f"s{n}", RuleKind.AT_MOST, tuple(dice.sample(names, 8)), LAW, most=5) for n in range(8)]
    return Stack.of(benefits, rules)


def project(dice: random.Random, number: int) -> tuple[list[Benefit], list[Rule]]:
    """Return what province, city and district pay for one thing, and the rule between them."""
    base = dice.randint(1, 400) * 500_000
    amounts: dict[str, int | None] = {}
    for level in (Level.PROVINCE, Level.CITY, Level.DISTRICT):
        if dice.random() < 0.8:
            fen = int(base * dice.choice([0.3, 0.5, 1, 1.5])) // 100 * 100 + dice.randint(0, 99)
            amounts[f"{level}-{number:03d}"] = None if dice.random() < 0.05 else fen
    ids, drawn, rules = tuple(amounts), dice.random(), []
    if len(ids) > 1:
        if drawn < 0.35:
            rules.append(Rule(f"h{number}", RuleKind.HIGHER_ONLY, ids, LAW))
        elif drawn < 0.6:
            amounts[ids[-1]] = None
            bonus = Rule(f"b{number}", RuleKind.BONUS, ids[-1:], LAW, ids[:-1], at_most_fen=20_000_000, share_bp=3000)
            rules.append(bonus)
            if len(ids) > 2:
                rules.append(Rule(f"h{number}", RuleKind.HIGHER_ONLY, ids[:2], LAW))
        elif drawn < 0.75:
            rules.append(Rule(f"c{number}", RuleKind.CAP, ids, LAW, at_most_fen=base * 3 // 2))
        elif drawn < 0.85:
            rules.append(Rule(f"g{number}", RuleKind.GIVES_WAY, ids[:1], LAW, ids[1:2]))
    level_of = {name: Level(name.partition("-")[0]) for name in ids}
    return [Benefit(one, Text(one, one), level_of[one], amounts[one], LAW) for one in ids], rules


def plainly(stack: Stack) -> None:
    """Solve everything as one model with the library's own settings, at most so long."""
    from ortools.sat.python import cp_model

    model = stacking_solver.Model(stack)
    model.cp.maximize(model.goal(few=True))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = PEER_SECONDS
    solver.parameters.num_workers = 1
    solver.solve(model.cp)


def greedily(stack: Stack) -> int:
    """Return what taking the highest amount first comes to, where no rule forbids it."""
    taken: frozenset[str] = frozenset()
    most = nominal_fen(stack, frozenset(stack.by_id))
    for name in sorted(most, key=lambda one: (one in stack.bonuses, -most[one])):
        if not any(broken_by(rule, taken | {name}) for rule in stack.rules):
            taken |= {name}
    paid = nominal_fen(stack, taken)
    over = 0
    for rule in stack.rules:
        if rule.kind is RuleKind.CAP:
            over += max(sum(paid.get(name, 0) for name in rule.members) - (rule.at_most_fen or 0), 0)
    return sum(paid.values()) - over


if __name__ == "__main__":
    sys.exit(main())
