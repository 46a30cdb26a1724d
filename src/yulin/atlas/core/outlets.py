"""The terms on which a partner shows portraits in a system of its own: which facts, in pages of which origins.

An origin is written as a browser says it: scheme, host and, where it is not the usual one, the port. A fact that a
source states year by year (`rd_expense_fen_2020`) is named without its year.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from yulin.atlas.core.portrait import PortraitSection

LEAST_MINUTES, MOST_MINUTES = 1, 60
_OF_YEAR = re.compile(r"^(.+)_\d{4}$")
_HOST = re.compile(r"^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$|^\[[0-9a-f:]+\]$")
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
_USUAL_PORT = {"https": 443, "http": 80}


def origin_of(text: str) -> str | None:
    """Return an origin as browsers write it, or None where the text is none: https, or http on this very machine.

    >>> origin_of("https://Bank.Example:443/"), origin_of("http://bank.example"), origin_of("https://bank.example/app")
    ('https://bank.example', None, None)
    >>> origin_of("https://*.bank.example"), origin_of("https://a;b"), origin_of("http://localhost:8105")
    (None, None, 'http://localhost:8105')
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return None
    host = (parts.netloc.rpartition(":")[0] if port is not None else parts.netloc).lower()
    is_bare = parts.path in {"", "/"} and not parts.query and not parts.fragment and "@" not in parts.netloc
    is_allowed = parts.scheme == "https" or (parts.scheme == "http" and host in _LOCAL)
    if not is_bare or not is_allowed or not _HOST.match(host):
        return None
    suffix = "" if port is None or port == _USUAL_PORT[parts.scheme] else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"


def is_listed(fact: str, listed: Collection[str]) -> bool:
    """Tell whether a fact, of any year, is on a partner's list.

    >>> is_listed("rd_expense_fen_2020", {"rd_expense_fen"}), is_listed("staff_count", {"rd_expense_fen"})
    (True, False)
    """
    found = _OF_YEAR.match(fact)
    return fact in listed or (found is not None and found[1] in listed)


def narrowed(sections: Iterable[PortraitSection], listed: Collection[str]) -> list[PortraitSection]:
    """Return the sections of a portrait with the listed facts only; a section without any is left out."""
    kept = (
        PortraitSection(one.group, one.title, tuple(line for line in one.lines if is_listed(line.fact, listed)))
        for one in sections
    )
    return [one for one in kept if one.lines]


def minute_of(at: datetime) -> datetime:
    """Return the beginning of the minute that an instant lies in."""
    return at.replace(second=0, microsecond=0)


def seconds_to_next(at: datetime) -> int:
    """Return after how many whole seconds the next minute has begun: 1 to 60.

    >>> from datetime import UTC
    >>> seconds_to_next(datetime(2022, 1, 1, 0, 0, 59, 500_000, UTC)), seconds_to_next(datetime(2022, 1, 1, tzinfo=UTC))
    (1, 60)
    """
    left = minute_of(at) + timedelta(minutes=1) - at
    return -(-left // timedelta(seconds=1))
