"""Particulars: the many things of one kind that sources list of a firm, one by one.

An invoice, a holding, a court record, a right, a pledge. Each is a statement about `kind:key`, so that what counts of
it on a day, as known at an instant, is settled as for any fact: the same thing said twice is one thing.

Invariant: a kind names its fields once, with their types and labels; a source's contract can fill no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yulin.atlas.core.portrait import FactShown, value_text
from yulin.atlas.core.statements import Said, values_on
from yulin.atlas.enums import FieldType, ParticularKind
from yulin.base.text import Text

LONGEST_KEY = 120
LONGEST_NAME = LONGEST_KEY + 30  # with the kind before it
ASSETS = "assets"
_FUNDING = "funding"
_KEY_MARK = ":"
_SHOWN = {FieldType.MONEY: "money", FieldType.COUNT: "count", FieldType.BOOL: "bool"}


@dataclass(frozen=True)
class ParticularField:
    """One field of a kind: its type and what it is called; a ratio is kept in millionths."""

    type: FieldType
    label: Text

    def says(self, value: Any) -> Text:
        """Return a value as people say it."""
        if self.type is FieldType.RATIO and isinstance(value, int):
            percent = f"{Decimal(value).scaleb(-4).normalize():f}%"
            return Text(percent, percent)
        return value_text(value, FactShown(self.label, _SHOWN.get(self.type, "text"), _WORDS))

    @property
    def words(self) -> Mapping[str, Text]:
        """What single values of a text are called."""
        return _WORDS if self.type is FieldType.TEXT else {}


@dataclass(frozen=True)
class ParticularForm:
    """What a kind is called, the class of facts that opens it, and its fields in the order in which they are read."""

    title: Text
    group: str
    fields: Mapping[str, ParticularField]


def _text(zh: str, en: str) -> ParticularField:
    return ParticularField(FieldType.TEXT, Text(zh, en))


def _day(zh: str, en: str) -> ParticularField:
    return ParticularField(FieldType.DATE, Text(zh, en))


def _money(zh: str, en: str) -> ParticularField:
    return ParticularField(FieldType.MONEY, Text(zh, en))


def _count(zh: str, en: str) -> ParticularField:
    return ParticularField(FieldType.COUNT, Text(zh, en))


_NUMBER, _NAME, _TYPE = _text("编号", "Number"), _text("名称", "Name"), _text("类型", "Type")
_WORDS: Mapping[str, Text] = {
    "sale": Text("销项", "Sale"),
    "purchase": Text("进项", "Purchase"),
    "class1": Text("I类", "Class I"),
    "class2": Text("II类", "Class II"),
    "equipment": Text("设备", "Equipment"),
    "receivable": Text("应收账款", "Receivable"),
    "ip_right": Text("知识产权", "Intellectual property"),
    "holding": Text("股权", "Equity"),
    "order": Text("订单", "Order"),
    "data_asset": Text("数据资产", "Data asset"),
    "environmental_right": Text("环境权益", "Environmental right"),
}
_OF_ASSET = {"asset_kind": _text("资产类别", "Kind of asset"), "asset_key": _text("资产编号", "Asset's number")}
FORMS: Mapping[ParticularKind, ParticularForm] = {
    ParticularKind.INVOICE: ParticularForm(
        Text("发票", "Invoices"),
        "operation",
        {
            "side": _text("进销", "Side"),
            "number": _text("发票号码", "Invoice number"),
            "issued_on": _day("开票日期", "Issued on"),
            "partner": _text("对方代码", "Partner's code"),
            "partner_name": _text("对方名称", "Partner"),
            "net_fen": _money("金额", "Net"),
            "tax_fen": _money("税额", "Tax"),
            "gross_fen": _money("价税合计", "Gross"),
            "status": _text("发票状态", "Status"),
        },
    ),
    ParticularKind.HOLDING: ParticularForm(
        Text("股东及出资", "Holdings"),
        "basics",
        {
            "holder": _text("股东代码", "Holder's code"),
            "holder_name": _text("股东名称", "Holder"),
            "firm_name": _text("被持股企业", "Firm held"),
            "share_ppm": ParticularField(FieldType.RATIO, Text("持股比例", "Share")),
        },
    ),
    ParticularKind.JUDICIAL: ParticularForm(
        Text("司法记录", "Judicial records"),
        "conduct",
        {
            "type": _TYPE,
            "number": _text("案号", "Case number"),
            "court": _text("法院", "Court"),
            "decided_on": _day("日期", "Day"),
            "amount_fen": _money("涉案金额", "Amount in dispute"),
            "ended_on": _day("结束日期", "Ended on"),
        },
    ),
    ParticularKind.EXIT: ParticularForm(
        Text("退出经营", "Out of business"),
        "basics",
        {
            "has_left": ParticularField(FieldType.BOOL, Text("已退出", "Has left")),
            "left_on": _day("退出日期", "Left on"),
            "type": _TYPE,
        },
    ),
    ParticularKind.PERMIT: ParticularForm(
        Text("资质", "Permits"),
        "titles",
        {"type": _TYPE, "begins_on": _day("起始日期", "Begins"), "ends_on": _day("到期日期", "Ends")},
    ),
    ParticularKind.IP_RIGHT: ParticularForm(
        Text("知识产权", "Intellectual property"),
        "innovation",
        {
            "number": _NUMBER,
            "title": _text("名称", "Title"),
            "type": _TYPE,
            "grade": _text("评价类别", "Class at assessment"),
            "granted_on": _day("授权日期", "Granted on"),
            "expires_on": _day("届满日期", "Expires on"),
            "fees_paid_until": _day("年费缴至", "Fees paid until"),
        },
    ),
    ParticularKind.STAFF_MONTH: ParticularForm(
        Text("参保人数", "Insured staff"),
        "operation",
        {"month": _day("月份", "Month"), "insured_count": _count("参保人数", "Insured staff")},
    ),
    ParticularKind.HONOUR: ParticularForm(
        Text("荣誉", "Honours"),
        "titles",
        {"title": _NAME, "level": _text("级别", "Level"), "granted_on": _day("授予日期", "Granted on")},
    ),
    ParticularKind.EVENT: ParticularForm(
        Text("大事记", "Events"),
        "basics",
        {"happened_on": _day("日期", "Day"), "type": _TYPE, "text": _text("内容", "What happened")},
    ),
    ParticularKind.KEY_PERSON: ParticularForm(
        Text("主要人员", "People who run it"),
        "basics",
        {
            "name": _text("姓名", "Name"),
            "position": _text("职务", "Position"),
            "since_on": _day("任职日期", "Since"),
            "until_on": _day("离任日期", "Until"),
        },
    ),
    ParticularKind.TALENT: ParticularForm(
        Text("人才", "Talent"),
        "innovation",
        {
            "name": _text("姓名", "Name"),
            "programme": _text("人才计划", "Programme"),
            "level": _text("级别", "Level"),
            "granted_on": _day("认定日期", "Granted on"),
            "expires_on": _day("有效期至", "Ends on"),
        },
    ),
    ParticularKind.POLICY_RECEIVED: ParticularForm(
        Text("已享受政策", "Support received"),
        _FUNDING,
        {
            "title": _text("政策", "Policy"),
            "authority": _text("兑现部门", "Paid by"),
            "document": _text("文号", "Document"),
            "granted_on": _day("兑现日期", "Paid on"),
            "amount_fen": _money("金额", "Amount"),
        },
    ),
    # What other lenders lent is opened by consent alone: the class of the pool's own loans has a ground of its own.
    ParticularKind.LOAN: ParticularForm(
        Text("贷款与授信", "Credit and loans"),
        _FUNDING,
        {
            "number": _text("合同号", "Contract"),
            "lender_name": _text("贷款机构", "Lender"),
            "type": _TYPE,
            "amount_fen": _money("金额", "Amount"),
            "balance_fen": _money("余额", "Balance"),
            "begins_on": _day("发放日期", "Lent on"),
            "due_on": _day("到期日期", "Due on"),
            "overdue_days": _count("逾期天数", "Days overdue"),
        },
    ),
    ParticularKind.EQUIPMENT: ParticularForm(
        Text("设备", "Equipment"),
        ASSETS,
        {
            "number": _NUMBER,
            "name": _NAME,
            "bought_on": _day("购置日期", "Bought on"),
            "cost_fen": _money("原值", "Cost"),
            "value_fen": _money("净值", "Net value"),
        },
    ),
    ParticularKind.RECEIVABLE: ParticularForm(
        Text("应收账款", "Receivables"),
        ASSETS,
        {
            "number": _text("发票号码", "Invoice number"),
            "debtor": _text("债务人代码", "Debtor's code"),
            "debtor_name": _text("债务人", "Debtor"),
            "value_fen": _money("金额", "Amount"),
            "due_on": _day("到期日", "Due on"),
        },
    ),
    ParticularKind.ORDER: ParticularForm(
        Text("订单", "Orders"),
        ASSETS,
        {
            "number": _NUMBER,
            "customer_name": _text("客户", "Customer"),
            "value_fen": _money("金额", "Amount"),
            "signed_on": _day("签订日期", "Signed on"),
        },
    ),
    ParticularKind.DATA_ASSET: ParticularForm(
        Text("数据资产", "Data assets"),
        ASSETS,
        {
            "number": _text("登记号", "Registration"),
            "name": _NAME,
            "registered_on": _day("登记日期", "Registered on"),
            "value_fen": _money("评估值", "Valuation"),
        },
    ),
    ParticularKind.ENVIRONMENTAL_RIGHT: ParticularForm(
        Text("环境权益", "Environmental rights"),
        ASSETS,
        {"number": _NUMBER, "name": _NAME, "value_fen": _money("评估值", "Valuation")},
    ),
    ParticularKind.PLEDGE: ParticularForm(
        Text("抵质押登记", "Pledges"),
        ASSETS,
        {
            **_OF_ASSET,
            "creditor": _text("债权人代码", "Creditor's code"),
            "creditor_name": _text("债权人", "Creditor"),
            "registered_on": _day("登记日期", "Registered on"),
            "released_on": _day("解除日期", "Released on"),
            "amount_fen": _money("担保金额", "Secured amount"),
        },
    ),
    ParticularKind.DISPOSAL: ParticularForm(
        Text("资产处置", "Disposals"),
        ASSETS,
        {**_OF_ASSET, "buyer_name": _text("受让方", "Buyer"), "sold_on": _day("处置日期", "Sold on")},
    ),
}


def particular_name(kind: ParticularKind, key: str) -> str:
    """Return the name under which a particular is stated."""
    return f"{kind.value}{_KEY_MARK}{key}"


def kind_of(said: Said) -> ParticularKind:
    """Return the kind of a stated particular."""
    return ParticularKind(said.fact.partition(_KEY_MARK)[0])


def key_of(said: Said) -> str:
    """Return what tells a stated particular from others of its kind."""
    return said.fact.partition(_KEY_MARK)[2]


def named_kind(fact: str) -> ParticularKind | None:
    """Return the kind of a particular by its name; None where the name is that of a fact.

    >>> named_kind("holding:张"), named_kind("staff_count")
    (<ParticularKind.HOLDING: 'holding'>, None)
    """
    kind, mark, _ = fact.partition(_KEY_MARK)
    return ParticularKind(kind) if mark and kind in set(ParticularKind) else None


def words_of(kind: ParticularKind, value: Mapping[str, Any]) -> Text:
    """Return the filled fields of a particular in words."""
    told = [
        (form.label, form.says(value[name])) for name, form in FORMS[kind].fields.items() if value.get(name) is not None
    ]
    return Text(
        "；".join(f"{label.zh} {said.zh}" for label, said in told),
        "; ".join(f"{label.en} {said.en}" for label, said in told),
    )


def counting(particulars: Iterable[Said], day: date, known_by: datetime) -> dict[ParticularKind, list[Said]]:
    """Return, by kind, the particulars that count on a day as known at an instant, by key.

    Property: the order in which they are read does not matter.
    """
    found: dict[ParticularKind, list[Said]] = {}
    for _, one in sorted(values_on(particulars, day, known_by).items()):
        found.setdefault(kind_of(one), []).append(one)
    return found


def day_of(said: Said, field: str) -> date | None:
    """Return a field's day; a month without a day is its last one, since only by then it has surely come."""
    text = said.value.get(field)
    return last_day_meant(text) if text else None


def last_day_meant(text: str) -> date:
    """Return the day that a text in the form of `cells` means at the latest.

    >>> last_day_meant("2015-02"), last_day_meant("2015-02-03")
    (datetime.date(2015, 2, 28), datetime.date(2015, 2, 3))
    """
    if len(text) > len("2015-02"):
        return date.fromisoformat(text)
    year, month = map(int, text.split("-"))
    return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)


def first_day_meant(text: str) -> date:
    """Return the day that a text in the form of `cells` means at the earliest.

    >>> first_day_meant("2015-02")
    datetime.date(2015, 2, 1)
    """
    return date.fromisoformat(text if len(text) > len("2015-02") else f"{text}-01")
