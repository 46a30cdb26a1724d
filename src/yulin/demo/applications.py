"""A call of the demo book under an invented policy: one firm's draft, another's submission, experts in the register.

It is written by the same services that the screens use, as the bureau's and the firms' own people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from yulin.base.text import Text
from yulin.brain.adapters.application_terms import application_terms
from yulin.brain.core.windows import Window
from yulin.brain.services import take_in_policies
from yulin.brain.services.applications import attach_paper, save_field, start_application, submit_application
from yulin.brain.services.calls import CallTerms, decide_call, propose_call
from yulin.brain.services.experts import ExpertFacts, keep_expert
from yulin.demo import targets
from yulin.demo.rules import demo_actor
from yulin.kit.clock import standing_on
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import Role
from yulin.people.selectors import people_in_role

_POLICY = {
    "id": "示例立项",
    "title": "示例市科技项目立项管理办法",
    "document_number": "示例科规〔2021〕9号",
    "text": (
        "一、支持对象\n（一）在示例市登记、从业人员不超过500人的科技型中小企业。\n"
        "二、支持标准\n（一）按项目总投入的百分之三十给予事前支持，单项不超过100万元。\n"
        "三、评审\n（一）每项随机抽取专家评审，有利害关系的回避；立项结果公示五个工作日。\n"
    ),
}
_DAYS = Window(date(2022, 1, 4), date(2022, 2, 28), grace_days=3)
_WROTE = date(2022, 1, 12)
_SAID = {
    "project": "示例光学检测模组研制",
    "leader": "示例负责人",
    "summary": "研制面向产线的示例光学检测模组：标定、成像、缺陷识别三个子系统，样机在两条产线上验证。",
    "benefit": "样机一套，示例标准一项；项目期内新增销售收入示例数额。",
    "starts": "2022-03-01",
    "total": "300万元",
    "asked": "90万元",
}
_DRAFTED = ("project", "leader", "starts")
_EMPLOYERS = ("示例大学", "示例研究院", "示例检测中心")


def enter_experts() -> list[str]:
    """Enter three experts into the register; return their numbers."""
    officer = demo_actor(Role.AUTHORITY_OFFICER)
    seats = zip(people_in_role(Role.EXPERT, on=targets.BUSINESS_DATE), _EMPLOYERS, strict=True)
    return [
        keep_expert(
            actor=officer, membership_id=seat.pk, facts=ExpertFacts(fields="光学工程", employer_name=employer)
        ).number
        for seat, employer in seats
    ]


def file_applications(organisations: Mapping[str, int]) -> None:
    """Publish a policy and a call, leave one firm's draft and another's submission."""
    officer, checker = demo_actor(Role.AUTHORITY_OFFICER), demo_actor(Role.AUTHORITY_CHECKER)
    taken = take_in_policies(
        actor=SYSTEM_ACTOR, name="示例政策.json", content=json.dumps([_POLICY], ensure_ascii=False).encode(),
        source="示例", is_published=True,
    )  # fmt: skip
    form = application_terms().form
    title = Text("2022年度示例市科技项目申报", "Science projects of the example city, 2022")
    terms = CallTerms(title, _DAYS, form, budget_fen=20_000_000_00, most_fen=1_000_000_00)
    with standing_on(_DAYS.opens_on):
        call = propose_call(actor=officer, policy_id=taken.versions[0].policy_id, terms=terms)
        decide_call(actor=checker, call_id=call.pk, is_published=True)
    with standing_on(_WROTE):
        _applied(demo_actor(Role.FIRM_USER, organisations["FIRM"]), call.pk, _DRAFTED, is_submitted=False)
        _applied(demo_actor(Role.FIRM_USER, organisations["FIRM2"]), call.pk, tuple(_SAID), is_submitted=True)


def _applied(person: Actor, call_id: int, fields: tuple[str, ...], *, is_submitted: bool) -> None:
    made = start_application(actor=person, call_id=call_id)
    for name in fields:
        save_field(actor=person, application_id=made.pk, field_id=name, said=_SAID[name], base=0)
    if is_submitted:
        attach_paper(
            actor=person, application_id=made.pk, kind="budget", name="示例经费预算书.txt",
            content="示例经费预算：设备150万元，材料90万元，人员60万元。".encode(),
        )  # fmt: skip
        submit_application(actor=person, application_id=made.pk)
