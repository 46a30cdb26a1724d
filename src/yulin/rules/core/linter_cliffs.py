"""Where a pack turns on one step: a requirement that changes at a bound, a size that is one too many, two numbers.

A cliff is no error; it is law that somebody who stands just beside it should know of. Two rows that cite one clause
with different numbers for the same thing are an ambiguity: one of them was hardly meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from yulin.base.text import Text
from yulin.rules.core.findings import say
from yulin.rules.core.nodes import Arithmetic, Choice, Compare, Constant, FactRef, Logic, Name, Node
from yulin.rules.core.pack import Condition, Pack
from yulin.rules.errors import Where

Odd = tuple[str, Where, Text]  # code of the remark, place, sentence
_ORDERED = {">=", ">", "<=", "<"}
_SIZES = {"money", "count"}
_NO_CLAUSE = {"", "–"}  # a dash stands where the document names no article


def cliffs_of(pack: Pack) -> Iterator[Odd]:
    """Yield the steps at which a title turns: for a requirement both numbers, for a limit the last value within it.

    The limit of a route is none: whoever passes it may go another route.
    """
    for condition in _questions(pack):
        for node in condition.that.node.walk():
            if isinstance(node, Choice):
                yield from _changes(pack, condition, node)
    for condition in pack.conditions.values():
        for node in _parts(condition.that.node):
            if isinstance(node, Compare) and node.operator in {"<=", "<"} and isinstance(node.left, FactRef):
                yield from _limit(pack, condition, node, node.left)


def _questions(pack: Pack) -> tuple[Condition, ...]:
    return (*pack.conditions.values(), *pack.routes.values())


def _parts(node: Node) -> Iterator[Node]:
    if isinstance(node, Logic) and node.operator == "and":
        for part in node.operands:
            yield from _parts(part)
    elif isinstance(node, Name) and node.definition is not None:
        yield from _parts(node.definition)
    else:
        yield node


def _limit(pack: Pack, condition: Condition, node: Compare, fact: FactRef) -> Iterator[Odd]:
    if not isinstance(node.right, Constant) or fact.type.kind not in _SIZES:
        return
    label, most = pack.fact(fact.slot).label, _said(pack, node.right)
    yield (
        "cliff",
        condition.that.where,
        Text(
            f"{condition.row.id}：{label.zh}{node.operator} {most}，多一步即不符合。",
            f"{condition.row.id}: {label.en} {node.operator} {most}; one step more and it fails.",
        ),
    )


def _changes(pack: Pack, condition: Condition, choice: Choice) -> Iterator[Odd]:
    """Report what is asked on either side of a bound, where it is asked of the same thing."""
    test = choice.condition
    if not (isinstance(test, Compare) and isinstance(test.left, FactRef) and isinstance(test.right, Constant)):
        return
    if test.operator not in _ORDERED:
        return
    across = choice.otherwise.then if isinstance(choice.otherwise, Choice) else choice.otherwise
    label, bound = pack.fact(test.left.slot).label, _said(pack, test.right)
    for one, two in zip(_compares(choice.then), _compares(across), strict=False):
        here, there = asked_of(one), asked_of(two)
        if here is None or there is None or here[0] != there[0] or here[1] == there[1]:
            continue
        asks, then = (f"{one.operator} {_said(pack, each)}" for each in (here[1], there[1]))
        yield (
            "cliff",
            condition.that.where,
            Text(
                f"{condition.row.id}：{label.zh}{test.operator} {bound}时须{asks}，越过一步即须{then}。",
                f"{condition.row.id}: with {label.en} {test.operator} {bound} it takes {asks}, one step across {then}.",
            ),
        )
        return


def _compares(node: Node) -> Iterator[Compare]:
    return (part for part in _parts(node) if isinstance(part, Compare))


def asked_of(node: Compare) -> tuple[tuple[Node | str, ...], Constant] | None:
    """Return what a comparison with a constant, or with a constant share of something, asks of what; else None."""
    right = node.right
    if isinstance(right, Constant):
        return (node.left, node.operator), right
    if isinstance(right, Arithmetic) and right.operator == "*" and isinstance(right.right, Constant):
        return (node.left, node.operator, right.left), right.right
    return None


def cited_twice(pack: Pack) -> Iterator[Odd]:
    """Yield rows that cite one clause for the same thing with different numbers."""
    found = [
        (condition, asked)
        for condition in _questions(pack)
        for node in _compares(condition.that.node)
        if condition.row.clause not in _NO_CLAUSE
        and node.left.type.is_numeric
        and (asked := asked_of(node)) is not None
    ]
    for (one, (what, number)), (two, (same, other)) in combinations(found, 2):
        if one is two or one.row.clause != two.row.clause or what != same or number == other:
            continue
        if set(one.row.applies_to) & set(two.row.applies_to) or not (one.row.applies_to and two.row.applies_to):
            numbers = [_said(pack, each) for each in (number, other)]
            rows, clause = (one.row.id, two.row.id), one.row.clause
            said = Text(
                f"{'与'.join(rows)}同引{clause}，数值不同：{'、'.join(numbers)}。",
                f"{' and '.join(rows)} cite {clause} with different numbers: {', '.join(numbers)}.",
            )
            yield ("twice", two.that.where, said)


def _said(pack: Pack, number: Constant) -> str:
    """Return a number with its unit, money in the pack's own currency."""
    said = say(number.value, number.type)
    is_foreign = number.type.kind == "money" and pack.currency != "CNY"
    return f"{pack.currency} {said.removesuffix(' 元')}" if is_foreign else said
