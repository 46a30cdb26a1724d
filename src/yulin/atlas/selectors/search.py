"""Firms found by part of a name, its pinyin or first letters, or the start of a code: each with how it was found.

Every way of finding reads one index and stops after `MOST`, so that what a search costs does not grow with the book.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from yulin.atlas.core.spelling import Wanted, wanted_by
from yulin.atlas.enums import FoundBy
from yulin.people.core.actors import Actor
from yulin.people.enums import Role

MOST = 50
_NOW, _FORMER = "atlas_firmspelling", "atlas_firmformername"
_LOOKED_AT = 500  # names that hold all pieces, of which the best are shown
_IN_DISTRICT = "WHERE EXISTS (SELECT FROM atlas_firm AS of WHERE of.id = found.id AND of.district_code = %s)"
_BEST = """
WITH hit AS ({hits}), best AS (SELECT DISTINCT ON (id) id, way, key FROM hit ORDER BY id, way)
SELECT f.id, f.name, f.identifier, f.district_code, f.registered_on, best.way
FROM best JOIN atlas_firm AS f ON f.id = best.id
ORDER BY best.key <> %s, best.way, length(best.key), f.name, f.id LIMIT %s
"""


@dataclass(frozen=True)
class FirmFound:
    """A firm as the list shows it, and by what it was found."""

    pk: int
    name: str
    identifier: str
    district_code: str | None
    registered_on: date | None
    found_by: FoundBy


@dataclass(frozen=True)
class _Way:
    """One index to look in: what it finds, the statement, its values."""

    found_by: FoundBy
    sql: str
    values: tuple[Any, ...]
    is_in_order: bool = True  # of the column: its beginnings are read as they lie


def find_firms(actor: Actor, text: str) -> list[FirmFound]:
    """Return at most 50 firms, the nearest first: exact before the beginning, that before anywhere, short before long.

    A district officer finds those of its district. Nothing is found by an empty text, or by a text of one character
    that begins no name.
    """
    wanted = wanted_by(text)
    if not wanted:
        return []
    district = actor.district_code or "" if actor.role == Role.DISTRICT_OFFICER else None
    ways = [*_by_code(wanted), *_by_letters(wanted), *_by_words(wanted), *_by_former_name(wanted)]
    return _found(ways, wanted.code or wanted.letters or "".join(wanted.words), district)


def _by_code(wanted: Wanted) -> list[_Way]:
    if not wanted.code:
        return []
    own = "SELECT id, identifier AS key FROM atlas_firm WHERE identifier_scheme = 'USCC' AND identifier LIKE %s"
    other = "SELECT firm_id AS id, code AS key FROM atlas_firmcode WHERE code LIKE %s"
    start = f"{wanted.code}%"
    return [_Way(FoundBy.CODE, own, (start,)), _Way(FoundBy.FORMER_CODE, other, (start,))]


def _by_letters(wanted: Wanted) -> list[_Way]:
    fields = ("pinyin", "placed_pinyin", "initials", "placed_initials", "folded")
    ways = (FoundBy.PINYIN, FoundBy.PINYIN, FoundBy.INITIALS, FoundBy.INITIALS, FoundBy.NAME)
    return [_prefix(way, field, wanted.letters) for way, field in zip(ways, fields, strict=True) if wanted.letters]


def _by_words(wanted: Wanted) -> list[_Way]:
    if not wanted.words or wanted.letters:
        return []
    whole = "".join(wanted.words)
    ways = [_prefix(FoundBy.BRAND, "brand", whole), _prefix(FoundBy.NAME, "folded", whole)]
    return [*ways, *_holding(FoundBy.PART, wanted)]


def _by_former_name(wanted: Wanted) -> list[_Way]:
    """Return the ways by which a name that was corrected away still finds its firm: after all those of today."""
    if wanted.letters:
        fields = ("pinyin", "placed_pinyin", "initials", "placed_initials", "folded")
        return [_prefix(FoundBy.FORMER_NAME, field, wanted.letters, _FORMER) for field in fields]
    if not wanted.words:
        return []
    whole = "".join(wanted.words)
    begins = [_prefix(FoundBy.FORMER_NAME, field, whole, _FORMER) for field in ("brand", "folded")]
    return [*begins, *_holding(FoundBy.FORMER_NAME, wanted, _FORMER)]


def _holding(way: FoundBy, wanted: Wanted, table: str = _NOW) -> list[_Way]:
    if not wanted.pieces:
        return []
    held = " AND ".join(["strpos(folded, %s) > 0"] * len(wanted.words))
    sql = f"SELECT firm_id AS id, folded AS key FROM {table} WHERE pieces @> %s::text[] AND {held}"  # noqa: S608 - no text of a person's
    return [_Way(way, sql, (list(wanted.pieces), *wanted.words), is_in_order=False)]


def _prefix(way: FoundBy, field: str, text: str, table: str = _NOW) -> _Way:
    start = text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
    sql = f"SELECT firm_id AS id, {field} AS key FROM {table} WHERE {field} LIKE %s"  # noqa: S608 - names of columns
    return _Way(way, sql, (start,))


def _found(ways: list[_Way], typed: str, district: str | None) -> list[FirmFound]:
    where, more = ("", ()) if district is None else (_IN_DISTRICT, (district,))
    hits, values = [], []
    for number, way in enumerate(ways):
        # The beginnings of a column are read in its order, so that the exact one comes first and few are read.
        end = f"ORDER BY key USING ~<~ LIMIT {MOST}" if way.is_in_order else f"LIMIT {_LOOKED_AT}"
        hits.append(f"(SELECT id, key, {number} AS way FROM ({way.sql}) AS found {where} {end})")  # noqa: S608 - as above
        values += [*way.values, *more]
    with connection.cursor() as cursor:
        cursor.execute(_BEST.format(hits=" UNION ALL ".join(hits)), [*values, typed, MOST])
        return [
            FirmFound(pk, name, identifier, district_code, registered_on, ways[way].found_by)
            for pk, name, identifier, district_code, registered_on, way in cursor.fetchall()
        ]
