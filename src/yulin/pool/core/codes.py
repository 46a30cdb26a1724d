"""Codes that stand in answers without an exception: why a loan cannot be settled or covered, what a pack's numbers do.

One meaning each, in both languages; screens, the API and `docs/errors.md` say the same.
"""

from __future__ import annotations

from collections.abc import Mapping

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
