"""Facts as columns of a table that rules read: one column a fact (and year), typed by the vocabulary.

A value that cannot be read, or that its fact cannot have, is unknown.
"""

from __future__ import annotations

import re

import polars as pl

from yulin.rules.core.vocabulary import Fact, Vocabulary

WHOLE = r"^-?[0-9]{1,18}\z"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
BY_YEAR = "_by_year"  # ends the name of a fact whose value says several years at once
_OF_YEAR = re.compile(r"(.+)_([0-9]{4})\Z")


def fact_and_year(name: str, vocabulary: Vocabulary) -> tuple[Fact | None, str]:
    """Return the fact that a name means, and the year in it; a fact that is named without a year has an empty one."""
    fact = vocabulary.find(name)
    found = _OF_YEAR.match(name)
    if fact is not None or found is None:
        return fact, ""
    return vocabulary.find(found[1]), found[2]


def type_of(fact: Fact) -> pl.DataType:
    """Return the type of a fact's column."""
    types = {"bool": pl.Boolean(), "date": pl.Date(), "member": pl.String(), "text": pl.String()}
    return types.get(fact.type.kind, pl.Int64())


def typed(value: pl.Expr, fact: Fact, vocabulary: Vocabulary) -> pl.Expr:
    """Return a column of texts as values of a fact."""
    kind = fact.type.kind
    if kind == "bool":
        return value.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    if kind == "member":
        return pl.when(value.is_in(sorted(vocabulary.lists[fact.type.unit].members))).then(value)
    if kind == "date":
        return pl.when(value.str.contains(DAY)).then(value).str.to_date("%Y-%m-%d", strict=False)
    if kind == "text":
        return value
    whole = pl.when(value.str.contains(WHOLE)).then(value).cast(pl.Int64, strict=False)
    return pl.when(whole.is_between(fact.lowest, fact.highest)).then(whole)
