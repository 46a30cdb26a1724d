"""The language of packs: a small, typed part of Python's expression syntax, read with `ast` and never executed.

Facts, literals that carry units, a dozen operators, and functions from a closed table. Everything else is refused when
the pack is loaded, with file and line; so are money against a count, a by-year fact without its year, and a member that
its closed list does not have. What is parsed here can be evaluated without a further check.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import islice

from yulin.base.text import Text
from yulin.rules.core import units
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
    expression_of,
)
from yulin.rules.core.vocabulary import AREA, BOOL, COUNT, DATE, DAYS, MONEY, MONTHS, NUMBER, RATIO, Type, Vocabulary
from yulin.rules.errors import (
    ExpressionNameError,
    ExpressionSizeError,
    ExpressionSyntaxError,
    ExpressionTypeError,
    Where,
    nearest,
)

MOST_CHARACTERS, MOST_NODES, MOST_DEPTH = 2_000, 300, 40
MOST_PARTS = 2_000  # of a tree in which every named value is written out
# Literals that carry a unit: their type, and how many integer units one of them is.
LITERALS: Mapping[str, tuple[Type, int | Fraction]] = {
    "yuan": (MONEY, 100),
    "wan": (MONEY, 1_000_000),
    "yi": (MONEY, 10_000_000_000),
    "money": (MONEY, 100),  # whole units of the pack's currency, where it is not the yuan
    "pct": (RATIO, Fraction(1, 100)),
    "days": (DAYS, 1),
    "months": (MONTHS, 1),
    "years": (MONTHS, 12),
}
COMPARATORS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
Scope = Mapping[str, Type | Node]


def parse_expression(text: str, vocabulary: Vocabulary, *, where: Where | None = None, scope: Scope | None = None,
                     expected: Type | None = None) -> Expression:  # fmt: skip
    """Read `text` into a typed tree; `scope` supplies names of sub-results, `expected` the type that the place needs.

    Raises: RULES.EXPRESSION.SYNTAX, .UNKNOWN_NAME, .TYPE, .TOO_LARGE, each with the place.

    >>> from yulin.rules.core.vocabulary import Fact
    >>> words = Vocabulary({"staff_count": Fact("staff_count", Type("count", "persons"), Text("人", "staff"))})
    >>> parse_expression("staff_count <= 500", words).type.kind
    'bool'
    """
    where = where or Where()
    if len(text) > MOST_CHARACTERS:
        raise _too_large(where, f"{len(text)} > {MOST_CHARACTERS}")
    try:
        tree = ast.parse(text.strip().replace("\n", " "), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionSyntaxError(
            where,
            Text(f"无法读懂表达式“{text}”。", f"The expression “{text}” cannot be read."),
            Text(
                "只允许事实、带单位的数、and/or/not、比较、加减乘除。",
                "Facts, numbers with units, and/or/not, comparisons and + - * / only.",
            ),
        ) from error
    if sum(1 for _ in ast.walk(tree)) > MOST_NODES * 3:
        raise _too_large(where, f"> {MOST_NODES} nodes")
    node = _Reader(text, vocabulary, where, scope or {}).read(tree, expected)
    if expected is not None:
        units.require(node.type, expected, where, text)
    if next(islice(node.walk(), MOST_PARTS, None), None) is not None:
        raise _too_large(where, f"> {MOST_PARTS} parts, named values written out")
    return expression_of(text, node, where)


def _too_large(where: Where, found: str) -> ExpressionSizeError:
    return ExpressionSizeError(
        where,
        Text(f"表达式过大（{found}）。", f"The expression is too large ({found})."),
        Text("请拆成若干具名参数。", "Split it into named parameters."),
    )


@dataclass
class _Reader:
    """One pass over one expression's Python tree."""

    text: str
    vocabulary: Vocabulary
    where: Where
    scope: Scope
    depth: int = 0

    def read(self, tree: ast.expr, expected: Type | None = None) -> Node:
        """Turn a Python node into ours, or refuse it."""
        reader = _READERS.get(type(tree))
        if reader is None:
            raise self.syntax(tree)
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise _too_large(self.where, f"depth > {MOST_DEPTH}")
        node = reader(self, tree, expected)
        self.depth -= 1
        return node

    def said(self, tree: ast.AST) -> str:
        """Return the source of a part, as the author wrote it."""
        return ast.unparse(tree)

    def syntax(self, tree: ast.AST, hint: Text | str = "") -> ExpressionSyntaxError:
        part = self.said(tree)
        return ExpressionSyntaxError(
            self.where, Text(f"“{part}”不属于规则语言。", f"“{part}” is not part of the language."),
            hint or Text("见 pack_format：只有列出的运算和函数。", "Only the listed operators and functions exist."),
        )  # fmt: skip

    def type_error(self, said: Text, hint: Text | str = "") -> ExpressionTypeError:
        return ExpressionTypeError(self.where, said, hint, expression=self.text)

    # Names, facts, constants

    def name(self, tree: ast.Name, expected: Type | None) -> Node:
        return self.named(tree.id, expected)

    def attribute(self, tree: ast.Attribute, expected: Type | None) -> Node:
        path = self.said(tree)
        if path not in self.scope:
            raise self.unknown(path)
        return self.named(path, expected)

    def named(self, name: str, expected: Type | None) -> Node:
        if name in self.scope:
            supplied = self.scope[name]
            return Name(supplied.type, name, supplied) if isinstance(supplied, Node) else Name(supplied, name)
        if name == "on":
            return OnDate(DATE)
        fact = self.vocabulary.facts.get(name)
        if fact is None:
            if expected == AREA and name in self.vocabulary.areas:
                return Constant(AREA, self.vocabulary.areas[name])
            raise self.unknown(name)
        if fact.is_by_year:
            raise self.type_error(
                Text(f"“{name}”按年度取值。", f"“{name}” has one value a year."),
                Text(f"写作 {name}[0]（上一完整年度）。", f"Write {name}[0] for the last full year."),
            )
        return FactRef(fact.type, name, None, fact.scale)

    def unknown(self, name: str) -> ExpressionNameError:
        known = [*self.vocabulary.facts, *self.scope, *self.vocabulary.functions]
        fact = self.vocabulary.by_alias.get(name)
        hint = Text(f"规则中写作“{fact.name}”。", f"A pack says “{fact.name}”.") if fact else nearest(name, known)
        return ExpressionNameError(
            self.where, Text(f"不认识名称“{name}”。", f"The name “{name}” is not known."), hint, name=name
        )

    def subscript(self, tree: ast.Subscript, _expected: Type | None) -> Node:
        fact = self.vocabulary.facts.get(tree.value.id) if isinstance(tree.value, ast.Name) else None
        if fact is None:
            raise self.unknown(self.said(tree.value))
        offset = self.small_integer(tree.slice)
        if not fact.is_by_year or offset is None or not -9 <= offset <= 0:
            raise self.type_error(
                Text(f"“{self.said(tree)}”不能按年度取值。", f"“{self.said(tree)}” has no such year."),
                Text(
                    "年度写作 [0]、[-1]、[-2]，只用于按年度的事实。",
                    "Years are [0], [-1], [-2], on facts by year only.",
                ),
            )
        return FactRef(fact.type, fact.name, offset, fact.scale)

    def constant(self, tree: ast.Constant, expected: Type | None) -> Node:
        if isinstance(tree.value, bool):
            return Constant(BOOL, tree.value)
        number = self.number(tree)
        if number is None:
            raise self.syntax(tree)
        if expected == AREA and number.denominator == 1:
            return Constant(AREA, int(number))
        return Constant(NUMBER, int(number) if number.denominator == 1 else number)

    def number(self, tree: ast.expr) -> Fraction | None:
        """Return the exact value of a (signed) decimal literal, read from its text and never through a float."""
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
            inner = self.number(tree.operand)
            return None if inner is None else -inner
        if (
            not isinstance(tree, ast.Constant)
            or isinstance(tree.value, bool)
            or not isinstance(tree.value, int | float)
        ):
            return None
        source = ast.get_source_segment(self.text.strip().replace("\n", " "), tree) or repr(tree.value)
        return Fraction(int(source, 0)) if isinstance(tree.value, int) else Fraction(source.replace("_", ""))

    def small_integer(self, tree: ast.expr) -> int | None:
        number = self.number(tree)
        return int(number) if number is not None and number.denominator == 1 else None

    # Operators

    def boolean(self, tree: ast.BoolOp, _expected: Type | None) -> Node:
        operands = tuple(self.truth(value) for value in tree.values)
        return Logic(BOOL, "and" if isinstance(tree.op, ast.And) else "or", operands)

    def unary(self, tree: ast.UnaryOp, expected: Type | None) -> Node:
        if isinstance(tree.op, ast.Not):
            return Not(BOOL, self.truth(tree.operand))
        if isinstance(tree.op, ast.USub):
            operand = self.read(tree.operand, expected)
            return self.arithmetic("-", Constant(operand.type, 0), operand, tree)
        raise self.syntax(tree)

    def truth(self, tree: ast.expr) -> Node:
        node = self.read(tree, BOOL)
        units.require(node.type, BOOL, self.where, self.said(tree))
        return node

    def numeric(self, tree: ast.expr, expected: Type | None = None) -> Node:
        node = self.read(tree, expected)
        if not node.type.is_numeric:
            raise self.type_error(
                Text(f"“{self.said(tree)}”不是数（{node.type}）。", f"“{self.said(tree)}” is no number ({node.type}).")
            )
        return node

    def binary(self, tree: ast.BinOp, _expected: Type | None) -> Node:
        operator = OPERATORS.get(type(tree.op))
        if operator is None:
            raise self.syntax(tree)
        return self.arithmetic(operator, self.numeric(tree.left), self.numeric(tree.right), tree)

    def arithmetic(self, operator: str, left: Node, right: Node, tree: ast.AST) -> Node:
        result = units.combine(operator, left.type, right.type)
        if result is None:
            said = self.said(tree)
            raise self.type_error(
                Text(
                    f"“{said}”的单位不合：{left.type} {operator} {right.type}。",
                    f"Units do not fit in “{said}”: {left.type} {operator} {right.type}.",
                ),
                Text("金额写 wan()/yuan()，比率写 pct()。", "Write money as wan() or yuan(), ratios as pct()."),
            )
        if operator == "/" and isinstance(right, Constant):
            if right.value == 0:
                raise self.type_error(Text(f"“{self.said(tree)}”除以零。", f"“{self.said(tree)}” divides by zero."))
            return Arithmetic(result, "*", left, Constant(NUMBER, 1 / Fraction(right.value)))
        if operator == "/" and any(isinstance(part, Arithmetic) and part.operator == "/" for part in right.walk()):
            raise self.type_error(
                Text(
                    f"“{self.said(tree)}”的除数本身含除法。",
                    f"The divisor of “{self.said(tree)}” is itself a division.",
                ),
                Text("请改写为一次除法。", "Write it with one division."),
            )
        return Arithmetic(result, operator, left, right)

    def compare(self, tree: ast.Compare, _expected: Type | None) -> Node:
        sides = [tree.left, *tree.comparators]
        parts = tuple(
            self.pair(left, op, right, tree) for left, op, right in zip(sides, tree.ops, sides[1:], strict=False)
        )
        return parts[0] if len(parts) == 1 else Logic(BOOL, "and", parts)

    def pair(self, left: ast.expr, op: ast.cmpop, right: ast.expr, tree: ast.AST) -> Node:
        if isinstance(op, ast.In | ast.NotIn):
            found = self.membership(left, right)
            return found if isinstance(op, ast.In) else Not(BOOL, found)
        operator = COMPARATORS.get(type(op))
        if operator is None:
            raise self.syntax(tree)
        listed = self.listed(left)
        if listed is not None:
            return self.equal_member(listed, operator, right, tree)
        first = self.read(left)
        second = self.read(right, first.type)
        if first.type == NUMBER and second.type == AREA:
            first = self.read(left, AREA)
        if not units.comparable(first.type, second.type) or (
            not first.type.is_numeric and operator not in {"==", "!="}
        ):
            said = self.said(tree)
            raise self.type_error(
                Text(
                    f"“{said}”比较了不同单位：{first.type} 与 {second.type}。",
                    f"“{said}” compares {first.type} with {second.type}.",
                ),
                units.comparison_hint(first.type, second.type),
            )
        return Compare(BOOL, operator, first, second)

    def listed(self, tree: ast.expr) -> FactRef | None:
        """Return the fact of a closed list that `tree` names, if it names one."""
        if isinstance(tree, ast.Name) and tree.id not in self.scope:
            fact = self.vocabulary.facts.get(tree.id)
            if fact is not None and fact.type.kind == "member":
                return FactRef(fact.type, fact.name)
        return None

    def equal_member(self, item: FactRef, operator: str, right: ast.expr, tree: ast.AST) -> Node:
        if operator not in {"==", "!="}:
            raise self.syntax(tree, Text("清单成员只能比较 == 或 !=。", "Members of a list compare by == and != only."))
        found = Member(BOOL, item, frozenset({self.member(item, right)}))
        return found if operator == "==" else Not(BOOL, found)

    def member(self, item: FactRef, tree: ast.expr) -> str:
        name = item.type.unit
        members = self.vocabulary.lists[name].members
        if not isinstance(tree, ast.Name) or tree.id not in members:
            word = self.said(tree)
            raise ExpressionNameError(
                self.where,
                Text(f"清单“{name}”没有成员“{word}”。", f"The list “{name}” has no member “{word}”."),
                nearest(word, members), name=word,
            )  # fmt: skip
        return tree.id

    def membership(self, left: ast.expr, right: ast.expr) -> Node:
        if not isinstance(right, ast.Tuple | ast.List) or not right.elts:
            raise self.syntax(
                right, Text("in 之后写括号中的成员。", "After `in` stands a list of members in brackets.")
            )
        item = self.listed(left)
        if item is not None:
            return Member(BOOL, item, frozenset(self.member(item, part) for part in right.elts))
        parts = tuple(self.pair(left, ast.Eq(), part, right) for part in right.elts)
        return parts[0] if len(parts) == 1 else Logic(BOOL, "or", parts)

    def choice(self, tree: ast.IfExp, expected: Type | None) -> Node:
        then, otherwise = self.read(tree.body, expected), self.read(tree.orelse, expected)
        together = units.unify(then.type, otherwise.type)
        if together is None:
            raise self.type_error(
                Text(
                    f"两个分支的单位不同：{then.type} 与 {otherwise.type}。",
                    f"The branches differ: {then.type} and {otherwise.type}.",
                )
            )
        return Choice(together, then, self.truth(tree.test), otherwise)

    # Calls

    def call(self, tree: ast.Call, _expected: Type | None) -> Node:
        if not isinstance(tree.func, ast.Name) or tree.keywords:
            raise self.syntax(tree)
        name = tree.func.id
        if name in LITERALS:
            return self.literal(name, tree)
        if name in self.vocabulary.functions:
            return self.declared(name, tree)
        function = _FUNCTIONS.get(name)
        if function is None:
            raise ExpressionNameError(
                self.where, Text(f"没有函数“{name}”。", f"There is no function “{name}”."),
                nearest(name, [*LITERALS, *_FUNCTIONS, *self.vocabulary.functions]), name=name,
            )  # fmt: skip
        return function(self, tree)

    def literal(self, name: str, tree: ast.Call) -> Node:
        number = self.number(tree.args[0]) if len(tree.args) == 1 else None
        if number is None:
            raise self.syntax(tree, Text(f"写作 {name}(数)。", f"Write {name}(number)."))
        kind, scale = LITERALS[name]
        value = number * scale
        if kind != RATIO and value.denominator != 1:
            raise self.type_error(
                Text(f"“{self.said(tree)}”不是整数单位。", f"“{self.said(tree)}” is not a whole number of units.")
            )
        return Constant(kind, value if kind == RATIO else int(value))

    def declared(self, name: str, tree: ast.Call) -> Node:
        """Read a declared test of a place: the fact lies inside the area given, a district inside its city."""
        fact = self.vocabulary.facts[self.vocabulary.functions[name].fact]
        area = self.read(tree.args[0], AREA) if len(tree.args) == 1 else None
        if not isinstance(area, Constant) or area.type != AREA:
            raise self.syntax(tree, Text(f"写作 {name}(440100)。", f"Write {name}(440100)."))
        first, last = area_range(int(area.value))
        place = FactRef(fact.type, fact.name)
        return Logic(
            BOOL,
            "and",
            (Compare(BOOL, ">=", place, Constant(AREA, first)), Compare(BOOL, "<=", place, Constant(AREA, last))),
        )

    def several(self, tree: ast.Call) -> tuple[Node, ...]:
        nodes = tuple(self.numeric(part) for part in tree.args)
        together: Type | None = nodes[0].type if nodes else None
        for node in nodes[1:]:
            together = units.unify(together, node.type) if together else None
        if together is None:
            raise self.type_error(
                Text(f"“{self.said(tree)}”的各项单位不同。", f"The parts of “{self.said(tree)}” differ in unit.")
            )
        return nodes

    def extreme(self, tree: ast.Call) -> Node:
        nodes = self.several(tree)
        assert isinstance(tree.func, ast.Name)  # noqa: S101 - `call` looked the name up
        return Extreme(nodes[0].type, tree.func.id, nodes)

    def total(self, tree: ast.Call) -> Node:
        first, *rest = self.several(tree)
        for node in rest:
            first = Arithmetic(first.type, "+", first, node)
        return first

    def truths(self, tree: ast.Call) -> tuple[Node, ...]:
        if not tree.args:
            raise self.syntax(tree)
        return tuple(self.truth(part) for part in tree.args)

    def known(self, tree: ast.Call) -> Node:
        fact = self.read(tree.args[0]) if len(tree.args) == 1 else None
        if not isinstance(fact, FactRef):
            raise self.syntax(tree, Text("known() 只问一个事实。", "known() asks about one fact."))
        return Known(BOOL, fact)

    def year_edge(self, tree: ast.Call) -> Node:
        offset = self.small_integer(tree.args[0]) if len(tree.args) == 1 else None
        if offset is None or not -9 <= offset <= 0:
            raise self.syntax(tree, Text("写作 year_end(0)、year_end(-1)。", "Write year_end(0), year_end(-1)."))
        assert isinstance(tree.func, ast.Name)  # noqa: S101 - `call` looked the name up
        return OnDate(DATE, tree.func.id, offset)

    def day(self, tree: ast.Call) -> Node:
        parts = [self.small_integer(part) for part in tree.args]
        try:
            year, month, day = (part or 0 for part in parts)
            return Constant(DATE, date(year, month, day).toordinal())
        except ValueError as error:
            raise self.syntax(tree, Text("写作 date(2025, 10, 1)。", "Write date(2025, 10, 1).")) from error


