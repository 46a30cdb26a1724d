"""What kind of answer a question asks for, and which clauses state one."""

import pytest

from yulin.brain.core.asked_for import AskedFor, asked_for, states

AMOUNT, PERIOD, SHARE = AskedFor.AMOUNT, AskedFor.PERIOD, AskedFor.SHARE


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("改造老旧厂房能拿到多少补助", AMOUNT),
        ("每家企业最高支持额度", AMOUNT),
        ("贷款贴息期限有多长", PERIOD),
        ("示范基地授牌有效期几年", PERIOD),
        ("申报什么时候截止", PERIOD),
        ("按固定资产投资的百分之几补助", SHARE),
        ("补助比例最高多少", SHARE),
        ("向哪个部门申请", None),
        ("", None),
    ],
)
def test_the_kind_of_a_question(question, kind):
    assert asked_for(question) is kind


@pytest.mark.parametrize(
    ("kind", "clause", "is_stated"),
    [
        (AMOUNT, "最高不超过5000万元", True),
        (AMOUNT, "480元/吨", True),
        (AMOUNT, "按投资额的30%奖励", True),
        (AMOUNT, "给予资金补贴", False),
        (AMOUNT, "第3条 申报程序", False),
        (PERIOD, "每三年评定一次", True),
        (PERIOD, "不超过2年的贴息", True),
        (PERIOD, "自受理起20个工作日内", True),
        (PERIOD, "长期有效", True),
        (PERIOD, "由市经济和信息化局授牌", False),
        (SHARE, "利率低于LPR的按实际利率", True),
        (SHARE, "不超过50％", True),
        (SHARE, "不超过50万元", False),
        (None, "任何条文", True),
    ],
)
def test_what_states_an_answer(kind, clause, is_stated):
    assert states(kind, clause) is is_stated
