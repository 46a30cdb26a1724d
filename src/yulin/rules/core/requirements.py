"""What a title asks, one by one: each part of a condition or a route that has to hold, and each indicator of a score.

A *requirement* is the smallest thing that a firm can be short of. A condition that joins several questions by `and` is
several requirements; alternatives (`or`) are one, for any of them would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from yulin.rules.core.nodes import FactRef, Logic, Name, Node
from yulin.rules.core.pack import Condition, Pack, Row

POINTS_TO_GO = 10  # an indicator is all that is lacking where so many more of its points would bring the title
OPEN_FACTS = 3  # that may be unknown beside what is lacking: with more, nobody can say that a firm is near


@dataclass(frozen=True)
class Requirement:
    """One thing that a title asks; `part` is the question inside the row, None for an indicator of a score."""

    key: str  # `conditions.scale.2`, `scores.staff`; stable while the pack's text is
    row: Row
    part: Node | None
    slots: tuple[str, ...]  # the facts that it reads, in the order of its text
    place: int = 0  # among the parts of its row
    parts: int = 1
    is_of_place: bool = False  # it reads nothing but where the firm is: nobody moves to be near, so it is no step


@lru_cache(maxsize=256)
def requirements_of(pack: Pack) -> tuple[Requirement, ...]:
    """Return what a pack asks in the kind of decision that it is read for, in the order of its text.

    A direct pass is no requirement: it is another way. Nor are the rows of a class table.
    """
    return tuple(_requirements(pack.deciding()))


def _requirements(pack: Pack) -> Iterator[Requirement]:
    for condition in (*pack.conditions.values(), *pack.routes.values()):
        parts = parts_of(condition)
        for place, part in enumerate(parts):
            key = f"{condition.row.id}.{place + 1}" if len(parts) > 1 else condition.row.id
            slots = _slots((part,))
            is_of_place = bool(slots) and all(pack.fact(slot).type.kind == "area" for slot in slots)
            yield Requirement(key, condition.row, part, slots, place, len(parts), is_of_place)
    for score in pack.scores.values():
        yield Requirement(score.row.id, score.row, None, _slots(each.node for each in score.expressions()))


def _slots(nodes: Iterable[Node]) -> tuple[str, ...]:
    found = (part.slot for node in nodes for part in node.walk() if isinstance(part, FactRef))
    return tuple(dict.fromkeys(found))


def parts_of(condition: Condition) -> tuple[Node, ...]:
    """Return the questions of a condition that all have to hold."""
    return tuple(_conjuncts(condition.that.node))


def _conjuncts(node: Node) -> Iterator[Node]:
    if isinstance(node, Logic) and node.operator == "and":
        for part in node.operands:
            yield from _conjuncts(part)
    elif isinstance(node, Name) and node.definition is not None:
        yield from _conjuncts(node.definition)
    else:
        yield node
