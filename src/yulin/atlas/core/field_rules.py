"""The rules that a source's contract declares of its values, held by dataframely over whole columns.

What a cell says is read in `cells.py`; here its value is held to the contract: required, within bounds, of a form, one
of a list, a day that is neither absurd nor in the future. The library decides, the words are our own (`quarantine.py`).

Its own lengths count bytes, which is three a Chinese character: how long a text may be is counted where it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from yulin.atlas.core.contracts import SourceField
from yulin.atlas.enums import FieldType, Problem

NUMBERS = frozenset({FieldType.MONEY, FieldType.COUNT, FieldType.RATIO})
_EARLIEST = "1800"
_LISTED, _NOT_BEFORE, _NOT_AFTER = "listed", "not_before", "not_after"
# The rules as dataframely names them: `column|rule`, its own word or that of a check of ours.
_PROBLEMS = {
    "nullability": Problem.REQUIRED_MISSING,
    "min": Problem.OUT_OF_BOUNDS,
    "max": Problem.OUT_OF_BOUNDS,
    "regex": Problem.WRONG_FORM,
    f"check__{_LISTED}": Problem.NOT_LISTED,
    f"check__{_NOT_BEFORE}": Problem.OUT_OF_BOUNDS,
    f"check__{_NOT_AFTER}": Problem.IN_FUTURE,
}
_ROW = "row"
BROKEN = {_ROW: pl.UInt32, "fact": pl.String, "problem": pl.String}


def broken_rules(rows: pl.DataFrame, fields: Sequence[SourceField], today: date) -> pl.DataFrame:
    """Return which rows break which field's rule: `row`, `fact`, `problem`, the first of each value.

    `rows`: `row`, and each field's value as text under its fact; no value is held to nothing but being required.
    """
    schema = _schema(tuple(fields), today)
    typed = rows.select(_ROW, *(_typed(field) for field in fields))
    failure = schema.filter(typed).failure
    if not len(failure):
        return pl.DataFrame(schema=BROKEN)
    told = failure.details()
    return pl.concat([told.select(*BROKEN).cast(BROKEN) for told in _told(told, fields)])  # type: ignore[arg-type]


def _told(details: pl.DataFrame, fields: Sequence[SourceField]) -> Iterator[pl.DataFrame]:
    for field in fields:
        broken = [
            pl.when(pl.col(name) == "invalid").then(pl.lit(problem.value))
            for rule, problem in _PROBLEMS.items()
            if (name := f"{field.fact}|{rule}") in details.columns
        ]
        if broken:
            found = details.select(_ROW, fact=pl.lit(field.fact), problem=pl.coalesce(broken))
            yield found.filter(pl.col("problem").is_not_null())


def _typed(field: SourceField) -> pl.Expr:
    value = pl.col(field.fact)
    return value.cast(pl.Int64, strict=False) if field.type in NUMBERS else value


@lru_cache(maxsize=64)
def _schema(fields: tuple[SourceField, ...], today: date) -> Any:
    """Return the contract's rules as a schema of dataframely."""
    import dataframely as dy  # noqa: PLC0415 - slow import

    columns: dict[str, Any] = {_ROW: dy.UInt32(nullable=False)}
    for field in fields:
        is_optional = not field.is_required
        if field.type in NUMBERS:
            lowest = 0 if field.lowest is None else field.lowest
            columns[field.fact] = dy.Int64(nullable=is_optional, min=lowest, max=field.highest)
        else:
            form = f"^(?:{field.pattern})$" if field.pattern else None
            columns[field.fact] = dy.String(nullable=is_optional, regex=form, check=_checks(field, today) or None)
    return type("Rules", (dy.Schema,), columns)


def _checks(field: SourceField, today: date) -> dict[str, Any]:
    checks: dict[str, Any] = {}
    if field.one_of:
        checks[_LISTED] = lambda value: value.is_in(list(field.one_of))
    if field.type is FieldType.DATE:
        checks[_NOT_BEFORE] = lambda value: value >= _EARLIEST
        if not field.may_be_in_future:
            checks[_NOT_AFTER] = lambda value: value <= today.isoformat()
    return checks
