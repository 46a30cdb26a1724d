"""The same tree as column expressions: every node of the language on the bounds of a whole table at once.

This is the second evaluator of `bounds`; it mirrors it node by node, and a property test holds the two equal on random
firms and on every boundary. It reads a table of facts under the names that files use.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import reduce
from typing import Any

import polars as pl

from yulin.base.text import Text
from yulin.rules.core.bounds import FALSE, TRUE, Limit, compile_node, limits_of, own_limits
from yulin.rules.core.calendar import last_full_year
from yulin.rules.core.columns import (
    NotColumnarError,
    Plan,
    Ratio,
    Span,
    Truth,
    Whole,
    both,
    either,
    greatest,
    least,
    opposite,
    pick,
)
from yulin.rules.core.engine import POLARS, Column, Engine, Flag
from yulin.rules.core.facts import environment, public_name
from yulin.rules.core.nodes import (
    Arithmetic,
    Choice,
    Compare,
    Constant,
    CountTrue,
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
from yulin.rules.core.vocabulary import MONTHS, Fact, Vocabulary
from yulin.rules.errors import FactValueError


@dataclass(frozen=True)
class Source:
    """A fact of the table: its column (None: in no row known), whether it holds gaps, and what unknown rows can be."""

    fact: Fact
    column: Column | None
    has_gaps: bool
    low: int = 0
    high: int = 0
    members: frozenset[str] = frozenset()
    answers: int = TRUE | FALSE
    is_typed: bool = False  # whether the column is computed (a date's ordinal), not read as it is


@dataclass(frozen=True)
class Columns:
    """A table's facts on a day, ready to be read by expressions; `results` holds what the pack supplies by name."""

    vocabulary: Vocabulary
    on: date
    sources: Mapping[str, Source]
    results: Mapping[str, Span | Truth] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)

    def with_results(self, results: Mapping[str, Span | Truth]) -> Columns:
        """Return the table with more results under their names."""
        return replace(self, results={**self.results, **results})

    def number(self, node: Node) -> Span:
        """Return the bounds of a number."""
        found = self.value(node)
        assert isinstance(found, Span)  # noqa: S101 - the loader checked the types
        return found

    def truth(self, node: Node) -> Truth:
        """Return the possible answers of a question."""
        found = self.value(node)
        assert isinstance(found, Truth)  # noqa: S101 - the loader checked the types
        return found

    def value(self, node: Node) -> Any:
        """Return any node's value."""
        return _NODES[type(node)](self, node)

    def static(self, node: Node) -> tuple[int | Fraction, int | Fraction]:
        """Return bounds that hold in every row, whatever the facts."""
        slots = node.slots
        low, high, _ = compile_node(node)(environment(self.vocabulary, {}, self.on, slots))
        return low, high


@dataclass(frozen=True)
class Table:
    """A table before its rows are read: the type of each column, and which columns hold gaps."""

    types: Mapping[str, pl.DataType]
    gaps: frozenset[str]
    engine: Engine = POLARS


def sources_of(table: Table, vocabulary: Vocabulary, on: date, slots: Iterable[str]) -> dict[str, Source]:
    """Find the columns of the facts that are asked for; a column without gaps is read as it is.

    Raises: RULES.FACT.VALUE (a column has a type that its fact cannot have).
    """
    found = {}
    for slot in slots:
        fact = vocabulary.facts[slot.partition("[")[0]]
        names = [name for name in columns_of(slot, fact, vocabulary, on) if name in table.types]
        columns = [_typed(fact, table, name) for name in names]
        column = table.engine.first_known(columns) if len(columns) > 1 else columns[0] if columns else None
        has_gaps = all(name in table.gaps for name in names)
        members = vocabulary.lists[fact.type.unit].members if fact.type.kind == "member" else ()
        is_typed = column is not None and not table.engine.is_plain(column)
        found[slot] = Source(fact, column, has_gaps, fact.lowest, fact.highest, frozenset(members), is_typed=is_typed)
    return found


def columns_of(slot: str, fact: Fact, vocabulary: Vocabulary, on: date) -> list[str]:
    """Return the columns that may hold a slot: `revenue_fen_2023` and, for the last full year, `revenue_fen`."""
    name = public_name(slot, vocabulary, on)
    return [f"{fact.alias}_{last_full_year(on)}", name] if slot.endswith("[0]") else [name]


