"""Read guarantee-fee tables: for each tier of the gross loan one rate, or bands over the base that it is taken of."""

from __future__ import annotations

import re
from fractions import Fraction

from yulin.base.text import Text
from yulin.rules.core.context import ROW_KEYS
from yulin.rules.core.entries import Entry
from yulin.rules.core.pack import Row
from yulin.rules.core.scheme import FeeBand, FeeTable, FeeTier

_RATE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)%\Z")
BASES = ("guaranteed", "outstanding", "guaranteed_outstanding", "guaranteed_then_outstanding", "loan")

_BOUNDS = frozenset({"over", "at_most", "only", "part_year"})


def read_fees(entry: Entry, row: Row, key: str) -> FeeTable:
    """Read `{title, from, until, base, per, tiers: {150_000: 2%, above: {1_000_000: 3.5%, above: 3.75%}}}`.

    `over: {months: 12}` and `at_most: {months: 12}` bound the loan's term; `part_year: days` is pro rata in a last year
    that maturity cuts; `only: [中文, English]` names loans that no record tells apart.
    """
    entry.keys(ROW_KEYS | {"title", "from", "until", "base", "per", "tiers", *_BOUNDS}, {"base", "tiers"})
    first, until = entry.get("from"), entry.get("until")
    return FeeTable(
        id=key,
        title=entry.need("title").said() if "title" in entry else Text("担保费", "Guarantee fee"),
        fee_from=first.day() if first else None,
        fee_until=until.day() if until else None,
        base=entry.need("base").one_of(BASES),
        per=entry.need("per").one_of({"once", "year"}) if "per" in entry else "once",
        tiers=tuple(FeeTier(_bound(bound, part), _bands(part)) for bound, part in entry.need("tiers").items()),
        row=row,
        over_months=_months(entry, "over"),
        months_at_most=_months(entry, "at_most"),
        only=entry.need("only").said() if "only" in entry else None,
        part_year=entry.need("part_year").one_of({"whole", "days"}) if "part_year" in entry else "whole",
    )


def _months(entry: Entry, key: str) -> int | None:
    return entry.need(key).keys({"months"}, {"months"}).need("months").whole() if key in entry else None


def _bands(entry: Entry) -> tuple[FeeBand, ...]:
    if not isinstance(entry.value, dict):
        return (FeeBand(None, _rate(entry)),)
    return tuple(FeeBand(_bound(bound, part), _rate(part)) for bound, part in entry.items())


def _bound(key: str, entry: Entry) -> int | None:
    digits = key.replace("_", "")
    scale = {"万": 1_000_000, "亿": 10_000_000_000}.get(digits[-1:], 100)
    digits = digits.rstrip("万亿")
    if key == "above":
        return None
    if not digits.isdigit():
        raise Entry(key, entry.where).defect("金额或 above", "an amount or above")
    return int(digits) * scale


def _rate(entry: Entry) -> int | None:
    """Read `0.55%` in basis points; a rate that nobody read stays open."""
    text = entry.text()
    if text == "unknown":
        return None
    number = _RATE.match(text)
    value = Fraction(number[1]) * 100 if number else Fraction(1, 2)
    if value.denominator != 1:
        raise entry.defect("比例，如0.55%", "a rate such as 0.55%")
    return int(value)
