"""Columns of values as the text of PostgreSQL arrays, made whole: thousands of values cost a few calls."""

from __future__ import annotations

from collections.abc import Sequence


def text_array(values: Sequence[str | None]) -> str:
    r"""Return texts as an array; None is null.

    >>> text_array(["a", None, 'b"\\'])
    '{"a",NULL,"b\\"\\\\"}'
    """
    if not values:
        return "{}"
    try:
        joined = '","'.join(values)  # type: ignore[arg-type]  # a None in it is what the other way is for
    except TypeError:
        return _with_nulls(values)
    if "\\" in joined or joined.count('"') != 2 * (len(values) - 1):
        return _with_nulls(values)
    return '{"' + joined + '"}'


def _with_nulls(values: Sequence[str | None]) -> str:
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number_array(values: Sequence[int | None]) -> str:
    """Return numbers as an array; None is null.

    >>> number_array([1, None, -3])
    '{1,NULL,-3}'
    """
    written = ",".join(map(str, values))
    return "{" + (written.replace("None", "NULL") if "N" in written else written) + "}"
