"""Which missing facts could change the answer, and which of their values would settle it.

Every unknown fact's range is cut into cells at the values where some comparison or band of the pack turns, given what
is known. A fact matters when two of its cells can lead to different answers while everything else stays the same. Where
the other unknown facts hide that, they are assumed cell by cell until they do not; a branch in which both answers have
become the same is left. So a fact that no assumption tells apart is not asked for.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import partial
from itertools import islice
from typing import Any

from yulin.rules.core.bounds import FALSE, TRUE, Env
from yulin.rules.core.facts import between
from yulin.rules.core.nodes import Arithmetic, Choice, Compare, Extreme, FactRef, Member, Name, Node
from yulin.rules.core.pack import ClassRow, Condition
from yulin.rules.core.program import Part, Program
from yulin.rules.core.sensitising import Path, paths_to
from yulin.rules.core.vocabulary import MONTHS, Fact

MOST_RUNS = 500  # verdicts tried before a fact that nothing has told apart yet is named all the same
MOST_CELLS = 60
MOST_TELLING = 4
MOST_PATHS = 4
MOST_LOTS = 60
FEW_RUNS = 60  # tried on one path


@dataclass(frozen=True)
class Cell:
    """A part of an unknown fact's range on which no single comparison turns."""

    value: Any  # as the environment holds it
    first: Any  # integer in the fact's unit, truth value, or the members of the list
    last: Any


Verdicts = list[tuple[Cell, Any]]


def missing_slots(program: Program, env: Env, verdict: Any) -> dict[str, Verdicts]:
    """Return the unknown facts that could change `verdict`, each with its cells and what each leaves possible."""
    if is_settled(verdict):
        return {}
    search = _Search(program, env)
    return {slot: verdicts for slot, verdicts in search.verdicts.items() if search.matters(slot)}


def is_settled(verdict: Any) -> bool:
    """Whether only one answer is left."""
    return len(verdict) == 1 if isinstance(verdict, frozenset) else verdict in {TRUE, FALSE}


