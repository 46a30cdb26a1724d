"""The first page of an audit pack, in Chinese and English: what is in it, what it shows, what it cannot show."""

from __future__ import annotations

from yulin.pool.core.audit_pack.scope import PackScope

_WHOLE_ZH = "本包载有全部总账：各账户余额、冻结与封存链均可由本包单独复算。"
_WHOLE_EN = "This pack carries the whole ledger: balances, holds and the chain of seals follow from it alone."
_PART_ZH = (
    "本包只载与其范围有关的分录。只含部分分录的账户，余额未证；只含部分分录的封存，散列未证，只能核对各行的标记（标记"
    "只防差错，不证明未被改动）。要证明总账未被改动，请用整年的审计包，或由运维人员运行 yulin ledger verify。"
)
_PART_EN = (
    "This pack carries only the transfers of its subject. Of an account that is here in part the balance is not shown; "
    "of a seal that is here in part the hash is not shown, only the marks of its rows are compared (a mark finds "
    "errors, it does not prove that nothing was changed). To prove the ledger take the pack of a whole year, or have "
    "the operator run: yulin ledger verify"
)
_TEXT = """雨林审计包：{title_zh}
====================================================================

一、怎样复核
  在任何装有 Python 3.8 以上的机器上（不需要雨林、不需要联网）：
      python -I -S recompute.py
  逐项显示 相符、不符（附第一处不同的行）或 未证；全部相符时退出码为 0，否则为 1。
  recompute.py 及其余四个 recompute_*.py 只用 Python 标准库，可先通读。

二、包里有什么
  manifest.json            各文件的 SHA-256；生成时刻（除此以外，同一账簿生成的包逐字节相同）
  law.csv、law/            用到的每一版方案：原文、管理机构填定的值、law.json（其 SHA-256 即版本号）
  enrolments.csv 等表      备案、经过、月报、担保费及其撤销、申请、专家走访、联席会议、扣减、
                           尽职情形、凭证、拨付、保费与超赔补贴（整年的包）、回收、上缴、追回、核销，一表一文件
  facts.jsonl              备案时冻结的事实
  explanations.jsonl       由冻结的事实重算的逐条认定
  fee_terms.jsonl          每笔担保费所依的费率表，由规则重新推出
  subsidy_terms.jsonl      每笔超赔补贴所依的界线、比例与承担方，由规则重新推出
  sheet_lines.csv          决定时留存的结算单；settlements.jsonl 由规则重新推出的分担条件，两者互证
  claim_documents.csv      材料及其 SHA-256；documents/ 为材料本身（要求随附时）
  ledger/                  账户、分录（与封存时逐字节相同）、封存、冻结余额、月末余额
  audit/                   审计记录、其封存；未列入的记录只给散列，不露内容
  金额单位为所属方案币种的百分之一（人民币即分），币种见 law.csv 与 ledger/accounts.csv；不同币种从不相加。
  _bp 为万分之一；_ppm 为百万分之一；日期为业务日，时刻为世界协调时。

三、证明了什么，没有证明什么
  {ledger_zh}
  审计记录：凡列入的记录，其所在封存完整复算；封存之间只在相邻时互证。
  受金额上限削减的申请：上限以决定当日账簿计量，本包只证削减合计与各方不超过未削减额。
  追回利息按一年365天单利核对。
  担保费按计收时留存的余额核对；该余额本身未证。
  YAML 原文与 law.json 的对应由雨林在发布时核定，本包分别给出散列。
  清单本身的散列记在雨林的审计记录中（操作 pool.make_audit_pack），请与 recompute.py 首行显示的散列核对：
  若有人改了文件又改了清单，只有这一步能发现全部改动。

--------------------------------------------------------------------
Yulin audit pack: {title_en}

1. How to recompute it
  On any machine with Python 3.8 or later (without Yulin, without a network):
      python -I -S recompute.py
  Each check says equal, differs (with the first row that differs) or not shown; the exit code is 0 where nothing
  differs, else 1. recompute.py and the four recompute_*.py use the standard library only: read them.

2. What is in it
  manifest.json            the SHA-256 of every file; the instant of making (all else is the same bytes for one book)
  law.csv, law/            each version of a scheme that was used: text, the manager's values, law.json (its SHA-256
                           is the version)
  enrolments.csv, …        one file a table: enrolments, history, returns, fees and their undoing, claims, experts'
                           visits, joint meetings, deductions, diligence, vouchers, payouts, premiums and insurers'
                           subsidies (packs of a year), recoveries, remittances, refunds, recalls, write-offs
  facts.jsonl              the facts frozen at filing
  explanations.jsonl       the findings, computed anew from those facts
  fee_terms.jsonl          the table of each guarantee fee, derived anew from the law
  subsidy_terms.jsonl      level, share and bearer of each insurer's subsidy, derived anew from the law
  sheet_lines.csv          the settlement sheet kept with the decision; settlements.jsonl has the terms derived anew
                           from the law: the two prove each other
  claim_documents.csv      papers with their SHA-256; documents/ the papers themselves, if asked for
  ledger/                  accounts, transfers (byte for byte as sealed), seals, rests of holds, balances by month
  audit/                   audit rows and their seals; of rows that are not the pack's only the hash is given
  Amounts are hundredths of their scheme's currency (of the yuan: fen), which law.csv and ledger/accounts.csv name;
  two currencies are never added. _bp is a hundredth of a percent, _ppm a millionth; dates are business days,
  instants are UTC.

3. What is shown, and what is not
  {ledger_en}
  Audit trail: the seals over the rows that are here are recomputed in full; seals prove each other where they adjoin.
  A claim that a cap in money cut: the cap is measured by the book of that day; only the sum of the cut is shown, and
  that nobody has more than the uncut share.
  Interest on what was asked back is compared as simple interest over a year of 365 days.
  A guarantee fee is compared by the outstanding amount kept with its charge; that amount itself is not shown.
  That law.json says what the YAML says was checked by Yulin at publication; the pack gives the hash of each.
  The hash of the manifest itself stands in Yulin's audit trail (action pool.make_audit_pack): compare it with the
  first lines of recompute.py. If somebody changed a file and the manifest too, only this finds every change.
"""


def readme(scope: PackScope) -> str:
    """Return the first page of a pack."""
    whole = scope.is_whole_year
    return _TEXT.format(
        title_zh=scope.title.zh,
        title_en=scope.title.en,
        ledger_zh=_WHOLE_ZH if whole else _PART_ZH,
        ledger_en=_WHOLE_EN if whole else _PART_EN,
    )
