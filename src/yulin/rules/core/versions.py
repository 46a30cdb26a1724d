"""Which version of a law rules a decision on a day: packs that name the one they replace are versions of one law."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from yulin.base.text import Text
from yulin.rules.core.pack import Pack
from yulin.rules.errors import PackNotInForceError

_GRANTING = ("new_application", "review")


def laws_of(packs: Iterable[Pack]) -> tuple[tuple[Pack, ...], ...]:
    """Return the versions of each law that has several, the oldest first."""
    by_id = {pack.id: pack for pack in packs}
    successors = {pack.replaces: pack for pack in by_id.values() if pack.replaces in by_id}
    first = [pack for pack in by_id.values() if pack.id in successors and pack.replaces not in by_id]
    found = []
    for pack in first:
        chain = [pack]
        while chain[-1].id in successors and successors[chain[-1].id] not in chain:
            chain.append(successors[chain[-1].id])
        found.append(tuple(chain))
    return tuple(found)


def in_succession(packs: Iterable[Pack]) -> tuple[Pack, ...]:
    """Return the packs, each that names no end of its own ending where the one that replaces it begins."""
    known = tuple(packs)
    starts = {pack.replaces: pack.effective_from for pack in sorted(known, key=_start, reverse=True) if pack.replaces}
    return tuple(
        pack.ending(starts[pack.id])
        if pack.effective_until is None and pack.id in starts and starts[pack.id] > pack.effective_from
        else pack
        for pack in known
    )


def _start(pack: Pack) -> date:
    return pack.effective_from


def version_for(versions: Iterable[Pack], decision: str, on: date, granted_on: date | None = None) -> Pack:
    """Return the version that rules a kind of decision on a day.

    A title held runs under the version by which it was granted, so `granted_on` decides there.
    Raises: RULES.PACK.NOT_IN_FORCE (no version rules that decision on that day).
    """
    known = tuple(versions)
    ruling = [pack for pack in known if pack.rules(decision, on)]
    if decision == "title_held":
        day = granted_on or on
        ruling = [pack for pack in ruling if any(pack.rules(way, day) for way in _GRANTING)]
    if not ruling:
        names = "、".join(pack.id for pack in known)
        raise PackNotInForceError(
            Text(
                f"{names} 中没有版本在 {on} 适用于“{decision}”。", f"No version of {names} rules “{decision}” on {on}."
            ),
            Text(
                "按规则包各自的 applies_to 区间选日；持有的资格写明授予日。",
                "Choose a day in the applies_to of a pack; for a title held, give the day it was granted.",
            ),
            pack=names, on=on,
        )  # fmt: skip
    return max(ruling, key=lambda pack: pack.applies_to[decision].first)