@dataclass(frozen=True, eq=False)
class _Remembering(Program):
    """A program that remembers, for one search, what each row and each fact's cells were: they recur by the hundred."""

    results: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    cut: dict[tuple[Any, ...], list[Cell]] = field(default_factory=dict)
    ways: dict[str, tuple[Path, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, program: Program) -> _Remembering:
        """Return a program that remembers nothing yet."""
        return cls(**{each.name: getattr(program, each.name) for each in fields(program)})

    def rerun(self, env: Env, slot: str, value: Any, *, known: bool = True) -> tuple[Env, Any]:
        """Return what `Program.rerun` returns; a row is computed once for the same facts."""
        inner = {**env, slot: value, "known": env["known"] | {slot} if known else env["known"] - {slot}}
        for part in self.readers.get(slot, ()):
            key = (part.key, *_facts_read(part.slots, inner))
            found = self.results.get(key)
            if found is None:
                found = self.results[key] = part.run(inner)
            inner[part.key] = found
        return inner, self.conclude(inner)

    def paths(self, slot: str) -> tuple[Path, ...]:
        """Return what `paths_to` returns."""
        if slot not in self.ways:
            self.ways[slot] = paths_to(self, slot)
        return self.ways[slot]

    def cells(self, slot: str, env: Env) -> list[Cell]:
        """Return what `cells_of` returns, computed once for the same facts beside it."""
        beside = self.once(("beside", slot), lambda: _read_with(self, slot))
        if beside is None:
            return cells_of(self, slot, env)
        key = (slot, *_facts_read(beside, env))
        found = self.cut.get(key)
        if found is None:
            found = self.cut[key] = cells_of(self, slot, env)
        return found


def _facts_read(slots: Iterable[str], env: Env) -> Iterator[Any]:
    known = env["known"]
    for slot in slots:
        yield env[slot]
        yield slot in known


def _read_with(program: Program, slot: str) -> frozenset[str] | None:
    """Return the facts beside which a fact is read, on which its cells depend; None where they depend on more."""
    table = program.pack.classes
    trees = [*program.roots.get(slot, ()), *(rule.of.node for rule in program.bands.get(slot, ()))]
    trees += [score.entered.node for score in program.pack.scores.values() if score.entered]
    if table is not None or any(isinstance(p, Name) and p.definition is None for t in trees for p in t.walk()):
        return None
    return frozenset().union(*(tree.slots for tree in trees)) - {slot}


class _Search:
    """Looks for two values of one fact that lead to different answers, assuming the other unknown facts as needed."""

    def __init__(self, program: Program, env: Env) -> None:
        self.program = program if isinstance(program, _Remembering) else _Remembering.of(program)
        self.env, self.runs = env, 0
        self.open = [slot for slot in sorted(influential_slots(program, env)) if self.is_open(slot)]
        self.verdicts = {slot: self.under(env, slot) for slot in self.open}
        self.ends_found: dict[str, tuple[Any, Any, Any]] = {}
        self.telling: list[Env] = []  # assumptions under which some fact mattered; they often serve the next one

    def is_open(self, slot: str) -> bool:
        return slot not in self.env["known"] and self.program.pack.fact(slot).type.kind != "text"

    def under(self, env: Env, slot: str) -> Verdicts:
        cells = self.program.cells(slot, env)
        self.runs += len(cells)
        return [(cell, self.program.rerun(env, slot, cell.value)[1]) for cell in cells]

    def matters(self, slot: str) -> bool:
        """Whether two values of the fact lead to different answers in some case that is still possible."""
        if _differ(self.verdicts[slot]):
            return True
        for env in self.telling[:MOST_TELLING]:
            freed, _ = self.program.rerun(env, slot, self.env[slot], known=False)
            if _differ(self.under(freed, slot)):
                return True
        if self.tells_alone(slot) or self.tells_near_the_mark(slot):
            return True
        self.runs = 0
        return self.told_apart(slot, self.env, self.others(slot)) or self.runs > MOST_RUNS

    def tells_alone(self, slot: str) -> bool:
        """Whether the fact tells where everything beside one of its paths is answered so that it leaves it alone."""
        for path in self.program.paths(slot)[:MOST_PATHS]:
            env, within = self.env, [other for other in self.open if other in path.slots and other != slot]
            for other in self.open:
                asked = [each for each in path.beside if other in each.slots]
                if asked and other != slot and other not in within:
                    tried = [self.program.rerun(env, other, value)[0] for value in self.values(other, env)]
                    env = max(tried, key=lambda one: sum(each.served(one) for each in asked))
            self.runs = 0
            if self.told_apart(slot, env, within, FEW_RUNS):
                return True
        return False

    def tells_near_the_mark(self, slot: str) -> bool:
        """Whether the fact tells where the other facts bring the total just under what the outcome asks.

        The facts of its own row are set to where the row tells. From the least total, one fact after another is then
        moved to its most, largest gains first, as long as the outcome stays open or fails: where points add up, this
        stands near the mark after a few steps.
        """
        if not self.program.pack.scores:
            return False
        ends = sorted(((other, *self.ends(other)) for other in self.open if other != slot), key=lambda one: -one[3])
        return any(self.tells_on_the_way(slot, env, ends) for env in self.where_a_row_tells(slot))

    def tells_on_the_way(self, slot: str, env: Env, ends: list[tuple[str, Any, Any, Any]]) -> bool:
        ends = [each for each in ends if each[0] not in env["known"]]
        for other, least, _, _ in ends:
            env, _ = self.program.rerun(env, other, least)
        for other, _, most, _ in [("", None, None, 0), *ends]:
            moved = self.program.rerun(env, other, most)[0] if other else env
            found = self.under(moved, slot)
            if _differ(found):
                self.telling.insert(0, moved)
                return True
            if found[0][1] != TRUE:
                env = moved
        return False

    def where_a_row_tells(self, slot: str) -> Iterator[Env]:
        """Yield what is known, then that with the other facts of a row of points set so that the fact changes it."""
        yield self.env
        for part in self.program.readers.get(slot, ()):
            score = self.program.pack.scores.get(part.key.removeprefix("scores."))
            if score:
                given = score.entered.slots if score.entered else frozenset()
                beside = [other for other in self.open if other in part.slots - given and other != slot]
                yield from islice(self.told_in_row(part, slot, beside), 1 if beside else 0)

    def told_in_row(self, part: Part, slot: str, beside: list[str]) -> Iterator[Env]:
        """Try cells of the other facts by lot, always the same lot: most rows tell on a fair share of them."""
        lot, choices = random.Random(slot), [(other, list(self.values(other))) for other in beside]  # noqa: S311 - no secret
        for _ in range(MOST_LOTS):
            drawn = {other: lot.choice(values) for other, values in choices}
            tried = {**self.env, **drawn, "known": self.env["known"] | drawn.keys()}
            cells = self.program.cells(slot, tried)
            tried["known"] |= {slot}
            if len({part.run({**tried, slot: cell.value}) for cell in cells}) > 1:
                env = self.env
                for other, value in drawn.items():
                    env, _ = self.program.rerun(env, other, value)
                yield env

    def ends(self, other: str) -> tuple[Any, Any, Any]:
        """Return the values of a fact at the least and the most of the total, and the gain.

        A value that fails on its own is left out, unless they all do.
        """
        if other not in self.ends_found:
            tried = [(*self.program.rerun(self.env, other, value), value) for value in self.values(other)]
            standing = [each for each in tried if each[1] != FALSE] or tried
            totals = [(env["total"], value) for env, _, value in standing]
            least, most = min(totals, key=lambda one: one[0][:2]), max(totals, key=lambda one: one[0][:2])
            self.ends_found[other] = (least[1], most[1], most[0][1] - least[0][1])
        return self.ends_found[other]

    def others(self, slot: str) -> list[str]:
        """Order the other open facts: yes-or-no first, they close branches soonest; then those in the same row."""
        together = {other for part in self.program.readers.get(slot, ()) for other in part.slots}
        is_bool = {other: self.program.pack.fact(other).type.kind == "bool" for other in self.open}
        return sorted((o for o in self.open if o != slot), key=lambda o: (not is_bool[o], o not in together))

    def told_apart(self, slot: str, env: Env, others: list[str], most: int = MOST_RUNS) -> bool:
        found = self.under(env, slot)
        if _differ(found):
            self.telling.insert(0, env)
            return True
        if is_settled(found[0][1]) or not others or self.runs > most:
            return False
        if slot not in _influential(self.program, env):
            return False
        other, rest = others[0], others[1:]
        return any(self.told_apart(slot, inner, rest, most) for inner in self.assumed(env, other))

    def assumed(self, env: Env, other: str) -> Iterator[Env]:
        """Yield the environment with another fact at the first value of each of its cells, so that ratios are exact."""
        for value in self.values(other, env):
            yield self.program.rerun(env, other, value)[0]

    def values(self, other: str, env: Env | None = None) -> Iterator[Any]:
        """Yield one value of each cell of a fact."""
        fact = self.program.pack.fact(other)
        for cell in self.program.cells(other, self.env if env is None else env):
            yield between(fact, cell.first, cell.first) if fact.type.is_numeric else cell.value


def influential_slots(program: Program, env: Env) -> frozenset[str]:
    """Return the facts that the verdict can still depend on: those below no part that is already settled.

    `env` holds the results of a run. The set may be too wide, never too narrow.
    """
    return frozenset(_influential(program, env))


def _influential(program: Program, env: Env) -> Iterator[str]:
    table, ladder, rule = program.pack.classes, program.pack.ladder, program.pack.outcome
    if ladder:
        for rung in ladder.rungs.values():
            yield from _open_slots(program, rung.that.node, env)
    elif table is None:
        yield from _open_slots(program, rule.met.node, env) if rule else ()
    else:
        yield table.of.slot
        for row in (table.rows[member] for member in env[table.of.slot] if member in table.rows):
            for _, that in row.classes:
                yield from () if is_settled(program.value(that.node, env)) else that.slots


def _open_slots(program: Program, node: Node, env: Env) -> Iterator[str]:
    if isinstance(node, FactRef):
        yield node.slot
        return
    value = program.value(node, env)
    if value in {TRUE, FALSE} or (isinstance(value, tuple) and value[0] == value[1] and not value[2]):
        return
    if isinstance(node, Name) and node.definition is None:
        yield from _slots_of_result(program, node.name, env)
    for child in node.children:
        yield from _open_slots(program, child, env)


def _slots_of_result(program: Program, name: str, env: Env) -> Iterator[str]:
    """Yield the open facts behind a result that the pack supplies: all conditions, the total, or one row."""
    pack = program.pack
    if name == "total":
        for part in program.parts:
            if part.key.startswith("scores.") and env[part.key][0] != env[part.key][1]:
                yield from part.slots
    elif name.startswith("scores."):
        yield from next(part.slots for part in program.parts if part.key == name)
    elif name.startswith("groups."):
        for score in pack.groups[name.removeprefix("groups.")].scores:
            yield from _slots_of_result(program, f"scores.{score}", env)
    elif name == "direct_pass" and pack.direct_pass:
        yield from _slots_of_question(program, pack.direct_pass, env)
    else:
        section = pack.routes if name.partition(".")[0] == "routes" else pack.conditions
        for condition in section.values():
            if name in {"conditions", "routes", condition.row.id}:
                yield from _slots_of_question(program, condition, env)


def _slots_of_question(program: Program, condition: Condition, env: Env) -> Iterator[str]:
    """Yield the open facts of a question; a part that reads none is open whatever they are."""
    if any(part.slots for part in program.parts if part.key == condition.row.id):
        yield from _open_slots(program, condition.that.node, env)


def _differ(verdicts: Verdicts) -> bool:
    return any(verdict != verdicts[0][1] for _, verdict in verdicts)


def cells_of(program: Program, slot: str, env: Env) -> list[Cell]:
    """Cut an unknown fact's range where the pack's comparisons turn, and at zero."""
    fact = program.pack.fact(slot)
    kind = fact.type.kind
    if kind == "bool":
        return [Cell(TRUE, True, True), Cell(FALSE, False, False)]
    if kind == "member":
        return _member_cells(program, slot, program.pack.vocabulary.lists[fact.type.unit].members)
    turning = {0, 1, *_starts(program, slot, fact, env)}
    starts = sorted({fact.lowest, *(start for start in turning if fact.lowest < start <= fact.highest)})[:MOST_CELLS]
    ends = [*(start - 1 for start in starts[1:]), fact.highest]
    return [Cell(between(fact, first, last), first, last) for first, last in zip(starts, ends, strict=True)]


def _member_cells(program: Program, slot: str, members: Mapping[str, Any]) -> list[Cell]:
    """Group members that no question tells apart."""
    table = program.pack.classes
    questions = [frozenset({member}) for member in table.rows] if table and table.of.slot == slot else []
    asked = (node for root in program.roots.get(slot, ()) for node in root.walk() if isinstance(node, Member))
    questions += [node.members for node in asked if isinstance(node.item, FactRef) and node.item.slot == slot]
    groups: dict[tuple[bool, ...], list[str]] = {}
    for member in members:
        groups.setdefault(tuple(member in question for question in questions), []).append(member)
    return [Cell(frozenset(group), tuple(group), tuple(group)) for group in groups.values()]


# Where comparisons turn

Form = tuple[int, int, int, int]  # (a·x + b) / (c·x + d); any multiple of the four is the same form
_ONE: Form = (0, 1, 0, 1)
_FACT: Form = (1, 0, 0, 1)
_Turn = tuple[Node, tuple[int | Fraction, ...]]
_MEAN_DAYS_OF_MONTH = Fraction(1461, 48)


def _starts(program: Program, slot: str, fact: Fact, env: Env) -> Iterator[int]:
    """Yield the integers (own unit) at which a comparison or band of the pack may turn for this fact."""
    for node, targets in _turns(program, slot, env):
        for corner in (0, 1) if _has_other_open(node, slot, env) else (0,):
            for form in Forms(program, slot, env).of(node, corner):
                for target in targets:
                    yield from _whole_crossings(form, target, fact.scale)
                if form[2]:
                    zero = -form[3] * fact.scale // form[2]
                    yield from (zero, zero + 1)


def _has_other_open(node: Node, slot: str, env: Env) -> bool:
    """Whether another fact of the node is unknown, so that the turning point depends on which corner it takes."""
    return any(other not in env["known"] for other in node.slots if other != slot)


def _turns(program: Program, slot: str, env: Env) -> Iterable[_Turn]:
    """Return the numbers that read the fact, each with the values at which something turns.

    Of a class table only the rows that are still possible are asked.
    """
    table = program.pack.classes
    if table is None:
        return program.once(("turns", slot), lambda: tuple(_turns_of_pack(program, slot)))
    rows = [table.rows[member] for member in env[table.of.slot] if member in table.rows]
    return [
        turn for row in rows for turn in program.once(("turns", slot, row.member), partial(_turns_of_row, row, slot))
    ]


def _turns_of_row(row: ClassRow, slot: str) -> tuple[_Turn, ...]:
    return tuple(_compared([that.node for _, that in row.classes if slot in that.slots], slot))


def _turns_of_pack(program: Program, slot: str) -> Iterator[_Turn]:
    yield from _compared(program.roots.get(slot, ()), slot)
    for rule in program.bands.get(slot, ()):
        yield rule.of.node, tuple(step.bound for step in rule.steps)
    for score in program.pack.scores.values():
        if score.entered and slot in score.entered.slots:  # every point that an expert gives may count
            yield score.entered.node, tuple(range(1, score.at_most + 1))


def _compared(roots: Iterable[Node], slot: str) -> Iterator[_Turn]:
    for root in roots:
        for node in root.walk():
            if isinstance(node, Compare) and node.left.type.is_numeric and slot in node.slots:
                yield Arithmetic(node.left.type, "-", node.left, node.right), (0,)


def crossings(form: Form, target: int | Fraction) -> Iterator[Fraction]:
    """Yield the x at which a form equals `target`.

    >>> list(crossings((0, 3, 1, 0), Fraction(1, 2)))
    [Fraction(6, 1)]
    """
    a, b, c, d = form
    top, bottom = target.numerator, target.denominator
    slope = a * bottom - top * c
    if slope:
        yield Fraction(top * d - b * bottom, slope)


def _whole_crossings(form: Form, target: int | Fraction, scale: int) -> Iterator[int]:
    """Yield the whole numbers from which on a form of x = number / scale is at, and is past, `target`."""
    a, b, c, d = form
    top, bottom = target.numerator, target.denominator
    slope = a * bottom - top * c
    if slope:
        at = (top * d - b * bottom) * scale
        yield from (-(-at // slope), at // slope + 1)


@dataclass(frozen=True)
class Forms:
    """A node as linear fractions of one fact, one per branch; other facts stand at one corner of their bounds.

    A product or quotient that is not linear in the fact is left out: its turning points are then not cut, which may
    leave a cell undecided but never decides one wrongly.
    """

    program: Program
    slot: str
    env: Env

    def branches(self, node: Choice) -> tuple[Node, ...]:
        """Return the branches that can still be taken."""
        mask = self.program.value(node.condition, self.env)
        return (node.then,) * bool(mask & TRUE) + (node.otherwise,) * bool(mask & FALSE)

    def of(self, node: Node, corner: int) -> list[Form]:
        """Return the forms of `node`."""
        if self.slot not in node.slots:
            value = self.program.value(node, self.env)[corner]
            return [(0, value.numerator, 0, value.denominator)]
        if isinstance(node, FactRef):
            return [_FACT]
        if isinstance(node, Name) and node.definition is not None:
            return self.of(node.definition, corner)
        if isinstance(node, Choice | Extreme):
            parts = node.operands if isinstance(node, Extreme) else self.branches(node)
            return [form for part in parts for form in self.of(part, corner)]
        if isinstance(node, Arithmetic):
            other = 1 - corner if node.operator in {"-", "/"} else corner
            joined = (_joined(node, x, y) for x in self.of(node.left, corner) for y in self.of(node.right, other))
            return [form for form in joined if form is not None]
        return []


def _joined(node: Arithmetic, x: Form, y: Form) -> Form | None:
    if node.right.type == MONTHS and node.type.kind == "date":
        days = _MEAN_DAYS_OF_MONTH  # cells, not law
        y = (y[0] * days.denominator, y[1] * days.numerator, y[2] * days.denominator, y[3] * days.denominator)
    if node.operator == "/":
        has_divisor = y[0] or y[1]  # else an unknown one at its least: the smallest whole value that divides
        return _product(x, (y[2], y[3], y[0], y[1]) if has_divisor else _ONE)
    if node.operator == "*":
        return _product(x, y)
    return _sum(x, y, 1 if node.operator == "+" else -1)


def _sum(x: Form, y: Form, sign: int) -> Form | None:
    (a, b, c, d), (e, f, g, h) = x, y
    if c * h == g * d:  # one denominator, but for a factor
        p, q = (d, h) if d and h else (c, g)
        return (a * q + sign * e * p, b * q + sign * f * p, c * q, d * q)
    if not g and not e:  # a constant on the right
        return (a * h + sign * f * c, b * h + sign * f * d, c * h, d * h)
    if not c and not a:
        return (b * g + sign * e * d, b * h + sign * f * d, d * g, d * h)
    return None


def _product(x: Form, y: Form) -> Form | None:
    (a, b, c, d), (e, f, g, h) = x, y
    numerator = (a * e, a * f + b * e, b * f)
    denominator = (c * g, c * h + d * g, d * h)
    if numerator[0] or denominator[0] or not (denominator[1] or denominator[2]):
        return None
    return (numerator[1], numerator[2], denominator[1], denominator[2])
