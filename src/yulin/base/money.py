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

_UNITS = {"": "", "元": "yuan", "圆": "yuan", "万": "wan", "万元": "wan", "亿": "yi", "亿元": "yi", "分": "fen"}
FEN_PER_UNIT = {"fen": 1, "yuan": FEN_PER_YUAN, "wan": FEN_PER_WAN, "yi": FEN_PER_YI}
_AMOUNT = re.compile(r"[¥￥]?(?P<number>[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?)(?P<unit>\D{0,2})")


@dataclass(frozen=True)
class Amount:
    """An amount that was read: its fen, and the unit when one was written behind the number."""

    fen: int
    unit_written: str | None


def parse_fen(text: str, unit: str = "yuan") -> Amount:
    """Read an amount; `unit` (fen, yuan, wan, yi) holds where none is written.

    **Raises** BASE.MONEY.UNREADABLE, BASE.MONEY.TOO_FINE.

    >>> parse_fen("１，２３４，５６７．８９").fen, parse_fen("480万").unit_written
    (123456789, 'wan')
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    match = _AMOUNT.fullmatch(plain)
    if match is None or match["unit"] not in _UNITS:
        raise MoneyUnreadableError(found=text, reason=Text("不是数字", "it is not a number"))
    written = _UNITS[match["unit"]] or None
    return Amount(_exact_fen(match["number"].replace(",", ""), written or unit, text), written)


def _exact_fen(number: str, unit: str, text: str) -> int:
    fen = Decimal(number) * FEN_PER_UNIT[unit]
    if fen != fen.to_integral_value():
        raise MoneyTooFineError(found=text, unit=unit)
    return int(fen)


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
