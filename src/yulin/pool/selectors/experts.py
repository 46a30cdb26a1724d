"""The register of experts as the pool asks it: who may be named for a visit, and what ties one to a firm.

An area above the pool keeps the register and answers; it says so when its application is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from yulin.people.selectors import organisation_names
from yulin.pool.core.claims.states import STEP_NAMES, ClaimStep
from yulin.pool.core.claims.visits import ClaimSide, ListedExpert, Visitor
from yulin.pool.models import Claim
from yulin.pool.selectors.claims import parties_of

if TYPE_CHECKING:
    from yulin.atlas.models import Firm


@dataclass(frozen=True)
class ExpertBook:
    """The two doors of a register: its experts of today, and one of them with what ties them to a firm."""

    listed: Callable[[], Sequence[ListedExpert]]
    visitor: Callable[[str, Firm, date], Visitor | None]


_BOOKS: list[ExpertBook] = []


def register_experts(book: ExpertBook) -> None:
    """Let an area name experts; called when its application is ready."""
    _BOOKS[:] = [book]


def listed_experts() -> list[ListedExpert]:
    """Return who may be named for a visit, by number."""
    return [one for book in _BOOKS for one in book.listed()]


def visitor(number: str, firm: Firm, on: date) -> Visitor | None:
    """Return one expert with what ties them to a firm on a day; None for nobody of the register."""
    return next((found for book in _BOOKS if (found := book.visitor(number, firm, on)) is not None), None)


def side_of_claim(claim: Claim) -> ClaimSide:
    """Return a claim's parties, by organisation and by every code they are known by, and who took a step of it."""
    parties = parties_of(claim)
    houses = organisation_names(parties)
    codes = {code: one.name for one in houses.values() for code in (one.code, one.identifier) if code}
    steps = claim.history.values_list("actor_user_id", "step")
    hands = {user: STEP_NAMES[ClaimStep(step)] for user, step in steps if user is not None and step in set(ClaimStep)}
    return ClaimSide(parties, codes, hands)
