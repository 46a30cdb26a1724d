"""The fields of the files that banks send: name, kind of cell, label, and the heads under which banks write them.

Heads follow the PBoC loan extract (金融基础数据, 单位贷款: 贷款借据编码, 借款人证件代码, …), the habits of core
systems, English, and the SBA's published 7(a) files. A head is compared after NFKC, without case, blanks,
punctuation and the unit in brackets. Facts about the borrower carry the names of the vocabulary, so that packs read
them as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yulin.base.text import Text
from yulin.exchange.enums import UploadKind


class CellKind(StrEnum):
    """What a field's cells hold, and so which reader types them."""

    TEXT = "text"
    FIRM_CODE = "firm_code"
    NUMBER_TEXT = "number_text"
    AMOUNT = "amount"
    AMOUNT_OR_ZERO = "amount_or_zero"
    DATE = "date"
    RATE = "rate"
    CHOICE = "choice"
    COUNT = "count"
    FLAG = "flag"
    DISTRICT = "district"


@dataclass(frozen=True)
class Field:
    """One column of a typed table."""

    name: str
    kind: CellKind
    label: Text
    heads: tuple[str, ...]
    choices: str = ""
    is_fact: bool = False


def _field(name: str, kind: CellKind, label: tuple[str, str], heads: str, *, choices: str = "") -> Field:
    return Field(name, kind, Text(*label), tuple(heads.split()), choices=choices)


def _fact(name: str, kind: CellKind, label: tuple[str, str], heads: str, *, choices: str = "") -> Field:
    return Field(name, kind, Text(*label), tuple(heads.split()), choices=choices, is_fact=True)


