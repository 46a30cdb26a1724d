"""What the linter and the cases say of a pack, once a process: a pack never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from yulin.base.text import Text
from yulin.rules.core.cases import CaseResult, run_cases
from yulin.rules.core.linter import Remark, lint
from yulin.rules.core.names import REMARK_NAMES
from yulin.rules.core.pack import Pack


@dataclass(frozen=True)
class RemarkRow:
    """One remark with what it is called and the words of the row that it is about."""

    remark: Remark
    name: Text
    about: Text


@lru_cache(maxsize=128)
def remark_rows(pack: Pack) -> tuple[RemarkRow, ...]:
    """Return what the linter says of a pack, in words."""
    return tuple(named(remark, _words(pack)) for remark in lint(pack))


@lru_cache(maxsize=128)
def case_results(pack: Pack) -> tuple[CaseResult, ...]:
    """Return how each case of a pack comes out."""
    return run_cases(pack)


def named(remark: Remark, words: Mapping[str, Text]) -> RemarkRow:
    """Return a remark with its name and the words of its row."""
    path = remark.where.path.split(".")
    about = next((words[key] for n in range(len(path), 0, -1) if (key := ".".join(path[:n])) in words), Text("", ""))
    return RemarkRow(remark, REMARK_NAMES[remark.code], about)


def _words(pack: Pack) -> dict[str, Text]:
    return {row.where.path: row.text for row in pack.rows() if row.text is not None}
