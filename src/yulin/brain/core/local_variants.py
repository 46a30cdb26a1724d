"""Which variant of a policy speaks for a firm: of those in force at its place the nearest; never two of one family.

A general policy has local variants, each with its own days. One that has ended never hides the general one; one that is
in force does, also where nobody has confirmed yet what it asks: then nothing is known, for the general words do not
apply there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yulin.base.text import Text

_PAIR = 2
_CODE = 6


@dataclass(frozen=True)
class Local:
    """A policy of a family that is in force: where, by which division code, and whether its criteria decide."""

    policy_id: int
    family: int
    area: str
    code: str  # "": everywhere, or an area whose code is not known, which takes nothing over
    title: str
    decides: bool

    @property
    def why(self) -> Text:
        """Why another of the family does not speak here."""
        zh = f"当地有《{self.title}》在施行，以它为准"
        en = f"“{self.title}” is in force there and goes before it"
        if self.decides:
            return Text(zh, en)
        return Text(f"{zh}；其条件尚未确认", f"{en}; what it asks is not confirmed yet")


def codes_within(code: str) -> tuple[int, int]:
    """Return the first and the last division code that lie in a division.

    >>> codes_within("440000"), codes_within("440100"), codes_within("440112")
    ((440000, 449999), (440100, 440199), (440112, 440112))
    """
    head = code
    while len(head) > _PAIR and head.endswith("00"):
        head = head[:-_PAIR]
    return int(head.ljust(_CODE, "0")), int(head.ljust(_CODE, "9"))


def spoken_over(members: Iterable[Local]) -> dict[int, tuple[Local, ...]]:
    """Return, by policy, the others of its family that go before it where they apply, the nearest last.

    >>> general, city = Local(1, 1, "", "", "A", True), Local(2, 1, "广东/广州", "440100", "B", True)
    >>> spoken_over([city, general]) == {1: (city,)}
    True
    """
    families: dict[int, list[Local]] = {}
    for one in members:
        families.setdefault(one.family, []).append(one)
    found = {}
    for family in families.values():
        ranked = sorted(family, key=lambda one: (len(one.area), -one.policy_id))
        for place, one in enumerate(ranked):
            before = tuple(other for other in ranked[place + 1 :] if other.code or not other.area)
            if before:
                found[one.policy_id] = before
    return found


def speaker(before: Sequence[Local], district: object) -> Local | None:
    """Return which variant speaks instead for a firm of a district; None: none does, or the district is not known."""
    said = str(district or "")
    code = int(said) if said.isascii() and said.isdecimal() else None
    return next((one for one in reversed(before) if _holds(one, code)), None)


def _holds(one: Local, district: int | None) -> bool:
    if not one.area:
        return True
    first, last = codes_within(one.code)
    return district is not None and first <= district <= last
