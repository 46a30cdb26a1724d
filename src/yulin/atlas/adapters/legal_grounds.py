"""The legal grounds that ship with the firm register, and who knows whether a condition holds.

The pool knows who has enrolled which firm's loans; it stands above this area and says so when the application starts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from yulin.atlas.core.access import Ground
from yulin.atlas.enums import Condition
from yulin.base.text import Text

_ENROLLED_BY: list[Callable[[int, int], bool]] = []


@cache
def shipped_grounds() -> tuple[Ground, ...]:
    """Return every legal ground, by id."""
    text = files("yulin.atlas").joinpath("grounds.yaml").read_text(encoding="utf-8")
    content = YAML(typ="safe").load(text)["grounds"]
    return tuple(
        Ground(
            id=name,
            title=Text(*one["title"]),
            law=one["law"],
            kinds=frozenset(one["kinds"]),
            classes=None if one["classes"] == "all" else frozenset(one["classes"]),
            when=Condition(one["when"]),
        )
        for name, one in sorted(content.items())
    )


def ask_enrolments_of(knows: Callable[[int, int], bool]) -> None:
    """Let `knows(organisation, firm)` say whether an organisation is party to an enrolled loan of a firm."""
    if knows not in _ENROLLED_BY:
        _ENROLLED_BY.append(knows)


def has_own_enrolment(organisation_id: int | None, firm_id: int) -> bool:
    """Tell whether an organisation is party to an enrolled loan of a firm."""
    return organisation_id is not None and any(knows(organisation_id, firm_id) for knows in _ENROLLED_BY)