def area_range(code: int) -> tuple[int, int]:
    """Return the first and last six-digit area code inside `code`: 440100 holds 440100 to 440199.

    >>> area_range(440000), area_range(440112)
    ((440000, 449999), (440112, 440112))
    """
    for width in (10_000, 100):
        if code % width == 0:
            return code, code + width - 1
    return code, code


_READERS: Mapping[type[ast.expr], Callable[..., Node]] = {
    ast.Name: _Reader.name,
    ast.Attribute: _Reader.attribute,
    ast.Subscript: _Reader.subscript,
    ast.Constant: _Reader.constant,
    ast.BoolOp: _Reader.boolean,
    ast.UnaryOp: _Reader.unary,
    ast.BinOp: _Reader.binary,
    ast.Compare: _Reader.compare,
    ast.IfExp: _Reader.choice,
    ast.Call: _Reader.call,
}
_FUNCTIONS: Mapping[str, Callable[[_Reader, ast.Call], Node]] = {
    "min": _Reader.extreme,
    "max": _Reader.extreme,
    "sum": _Reader.total,
    "any": lambda reader, tree: Logic(BOOL, "or", reader.truths(tree)),
    "all": lambda reader, tree: Logic(BOOL, "and", reader.truths(tree)),
    "count": lambda reader, tree: CountTrue(COUNT, reader.truths(tree)),
    "known": _Reader.known,
    "year_start": _Reader.year_edge,
    "year_end": _Reader.year_edge,
    "date": _Reader.day,
}
