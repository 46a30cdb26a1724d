"""Codes that stand in answers without an exception: why a loan is not covered, what a pack's numbers do, what waits.

One meaning each, in both languages; screens, the API and `docs/errors.md` say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yulin.base.text import Text

REFUSALS: Mapping[str, Text] = {
    "POOL.SCHEME.NOT_IN_FORCE": Text("方案当日未生效", "the scheme is not in force that day"),
    "POOL.MODE.NOT_OFFERED": Text("方案没有这一模式", "the scheme does not offer this mode"),
    "POOL.MODE.SECOND": Text("同一笔贷款已按另一模式备案", "the loan is enrolled under another mode already"),
    "POOL.MODE.X_SHARES": Text("第三方分担超过约定上限", "the third parties would bear more than they may"),
    "POOL.RATIO.NONE": Text("比例表没有对应的比例", "the table gives no ratio for this loan"),
    "POOL.ELIGIBILITY.NOT_MET": Text("不符合借款人或贷款条件", "borrower or loan does not meet a condition"),
    "POOL.LIMIT.LOAN": Text("单笔金额超限", "the loan is above the limit per loan"),
    "POOL.LIMIT.LINE": Text("授信额度超限", "the credit line is above its limit"),
    "POOL.LIMIT.FIRM": Text("单户余额超限", "what the firm owes under the scheme passes its ceiling"),
    "POOL.LIMIT.FIRM_YEAR": Text("单户年度超限", "the firm's loans of the year pass their limit"),
    "POOL.LIMIT.BANK": Text("单家银行超限", "the bank's loans pass their limit"),
    "POOL.LIMIT.SCHEME": Text("方案总额超限", "the scheme's loans pass their limit"),
    "POOL.LIMIT.CAPACITY": Text("分险层备案额度不足", "a layer has no capacity left"),
    "POOL.LIMIT.GROUP": Text("单个集团超限", "the group's loans pass their limit"),
    "POOL.LIMIT.TENOR": Text("贷款期限不在允许范围", "the tenor lies outside what is allowed"),
    "POOL.LIMIT.RATE": Text("贷款利率超限", "the interest rate is above its limit"),
    "POOL.LIMIT.INSURED_RATE": Text("投保贷款利率超限", "the interest rate of the insured loan is above its limit"),
    "POOL.LIMIT.PREMIUM": Text("年保险费率超限", "the yearly premium rate is above its limit"),
    "POOL.LIMIT.BANKS_PER_FIRM": Text("单户年度合作银行数超限", "the firm already has its banks of the year"),
    "POOL.LIMIT.FILING_WINDOW": Text("已过备案期限", "the filing window is over"),
}
REMARKS: Mapping[str, Text] = {
    "POOL.PACK.CLIFF": Text("金额多一点，补偿反而少", "a little more of loan pays less"),
    "POOL.PACK.READING": Text("两种读法结果不同", "the two readings of a table differ"),
    "POOL.PACK.GAP": Text("比例表止于某一金额", "the ratio table ends at an amount"),
    "POOL.PACK.UNREACHABLE": Text("某一比例永不适用", "a ratio can never apply"),
    "POOL.PACK.CAP_UNREACHED": Text("某一上限达不到", "a cap is never reached"),
    "POOL.PACK.PARTS": Text("份额合计不为100%", "shares do not sum to the whole"),
}
# What is done, yet otherwise than somebody may expect: said on the page, refused by nobody.
NOTES: Mapping[str, Text] = {
    "POOL.CLAIM.BANK_DEFERRED": Text(
        "连同本笔，%(claimant)s的“%(breaker)s”为%(found)s，界限%(level)s：申请照常受理和审核，审定暂缓并按次序排队，"
        "不是不予补偿。",
        "With this loan %(claimant)s stands at %(found)s of “%(breaker)s”, the line is %(level)s: the claim is taken "
        "and reviewed, its decision is deferred and waits in the queue. Deferred is not denied.",
    ),
    "POOL.RECOVERY.PERIOD_CLOSED": Text(
        "%(on)s所在期间已关账（至%(last)s）：分录记在%(booked)s，到账日仍为%(on)s，分配按到账日次序。",
        "The books are closed to %(last)s: what came in on %(on)s is booked on %(booked)s, keeps its own day, and is "
        "shared in the order of value dates.",
    ),
    "POOL.VOUCHER.QUEUED": Text(
        "%(layer)s预算可用%(room)s元，凭证%(needed)s元，差%(short)s元：凭证排队，有余额时按审定次序冻结；其他层照常拨付。",
        "The budget of %(layer)s has CNY %(room)s left, the voucher is for CNY %(needed)s, CNY %(short)s more: "
        "it waits and is held in the order of decisions once there is room; the other layers pay as usual.",
    ),
}


@dataclass(frozen=True)
class Note:
    """Something that a page says of money, with its code."""

    code: str
    says: Text


def note(code: str, **values: Any) -> Note:
    """Return one of `NOTES` with what was found.

    >>> note("POOL.RECOVERY.PERIOD_CLOSED", on="2022-02-10", last="2022-02-14", booked="2022-02-15").says.en[:34]
    'The books are closed to 2022-02-14'
    """
    return Note(code, NOTES[code].with_values(**values))
