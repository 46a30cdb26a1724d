"""Where one fact decides: every other question on the way to the verdict answered so that it leaves the fact alone.

On the way from the verdict down to the fact, what stands beside it under `and` should hold and what stands beside it
under `or` should fail. A *path* lists those questions; unknown facts are then set, one by one, to what serves most of
them. Points are another matter: there the mark has to be near (`relevance`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from yulin.rules.core.bounds import FALSE, TRUE, Env
from yulin.rules.core.nodes import Logic, Name, Node, Not
from yulin.rules.core.pack import Condition
from yulin.rules.core.program import Program


@dataclass(frozen=True)
class Beside:
    """A question beside a path, and the answer that keeps it from deciding."""

    read: Callable[[Env], int]
    slots: frozenset[str]
    wanted: int

    def served(self, env: Env) -> int:
        """Return 2 where the answer is the wanted one, 1 where it may be, else 0."""
        mask = self.read(env)
        return 2 if mask == self.wanted else int(bool(mask & self.wanted))


@dataclass(frozen=True)
class Path:
    """A way from the verdict to the question that reads a fact, and the facts of that question."""

    slots: frozenset[str]
    beside: tuple[Beside, ...] = ()

    def after(self, beside: Iterable[Beside]) -> Path:
        """Return the path as it goes on from further up."""
        return Path(self.slots, (*beside, *self.beside))


def paths_to(program: Program, slot: str) -> tuple[Path, ...]:
    """Return the paths from the verdict to a fact, in the order of the pack's text."""
    pack = program.pack
    if pack.ladder:
        return tuple(_ladder_paths(program, slot))
    return tuple(_paths(program, pack.outcome.met.node, slot)) if pack.outcome else ()


def _ladder_paths(program: Program, slot: str) -> Iterator[Path]:
    assert program.pack.ladder is not None  # noqa: S101 - the caller asked
    above: list[Beside] = []
    for rung in program.pack.ladder.rungs.values():
        for path in _paths(program, rung.that.node, slot):
            yield path.after(above)
        above.append(_beside(program, rung.that.node, FALSE))


def _paths(program: Program, node: Node, slot: str) -> Iterator[Path]:
    if isinstance(node, Name):
        yield from _named(program, node, slot)
    elif isinstance(node, Not):
        yield from _paths(program, node.operand, slot)
    elif isinstance(node, Logic):
        wanted = TRUE if node.operator == "and" else FALSE
        for at, operand in enumerate(node.operands):
            others = [part for i, part in enumerate(node.operands) if i != at]
            for path in _paths(program, operand, slot):
                yield path.after(_beside(program, other, wanted) for other in others)
    elif slot in node.slots:
        yield Path(node.slots)


def _named(program: Program, node: Name, slot: str) -> Iterator[Path]:
    """Go on below a parameter or a result that the pack supplies."""
    pack = program.pack
    if node.definition is not None:
        yield from _paths(program, node.definition, slot)
    elif node.name in {"conditions", "routes"}:
        section = pack.conditions if node.name == "conditions" else pack.routes
        wanted = TRUE if node.name == "conditions" else FALSE
        for condition in section.values():
            others = [other for other in section.values() if other is not condition]
            for path in _below(program, condition, slot):
                yield path.after(_result(other, wanted) for other in others)
    elif node.name == "direct_pass" and pack.direct_pass:
        yield from _below(program, pack.direct_pass, slot)
    else:
        for condition in (*pack.conditions.values(), *pack.routes.values()):
            if condition.row.id == node.name:
                yield from _below(program, condition, slot)


def _below(program: Program, condition: Condition, slot: str) -> Iterator[Path]:
    if slot in condition.that.slots:
        yield from _paths(program, condition.that.node, slot)


def _result(condition: Condition, wanted: int) -> Beside:
    key = condition.row.id
    return Beside(lambda env: env[key], condition.that.slots, wanted)


def _beside(program: Program, node: Node, wanted: int) -> Beside:
    return Beside(lambda env: int(program.value(node, env)), _slots_below(program, node), wanted)


def _slots_below(program: Program, node: Node) -> frozenset[str]:
    """Return the facts below a node, also through the results that it names."""
    found = set(node.slots)
    for name in (part.name for part in node.walk() if isinstance(part, Name) and part.definition is None):
        for part in program.parts:
            row, whole = part.key, name in {"conditions", "routes", "total"}
            if row == name or whole or name.startswith("groups."):
                found |= part.slots
    return frozenset(found)
