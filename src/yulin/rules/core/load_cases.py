"""Read `cases.yaml`: a list of cases, or `{given, cases}` where each case changes some of the given facts.

A law's case asks for an assessment and knows no other word. What a scheme's case says of loans, losses and fees is
kept as it stands for the area that settles it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yulin.rules.core.entries import Entry
from yulin.rules.core.pack import DECISIONS, EXPECTED, Case

_WORDS = frozenset({"name", "on", "facts", "expect", "why", "applies_to"})
_NAMED = frozenset({"findings", "terms", "groups"})  # expectations by name


def load_cases(root: Entry, kind: str) -> tuple[Case, ...]:
    """Return the cases of a pack of one kind.

    Raises: RULES.PACK.FORM, RULES.PACK.KEY.
    """
    if isinstance(root.value, list):
        return tuple(_case(part, {}, kind) for part in root.value)
    root.keys({"given", "cases"}, {"given", "cases"})
    given = _plain(root.need("given"))
    return tuple(_case(part, given, kind) for part in root.need("cases").sequence())


def _case(entry: Entry, given: Mapping[str, Any], kind: str) -> Case:
    is_law = kind != "scheme"
    entry.keys(_WORDS if is_law else None, {"name", "on", "expect"})
    expect = entry.need("expect").keys(EXPECTED if is_law else None)
    for key, part in expect.items():
        if key in _NAMED:
            part.mapping()
        elif key == "missing":
            part.sequence()
        elif key in EXPECTED and part.value is not None:
            part.text()
    return Case(
        entry.need("name").text(),
        entry.need("on").day(),
        {**given, **(_plain(entry.need("facts")) if "facts" in entry else {})},
        expect.plain(),
        entry.where,
        entry.need("why").text() if "why" in entry else "",
        entry.need("applies_to").one_of(DECISIONS) if "applies_to" in entry else None,
        {key: part.plain() for key, part in entry.items() if key not in _WORDS},
    )


def _plain(entry: Entry) -> dict[str, Any]:
    return {key: part.plain() for key, part in entry.items()}
