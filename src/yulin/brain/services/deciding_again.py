"""After a correction the check-up of the firm is made with the wrong value and without it, and the answers follow."""

from __future__ import annotations

from datetime import date
from typing import Any

from yulin.base.text import Text
from yulin.brain.core.check_up import Line, check_up, titles_on
from yulin.brain.core.shown import title_row
from yulin.brain.selectors.check_up import register_of, title_packs
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.pool.core.redecisions import SaidOtherwise, differences
from yulin.pool.services.redeciding import Correction, decide_answers_again, keep_redecision

_POINTS = Text("%(standing)s，%(points)s分", "%(standing)s, %(points)s points")


def decide_again(*, actor: Actor, correction: Correction, on: date) -> int:
    """Decide again what rested on a corrected fact: check-up, kept and signed answers; return how many are new.

    Done twice it does nothing more. The run over all firms is made anew by itself: statements and ends make it old.
    Effects: as `keep_redecision`, each in a transaction of its own.
    """
    with scope(EVERYTHING):
        made = keep_redecision(actor=actor, correction=correction, changes=_check_up_again(correction, on))
    return (made is not None) + decide_answers_again(actor=actor, correction=correction)


def _check_up_again(correction: Correction, on: date) -> list[SaidOtherwise]:
    packs = titles_on(title_packs(), on)
    if not packs:
        return []
    known, alias = register_of(correction.firm, on, packs[0].vocabulary, as_named=correction.fact)
    if alias is None:
        return []
    before: dict[str, Any] = {**known, alias: correction.was}
    if correction.was is None:
        del before[alias]
    return differences(_said(check_up(packs, before, on)), _said(check_up(packs, known, on)))


def _said(lines: list[Line]) -> dict[str, tuple[Text, Text]]:
    return {line.pack.id: (line.pack.title, _standing(line)) for line in lines}


def _standing(line: Line) -> Text:
    row = title_row(line, None)
    standing = row.verdict[1]
    return standing if row.points == "—" else _POINTS.with_values(standing=standing, points=row.points)
