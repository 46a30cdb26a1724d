"""The syntax tree of a rule: a dozen node kinds, typed, frozen, shared by both evaluators and by the explanation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from math import lcm

from yulin.rules.core.vocabulary import Type
from yulin.rules.errors import Where


@dataclass(frozen=True)
class Node:
    """A part of an expression."""

    type: Type

    @cached_property
    def children(self) -> tuple[Node, ...]:
        """The direct parts, in the order of the text."""
        values = (getattr(self, field.name) for field in fields(self))
        parts = (part for value in values for part in (value if isinstance(value, tuple) else (value,)))
        return tuple(part for part in parts if isinstance(part, Node))

    @cached_property
    def slots(self) -> frozenset[str]:
        """The facts that this node and everything below it read, by slot."""
        own = (self.slot,) if isinstance(self, FactRef) else ()
        return frozenset(own).union(*(child.slots for child in self.children))

    def walk(self) -> Iterator[Node]:
        """Yield this node and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class FactRef(Node):
    """A fact; `offset` is 0 for the last full year, -1 for the one before, None where the fact has no years."""

    name: str
    offset: int | None = None
    scale: int = 1  # integer units in one, as the vocabulary says

    @property
    def slot(self) -> str:
        """The key under which evaluators look the value up."""
        return self.name if self.offset is None else f"{self.name}[{self.offset}]"


@dataclass(frozen=True)
class Constant(Node):
    """A literal: an integer in the type's unit (fen, days, months, day ordinal), a ratio, a truth value."""

    value: int | Fraction | bool


@dataclass(frozen=True)
class OnDate(Node):
    """The assessment date itself, or the first or last day of a full year counted from it."""

    name: str = "on"  # on | year_start | year_end
    offset: int = 0


@dataclass(frozen=True)
class Name(Node):
    """A result that the pack supplies (`total`, `scores.staff`, `measure`); parameters carry their definition."""

    name: str
    definition: Node | None = None


@dataclass(frozen=True)
class Arithmetic(Node):
    """Two numbers and one of `+ - * /`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Compare(Node):
    """Two numbers or truth values and one of `== != < <= > >=`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Member(Node):
    """Whether a fact of a closed list is one of the named members."""

    item: Node
    members: frozenset[str]


@dataclass(frozen=True)
class Logic(Node):
    """Several truth values joined by `and` or by `or`."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Not(Node):
    """The opposite of a truth value."""

    operand: Node


@dataclass(frozen=True)
class Choice(Node):
    """`then if condition else otherwise`; inside a branch, a fact that the condition bounds is bounded by it."""

    then: Node
    condition: Node
    otherwise: Node


@dataclass(frozen=True)
class Extreme(Node):
    """The least (`min`) or greatest (`max`) of several numbers."""

    function: str
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class CountTrue(Node):
    """How many of several truth values hold."""

    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Known(Node):
    """Whether a fact is known at all; the one question about knowledge, never itself unknown."""

    fact: FactRef


@dataclass(frozen=True, eq=False)
class Expression:
    """A parsed, typed expression with its text and place."""

    text: str
    node: Node
    where: Where
    slots: frozenset[str]  # facts used, by slot
    names: frozenset[str]  # supplied results used
    has_division: bool

    @property
    def type(self) -> Type:
        """The type of the whole expression."""
        return self.node.type


def grain_of(node: Node) -> int:
    """Return n where the node's values are multiples of 1/n: 1 for fen and persons, 10,000 for basis points."""
    if isinstance(node, FactRef):
        return node.scale
    if isinstance(node, Constant):
        return Fraction(node.value).denominator
    below = [grain_of(child) for child in node.children]
    if isinstance(node, Arithmetic) and node.operator == "*":
        return below[0] * below[1]
    return lcm(*below) if below else 1


def expression_of(text: str, node: Node, where: Where) -> Expression:
    """Wrap a tree with what loaders and evaluators ask of it again and again."""
    parts = list(node.walk())
    return Expression(
        text,
        node,
        where,
        slots=node.slots,
        names=frozenset(part.name for part in parts if isinstance(part, Name)),
        has_division=any(isinstance(part, Arithmetic) and part.operator == "/" for part in parts),
    )
