"""A call under a policy, a firm with people, an adviser, an application that is ready to be submitted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from tests.factories.firms import house_of, make_firm
from tests.factories.people import TODAY, make_actor, make_organisation

from yulin.atlas.models import Firm
from yulin.base.text import Text
from yulin.brain import services as brain
from yulin.brain.adapters.application_terms import application_terms
from yulin.brain.core.windows import Window
from yulin.brain.models import Application, Call, Policy
from yulin.brain.services.applications import attach_paper, save_field, start_application, submit_application
from yulin.brain.services.calls import CallTerms, decide_call, propose_call
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Organisation

VALUES = {
    "project": "示例项目",
    "leader": "示例人",
    "summary": "示例研究内容",
    "benefit": "示例效益",
    "starts": "2022-03-01",
    "total": "200万元",
    "asked": "50万元",
}


@dataclass(frozen=True)
class Bureau:
    """The authority's two people, and a policy of theirs."""

    house: Organisation
    officer: Actor
    checker: Actor
    policy: Policy


def make_bureau() -> Bureau:
    """Make an authority with two people and a published policy."""
    house = make_organisation(OrganisationKind.AUTHORITY)
    item = {"id": "立项1", "title": "示例市科技项目办法", "text": "示例支持标准\n（一）按项目总投入的百分之三十支持。"}
    taken = brain.take_in_policies(
        actor=SYSTEM_ACTOR, name="示例.json", content=json.dumps([item], ensure_ascii=False).encode(), source="示例",
        is_published=True,
    )  # fmt: skip
    officer = make_actor(Role.AUTHORITY_OFFICER, house)
    return Bureau(house, officer, make_actor(Role.AUTHORITY_CHECKER, house), taken.versions[0].policy)


def make_call(
    bureau: Bureau,
    *,
    first: date = TODAY,
    last: date = TODAY + timedelta(days=20),
    grace_days: int = 0,
    budget_fen: int = 10**10,
) -> Call:
    """Make a published call with the usual form."""
    window = Window(first, last, grace_days)
    terms = CallTerms(Text("示例申报通知", "Demo call"), window, application_terms().form, budget_fen=budget_fen)
    call = propose_call(actor=bureau.officer, policy_id=bureau.policy.pk, terms=terms)
    return decide_call(actor=bureau.checker, call_id=call.pk, is_published=True)


@dataclass(frozen=True)
class Applicant:
    """A firm, its organisation, two of its people."""

    firm: Firm
    house: Organisation
    one: Actor
    two: Actor


def make_applicant(number: int = 1) -> Applicant:
    """Make a firm with two people."""
    firm = make_firm(number)
    house = house_of(firm)
    return Applicant(firm, house, make_actor(Role.FIRM_USER, house), make_actor(Role.FIRM_USER, house))


def fill(actor: Actor, application: Application) -> None:
    """Type everything that is needed and attach what has to be attached."""
    for field_id, said in VALUES.items():
        save_field(actor=actor, application_id=application.pk, field_id=field_id, said=said, base=0)
    attach_paper(
        actor=actor, application_id=application.pk, kind="budget", name="预算.pdf", content=f"{application.pk}".encode()
    )


def make_submitted(call: Call, applicant: Applicant) -> Application:
    """Make an application that is submitted."""
    application = start_application(actor=applicant.one, call_id=call.pk)
    fill(applicant.one, application)
    submit_application(actor=applicant.one, application_id=application.pk)
    return Application.objects.get(pk=application.pk)