def _typed(fact: Fact, table: Table, name: str) -> Column:
    """Return a column in the fact's own unit: days as ordinals, area codes as numbers."""
    kind, dtype = fact.type.kind, table.types[name]
    wanted, word = _TYPES.get(kind, _WHOLE)
    if not isinstance(dtype, wanted):
        raise FactValueError(name, str(dtype), word)
    return table.engine.typed(kind, name, dtype)


_WHOLE = (
    (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64, pl.Null),
    Text(
        "一列整数（int64，金额为分，比率为万分之一）", "a column of whole numbers (int64; money in fen, ratios in bp)"
    ),
)
_TEXT = ((pl.String, pl.Categorical, pl.Enum, pl.Null), Text("一列文字", "a column of texts"))
_TYPES: Mapping[str, tuple[tuple[type[pl.DataType], ...], Text]] = {
    "date": ((pl.Date, pl.String, pl.Null), Text("一列日期（date）", "a column of dates")),
    "member": _TEXT,
    "text": _TEXT,
    "bool": ((pl.Boolean, pl.Null), Text("一列真假值（bool）", "a column of booleans")),
}


# Nodes


def _fact(table: Columns, node: FactRef) -> Any:
    source = table.sources[node.slot]
    kind = source.fact.type.kind
    if kind == "bool":
        return _flag(table, source)
    if kind in {"member", "text"}:
        return source
    low, high = _filled(table, source, source.low), _filled(table, source, source.high)
    bottom = Whole.constant(source.fact.scale)
    if source.column is not None and not source.has_gaps:
        known = Ratio(low, bottom)
        return Span(known, known)
    return Span(Ratio(low, bottom), Ratio(high, bottom))


def _filled(table: Columns, source: Source, value: int) -> Whole:
    most = max(abs(source.fact.lowest), abs(source.fact.highest))
    if source.column is None:
        return Whole.constant(value)
    column = source.column if not source.is_typed else table.plan.keep(source.column, str(source.column))
    if not source.has_gaps:
        return Whole(column, most)
    return Whole(table.plan.keep(table.plan.engine.filled(column, value), f"{source.column} or {value}"), most)


def _flag(table: Columns, source: Source) -> Truth:
    filled = table.plan.engine.filled
    can_be = (bool(source.answers & TRUE), bool(source.answers & FALSE))
    if source.column is None:
        return Truth(*can_be)
    if not source.has_gaps:
        return Truth.known(source.column)
    return Truth(filled(source.column, can_be[0]), filled(~source.column, can_be[1]))


def _constant(_: Columns, node: Constant) -> Any:
    if node.type.kind == "bool":
        return Truth.known(bool(node.value))
    return _point(node.value)


def _point(value: int | Fraction) -> Span:
    ratio = Ratio.constant(value)
    return Span(ratio, ratio)


def _on_date(table: Columns, node: OnDate) -> Span:
    return _point(compile_node(node)({"on": table.on.toordinal()})[0])


def _name(table: Columns, node: Name) -> Any:
    return table.value(node.definition) if node.definition is not None else table.results[node.name]


def _arithmetic(table: Columns, node: Arithmetic) -> Span:
    x, y = table.number(node.left), table.number(node.right)
    may, must = either(x.may, y.may), either(x.must, y.must)
    if node.right.type == MONTHS and node.type.kind == "date":
        return _shifted(table, node, x)
    if node.operator == "/":
        return _quotient(table, node, x, y)
    if node.operator == "*":
        low, high = _product(table, node, x, y)
    else:
        y_low, y_high = (y.low, y.high) if node.operator == "+" else (-y.high, -y.low)
        low = table.plan.kept(x.low + y_low)
        high = low if x.is_known and y.is_known else table.plan.kept(x.high + y_high)
    return Span(low, high, may, must)


def _product(table: Columns, node: Arithmetic, x: Span, y: Span) -> tuple[Ratio, Ratio]:
    low = table.plan.kept(x.low * y.low)
    if x.is_known and y.is_known:
        return low, low
    is_left, is_right = (table.static(part)[0] >= 0 for part in (node.left, node.right))
    if (is_left and (is_right or x.is_known)) or (is_right and y.is_known):  # it rises with what is unknown
        return low, table.plan.kept(x.high * y.high)
    corners = [a * b for a in (x.low, x.high) for b in (y.low, y.high)]
    return least(corners), greatest(corners)


