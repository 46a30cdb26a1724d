"""A firm with facts, its own people, and a partner that may be let in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.factories.people import make_actor, make_organisation

from yulin.atlas.models import Firm, Statement
from yulin.atlas.services.consenting import NewConsent, give_consent
from yulin.base.ids import make_uscc
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Organisation

SAYS = (
    ("staff_count", 60, "社保与企业年报"),
    ("rd_expense_fen_2020", 3_000_000_00, "纳税申报"),
    ("has_serious_dishonesty", False, "信用信息公示"),
)


def make_firm(number: int = 1, district: str = "440112") -> Firm:
    """Make a firm with one fact in each of three classes."""
    firm = Firm.objects.create(
        identifier=make_uscc(district, number), name=f"示例{number}科技有限公司", district_code=district
    )
    for fact, value, source in SAYS:
        Statement.objects.create(
            firm=firm,
            fact=fact,
            value=value,
            source=source,
            valid_from=date(2020, 12, 31),
            known_at=datetime(2021, 1, 1, tzinfo=UTC),
        )
    return firm


def house_of(firm: Firm) -> Organisation:
    """Make the firm an organisation of its own."""
    house = make_organisation(OrganisationKind.FIRM)
    Organisation.objects.filter(pk=house.pk).update(identifier=firm.identifier)
    return Organisation.objects.get(pk=house.pk)


def person_of(firm: Firm) -> Actor:
    """Make a person of the firm."""
    return make_actor(Role.FIRM_USER, house_of(firm))


def let_in(firm: Firm, organisation: Organisation, classes: set[str], house: Organisation | None = None) -> int:
    """Let an organisation see classes of a firm's facts; return the consent's id."""
    person = make_actor(Role.FIRM_USER, house or house_of(firm))
    asked = NewConsent(organisation.pk, frozenset(classes), "loan", clock.business_date() + timedelta(days=90))
    return give_consent(actor=person, asked=asked).pk
