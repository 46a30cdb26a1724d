"""An insurer whose year passed the level: claims 90 万, premiums 60 万, so that finance pays 14.4 万 (R-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.factories.claims import People, make_claim_law, make_people, shown_fen
from tests.factories.claims import checked as checked_claim
from tests.factories.people import make_actor, make_demo_book, make_organisation
from tests.factories.pool import WAN

from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Organisation
from yulin.pool.core.deciding import Law
from yulin.pool.core.postings import Place
from yulin.pool.models import Claim, ExcessSubsidy
from yulin.pool.services.claims.deciding import decide_claim
from yulin.pool.services.state_premium import state_premium
from yulin.pool.services.subsidies.confirm_subsidy import confirm_subsidy
from yulin.pool.services.subsidies.decide_subsidy import decide_subsidy

SCHEME, YEAR = "gz-credit-2021", 2022
OPENED, AFTER = date(2022, 1, 19), date(2023, 1, 5)
CITY = Place(SCHEME, "city")
SUBSIDY_FEN = 1_440 * WAN // 100
RULE: dict[str, Any] = {
    "loss_ratio_stop": {"ratio": "120%", "clause": "规程八"},
    "excess_subsidy": {"ratio": "80%", "clause": "规程八"},
    "overdue_stop": {"ratio": "10%", "clause": "规程八"},
}


@dataclass(frozen=True)
class InsurerYear:
    """Everybody about one insurer's year that is over."""

    law: Law
    people: People
    house: Organisation
    officer: Actor
    claim: Claim

    @property
    def key(self) -> dict[str, Any]:
        """The scheme, insurer and year."""
        return {"scheme_id": SCHEME, "insurer_id": self.house.pk, "year": YEAR}

    def decided(self) -> ExcessSubsidy:
        """Return the subsidy as the manager's clerk decided it."""
        return decide_subsidy(actor=self.people.reviewer, **self.key, shown_fen=SUBSIDY_FEN)

    def confirmed(self) -> ExcessSubsidy:
        """Return the subsidy as the authority confirmed it."""
        return confirm_subsidy(actor=self.people.authority, subsidy_id=self.decided().pk)


def make_insurer_year(premium_fen: int = 60 * WAN) -> InsurerYear:
    """Make a claim of 300 万 of which the insurer bears 90 万, and state the premium of its year."""
    make_demo_book(OPENED)
    law, people = make_claim_law(insurance=RULE), make_people()
    house = make_organisation(OrganisationKind.INSURER, name="示例保险")
    officer = make_actor(Role.INSURER_OFFICER, house)
    shared = {"mode": "five_plus_x", "security": "insurance", "insurer": house.code, "insured_amount_fen": 144 * WAN}
    claim = checked_claim(people, law, **shared)
    decide_claim(actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown_fen(claim))
    if premium_fen:
        state_premium(actor=officer, scheme_id=SCHEME, year=YEAR, premium_fen=premium_fen)
    return InsurerYear(law, people, house, officer, claim)


def over(year: InsurerYear) -> InsurerYear:
    """Let the book stand on a day after the year."""
    make_demo_book(AFTER)
    return year
