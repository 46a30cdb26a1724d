"""Numbers of entities that stay while records join and part: what was one stays one as far as it can.

Each number goes to the entity that holds most of the records that bore it (of two, to the one with the smallest record
key), each entity takes the number that most of its records bore (of two, the smallest). A number that is left over is
merged into its records' entity and leads there for good; an entity without a number gets a new one, and says from which
it parted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Numbered:
    """`number_of` each record, old numbers `merged` into others, new numbers `parted` from old ones."""

    number_of: dict[str, int]
    merged: dict[int, int]
    parted: dict[int, int]


def number_entities(entities: Iterable[Sequence[str]], before: Mapping[str, int], next_number: int) -> Numbered:
    """Return the numbers of entities, given those that their records bore and the first number that is free.

    >>> number_entities([("a", "b"), ("c",)], {"a": 1, "b": 2}, 3)
    Numbered(number_of={'a': 1, 'b': 1, 'c': 3}, merged={2: 1}, parted={})
    >>> number_entities([("a",), ("b",)], {"a": 1, "b": 1}, 2)
    Numbered(number_of={'a': 1, 'b': 2}, merged={}, parted={2: 1})
    """
    groups = sorted(tuple(sorted(entity)) for entity in entities)
    claims = sorted(
        (-count, number, place)
        for place, entity in enumerate(groups)
        for number, count in Counter(before[key] for key in entity if key in before).items()
    )
    given: dict[int, int] = {}  # place of the entity -> its number
    taken: set[int] = set()
    for _, number, place in claims:
        if place not in given and number not in taken:
            given[place] = number
            taken.add(number)
    parted: dict[int, int] = {}
    for place, entity in enumerate(groups):
        if place in given:
            continue
        given[place], next_number = next_number, next_number + 1
        came_from = Counter(before[key] for key in entity if key in before)
        if came_from:
            parted[given[place]] = min(came_from, key=lambda number: (-came_from[number], number))
    number_of = {key: given[place] for place, entity in enumerate(groups) for key in entity}
    merged = {
        number: given[place] for _, number, place in reversed(claims) if number not in taken
    }  # the strongest claim is written last
    return Numbered(number_of, merged, parted)
