"""What the register says of firms on the day that a bank lent, for facts that a file does not bring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from yulin.atlas.selectors import facts_of
from yulin.kit import clock

_PLAIN = (str, int, bool)


def register_facts(rows: pl.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return, row by row, what the register says: fact to value, and `_sources` with where each comes from.

    **Shapes**: `rows` has firm_id and disbursed_on; facts are read as of that day and as known now.
    """
    wanted = set(names)
    firms = rows.get_column("firm_id").unique().drop_nulls().to_list()
    latest = rows.get_column("disbursed_on").max()
    if not wanted or not firms or latest is None:
        return [{} for _ in range(rows.height)]
    known_at = clock.now()
    described = {firm for firm, said in facts_of(firms, on=latest, known_at=known_at).items() if said}  # type: ignore[arg-type]  # a date column
    if not described:
        return [{} for _ in range(rows.height)]
    by_day: dict[Any, dict[int, dict[str, Any]]] = {}
    for day, part in rows.filter(pl.col("firm_id").is_in(sorted(described))).group_by("disbursed_on"):
        ids = part.get_column("firm_id").unique().to_list()
        by_day[day[0]] = {
            firm: _plain(said, wanted) for firm, said in facts_of(ids, on=day[0], known_at=known_at).items()
        }
    return [by_day.get(day, {}).get(firm, {}) for firm, day in rows.select("firm_id", "disbursed_on").iter_rows()]


def _plain(said: Any, wanted: set[str]) -> dict[str, Any]:
    found = {name: one for name, one in said.items() if name in wanted and isinstance(one.value, _PLAIN)}
    if not found:
        return {}
    return {
        **{name: one.value for name, one in found.items()},
        "_sources": {name: one.source for name, one in found.items()},
    }
