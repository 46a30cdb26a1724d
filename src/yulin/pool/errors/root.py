"""The common root of what the pool refuses."""

from __future__ import annotations

from collections.abc import Sequence

from yulin.base.errors import YulinError
from yulin.base.text import Text


class PoolError(YulinError):
    """Something about schemes, enrolments or returns was refused."""

    code = "POOL.ERROR"


def listed(parts: Sequence[Text]) -> Text:
    """Return the parts as one list, in both languages."""
    return Text("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))
