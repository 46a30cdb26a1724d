"""Columns of values as the text of PostgreSQL arrays, made whole: thousands of values cost a few calls."""

from __future__ import annotations

from collections.abc import Sequence

_NONE = "\0"  # stands in no text of PostgreSQL


def text_array(values: Sequence[str | None]) -> str:
    r"""Return texts as an array; None is null.

    >>> text_array(["a", None, 'b"\\'])
    '{"a",NULL,"b\\"\\\\"}'
    """
    written = '"' + '","'.join([_NONE if value is None else value for value in values]) + '"'
    nulls, quotes = values.count(None), 2 * len(values)
    if "\\" in written or written.count('"') != quotes or written.count(_NONE) != nulls:
        return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"
    return "{" + (written.replace(f'"{_NONE}"', "NULL") if nulls else written) + "}"


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def number_array(values: Sequence[int | None]) -> str:
    """Return numbers as an array; None is null.

    >>> number_array([1, None, -3])
    '{1,NULL,-3}'
    """
    written = ",".join(map(str, values))
    return "{" + (written.replace("None", "NULL") if "N" in written else written) + "}"
