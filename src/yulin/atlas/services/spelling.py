"""How firms' names can be typed, kept beside them: after new names and every few minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

import polars as pl
from django.db import connection, transaction

from yulin.atlas.core.name_folding import fold_names
from yulin.atlas.core.spelling import spelling_of
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit

_AT_ONCE = 20_000
_UNSPELLED = """
SELECT f.id, f.name FROM atlas_firm AS f LEFT JOIN atlas_firmspelling AS s ON s.firm_id = f.id
WHERE f.id > %s AND s.name IS DISTINCT FROM f.name ORDER BY f.id LIMIT %s
"""
# The pieces of a name come as one text: arrays of different lengths make no column.
_KEEP = """
INSERT INTO atlas_firmspelling
  (firm_id, name, folded, brand, pinyin, initials, placed_pinyin, placed_initials, pieces)
SELECT one.firm_id, one.name, one.folded, one.brand, one.pinyin, one.initials, one.placed_pinyin, one.placed_initials,
  string_to_array(one.pieces, ' ')
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
  %s::text[]) AS one (firm_id, name, folded, brand, pinyin, initials, placed_pinyin, placed_initials, pieces)
ON CONFLICT (firm_id) DO UPDATE SET name = excluded.name, folded = excluded.folded, brand = excluded.brand,
  pinyin = excluded.pinyin, initials = excluded.initials, placed_pinyin = excluded.placed_pinyin,
  placed_initials = excluded.placed_initials, pieces = excluded.pieces
"""


def spell_firms(*, actor: Actor) -> int:
    """Work out how every new or changed name can be typed, and return how many were.

    Batches of 20,000, each its own transaction: what is done stays done. Effects: `FirmSpelling` rows, an audit row a
    batch.
    """
    last = count = 0
    while rows := _spell_batch(actor, last):
        last, count = rows[-1][0], count + len(rows)
    return count


def keep_spellings(rows: Sequence[tuple[int, str]]) -> None:
    """Keep how these firms' names (by key) can be typed now, in the caller's transaction."""
    ids, names = map(list, zip(*rows, strict=True))
    spelled = [astuple(spelling_of(folded)) for folded in fold_names(pl.Series(names, dtype=pl.String))]
    *texts, pieces = (list(column) for column in zip(*spelled, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [ids, names, *texts, [" ".join(each) for each in pieces]])


@transaction.atomic
def _spell_batch(actor: Actor, after: int) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_UNSPELLED, [after, _AT_ONCE])
        rows = list(cursor.fetchall())
        if rows:
            keep_spellings(rows)
            facts = {"firms": len(rows), "first": rows[0][0], "last": rows[-1][0]}
            record_audit(actor=actor, action="atlas.spell_firms", subject=("firm", "many"), facts=facts)
    return rows
