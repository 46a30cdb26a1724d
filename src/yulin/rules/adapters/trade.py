"""What another area says of packs that speak its words: the cases of a scheme's losses, limits and fees, its cliffs.

Rules knows no scheme. The area that settles under one registers here when Django starts, so that a draft of it is
checked like any other law. Invariant: every case of a pack is run, by rules or by the area of its kind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from yulin.rules.adapters.shipped import shipped_vocabulary
from yulin.rules.core.cases import CaseResult, run_cases
from yulin.rules.core.load import load_pack
from yulin.rules.core.pack import Pack
from yulin.rules.core.reading import RemarkRow, remark_rows


@dataclass(frozen=True)
class Trade:
    """What an area does for the packs of one kind.

    `run` runs the cases that are no assessment, under the numbers that the manager fills; `remark` says what is odd.
    """

    run: Callable[[Pack, Mapping[str, Any]], Sequence[CaseResult]]
    remark: Callable[[Pack], Sequence[RemarkRow]]


_TRADES: dict[str, Trade] = {}


def register_trade(kind: str, trade: Trade) -> None:
    """Let an area check the packs of a kind."""
    _TRADES[kind] = trade


def cases_run(texts: Mapping[str, str], manager_values: Mapping[str, Any] | None = None) -> tuple[CaseResult, ...]:
    """Return how each case of a text that holds comes out, in the order of the text.

    Raises: RULES.PACK.*, RULES.EXPRESSION.* where the text does not hold.
    """
    return _cases_run(json.dumps(dict(texts)), json.dumps(dict(manager_values or {})))


@lru_cache(maxsize=128)
def _cases_run(texts: str, manager_values: str) -> tuple[CaseResult, ...]:
    values = json.loads(manager_values)
    pack = load_pack(json.loads(texts), shipped_vocabulary(), values or None)
    trade = _TRADES.get(pack.kind)
    found = (*run_cases(pack), *(trade.run(pack, values) if trade else ()))
    return tuple(sorted(found, key=lambda result: result.case.where.line))


def all_remarks(pack: Pack) -> tuple[RemarkRow, ...]:
    """Return what the linter says of a pack, and what the area of its kind says, in the order of its text."""
    trade = _TRADES.get(pack.kind)
    found = (*remark_rows(pack), *(trade.remark(pack) if trade else ()))
    return tuple(sorted(found, key=lambda one: one.remark.where.line))
