"""What a reader of a pack's sections needs to know: the vocabulary, the names in scope, the header's defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from yulin.base.text import Text
from yulin.rules.core import units
from yulin.rules.core.entries import Entry
from yulin.rules.core.language import Scope, parse_expression
from yulin.rules.core.nodes import Constant, Expression
from yulin.rules.core.pack import DECISIONS, VERIFIED, Condition, Row
from yulin.rules.core.vocabulary import BOOL, MONEY, MONTHS, NUMBER, RATIO, Type, Vocabulary
from yulin.rules.errors import PackFormError, Where

ROW_KEYS = frozenset({"clause", "verified", "source", "text", "note", "set_by"})
_QUANTITY = re.compile(r"([-+]?[0-9][0-9_,]*(?:\.[0-9]+)?)(%|万|亿|元|年|个月)?\Z")
_QUANTITY_UNITS: Mapping[str, tuple[Type, int | Fraction]] = {
    "": (NUMBER, 1),
    "%": (RATIO, Fraction(1, 100)),
    "元": (MONEY, 100),
    "万": (MONEY, 1_000_000),
    "亿": (MONEY, 10_000_000_000),
    "年": (MONTHS, 12),
    "个月": (MONTHS, 1),
}


@dataclass(frozen=True)
class Context:
    """Handed to every section's reader; `scope` grows as parameters and results become known."""

    vocabulary: Vocabulary
    verified: str = "yes"
    source: str = ""
    scope: Scope = field(default_factory=dict)
    unverified: frozenset[str] = frozenset()  # names in scope that nobody has confirmed

    def with_names(self, names: Scope, unverified: frozenset[str] = frozenset()) -> Context:
        """Return the context with more names in scope."""
        return replace(self, scope={**self.scope, **names}, unverified=self.unverified | unverified)

    def expression(self, entry: Entry, *, names: Scope | None = None, expected: Type | None = None) -> Expression:
        """Parse an entry's text as an expression of the language."""
        text = str(entry.value) if isinstance(entry.value, bool) else entry.text()
        return parse_expression(
            text, self.vocabulary, where=entry.where, scope={**self.scope, **(names or {})}, expected=expected
        )

    def row(self, row_id: str, entry: Entry, *expressions: Expression) -> Row:
        """Read what a row carries; it is as unverified as the least verified name that it uses."""
        verified = entry.need("verified").one_of(VERIFIED) if "verified" in entry else self.verified
        if any(expression.names & self.unverified for expression in expressions):
            verified = "no"
        return Row(
            row_id,
            clause=_text(entry, "clause"),
            verified=verified,
            source=_text(entry, "source") or self.source,
            text=entry.need("text").said() if "text" in entry else None,
            note=entry.need("note").said() if "note" in entry else None,
            where=entry.where,
            applies_to=tuple(part.one_of(DECISIONS) for part in entry.need("applies_to").sequence())
            if "applies_to" in entry
            else (),
        )

    def condition(self, row_id: str, entry: Entry, *, names: Scope | None = None, key: str = "that") -> Condition:
        """Read `{clause, that, undefined}`; a question that divides must say what a zero divisor means."""
        entry.keys(ROW_KEYS | {key, "undefined", "applies_to"}, {key})
        that = self.expression(entry.need(key), names=names, expected=BOOL)
        undefined = entry.get("undefined")
        if that.has_division and undefined is None:
            raise undefined_missing(entry.need(key))
        answer = None if undefined is None else undefined.one_of({"met", "not_met"}) == "met"
        return Condition(self.row(row_id, entry, that), that, answer)

    def conditions(self, prefix: str, entry: Entry | None, *, names: Scope | None = None) -> dict[str, Condition]:
        """Read a mapping of conditions."""
        items = entry.items() if entry else ()
        return {key: self.condition(f"{prefix}.{key}", part, names=names) for key, part in items}

    def quantity(self, text: str, where: Where, expected: Type) -> int | Fraction:
        """Read a bound such as `30%`, `500万`, `2亿`, `12`, or a constant expression, in the unit that is expected."""
        found = _QUANTITY.match(text)
        if found is None:
            return self._constant(text, where, expected)
        number = Fraction(found[1].replace("_", "").replace(",", ""))
        unit, scale = _QUANTITY_UNITS[found[2] or ""]
        units.require(unit, expected, where, text)
        value = number * scale
        return int(value) if value.denominator == 1 else value

    def _constant(self, text: str, where: Where, expected: Type) -> int | Fraction:
        node = parse_expression(text, self.vocabulary, where=where, scope=self.scope, expected=expected).node
        if not isinstance(node, Constant):
            raise PackFormError(where, Text(f"“{text}”不是常数。", f"“{text}” is not a constant."))
        return node.value


def undefined_missing(entry: Entry) -> PackFormError:
    """Return the error that a division is not told what a zero divisor means."""
    return PackFormError(
        entry.where,
        Text(
            f"“{entry.text()}”含除法，须写明除数为零时如何（undefined）。",
            f"“{entry.text()}” divides; say what a zero divisor means.",
        ),
        Text(
            "条件写 undefined: not_met，分档写 undefined: 0。",
            "Write undefined: not_met for a condition, undefined: 0 for bands.",
        ),
    )


def _text(entry: Entry, key: str) -> str:
    return entry.need(key).text() if key in entry else ""