_LOANS = (
    _field(
        "bank_branch",
        CellKind.TEXT,
        ("机构名称", "Branch"),
        "机构名称 内部机构名称 内部机构号 经办机构 经办支行 支行 支行名称 网点 网点名称 放款机构 机构"
        " 金融机构名称 金融机构代码 机构号"
        " 银行名称 branch branchname bankbranch bank bankname lender",
    ),
    _field(
        "firm_name",
        CellKind.TEXT,
        ("企业名称", "Firm"),
        "客户名称 企业名称 借款人名称 借款人 借款企业 借款企业名称 公司名称 单位名称 户名 客户名 贷款企业名称"
        " firm firmname customername customer borrower borrowername borrname company companyname name",
    ),
    _field(
        "firm_code",
        CellKind.FIRM_CODE,
        ("统一社会信用代码", "Firm code"),
        "统一社会信用代码 社会信用代码 信用代码 证件号码 证件号 借款人证件代码 借款人证件号码 客户证件号码"
        " 企业代码 组织机构代码 营业执照号"
        " 营业执照注册号 借款人代码 客户证件代码 firmcode uscc creditcode unifiedsocialcreditcode"
        " registrationnumber companynumber",
    ),
    _field(
        "loan_number",
        CellKind.NUMBER_TEXT,
        ("借据编号", "Loan number"),
        "贷款借据编码 借据编号 借据号 借据号码 借据编码 贷款借据号 贷款借据编号 贷款账号 借据 贷款编号"
        " loannumber loanno loanid loannrchkdgt loannr noteid receiptnumber",
    ),
    _field(
        "contract_number",
        CellKind.NUMBER_TEXT,
        ("合同编号", "Contract number"),
        "贷款合同编码 合同编号 合同号 合同号码 合同编码 贷款合同编号 贷款合同号 借款合同编号 借款合同号 授信合同编号"
        " contractnumber contractno contractid contract",
    ),
    _field(
        "disbursed_on",
        CellKind.DATE,
        ("发放日期", "Disbursed on"),
        "贷款发放日期 发放日期 发放日 放款日期 放款日 放款时间 起始日期 起息日 起息日期 借据起始日 贷款起始日期"
        " 借款日期 发生日期"
        " disbursedon disbursementdate firstdisbursementdate startdate drawdowndate issuedate",
    ),
    _field(
        "due_on",
        CellKind.DATE,
        ("到期日期", "Due on"),
        "贷款到期日期 到期日期 到期日 贷款到期日 借据到期日 终止日期 还款到期日 约定到期日 合同到期日"
        " dueon duedate maturity maturitydate enddate",
    ),
    _field(
        "term_months",
        CellKind.COUNT,
        ("期限（月）", "Term in months"),
        "期限 贷款期限 借款期限 期限月 term terminmonths termmonths",
    ),
    _field(
        "loan_amount_fen",
        CellKind.AMOUNT,
        ("发放金额", "Loan amount"),
        "贷款发放金额 贷款发生金额 贷款发生金额折人民币 发放金额 放款金额 贷款金额 借据金额 发生额 借款金额"
        " 贷款本金 本金 金额"
        " loanamount amount grappv grossapproval principal disbursedamount",
    ),
    _field(
        "line_fen",
        CellKind.AMOUNT_OR_ZERO,
        ("授信额度", "Credit line"),
        "授信额度 授信金额 合同金额 授信总额 批复金额 贷款合同金额 creditline line facility facilityamount"
        " contractamount",
    ),
    _field(
        "annual_rate_ppm",
        CellKind.RATE,
        ("年利率", "Yearly rate"),
        "年利率 利率水平 利率 执行利率 执行年利率 贷款利率 贷款年利率 月利率 合同利率 rate annualrate"
        " interestrate initialinterestrate",
    ),
    _field(
        "security",
        CellKind.CHOICE,
        ("担保方式", "Security"),
        "贷款担保方式 担保方式 主要担保方式 担保类型 主担保方式 security securitytype collateral guaranteetype",
        choices="security",
    ),
    _field(
        "purpose",
        CellKind.TEXT,
        ("贷款用途", "Purpose"),
        "贷款用途 借款用途 资金用途 用途 贷款实际用途 purpose loanpurpose useoffunds",
    ),
    _field(
        "eligible_amount_fen",
        CellKind.AMOUNT_OR_ZERO,
        ("申请入库金额", "Eligible amount"),
        "申请入库金额 入库金额 备案金额 申请备案金额 合格金额 eligibleamount enrolledamount",
    ),
    _field(
        "guaranteed_amount_fen",
        CellKind.AMOUNT_OR_ZERO,
        ("担保金额", "Guaranteed amount"),
        "担保金额 保证金额 guaranteedamount sbaappv sbaguaranteedapproval",
    ),
    _field(
        "guarantor",
        CellKind.TEXT,
        ("担保机构", "Guarantor"),
        "担保机构 担保公司 融资担保机构 融资担保公司 担保机构名称 担保公司名称 担保机构代码 guarantor guarantorname"
        " guarantorcode",
    ),
    _field(
        "insurer",
        CellKind.TEXT,
        ("保险机构", "Insurer"),
        "保险机构 保险公司 承保机构 承保公司 保险机构名称 保险公司名称 保险机构代码 insurer insurername insurercode",
    ),
    _field(
        "insured_amount_fen",
        CellKind.AMOUNT_OR_ZERO,
        ("保险金额", "Insured amount"),
        "保险金额 承保金额 保额 insuredamount suminsured",
    ),
    _field(
        "premium_rate_ppm",
        CellKind.RATE,
        ("年保险费率", "Yearly premium rate"),
        "年保险费率 保险费率 年保费率 保证保险费率 premiumrate annualpremiumrate",
    ),
    _field("mode", CellKind.CHOICE, ("业务模式", "Mode"), "业务模式 合作模式 分险模式 模式 mode", choices="mode"),
    _field(
        "predecessor_loan_number",
        CellKind.NUMBER_TEXT,
        ("原借据编号", "Predecessor loan number"),
        "原借据编号 原借据号 续贷原借据编号 续贷原借据号 被续借据号 predecessorloannumber originalloannumber",
    ),
)

_FACTS = (
    _fact(
        "staff_count",
        CellKind.COUNT,
        ("职工总数", "Employees"),
        "职工总数 职工人数 从业人员 从业人数 员工人数 employees staffcount noemp",
    ),
    _fact(
        "revenue_fen",
        CellKind.AMOUNT_OR_ZERO,
        ("营业收入", "Revenue"),
        "营业收入 年营业收入 上年营业收入 上年度营业收入 销售收入 revenue turnover",
    ),
    _fact(
        "total_assets_fen",
        CellKind.AMOUNT_OR_ZERO,
        ("资产总额", "Total assets"),
        "资产总额 总资产 资产总计 totalassets",
    ),
    _fact(
        "industry",
        CellKind.CHOICE,
        ("所属行业", "Industry"),
        "借款人行业 所属行业 行业 行业类别 国民经济行业 行业代码 industry",
        choices="industry",
    ),
    _fact(
        "size_class",
        CellKind.CHOICE,
        ("企业规模", "Size class"),
        "借款人企业规模 企业规模 规模 企业划型 划型 sizeclass size",
        choices="size_class",
    ),
    _fact(
        "district_code",
        CellKind.DISTRICT,
        ("注册地区划", "District"),
        "借款人地区代码 地区代码 行政区划代码 注册地 注册地区 所属区 所在区 区 行政区 注册地行政区划 district"
        " districtcode",
    ),
    _fact(
        "sector",
        CellKind.CHOICE,
        ("新兴产业领域", "Sector"),
        "产业领域 新兴产业 产业 iab nem 重点产业 sector",
        choices="sector",
    ),
    _fact(
        "has_valid_hnte",
        CellKind.FLAG,
        ("是否高新技术企业", "High-tech enterprise"),
        "是否高新技术企业 高新技术企业 是否高企 高企 hightechenterprise hnte hasvalidhnte ishightech",
    ),
    _fact(
        "has_valid_techsme",
        CellKind.FLAG,
        ("是否科技型中小企业", "Technology-based SME"),
        "是否科技型中小企业 科技型中小企业 hasvalidtechsme techsme technologybasedsme",
    ),
    _fact(
        "is_first_loan",
        CellKind.FLAG,
        ("是否首次贷款", "First loan"),
        "是否首次贷款 是否首贷 首贷 首贷户 是否首贷户 firstloan isfirstloan",
    ),
)

