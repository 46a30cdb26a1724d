"""The pool's words for people: parties, limits, degrees of verification, amounts and ratios, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from yulin.base.articles import article_en
from yulin.base.districts import GUANGZHOU_DISTRICTS
from yulin.base.money import FEN_PER_WAN, wan_text, yuan_text
from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.rules.core.pack import Row
from yulin.rules.core.scheme import RateTerm

PARTIES: Mapping[str, Text] = {
    "city": Text("市级", "City"),
    "district": Text("区级叠加", "District"),
    "province": Text("省级", "Province"),
    "county": Text("县级", "County"),
    "pool": Text("资金池", "Pool"),
    "scheme": Text("方案", "Scheme"),
    "fund": Text("基金", "Fund"),
    "national_fund": Text("国家融资担保基金", "National guarantee fund"),
    "reguarantor": Text("省级再担保", "Provincial re-guarantor"),
    "guarantor": Text("担保机构", "Guarantor"),
    "insurer": Text("保险机构", "Insurer"),
    "appraiser": Text("评估机构", "Appraiser"),
    "other": Text("其他第三方", "Other third party"),
    "other_public": Text("其他财政资金", "Other public money"),
    "bank": Text("银行", "Bank"),
}
# Bodies of their own beside the pool's authorities: of each the sheet says which organisation it is, or that none is.
BODIES = frozenset({"national_fund", "reguarantor", "guarantor", "insurer", "appraiser", "other"})
LIMITS: Mapping[str, Text] = {
    "loan": Text("单笔金额", "Per loan"),
    "line": Text("授信额度", "Credit line"),
    "firm": Text("单户在保余额", "Balance of one firm"),
    "firm_year": Text("单户年度", "Per firm and year"),
    "bank": Text("单家银行", "Per bank"),
    "scheme": Text("方案总额", "Whole scheme"),
    "group": Text("单个集团", "Per group"),
    "tenor": Text("贷款期限", "Tenor"),
    "rate": Text("贷款利率", "Interest rate"),
    "insured_rate": Text("投保贷款利率", "Interest rate of an insured loan"),
    "premium": Text("年保险费率", "Yearly premium rate"),
    "banks_per_firm_year": Text("单户年度合作银行数", "Banks per firm and year"),
    "filing_window": Text("备案期限", "Filing window"),
}
VERIFIED: Mapping[str, Text] = {
    "yes": Text("已核实", "verified"),
    "partly": Text("部分核实", "partly verified"),
    "no": Text("条文未查到", "article not available"),
}
OUTCOMES: Mapping[Outcome, Text] = {
    Outcome.MET: Text("符合", "met"),
    Outcome.NOT_MET: Text("不符合", "not met"),
    Outcome.UNKNOWN: Text("未知", "unknown"),
}
NOT_AVAILABLE = Text("条文未查到，不作承诺", "article not available, nothing is promised")
NO_CLAUSES = frozenset({"", "–", "-", "—"})


def party_word(party: str) -> Text:
    """Return what a party is called."""
    return PARTIES.get(party, Text(party, party))


def place_name(code: str) -> Text:
    """Return what a layer is called by its place (`core/postings.py`): a party, a district's layer by its name.

    >>> place_name("district-440112").en
    'Huangpu district layer'
    """
    party, _, district_code = code.partition("-")
    name = GUANGZHOU_DISTRICTS.get(district_code)
    if name is not None:
        return Text(f"{name.zh}分险层", f"{name.en} district layer")
    word = party_word(party)
    return Text(f"{word.zh}{district_code}", f"{word.en} {district_code}") if district_code else word


def clause_word(row: Row) -> Text:
    """Return the clause as people cite it, or that its number was not visible."""
    return cited_clause(row.clause)


def cited_clause(clause: str) -> Text:
    """Return a clause as people cite it, or that its number was not visible."""
    if clause in NO_CLAUSES:
        return Text("条号未见", "no number seen")
    return Text(clause, article_en(clause))


def percent_word(bp: int) -> str:
    """Return basis points as a percentage.

    >>> percent_word(5000), percent_word(4055)
    ('50%', '40.55%')
    """
    whole, rest = divmod(bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".") + "%"


def money_word(fen: int, currency: str = "CNY") -> Text:
    """Return an amount without loss: 万元 with as many places as it needs, or the currency's own units.

    >>> money_word(500_010_000).zh, money_word(15_000_001, "EUR").en
    ('500.01万元', 'EUR 150,000.01')
    """
    if currency != "CNY":
        said = f"{currency} {yuan_text(fen)}"
        return Text(said, said)
    places = next((places for places in range(2, 6) if fen * 10**places % FEN_PER_WAN == 0), 6)
    return Text(f"{wan_text(fen, places)}万元", f"CNY {yuan_text(fen)}")


def months_word(months: int) -> Text:
    """Return a span of months, in years where it is whole years.

    >>> months_word(36).en, months_word(1).en
    ('3 years', '1 month')
    """
    if months and months % 12 == 0:
        years = months // 12
        return Text(f"{years}年", f"{years} year{'' if years == 1 else 's'}")
    return Text(f"{months}个月", f"{months} month{'' if months == 1 else 's'}")


def day_word(day: date) -> Text:
    """Return a day as tables show it.

    >>> str(day_word(date(2022, 1, 5))), day_word(date(2022, 1, 5)).en
    ('2022-01-05', '5 Jan 2022')
    """
    return Text(day.isoformat(), f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def number_word(unit: str, number: int, currency: str = "CNY") -> Text:
    """Return a number with its unit: money, months, days, workdays, ratio, count."""
    if unit == "money":
        return money_word(number, currency)
    if unit == "months":
        return months_word(number)
    if unit == "ratio":
        return Text(percent_word(number), percent_word(number))
    zh, one, many = _UNITS.get(unit, ("", "", ""))
    if unit == "area":
        return Text(str(number), str(number))
    return Text(f"{number:,}{zh}", f"{number:,} {one if number == 1 else many}".rstrip())


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS: Mapping[str, tuple[str, str, str]] = {
    "days": ("天", "day", "days"),
    "workdays": ("个工作日", "working day", "working days"),
}


def joined(parts: Iterable[Text], zh: str = "，", en: str = ", ") -> Text:
    """Return several texts as one, each language with its own separator."""
    parts = list(parts)
    return Text(zh.join(part.zh for part in parts), en.join(part.en for part in parts))


def rate_word(by: RateTerm) -> Text:
    """Return a bound that a rate pack gives, as the pack calls it.

    >>> rate_word(RateTerm("rate-lpr", "one_year_plus_150bp")).en
    'rate-lpr: one_year_plus_150bp'
    """
    return by.text or Text(f"{by.pack}：{by.term}", f"{by.pack}: {by.term}")
