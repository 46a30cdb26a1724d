"""Money as whole fen. Text becomes fen exactly or not at all; nothing here is ever a float.

Digits of any width, commas, and a unit behind the number are understood: 480万, １，２３４，５６７．８９, 3,000 元.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from yulin.base.errors import MoneyTooFineError, MoneyUnreadableError
from yulin.base.text import Text

FEN_PER_YUAN = 100
FEN_PER_WAN = 10_000 * FEN_PER_YUAN
FEN_PER_YI = 10_000 * FEN_PER_WAN

FEN_PER_UNIT = {
    "fen": 1,
    "yuan": FEN_PER_YUAN,
    "thousand": 1_000 * FEN_PER_YUAN,
    "wan": FEN_PER_WAN,
    "million": 100 * FEN_PER_WAN,
    "ten_million": 1_000 * FEN_PER_WAN,
    "yi": FEN_PER_YI,
}
LARGEST_FEN = 2**63 - 1
TRUSTED_DIGITS = 15

_UNITS = {"分": "fen", "元": "yuan", "圆": "yuan", "元整": "yuan", "圆整": "yuan"} | {
    scale + yuan: unit
    for scale, unit in {"千": "thousand", "万": "wan", "百万": "million", "千万": "ten_million", "亿": "yi"}.items()
    for yuan in ("", "元", "圆", "元整")
}
_CURRENCY = re.compile(r"^(?:人民币|RMB|CNY|¥)+|(?:RMB|CNY)$")
_AMOUNT = re.compile(r"(?P<number>[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?)(?P<unit>\D*)")
_SCIENTIFIC = re.compile(r"[+-]?\d*\.?\d+E[+-]?\d+")
_NOT_A_NUMBER = Text("不是数字", "it is not a number")


@dataclass(frozen=True)
class Amount:
    """An amount that was read: its fen, and the unit when one was written behind the number."""

    fen: int
    unit_written: str | None


def parse_fen(value: str | float | Decimal, unit: str = "yuan") -> Amount:
    """Read an amount; `unit`, a key of `FEN_PER_UNIT`, holds where none is written.

    A binary float is taken for the shortest decimal that it stands for, if that has no more than 15 digits.
    **Rounding**: none. **Raises** BASE.MONEY.UNREADABLE, BASE.MONEY.TOO_FINE.

    >>> parse_fen("１，２３４，５６７．８９").fen, parse_fen("480万").unit_written
    (123456789, 'wan')
    """
    number, written = _read_text(value) if isinstance(value, str) else (_read_number(value), None)
    return Amount(_exact_fen(number, written or unit, str(value)), written)


def _read_text(text: str) -> tuple[Decimal, str | None]:
    """Return the number in a text and the unit written behind it."""
    plain = _CURRENCY.sub("", re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper())
    match = _AMOUNT.fullmatch(plain)
    if match is None or (match["unit"] and match["unit"] not in _UNITS):
        raise MoneyUnreadableError(found=text, reason=_why_not(plain))
    return Decimal(match["number"].replace(",", "")), _UNITS.get(match["unit"])


def _why_not(plain: str) -> Text:
    if not plain:
        return Text("空白", "it is blank")
    if _SCIENTIFIC.fullmatch(plain):
        return Text("科学计数法会丢失位数", "scientific notation loses digits")
    if re.fullmatch(r"[+-]?[\d,]+(?:\.[\d,]*)?\D*", plain):
        return Text("逗号或单位不对", "a comma stands in the wrong place, or the unit is none")
    return _NOT_A_NUMBER


def _read_number(value: float | Decimal) -> Decimal:
    """Return the decimal that a number cell shows."""
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if isinstance(value, bool) or not number.is_finite():
        raise MoneyUnreadableError(found=str(value), reason=_NOT_A_NUMBER)
    if isinstance(value, float) and len(number.normalize().as_tuple().digits) > TRUSTED_DIGITS:
        raise MoneyTooFineError(found=str(value), unit="float")
    return number


def _exact_fen(number: Decimal, unit: str, found: str) -> int:
    numerator, denominator = number.as_integer_ratio()
    fen, rest = divmod(numerator * FEN_PER_UNIT[unit], denominator)
    if rest:
        raise MoneyTooFineError(found=found, unit=unit)
    if abs(fen) > LARGEST_FEN:
        raise MoneyUnreadableError(found=found, reason=Text("超出可记的范围", "it is more than can be kept"))
    return fen


def yuan_text(fen: int) -> str:
    """Return the amount in yuan with two decimals and commas.

    >>> yuan_text(-123_456_789)
    '-1,234,567.89'
    """
    yuan, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{yuan:,}.{rest:02d}"


def wan_text(fen: int, decimals: int = 2) -> str:
    """Return the amount in 万元 with `decimals` places, rounded half up; six places show every fen.

    >>> wan_text(328_461_743), wan_text(3_220_275_918_47, 6)
    ('328.46', '322,027.591847')
    """
    return _scaled(fen, FEN_PER_WAN, decimals)


def yi_text(fen: int, decimals: int = 2) -> str:
    """Return the amount in 亿元 with `decimals` places, rounded half up."""
    return _scaled(fen, FEN_PER_YI, decimals)


def _scaled(fen: int, fen_per_unit: int, decimals: int) -> str:
    scale = 10**decimals
    steps = (2 * abs(fen) * scale + fen_per_unit) // (2 * fen_per_unit)
    whole, rest = divmod(steps, scale)
    sign = "-" if fen < 0 and steps else ""
    return f"{sign}{whole:,}.{rest:0{decimals}d}" if decimals else f"{sign}{whole:,}"
