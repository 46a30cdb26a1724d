"""Invented policies of the demo book whose criteria two people have confirmed, so that the radar has something to say.

They are written and confirmed by the same services that the screens use.
"""

from __future__ import annotations

from datetime import date

from yulin.brain.core.awards import Rhythm
from yulin.brain.core.guides import GuideKind
from yulin.brain.core.policies import Ending, Terms
from yulin.brain.services.awarding import BatchTerms, decide_batch, propose_batch
from yulin.brain.services.guides import publish_guide
from yulin.brain.services.policies import PolicyEdit, decide_version, propose_version
from yulin.brain.services.radar import decide_criteria, draft_criteria
from yulin.brain.services.stacking import decide_stacking, propose_stacking
from yulin.demo.rules import demo_actor
from yulin.kit.clock import standing_on
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role

_WRITTEN = date(2022, 1, 5)
_AUTHORITY = "示例市科学技术局"
_POLICIES = (
    PolicyEdit(
        "示例市高新技术企业研发补助办法",
        (
            ("amount", "按上年度研究开发费用的百分之五给予补助，最高50万元。"),
            (
                "conditions",
                "（一）在广州市注册登记；\n（二）具有有效的高新技术企业资格；\n（三）未被列入经营异常名录。",
            ),
        ),
        Terms(Ending.DATED, opens_on=date(2022, 1, 1), ends_on=date(2022, 3, 31)),
        document_number="示例科规〔2021〕11号",
        authority=_AUTHORITY,
        area="广东/广州",
        amount_fen=50_000_000,
    ),
    PolicyEdit(
        "示例区科技型中小企业贷款贴息办法",
        (
            ("amount", "按实际支付利息的一半给予贴息，最高20万元。"),
            (
                "conditions",
                "（一）在黄埔区注册登记；\n（二）科技型中小企业；\n（三）职工总数不超过300人；\n（四）上年度营业收入不超过2亿元。",
            ),
        ),
        Terms(Ending.PERMANENT),
        document_number="示例区科〔2022〕1号",
        authority=_AUTHORITY,
        issued_on=date(2022, 1, 14),
        area="广东/广州/黄埔区",
        amount_fen=20_000_000,
    ),
)
_PAID = PolicyEdit(
    "示例区初创科技企业成长奖励办法",
    (
        ("amount", "给予一次性奖励10万元。"),
        (
            "conditions",
            "（一）在荔湾区注册登记；\n（二）成立不超过5年；\n（三）职工总数不少于50人；\n（四）未被列入经营异常名录。",
        ),
    ),
    Terms(Ending.PERMANENT),
    document_number="示例区科〔2021〕5号",
    authority=_AUTHORITY,
    issued_on=date(2022, 1, 4),
    area="广东/广州/荔湾区",
    amount_fen=10_000_000,
)
# Two more that stand beside the district's award: one excludes it, one tops the other up.
_CITY = PolicyEdit(
    "示例市创业企业扶持办法",
    (
        ("amount", "第三条　给予一次性扶持30万元。"),
        (
            "conditions",
            "（一）在广州市注册登记；\n（二）成立不超过5年；\n（三）职工总数不少于50人；\n（四）未被列入经营异常名录。",
        ),
        ("operations", "第五条　同一企业符合区级成长奖励的，按就高不重复原则享受一项。"),
    ),
    Terms(Ending.PERMANENT),
    document_number="示例科规〔2021〕8号",
    authority=_AUTHORITY,
    area="广东/广州",
    amount_fen=30_000_000,
)
_MATCHING = PolicyEdit(
    "示例区创业扶持配套办法",
    (
        ("amount", "第四条　按企业所获市级创业扶持资金的百分之三十配套，最高6万元。"),
        ("conditions", "（一）在荔湾区注册登记；\n（二）职工总数不少于50人。"),
    ),
    Terms(Ending.PERMANENT),
    document_number="示例区科〔2021〕9号",
    authority=_AUTHORITY,
    area="广东/广州/荔湾区",
    amount_fen=6_000_000,
)
_STACKED = "demo"
_STACKING = f"""\
title: [示例市创业政策叠加, How the example city's start-up policies stack]
benefits:
  demo-city:
    title: [{_CITY.title}, Example City support for start-ups]
    level: city
    policy: 'library:{_CITY.title}'
    amount: 30万
    document: {_CITY.document_number}
    article: 第三条
    verified: 'yes'
  demo-district:
    title: [{_PAID.title}, Example District growth award]
    level: district
    policy: 'library:{_PAID.title}'
    amount: 10万
    document: {_PAID.document_number}
    article: 第二条
    verified: 'yes'
  demo-matching:
    title: [{_MATCHING.title}, Example District top-up of the city's support]
    level: district
    policy: 'library:{_MATCHING.title}'
    amount: bonus
    document: {_MATCHING.document_number}
    article: 第四条
    verified: 'yes'
rules:
  demo-higher:
    kind: higher_only
    of: [demo-city, demo-district]
    document: {_CITY.document_number}
    article: 第五条
    verified: 'yes'
  demo-top-up:
    kind: bonus
    of: [demo-matching]
    to: [demo-city]
    share: 30%
    at_most: 6万
    document: {_MATCHING.document_number}
    article: 第四条
    verified: 'yes'
"""
_LISTED = date(2022, 1, 17)
# Of the loan policy the manual is still owed.
_EXPLAINED = {
    _PAID.title: (
        (GuideKind.GUIDE, "奖励对象是在荔湾区注册、成立不超过5年、职工不少于50人的企业，由数据判定，企业不必申报。"),
        (GuideKind.MANUAL, "科技局拟定名单并公示5个工作日；企业在公示期内确认收款账户，公示结束后付款。"),
    ),
    _POLICIES[1].title: (
        (GuideKind.GUIDE, "对实际支付的利息补贴一半，每家企业最高20万元；四项条件须同时满足，逐项见政策原文。"),
    ),
}


def publish_policies() -> None:
    """Publish the policies with their criteria, say what excludes what, and list whom one of them pays."""
    officer, checker = demo_actor(Role.AUTHORITY_OFFICER), demo_actor(Role.AUTHORITY_CHECKER)
    for edit in (*_POLICIES, _CITY, _MATCHING, _PAID):
        with standing_on(edit.issued_on or _WRITTEN):
            version = propose_version(actor=officer, policy_id=None, base=0, edit=edit)
            policy = decide_version(actor=checker, version_id=version.pk, is_published=True).policy
            draft_criteria(actor=SYSTEM_ACTOR)
            decide_criteria(actor=checker, criteria_id=policy.criteria.get().pk, is_confirmed=True)
            for kind, text in _EXPLAINED.get(edit.title, ()):
                publish_guide(actor=officer, policy_id=policy.pk, kind=kind, text=text)
    with standing_on(_WRITTEN):
        law = propose_stacking(actor=officer, key=_STACKED, base=0, text=_STACKING, note="按三份示例文件的条款")
        decide_stacking(actor=checker, version_id=law.pk, is_published=True)
    with standing_on(_LISTED):  # the last policy pays without an application: its list is under public notice
        terms = BatchTerms(_LISTED, Rhythm.ONCE, budget_fen=1_000_000_000)
        batch = propose_batch(actor=officer, policy_id=policy.pk, terms=terms)
        decide_batch(actor=checker, batch_id=batch.pk, is_confirmed=True)