_RETURNS = (
    _field("firm_name", CellKind.TEXT, ("企业名称", "Firm"), " ".join(_LOANS[1].heads)),
    _field("loan_number", CellKind.NUMBER_TEXT, ("借据编号", "Loan number"), " ".join(_LOANS[3].heads)),
    _field(
        "outstanding_fen",
        CellKind.AMOUNT_OR_ZERO,
        ("贷款余额", "Outstanding"),
        "贷款余额 余额 本金余额 贷款本金余额 贷款余额折人民币 借据余额 outstanding balance outstandingbalance"
        " balancegross",
    ),
    _field(
        "overdue_days",
        CellKind.COUNT,
        ("逾期天数", "Days overdue"),
        "逾期天数 欠款天数 本金逾期天数 overduedays dayspastdue dpd",
    ),
    _field(
        "five_class",
        CellKind.CHOICE,
        ("五级分类", "Five-class"),
        "贷款质量 五级分类 风险分类 资产质量 五级分类结果 fiveclass classification",
        choices="five_class",
    ),
    _field("annual_rate_ppm", CellKind.RATE, ("年利率", "Yearly rate"), " ".join(_LOANS[10].heads)),
    _field(
        "loan_status",
        CellKind.CHOICE,
        ("贷款状态", "Status"),
        "贷款状态 状态 借据状态 还款状态 loanstatus status misstatus",
        choices="loan_status",
    ),
    _field(
        "deposit_fen",
        CellKind.AMOUNT_OR_ZERO,
        ("企业存款余额", "Firm's deposits"),
        "企业存款余额 借款人存款余额 存款余额 depositbalance deposits",
    ),
    _field("purpose", CellKind.TEXT, ("实际用途", "Use found"), "实际用途 贷后用途 useoffunds actualpurpose"),
)

LOAN_FIELDS: dict[str, Field] = {field.name: field for field in (*_LOANS, *_FACTS)}
RETURN_FIELDS: dict[str, Field] = {field.name: field for field in _RETURNS}


@dataclass(frozen=True)
class FileForm:
    """What one kind of file must hold: its fields, and those that no row may lack.

    `required` columns must be there and filled; `filled` ones, where they are there. `any_of` names groups of which
    a file needs one. A scheme whose borrowers have no identifier asks for no firm code.
    """

    kind: UploadKind
    fields: dict[str, Field]
    required: tuple[str, ...]
    filled: tuple[str, ...] = ()
    any_of: tuple[tuple[str, ...], ...] = ()
    currency: str = "CNY"
    identifier_scheme: str = "USCC"


def loan_form(*, currency: str = "CNY", identifier_scheme: str = "USCC") -> FileForm:
    """Return what a loan file must hold under a scheme of this currency and identifier scheme.

    >>> "firm_code" in loan_form(currency="USD", identifier_scheme="loan_number").required
    False
    """
    # The PBoC extract names no firm: its code finds it in the register.
    required: tuple[str, ...] = (
        "firm_code",
        "loan_number",
        "disbursed_on",
        "loan_amount_fen",
        "annual_rate_ppm",
        "security",
    )
    if identifier_scheme != "USCC":
        required = ("firm_name", "loan_number", "disbursed_on", "loan_amount_fen")
    return FileForm(
        kind=UploadKind.LOANS,
        fields=LOAN_FIELDS,
        required=required,
        filled=("firm_name",),
        any_of=(("due_on", "term_months"),),
        currency=currency,
        identifier_scheme=identifier_scheme,
    )


def return_form() -> FileForm:
    """Return what a month's return file must hold."""
    return FileForm(
        kind=UploadKind.RETURNS, fields=RETURN_FIELDS, required=("loan_number", "outstanding_fen", "five_class")
    )
