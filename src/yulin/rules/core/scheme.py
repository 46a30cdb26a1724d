"""The typed form of a scheme: layers, modes, ratio tables, limits, breakers."""

from __future__ import annotations

from typing import Any

from yulin.rules.core.context import Context
from yulin.rules.core.entries import Entry

SCHEME_KEYS: frozenset[str] = frozenset(
    {"eligibility", "limits", "exclusive", "layers", "modes", "rounding", "breakers", "claim", "timetable", "recovery"}
)


def load_scheme(root: Entry, ctx: Context) -> Any:
    """Read the sections of a scheme pack."""
    return None
