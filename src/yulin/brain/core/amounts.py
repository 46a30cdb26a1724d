"""Amounts of support in a policy's own words: 最高不超过5000万元, 每件两千元, 给予50万元奖励.

Only yuan are read; 美元 and other currencies are not. An amount that a firm must show (注册资本不低于1000万元) is no
support. An amount that cannot be read is unknown and never nothing at all.

Invariant: amounts are exact integers of fen; each carries its place in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_DIGITS = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1_000}
_BIG = {"万": 10_000, "亿": 100_000_000}
_UNITS = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "十万": 100_000, "百万": 1_000_000, "千万": 10_000_000,
          "亿": 100_000_000}  # fmt: skip
_AMOUNT = re.compile(
    r"(?P<number>\d[\d,，]*(?:\.\d+)?|[〇零一二两三四五六七八九十百千]+(?:[万亿][〇零一二两三四五六七八九十百千]*)*)"
    r"\s?(?P<unit>千万|百万|十万|亿|万|千|百)?\s?元(?![旦首素件宇])"
)
_STOP = re.compile(r"[。；;\n]")
_MOST_FEN = 10**15  # ten trillion yuan: nobody gives more, what says so is misread
_MOST_BEFORE = 400  # so much before an amount says what it is; a longer sentence is no sentence
_PIECE = re.compile(r"[，,：:（）()]")
_CAP = re.compile(r"最高|不超过|不高于|上限|至多|封顶|以内|不多于")
_GIVES = re.compile(r"给予|补贴|补助|奖励|资助|奖补|支持|扶持|贴息|发放|拨付|安排|减免|补偿|返还|一次性")
_ASKED = re.compile(
    r"(?:不低于|不少于|不得低于|达到|注册资本|实缴|营业收入|主营业务收入|销售收入|销售额|营收|产值|总投资|投资额|"
    r"净资产|成交额|交易额|融资额|出资额|贷款额|利润|纳税|研发费用|研发投入|资产总额|进出口额|合同额|突破|余额)"
    r"[^，,。；;\n]{0,14}$"
)
_CHAIN = re.compile(r"(?:\d[\d,.]*\s?(?:[万亿千百]*\s?元)?(?:\s?[（(]含[）)])?\s?[、至到或和及~—–-]\s?)+$")
_STRONG = re.compile(r"(?:给予|奖励|补助|补贴|资助|奖补)[^，,。；;\n]{0,10}$")
_ASKED_AFTER = re.compile(
    r"^\s?(?:\s?（含）|\(含\))?(?:及)?(?:以上|的(?!资金|奖励|补|支持|资助|经费|一次|财政|贷款|固定))"
)
_UNIT_AFTER = re.compile(r"^\s?(?:人民币)?\s?[/／每]")
_UNIT = re.compile(r"每(?:亩|吨|人|平方米|平米|千瓦|千瓦时|床|天|日|小时|公里|公斤|立方米)[^，,。；;]{0,12}$")
CAP_SURE, GRANT_SURE = 85, 65
"""How sure an amount is, of a hundred, where the text says that it is the most, or that it is given."""


@dataclass(frozen=True)
class Amount:
    """One amount of a text: fen, its place, and whether it is the most given, given, by the unit, or something else."""

    fen: int
    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Support:
    """The most that a policy pays a firm, as far as its text says: fen, its place, and how sure that is of 100."""

    fen: int
    start: int
    end: int
    sure: int


def amounts_in(text: str) -> list[Amount]:
    """Return the amounts of a text in order.

    >>> [(one.fen, one.kind) for one in amounts_in("按30%给予补助，最高不超过5000 万元；注册资本不低于1000万元。")]
    [(5000000000, 'cap'), (1000000000, 'other')]
    """
    found = []
    for one in _AMOUNT.finditer(text):
        fen = _fen(one["number"], one["unit"] or "")
        if fen:
            found.append(Amount(fen, one.start(), one.end(), _kind(text, one.start(), one.end())))
    return found


def most_support(text: str) -> Support | None:
    """Return the greatest amount that a text says is given; None where it says none that can be read.

    >>> most_support("给予20万元奖励，最高不超过两百万元。").fen
    200000000
    >>> most_support("具体标准另行公布。") is None
    True
    """
    amounts = amounts_in(text)
    caps = [one for one in amounts if one.kind == "cap"]
    grants = [one for one in amounts if one.kind == "grant" and (not caps or _is_strong(text, one))]
    if not caps and not grants:
        return None
    most = max([*caps, *grants], key=lambda one: one.fen)  # of equal ones the cap, which is surer
    return Support(most.fen, most.start, most.end, CAP_SURE if most.kind == "cap" else GRANT_SURE)


def _is_strong(text: str, one: Amount) -> bool:
    """Tell whether an amount stands right behind a word of giving."""
    return bool(_STRONG.search(text[max(one.start - 24, 0) : one.start]))


def _kind(text: str, start: int, end: int) -> str:
    before = _STOP.split(text[max(start - _MOST_BEFORE, 0) : start])[-1]
    near = _PIECE.split(_CHAIN.sub("", before))[-1][-24:]
    if _UNIT_AFTER.match(text[end : end + 6]) or _UNIT.search(before[-20:]):
        return "unit"
    if _CAP.search(near[-8:]):
        asked = _ASKED.search(near)
        return "other" if asked and not _GIVES.search(before) else "cap"
    if _ASKED.search(near) or _ASKED_AFTER.search(text[end : end + 8]):
        return "other"
    after = _STOP.split(text[end : end + 16], maxsplit=1)[0]
    if _CAP.match(after.strip()):
        return "cap"
    return "grant" if _GIVES.search(near) or _GIVES.search(after) else "other"


def _fen(number: str, unit: str) -> int | None:
    plain = number.replace(",", "").replace("，", "")
    yuan = Fraction(plain) if plain[0].isdigit() else Fraction(numeral(plain))
    fen = yuan * _UNITS[unit] * 100
    return int(fen) if fen.denominator == 1 and 0 < fen <= _MOST_FEN else None


def numeral(marks: str) -> int:
    """Return a Chinese numeral as a number.

    >>> numeral("两千五百"), numeral("十五"), numeral("三十万"), numeral("二〇二三")
    (2500, 15, 300000, 2023)
    """
    if len(marks) > 1 and all(mark in _DIGITS for mark in marks):
        return int("".join(str(_DIGITS[mark]) for mark in marks))
    whole = section = digit = 0
    for mark in marks:
        if mark in _DIGITS:
            digit = _DIGITS[mark]
        elif mark in _TENS:
            section += (digit or 1) * _TENS[mark]
            digit = 0
        else:
            whole = (whole + section + digit) * _BIG[mark] if mark == "亿" else whole + (section + digit) * _BIG[mark]
            section = digit = 0
    return whole + section + digit
