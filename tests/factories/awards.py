"""A policy that pays without an application, and firms that it entitles or of which something is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tests.factories.firms import house_of
from tests.factories.people import make_actor, make_organisation

from yulin.atlas.models import Firm, Statement
from yulin.base.ids import make_uscc
from yulin.brain import services as brain
from yulin.brain.core.awards import Rhythm
from yulin.brain.core.policies import Ending, Terms
from yulin.brain.enums import CriteriaState
from yulin.brain.models import AwardBatch, Policy
from yulin.brain.services.awarding import BatchTerms, decide_batch, propose_batch
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Organisation

ASKS = "（一）在黄埔区注册登记；\n（二）职工总数不超过500人；\n（三）未被列入经营异常名录。"
PAYS = "给予一次性奖励10万元。"
FEN = 100_000_00


@dataclass(frozen=True)
class Office:
    """The authority's people: one who lists, two who check."""

    house: Organisation
    officer: Actor
    checker: Actor
    third: Actor


def make_office() -> Office:
    """Make an authority with three people."""
    house = make_organisation(OrganisationKind.AUTHORITY)
    roles = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER, Role.AUTHORITY_CHECKER)
    return Office(house, *(make_actor(role, house) for role in roles))


def every_policy() -> frozenset[int]:
    """Return all policies: one that is written beside them is another, however alike they are."""
    return frozenset(Policy.objects.values_list("pk", flat=True))


def make_paying_policy(
    office: Office, *, asks: str = ASKS, pays: str = PAYS, amount_fen: int | None = FEN, **more: str
) -> Policy:
    """Publish a policy and confirm the criteria that are read from its words."""
    edit = brain.PolicyEdit(
        title="示例奖励办法", parts=(("amount", pays), ("conditions", asks)), terms=Terms(Ending.PERMANENT),
        amount_fen=amount_fen, apart_from=every_policy(), **{"area": "广东/广州/黄埔区"} | more,
    )  # fmt: skip
    version = brain.propose_version(actor=office.officer, policy_id=None, base=0, edit=edit)
    policy = brain.decide_version(actor=office.checker, version_id=version.pk, is_published=True).policy
    brain.draft_criteria(actor=SYSTEM_ACTOR)
    waiting = policy.criteria.get(state=CriteriaState.PROPOSED.value)
    brain.decide_criteria(actor=office.checker, criteria_id=waiting.pk, is_confirmed=True)
    return policy


def make_paid_firm(number: int, *, with_people: bool = True, **facts: object) -> Firm:
    """Make a firm that meets what the policy asks; a fact that is None is not known."""
    firm = Firm.objects.create(
        identifier=make_uscc("440112", number), name=f"示例{number}科技有限公司", district_code="440112",
        registered_on=date(2015, 3, 1),
    )  # fmt: skip
    Statement.objects.bulk_create(
        Statement(firm=firm, fact=name, value=value, source="示例来源", valid_from=date(2021, 1, 1))
        for name, value in ({"staff_count": 60, "is_on_abnormal_list": False} | facts).items()
        if value is not None
    )
    if with_people:
        house_of(firm)
    return firm


def list_firms(
    office: Office, policy: Policy, on: date, *, budget_fen: int = 100 * FEN, rhythm: Rhythm = Rhythm.YEAR
) -> AwardBatch:
    """List the firms of a policy."""
    return propose_batch(actor=office.officer, policy_id=policy.pk, terms=BatchTerms(on, rhythm, budget_fen))


def put_on_notice(office: Office, policy: Policy, on: date) -> AwardBatch:
    """List the firms of a policy and put the list under public notice."""
    batch = list_firms(office, policy, on)
    return decide_batch(actor=office.checker, batch_id=batch.pk, is_confirmed=True)
