"""What a term of a rate pack is by day, and the limits of a scheme that point at one.

Invariant: a day of which a series knows nothing, or whose series or term nobody verified, has no rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from yulin.base.text import Text
from yulin.rules.core.bounds import evaluator_of
from yulin.rules.core.facts import environment
from yulin.rules.errors import PackFormError

if TYPE_CHECKING:
    from yulin.rules.core.pack import Pack
    from yulin.rules.core.scheme import Limit


def term_steps(rates: Pack, term: str) -> tuple[tuple[date, Fraction | None], ...]:
    """Return a term of a rate pack as steps by day, oldest first; None from a day on which a series ends."""
    days = {first for series in rates.series.values() for first, _ in series.steps}
    days |= {series.until for series in rates.series.values() if series.until is not None}
    return tuple((day, _value(rates, term, day)) for day in sorted(days))


def _value(rates: Pack, term: str, day: date) -> Fraction | None:
    asked = rates.terms[term]
    env = environment(rates.vocabulary, {}, day, asked.value.slots)
    for key, series in rates.series.items():
        rate = None if series.row.is_unverified else series.on(day)
        env[f"series.{key}"] = (0, 1, 0) if rate is None else (rate, rate, 0)
    low, high, undefined = evaluator_of(asked.value)(env)
    is_known = low == high and not undefined and not asked.row.is_unverified
    return Fraction(low) if is_known else None


def with_rates(pack: Pack, rates_of: Callable[[str], Pack | None]) -> Pack:
    """Return a scheme whose limits know the rates that they point at; a pack that is not there leaves them unknown.

    Raises: `RULES.PACK.FORM` where a rate pack has no such term.
    """
    if pack.kind != "scheme" or all(limit.by is None for limit in pack.scheme.limits.values()):
        return pack
    limits = {kind: _with_steps(limit, rates_of) for kind, limit in pack.scheme.limits.items()}
    return replace(pack, scheme=replace(pack.scheme, limits=limits))


def _with_steps(limit: Limit, rates_of: Callable[[str], Pack | None]) -> Limit:
    by = limit.by
    rates = rates_of(by.pack) if by is not None else None
    if by is None or rates is None:
        return limit
    if by.term not in rates.terms:
        terms = ", ".join(rates.terms)
        raise PackFormError(
            limit.row.where,
            Text(
                f"利率包{by.pack}没有“{by.term}”；有：{terms}。", f"{by.pack} has no term “{by.term}”; it has: {terms}."
            ),
        )
    text = rates.terms[by.term].row.text
    return replace(limit, by=replace(by, steps=term_steps(rates, by.term), text=text))
