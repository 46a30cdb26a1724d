"""What stands as the source of a value that the manager filled in."""

from __future__ import annotations

from yulin.base.text import Text

MANAGER_SOURCE = Text("受托管理机构填定", "set by the manager")


def manager_source() -> str:
    """Return it as a pack keeps it, in one text: part of the version's hash, so it never changes."""
    return f"{MANAGER_SOURCE.zh} · {MANAGER_SOURCE.en}"
