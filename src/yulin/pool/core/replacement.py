"""Keep or move: whether loans filed under an older scheme are decided under the one that replaced it."""

from __future__ import annotations

from datetime import date

from yulin.rules.core.pack import Pack


def takes_over(pack: Pack, *, filed_on: date, decided_on: date) -> bool:
    """Return whether a loan filed under the predecessor is decided under `pack` on the day.

    `keep`: never. `move`: from the pack's first day on; what was decided before stays decided under the old rule.
    """
    rule = pack.scheme.replacement
    is_old = filed_on < pack.effective_from
    return rule is not None and rule.old_loans == "move" and is_old and pack.is_in_force(decided_on)
