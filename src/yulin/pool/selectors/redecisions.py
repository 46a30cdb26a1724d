"""What corrections changed: beside a firm's check-up, beside a kept answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from yulin.atlas.selectors.portrait import shown_as
from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.pool.core.redecisions import SaidOtherwise
from yulin.pool.enums import RedecisionKind
from yulin.pool.models import PreLoanAnswer, Redecision

_MOST = 5


@dataclass(frozen=True)
class Redecided:
    """A correction as it is shown: the day, what the fact is called, and what is said otherwise since."""

    on: date
    fact: Text
    changes: Sequence[SaidOtherwise]


def redecisions_of_check_up(firm_id: int) -> list[Redecided]:
    """Return what corrections changed in a firm's check-up, the latest first. The caller guards the firm."""
    with scope(EVERYTHING):
        rows = Redecision.objects.filter(firm_id=firm_id, kind=RedecisionKind.CHECK_UP)
        return _shown(rows[:_MOST])


def redecisions_of_answer(kept: PreLoanAnswer) -> list[Redecided]:
    """Return what corrections changed in a kept answer, the latest first."""
    return _shown(redecided_answers(kept))


def redecided_answers(kept: PreLoanAnswer) -> list[Redecision]:
    """Return the redecisions of a kept answer, the latest first."""
    return list(Redecision.objects.filter(answer=kept)[:_MOST])


def _shown(rows: Iterable[Redecision]) -> list[Redecided]:
    return [
        Redecided(row.decided_on, shown_as(row.fact).label, [SaidOtherwise.from_json(one) for one in row.changes])
        for row in rows
    ]
