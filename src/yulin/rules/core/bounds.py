"""Evaluate expressions on bounds: what a value can still be, given what is known.

A number is `(low, high, undefined)`, exact integers or fractions with `undefined` 0 (no), 1 (possibly) or 2 (surely, by
a zero divisor). A truth value is a set of the answers still possible, as bits: 1 true, 2 false, 4 undefined; so 3 is
Kleene's unknown. A member of a closed list is the frozenset of members still possible. A known value is the narrow case
of the same thing, so there is one evaluator and unknown never becomes a default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from functools import lru_cache, reduce
from math import ceil, floor
from typing import Any

from yulin.base.outcome import Outcome
from yulin.rules.core.calendar import add_months, year_edge
from yulin.rules.core.nodes import (
    Arithmetic,
    Choice,
    Compare,
    Constant,
    CountTrue,
    Expression,
    Extreme,
    FactRef,
    Known,
    Logic,
    Member,
    Name,
    Node,
    Not,
    OnDate,
    grain_of,
)
from yulin.rules.core.vocabulary import MONTHS

Number = int | Fraction
Bounds = tuple[Number, Number, int]
Env = dict[str, Any]
Evaluator = Callable[[Env], Any]

TRUE, FALSE, UNKNOWN, UNDEFINED = 1, 2, 3, 4
OUTCOMES = {TRUE: Outcome.MET, FALSE: Outcome.NOT_MET}


def outcome_of(mask: int) -> Outcome:
    """Return the outcome of a set of possible answers.

    >>> outcome_of(UNKNOWN)
    <Outcome.UNKNOWN: 'unknown'>
    """
    return OUTCOMES.get(mask, Outcome.UNKNOWN)


def named_undefined(mask: int, answer: bool | None) -> int:
    """Replace a possible `undefined` by the answer that the condition names for it."""
    if mask & UNDEFINED:
        return mask & UNKNOWN | (UNKNOWN if answer is None else TRUE if answer else FALSE)
    return mask


def _table(join: Callable[[bool, bool], bool]) -> list[list[int]]:
    """Tabulate a connective over sets of possible answers; an undefined part makes the whole undefined."""
    table = [[0] * 8 for _ in range(8)]
    for a in range(8):
        for b in range(8):
            for x in (TRUE, FALSE, UNDEFINED):
                for y in (TRUE, FALSE, UNDEFINED):
                    if a & x and b & y:
                        is_defined = UNDEFINED not in (x, y)
                        table[a][b] |= (TRUE if join(x == TRUE, y == TRUE) else FALSE) if is_defined else UNDEFINED
    return table


AND = _table(lambda x, y: x and y)
OR = _table(lambda x, y: x or y)
NOT = [mask & UNDEFINED | (mask & TRUE and FALSE) | (mask & FALSE and TRUE) for mask in range(8)]
_UNDEFINED_BITS = (0, UNDEFINED, UNDEFINED)


@lru_cache(maxsize=8192)
def evaluator_of(expression: Expression) -> Evaluator:
    """Return the compiled form of an expression; compiled once, it is a plain function of the environment."""
    return compile_node(expression.node)


def compile_node(node: Node) -> Evaluator:
    """Compile a tree into nested functions."""
    return _COMPILERS[type(node)](node)


def _fact(node: FactRef) -> Evaluator:
    slot = node.slot
    return lambda env: env[slot]


def _constant(node: Constant) -> Evaluator:
    value: Any = (node.value, node.value, 0)
    if node.type.kind == "bool":
        value = TRUE if node.value else FALSE
    return lambda _: value


def _on_date(node: OnDate) -> Evaluator:
    def day(env: Env) -> Bounds:
        on = env["on"] if node.name == "on" else year_edge(node.name, node.offset, date.fromordinal(env["on"]))
        return (on, on, 0)

    return day


def _name(node: Name) -> Evaluator:
    if node.definition is not None:
        return compile_node(node.definition)
    name = node.name
    return lambda env: env[name]


def _arithmetic(node: Arithmetic) -> Evaluator:
    left, right = compile_node(node.left), compile_node(node.right)
    if node.right.type == MONTHS and node.type.kind == "date":
        return _shifted(left, right, 1 if node.operator == "+" else -1)
    if node.operator == "/":
        grain = Fraction(1, grain_of(node.right))
        return lambda env: divide(left(env), right(env), grain)
    join = _JOINS[node.operator]
    return lambda env: join(left(env), right(env))


def _shifted(left: Evaluator, right: Evaluator, sign: int) -> Evaluator:
    def shift(env: Env) -> Bounds:
        (a, b, u), (c, d, v) = left(env), right(env)
        first, last = (c, d) if sign > 0 else (-d, -c)
        return (add_months(a, int(first)), add_months(b, int(last)), max(u, v))

    return shift


def _add(x: Bounds, y: Bounds) -> Bounds:
    return (x[0] + y[0], x[1] + y[1], max(x[2], y[2]))


def _subtract(x: Bounds, y: Bounds) -> Bounds:
    return (x[0] - y[1], x[1] - y[0], max(x[2], y[2]))


def _multiply(x: Bounds, y: Bounds) -> Bounds:
    if x[0] >= 0 and y[0] >= 0:
        return (x[0] * y[0], x[1] * y[1], max(x[2], y[2]))
    corners = [a * b for a in x[:2] for b in y[:2]]
    return (min(corners), max(corners), max(x[2], y[2]))


_JOINS = {"+": _add, "-": _subtract, "*": _multiply}


def divide(x: Bounds, y: Bounds, grain: Fraction) -> Bounds:
    """Divide bounds exactly; a divisor that may be zero may leave the result undefined, else it is at least `grain`.

    >>> divide((0, 6, 0), (0, 3, 0), Fraction(1))
    (Fraction(0, 1), Fraction(6, 1), 1)
    """
    (a, b, u), (c, d, v) = x, y
    undefined = max(u, v)
    if c <= 0 <= d:
        if c == d:
            return (0, 0, 2)
        undefined = max(undefined, 1)
        divisors = [*((c, -grain) if c < 0 else ()), *((grain, d) if d > 0 else ())]
    elif c == d and a == b:
        exact = Fraction(a) / c
        return (exact, exact, undefined)
    else:
        divisors = [c, d]
    corners = [Fraction(top) / bottom for top in (a, b) for bottom in divisors]
    return (min(corners), max(corners), undefined)


def _compare(node: Compare) -> Evaluator:
    left, right = compile_node(node.left), compile_node(node.right)
    if node.left.type.kind == "bool":
        same = _same_truth if node.operator == "==" else lambda a, b: NOT[_same_truth(a, b)]
        return lambda env: same(left(env), right(env))
    test = COMPARISONS[node.operator]

    def compare(env: Env) -> int:
        x, y = left(env), right(env)
        undefined = max(x[2], y[2])
        return UNDEFINED if undefined == 2 else test(x, y) | _UNDEFINED_BITS[undefined]

    return compare


def _same_truth(a: int, b: int) -> int:
    if a in _SURE and b in _SURE:
        return TRUE if a == b else FALSE
    return OR[AND[a][b]][AND[NOT[a]][NOT[b]]]


_SURE = (TRUE, FALSE)


def _at_least(x: Bounds, y: Bounds) -> int:
    return (x[1] >= y[0]) | (x[0] < y[1]) << 1


def _above(x: Bounds, y: Bounds) -> int:
    return (x[1] > y[0]) | (x[0] <= y[1]) << 1


def _equal(x: Bounds, y: Bounds) -> int:
    return (x[0] <= y[1] and y[0] <= x[1]) | (not x[0] == x[1] == y[0] == y[1]) << 1


COMPARISONS: Mapping[str, Callable[[Bounds, Bounds], int]] = {
    ">=": _at_least,
    ">": _above,
    "<=": lambda x, y: _at_least(y, x),
    "<": lambda x, y: _above(y, x),
    "==": _equal,
    "!=": lambda x, y: NOT[_equal(x, y)],
}


def _member(node: Member) -> Evaluator:
    item, members = compile_node(node.item), node.members
    return lambda env: int(not members.isdisjoint(item(env))) | int(not item(env) <= members) << 1


def _logic(node: Logic) -> Evaluator:
    parts = tuple(compile_node(part) for part in node.operands)
    table = AND if node.operator == "and" else OR

    def logic(env: Env) -> int:
        mask: int = parts[0](env)
        for part in parts[1:]:
            mask = table[mask][part(env)]
        return mask

    return logic


def _not(node: Not) -> Evaluator:
    operand = compile_node(node.operand)
    return lambda env: NOT[operand(env)]


def _choice(node: Choice) -> Evaluator:
    """Evaluate each possible branch under what its being taken says about the facts that the condition bounds."""
    test, branches = compile_node(node.condition), (compile_node(node.then), compile_node(node.otherwise))
    limits = (limits_of(node.condition, True), limits_of(node.condition, False))
    unite = _unite_masks if node.type.kind == "bool" else _unite_bounds

    def choice(env: Env) -> Any:
        mask = test(env)
        if mask in _SURE:
            return branches[mask == FALSE](env)
        narrowed = [narrow(env, limits[i]) if mask & (i + 1) else None for i in (0, 1)]
        found = [branches[i](inner) for i, inner in enumerate(narrowed) if inner is not None]
        if mask & UNDEFINED or not found:
            found.append(UNDEFINED if node.type.kind == "bool" else (*(found[0][:2] if found else (0, 0)), 2))
        return reduce(unite, found)

    return choice


def _unite_masks(a: int, b: int) -> int:
    return a | b


def _unite_bounds(x: Bounds, y: Bounds) -> Bounds:
    if x[2] == 2 or y[2] == 2:
        low, high = (y if x[2] == 2 else x)[:2]
        return (low, high, 2 if x[2] == y[2] else 1)
    return (min(x[0], y[0]), max(x[1], y[1]), max(x[2], y[2]))


Limit = tuple[FactRef, str, Any]  # fact, operator, evaluator of the bound (or the members that remain)


def limits_of(node: Node, holds: bool) -> tuple[Limit, ...]:
    """Return what `node` being true (or false) says about single facts: `revenue[0] <= wan(5_000)` bounds one."""
    if isinstance(node, Not):
        return limits_of(node.operand, not holds)
    if isinstance(node, Logic):
        told = (node.operator == "and") == holds
        return tuple(limit for part in node.operands for limit in limits_of(part, holds)) if told else ()
    if isinstance(node, FactRef):
        return ((node, "is", TRUE if holds else FALSE),)
    if isinstance(node, Member) and isinstance(node.item, FactRef):
        return ((node.item, "in" if holds else "not in", node.members),)
    if isinstance(node, Compare) and node.left.type.is_numeric:
        return _comparison_limits(node, holds)
    return ()


_OPPOSITE = {"<": ">=", ">=": "<", "<=": ">", ">": "<=", "==": "!=", "!=": "=="}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def _comparison_limits(node: Compare, holds: bool) -> tuple[Limit, ...]:
    operator = node.operator if holds else _OPPOSITE[node.operator]
    for fact, bound, way in ((node.left, node.right, operator), (node.right, node.left, _MIRRORED[operator])):
        if isinstance(fact, FactRef) and not any(isinstance(part, FactRef | Name) for part in bound.walk()):
            return ((fact, way, compile_node(bound)),)
    return ()


def narrow(env: Env, limits: tuple[Limit, ...]) -> Env | None:
    """Return the environment with the limits applied, or None where they cannot hold."""
    inner = dict(env)
    for fact, operator, bound in limits:
        value = _narrowed(inner[fact.slot], fact.scale, operator, bound, env)
        if value is None:
            return None
        inner[fact.slot] = value
    return inner


def _narrowed(value: Any, scale: int, operator: str, bound: Any, env: Env) -> Any:
    if operator == "is":
        return value & bound or None
    if operator in {"in", "not in"}:
        return (value & bound if operator == "in" else value - bound) or None
    low, high, undefined = value
    least, most = own_limits(operator, bound(env)[0] * scale)
    if least is not None:
        low = max(low, least if scale == 1 else Fraction(least, scale))
    if most is not None:
        high = min(high, most if scale == 1 else Fraction(most, scale))
    return (low, high, undefined) if low <= high else None


def own_limits(operator: str, bound: Number) -> tuple[int | None, int | None]:
    """Return the least and greatest whole number for which `number operator bound` holds; None where nothing limits it.

    >>> own_limits(">", 5), own_limits("<=", Fraction(7, 2))
    ((6, None), (None, 3))
    """
    least = {">=": ceil(bound), "==": ceil(bound), ">": floor(bound) + 1}.get(operator)
    most = {"<=": floor(bound), "==": floor(bound), "<": ceil(bound) - 1}.get(operator)
    return least, most


def _extreme(node: Extreme) -> Evaluator:
    parts, pick = tuple(compile_node(part) for part in node.operands), min if node.function == "min" else max

    def extreme(env: Env) -> Bounds:
        found = [part(env) for part in parts]
        return (pick(x[0] for x in found), pick(x[1] for x in found), max(x[2] for x in found))

    return extreme


def _count(node: CountTrue) -> Evaluator:
    parts = tuple(compile_node(part) for part in node.operands)

    def count(env: Env) -> Bounds:
        found = [part(env) for part in parts]
        undefined = 2 if UNDEFINED in found else int(any(mask & UNDEFINED for mask in found))
        return (sum(mask == TRUE for mask in found), sum(mask & TRUE for mask in found), undefined)

    return count


def _known(node: Known) -> Evaluator:
    slot = node.fact.slot

    def known(env: Env) -> int:
        return TRUE if slot in env["known"] else FALSE

    return known


_COMPILERS: Mapping[type[Node], Callable[[Any], Evaluator]] = {
    FactRef: _fact,
    Constant: _constant,
    OnDate: _on_date,
    Name: _name,
    Arithmetic: _arithmetic,
    Compare: _compare,
    Member: _member,
    Logic: _logic,
    Not: _not,
    Choice: _choice,
    Extreme: _extreme,
    CountTrue: _count,
    Known: _known,
}


def truth_of(expression: Expression, env: Env, undefined: bool | None = None) -> Outcome:
    """Return the outcome of a yes-or-no expression; `undefined` is its answer where a divisor is zero."""
    return outcome_of(named_undefined(evaluator_of(expression)(env), undefined))


def bounds_of(expression: Expression, env: Env) -> Bounds:
    """Return the bounds of a number: equal where it is known, with 2 in the third place where it is undefined."""
    found: Bounds = evaluator_of(expression)(env)
    return found
