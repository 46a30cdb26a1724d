"""Which types and units go together: what may be added, compared and divided, and what comes out."""

from __future__ import annotations

from yulin.base.text import Text
from yulin.rules.core.vocabulary import BOOL, COUNT, DATE, DAYS, MONEY, MONTHS, NUMBER, RATIO, Type
from yulin.rules.errors import ExpressionTypeError, Where

# A bare number fits a count or a ratio; it never fits money, a date or a span of time.
_OPEN = frozenset({"count", "ratio", "number"})
_SPANS = (DAYS, MONTHS)


def unify(left: Type | None, right: Type) -> Type | None:
    """Return the common type of two values that stand side by side, or None where units differ.

    >>> unify(NUMBER, Type("count", "persons"))
    Type(kind='count', unit='persons')
    >>> unify(MONEY, COUNT) is None
    True
    """
    if left is None:
        return None
    if left == right:
        return left
    if left == NUMBER and right.kind in _OPEN:
        return right
    if right == NUMBER and left.kind in _OPEN:
        return left
    if left.kind == right.kind == "count" and not (left.unit and right.unit):
        return left if left.unit else right
    return None


def comparable(left: Type, right: Type) -> bool:
    """Whether two types may stand on the two sides of a comparison."""
    return unify(left, right) is not None


def combine(operator: str, left: Type, right: Type) -> Type | None:
    """Return the type of an arithmetic result, or None where the units do not allow it."""
    if operator in {"+", "-"}:
        return _sum(operator, left, right)
    if operator == "*":
        return _product(left, right) or _product(right, left)
    return _quotient(left, right)


def _sum(operator: str, left: Type, right: Type) -> Type | None:
    if left == DATE:
        if right in _SPANS:
            return DATE
        return DAYS if right == DATE and operator == "-" else None
    if DATE in (left, right):
        return None
    return unify(left, right)


def _product(left: Type, right: Type) -> Type | None:
    if right == NUMBER:
        return left if left != DATE else None
    if right == RATIO or (right.kind == "count" and left == MONEY):
        return left if left == MONEY or left.kind == "ratio" else RATIO if left.kind in _OPEN else None
    return COUNT if left.kind == right.kind == "count" else None


def _quotient(left: Type, right: Type) -> Type | None:
    if left.kind in {"date", "area"} or right.kind in {"date", "area"}:
        return None
    if left.kind == right.kind or (left.kind in _OPEN and right.kind in _OPEN and NUMBER not in (left, right)):
        return RATIO
    if right == NUMBER or (left == MONEY and right.kind in _OPEN):
        return RATIO if left.kind == "count" and right != NUMBER else left
    return None


def require(found: Type, expected: Type, where: Where, said: str) -> None:
    """Refuse `said` where its type is not the one that the place needs."""
    if found != expected and unify(found, expected) is None:
        raise ExpressionTypeError(
            where,
            Text(f"“{said}”是 {found}，此处需要 {expected}。", f"“{said}” is {found}; this place needs {expected}."),
            comparison_hint(found, expected),
        )


def comparison_hint(left: Type, right: Type) -> Text:
    """Return what an author most often meant where these two met."""
    pair = {left.kind, right.kind}
    if pair == {"days", "months"}:
        return Text(
            "期限与日期比较时写 due_on <= disbursed_on + years(3)。",
            "Compare dates: due_on <= disbursed_on + years(3).",
        )
    if "money" in pair:
        return Text("金额写作 wan(500)、yuan(1_000)、yi(2)。", "Write money as wan(500), yuan(1_000), yi(2).")
    if "ratio" in pair:
        return Text("比率写作 pct(5)。", "Write ratios as pct(5).")
    if BOOL.kind in pair:
        return Text("此处需要一个判断（真或假）。", "A yes-or-no question belongs here.")
    return Text("两边的单位须相同。", "Both sides need the same unit.")
