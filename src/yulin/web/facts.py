"""What the vocabulary calls the members of its closed lists, for tables and filters."""

from __future__ import annotations

from collections.abc import Iterable

from yulin.base.text import Text
from yulin.rules.adapters.shipped import shipped_vocabulary


def list_names(name: str) -> dict[str, Text]:
    """Return the members of one closed list of the vocabulary, each with its label."""
    return dict(shipped_vocabulary().lists[name].members)


def industry_names() -> dict[str, Text]:
    """Return the industries as the vocabulary calls them."""
    return list_names("industry")


def fact_names(names: Iterable[str]) -> Text:
    """Return what several facts are called, in one line."""
    labels = [shipped_vocabulary().label(name) for name in names]
    return Text("、".join(label.zh for label in labels), ", ".join(label.en for label in labels))