def _quotient(table: Columns, node: Arithmetic, x: Span, y: Span) -> Span:
    """Divide by a number that is never negative; a zero becomes the smallest whole step, and is flagged."""
    bottom = y.low.bottom.value
    if table.static(node.right)[0] < 0 or not isinstance(bottom, int):
        raise NotColumnarError(node)
    zero = Ratio.constant(0)
    may = table.plan.flag(y.low.compares("==", zero))
    must = may if y.is_known else table.plan.flag(y.high.compares("==", zero))
    step = Ratio(Whole.constant(bottom // grain_of(node.right)), y.low.bottom)
    smallest = table.plan.kept(pick(may, step, y.low))
    greatest_divisor = smallest if y.is_known else table.plan.kept(pick(must, step, y.high))
    may, must = either(x.may, may), either(x.must, must)
    if x.is_known and y.is_known:
        known = x.low.over(smallest)
        return Span(known, known, may, must)
    if table.static(node.left)[0] >= 0:
        return Span(x.low.over(greatest_divisor), x.high.over(smallest), may, must)
    corners = [a.over(b) for a in (x.low, x.high) for b in (smallest, greatest_divisor)]
    return Span(least(corners), greatest(corners), may, must)


def _shifted(table: Columns, node: Arithmetic, x: Span) -> Span:
    """Add whole months to days; a day that the month lacks becomes its last one."""
    if not isinstance(node.right, Constant):
        raise NotColumnarError(node)
    months = int(node.right.value) * (1 if node.operator == "+" else -1)
    low = table.plan.kept(_months_later(table, x.low, months))
    return Span(low, low if x.is_known else table.plan.kept(_months_later(table, x.high, months)))


def _months_later(table: Columns, day: Ratio, months: int) -> Ratio:
    return Ratio(Whole(table.plan.engine.months_later(table.plan.column(day.top), months), 10**7))


def _compare(table: Columns, node: Compare) -> Truth:
    if node.left.type.kind == "bool":
        return _same(table.truth(node.left), table.truth(node.right), node.operator == "==")
    x, y = table.number(node.left), table.number(node.right)
    may, must = either(x.may, y.may), either(x.must, y.must)
    comparator = "==" if node.operator == "!=" else node.operator
    if x.is_known and y.is_known:
        found = Truth.known(x.low.compares(comparator, y.low), may, must)
    else:
        found = Truth(*_possible(x, y, comparator), may, must)
    return ~found if node.operator == "!=" else found


def _possible(x: Span, y: Span, comparator: str) -> tuple[Flag, Flag]:
    """Return where a comparison of bounds can hold, and where it can fail."""
    if comparator == "==":
        overlap = both(x.low.compares("<=", y.high), y.low.compares("<=", x.high))
        single = both(x.low.compares("==", y.high), x.high.compares("==", y.low))
        return overlap, opposite(both(single, x.low.compares("==", x.high)))
    if comparator in {"<=", "<"}:
        x, y, comparator = y, x, {"<=": ">=", "<": ">"}[comparator]
    return x.high.compares(comparator, y.low), x.low.compares({">=": "<", ">": "<="}[comparator], y.high)


def _same(a: Truth, b: Truth, is_equal: bool) -> Truth:
    equal = (a & b) | (~a & ~b)
    return equal if is_equal else ~equal


def _member(table: Columns, node: Member) -> Truth:
    source: Source = table.value(node.item)
    inside, outside = bool(source.members & node.members), bool(source.members - node.members)
    if source.column is None:
        return Truth(inside, outside)
    engine = table.plan.engine
    found = engine.among(source.column, sorted(node.members))
    if not source.has_gaps:
        return Truth.known(found)
    return Truth(engine.filled(found, inside), engine.filled(~found, outside))


def _logic(table: Columns, node: Logic) -> Truth:
    parts = (table.truth(part) for part in node.operands)
    return reduce(operator.and_ if node.operator == "and" else operator.or_, parts)


def _not(table: Columns, node: Not) -> Truth:
    return ~table.truth(node.operand)


def _choice(table: Columns, node: Choice) -> Any:
    """Unite the branches that can be taken, each read under what its being taken says."""
    test = table.plan.truth(table.truth(node.condition))
    then = narrowed(table, limits_of(node.condition, holds=True)).value(node.then)
    otherwise = narrowed(table, limits_of(node.condition, holds=False)).value(node.otherwise)
    if isinstance(then, Truth):
        return _united_truths(test, table.plan.truth(then), table.plan.truth(otherwise))
    united = _united_spans(test, then, otherwise)
    low = table.plan.kept(united.low)
    return Span(low, low if united.is_known else table.plan.kept(united.high))


def _united_truths(test: Truth, then: Truth, otherwise: Truth) -> Truth:
    flags = _united_flags(test, then, otherwise)
    if test.is_settled and then.is_settled and otherwise.is_settled:
        return Truth.known(either(both(test.yes, then.yes), both(test.no, otherwise.yes)), *flags)
    first, second = both(test.yes, opposite(then.must)), both(test.no, opposite(otherwise.must))
    yes = either(both(first, then.yes), both(second, otherwise.yes))
    return Truth(yes, either(both(first, then.no), both(second, otherwise.no)), *flags)


def _united_flags(test: Truth, then: Truth | Span, otherwise: Truth | Span) -> tuple[Flag, Flag]:
    may = either(test.may, either(both(test.yes, then.may), both(test.no, otherwise.may)))
    surely = both(either(opposite(test.yes), then.must), either(opposite(test.no), otherwise.must))
    return may, either(test.must, surely)


def _united_spans(test: Truth, then: Span, otherwise: Span) -> Span:
    if any(part.may is not False for part in (test, then, otherwise)):
        raise NotColumnarError(test)
    if test.is_settled:
        low = pick(test.yes, then.low, otherwise.low)
        return Span(low, low if then.is_known and otherwise.is_known else pick(test.yes, then.high, otherwise.high))
    low, high = (
        _branch(test, *pair) for pair in ((then.low, otherwise.low, least), (then.high, otherwise.high, greatest))
    )
    return Span(low, high)


def _branch(test: Truth, then: Ratio, otherwise: Ratio, join: Callable[[list[Ratio]], Ratio]) -> Ratio:
    return pick(opposite(test.no), then, pick(opposite(test.yes), otherwise, join([then, otherwise])))


def narrowed(table: Columns, limits: tuple[Limit, ...]) -> Columns:
    """Return the table where unknown rows of the limited facts keep to the limits."""
    sources = dict(table.sources)
    for fact, comparator, bound in limits:
        source = sources[fact.slot]
        if comparator == "is":
            source = replace(source, answers=bound)
        elif comparator in {"in", "not in"}:
            kept = source.members & bound if comparator == "in" else source.members - bound
            source = replace(source, members=kept)
        else:
            at = bound({"on": table.on.toordinal()})[0] * fact.scale
            lowest, most = own_limits(comparator, at)
            low = source.low if lowest is None else max(source.low, lowest)
            source = replace(source, low=low, high=source.high if most is None else min(source.high, most))
        sources[fact.slot] = source
    return replace(table, sources=sources)


def _extreme(table: Columns, node: Extreme) -> Span:
    spans = [table.number(part) for part in node.operands]
    join = least if node.function == "min" else greatest
    low = join([span.low for span in spans])
    high = low if all(span.is_known for span in spans) else join([span.high for span in spans])
    return Span(low, high, reduce(either, (s.may for s in spans)), reduce(either, (s.must for s in spans)))


def _count(table: Columns, node: CountTrue) -> Span:
    truths = [table.truth(part) for part in node.operands]
    low, high = (_sum_of_flags(table, flags) for flags in ([opposite(t.no) for t in truths], [t.yes for t in truths]))
    return Span(low, high, reduce(either, (t.may for t in truths)), reduce(either, (t.must for t in truths)))


def _sum_of_flags(table: Columns, flags: list[Flag]) -> Ratio:
    parts = [table.plan.engine.counted(flag) for flag in flags]
    return Ratio(Whole(reduce(lambda a, b: a + b, parts), len(parts)))


def _known(table: Columns, node: Known) -> Truth:
    column = table.sources[node.fact.slot].column
    return Truth.known(False if column is None else table.plan.engine.is_known(column))


_NODES: Mapping[type[Node], Callable[[Columns, Any], Any]] = {
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
