"""Which firms a row without a code may be, the likeliest first, each with its reasons.

Those that share its brand; and those that share two of its facts, for a name mistyped in its brand. What the book says
of a firm's address or representative may be old: it counts where it speaks for the firm, not against a like name.

Property: nothing here is ever a match, whatever agrees: without a code a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from yulin.atlas.core.identity import Decision, FirmRecord, Verdict, decide
from yulin.atlas.core.name_folding import fold_names
from yulin.atlas.core.name_parts import BRAND

_MOST = 10  # firms a row: who shares a name with more has to be told apart by more than a person's eye


@dataclass(frozen=True)
class MayBe:
    """A row and a firm that it may be."""

    row: str
    firm: str
    decision: Decision


def firms_of_brands(rows: Iterable[FirmRecord], firm_names: pl.DataFrame) -> dict[str, list[str]]:
    """Return, by brand of some row, the keys of the firms whose name holds it; `firm_names` has `key` and `name`."""
    brands = sorted({brand for row in rows for parts in row.parts_ever if (brand := parts.part(BRAND))})
    if not brands or not firm_names.height:
        return {}
    folded = pl.Series(fold_names(firm_names["name"])).str.extract_many(brands, overlapping=True)
    found: dict[str, list[str]] = defaultdict(list)
    for key, held in zip(firm_names["key"], folded, strict=True):
        for brand in set(held):
            found[brand].append(key)
    return found


def candidates_of(
    row: FirmRecord, firms: Sequence[FirmRecord], told: Mapping[str, FirmRecord] | None = None
) -> list[MayBe]:
    """Return the firms that a row may be, the likeliest first, ten at most; `told` has more of some firms, by key.

    >>> row = FirmRecord("7", "广州华科科技有限公司")
    >>> [one.firm for one in candidates_of(row, [FirmRecord("1", "广州华科科技有限公司", "91440112YL0000012M")])]
    ['1']
    """
    told = told or {}
    best: dict[str, MayBe] = {}
    for firm in (*firms, *(told[firm.key] for firm in firms if firm.key in told)):
        found = MayBe(row.key, firm.key, decide(row, firm))
        before = best.get(firm.key)
        is_better = before is None or found.decision.points > before.decision.points
        if found.decision.verdict is Verdict.POSSIBLE and is_better:
            best[firm.key] = found
    return sorted(best.values(), key=lambda one: (-one.decision.points, one.firm))[:_MOST]
