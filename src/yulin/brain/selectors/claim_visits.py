"""The register of experts as the pool asks it for the visits of claims."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from yulin.brain.core.review import TIES, ties_of
from yulin.brain.models import Expert
from yulin.brain.selectors.reviews import experts, judges, side_of_firm
from yulin.pool.core.claims.visits import ListedExpert, Visitor
from yulin.pool.selectors.experts import ExpertBook

if TYPE_CHECKING:
    from yulin.atlas.models import Firm


def listed() -> list[ListedExpert]:
    """Return the experts of today's register, by number."""
    return [_listed(one) for one in experts().filter(is_active=True)]


def visitor(number: str, firm: Firm, on: date) -> Visitor | None:
    """Return one expert of today's register with what ties them to a firm, in words."""
    expert = experts().filter(is_active=True, number=number).first()
    if expert is None:
        return None
    (judge,) = judges([expert], on)
    ties = tuple(TIES[tie] for tie in ties_of(judge, side_of_firm(firm)))
    return Visitor(_listed(expert), expert.user_id, expert.employer, judge.organisations, ties)


def _listed(expert: Expert) -> ListedExpert:
    return ListedExpert(expert.number, expert.name, expert.employer_name, expert.fields)


EXPERTS = ExpertBook(listed, visitor)
