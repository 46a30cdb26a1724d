"""Facts as they come (files, API, cases) into the environment that evaluators read.

A fact may be named as a pack names it or by its alias; a by-year fact comes as one value (the last full year), by
year (`revenue_fen_by_year`), or as a column of one year (`revenue_fen_2023`). Absent or null is unknown, and an unknown
value is everything that the vocabulary allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from yulin.base.text import Text
from yulin.rules.core.bounds import FALSE, TRUE, UNKNOWN, Env
from yulin.rules.core.calendar import last_full_year
from yulin.rules.core.language import parse_expression
from yulin.rules.core.nodes import Constant
from yulin.rules.core.vocabulary import Fact, Vocabulary
from yulin.rules.errors import FactValueError, RulesError, UnknownFactError

_OF_ONE_YEAR = re.compile(r"(.+)_((?:19|20)\d\d)\Z")
Known = dict[str, Any]  # slot to integer (own unit), truth value or member


def known_facts(facts: Mapping[str, Any], vocabulary: Vocabulary, on: date) -> Known:
    """Return what `facts` say by slot, in each fact's own integer unit.

    Raises: RULES.FACT.UNKNOWN_NAME, RULES.FACT.VALUE.
    """
    known: Known = {}
    for name, value in facts.items():
        if value is None:
            continue
        for fact, offset, single in _readings(name, value, vocabulary, last_full_year(on)):
            slot = fact.name if offset is None else f"{fact.name}[{offset}]"
            found = read_value(fact, name, single, vocabulary)
            if known.setdefault(slot, found) != found:
                raise FactValueError(
                    name, single, Text(f"与另一处所给的 {known[slot]} 一致", f"{known[slot]}, as given elsewhere")
                )
    return known


def _readings(name: str, value: Any, vocabulary: Vocabulary, last_year: int) -> Iterable[tuple[Fact, int | None, Any]]:
    fact = vocabulary.find(name)
    if fact is not None and not (fact.is_by_year and isinstance(value, Mapping)):
        return ((fact, 0 if fact.is_by_year else None, value),)
    by_year = fact or vocabulary.find(name.removesuffix("_by_year"))
    if by_year is not None and by_year.is_by_year and isinstance(value, Mapping):
        years = ((_year(name, year) - last_year, single) for year, single in value.items())
        return [(by_year, offset, single) for offset, single in years if offset <= 0 and single is not None]
    column = _OF_ONE_YEAR.match(name)
    fact = vocabulary.find(column[1]) if column else None
    if column and fact is not None and fact.is_by_year:
        offset = int(column[2]) - last_year
        return ((fact, offset, value),) if offset <= 0 else ()
    raise UnknownFactError(name, [*vocabulary.facts, *vocabulary.by_alias])


def _year(name: str, year: Any) -> int:
    if not re.fullmatch(r"(?:19|20)\d\d", str(year)):
        raise FactValueError(name, year, Text("年份，如 2023", "a year such as 2023"))
    return int(str(year))


def read_value(fact: Fact, name: str, value: Any, vocabulary: Vocabulary) -> Any:
    """Return one value in the fact's own unit: fen, basis points, persons, day ordinal, member, truth value.

    A text may also be a constant of the language, `wan(5_000)`, as cases write it.
    """
    kind = fact.type.kind
    if kind == "bool":
        return _flag(name, value)
    if kind == "member":
        members = vocabulary.lists[fact.type.unit].members
        if value not in members:
            raise FactValueError(name, value, Text("、".join(members), ", ".join(members)))
        return value
    if kind == "text":
        return str(value)
    number = _whole(fact, name, value, vocabulary)
    if not fact.lowest <= number <= fact.highest:
        raise FactValueError(name, value, Text(f"{fact.lowest} 至 {fact.highest}", f"{fact.lowest} to {fact.highest}"))
    return number


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise FactValueError(name, value, Text("true 或 false", "true or false"))
    return value


def _whole(fact: Fact, name: str, value: Any, vocabulary: Vocabulary) -> int:
    kind = fact.type.kind
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if kind == "date":
        return _day(name, value)
    if kind == "area" and isinstance(value, str):
        code = vocabulary.areas.get(value, value)
        if re.fullmatch(r"\d{6}", str(code)):
            return int(code)
    if isinstance(value, str):
        return _constant(fact, name, value, vocabulary)
    raise FactValueError(name, value, Text(f"整数（{fact.type}）", f"a whole number ({fact.type})"))


def _day(name: str, value: Any) -> int:
    if isinstance(value, date):
        return value.toordinal()
    try:
        return date.fromisoformat(str(value)).toordinal()
    except ValueError as error:
        raise FactValueError(name, value, Text("日期，如 2024-05-06", "a date such as 2024-05-06")) from error


def _constant(fact: Fact, name: str, value: str, vocabulary: Vocabulary) -> int:
    try:
        node = parse_expression(value, vocabulary, expected=fact.type).node
    except RulesError as error:
        raise FactValueError(name, value, Text(f"整数（{fact.type}）", f"a whole number ({fact.type})")) from error
    number = Fraction(node.value) * fact.scale if isinstance(node, Constant) else None
    if number is None or number.denominator != 1:
        raise FactValueError(name, value, Text(f"整数（{fact.type}）", f"a whole number ({fact.type})"))
    return int(number)


def environment(vocabulary: Vocabulary, known: Known, on: date, slots: Iterable[str]) -> Env:
    """Return what evaluators read: every slot as the set of values it can have, and the day."""
    env: Env = {"on": on.toordinal(), "known": frozenset(known)}
    for slot in slots:
        fact = vocabulary.facts[slot.partition("[")[0]]
        env[slot] = possible(fact, known[slot]) if slot in known else anything(fact, vocabulary)
    return env


def possible(fact: Fact, value: Any) -> Any:
    """Return one known value as a set of possible values."""
    kind = fact.type.kind
    if kind == "bool":
        return TRUE if value else FALSE
    if kind in {"member", "text"}:
        return frozenset({value})
    return between(fact, value, value)


def between(fact: Fact, low: int, high: int) -> tuple[int | Fraction, int | Fraction, int]:
    """Return the bounds of a number given in the fact's own unit."""
    if fact.scale == 1:
        return (low, high, 0)
    return (Fraction(low, fact.scale), Fraction(high, fact.scale), 0)


def anything(fact: Fact, vocabulary: Vocabulary) -> Any:
    """Return all values that the vocabulary allows."""
    kind = fact.type.kind
    if kind == "bool":
        return UNKNOWN
    if kind == "member":
        return frozenset(vocabulary.lists[fact.type.unit].members)
    return frozenset() if kind == "text" else between(fact, fact.lowest, fact.highest)


def public_name(slot: str, vocabulary: Vocabulary, on: date) -> str:
    """Return the name that files and the API use: `revenue_fen`, or `revenue_fen_2022` for another year."""
    name, _, year = slot.partition("[")
    alias = vocabulary.facts[name].alias
    offset = int(year.rstrip("]") or 0) if year else 0
    return alias if offset == 0 else f"{alias}_{last_full_year(on) + offset}"
