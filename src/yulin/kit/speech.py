"""Texts, amounts, dates and ratios as the screens speak them, in the language of the request.

Amounts are rounded for the eye only, half away from zero; the exact fen always stands beside them. What is about one
scheme speaks that scheme's currency (`speak_in`), as it speaks the reader's language; everything else the yuan. A list
of several schemes names the currency beside each amount that is not in yuan.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone, translation
from django.utils.functional import lazy

from yulin.base.dates import MONTHS_EN, day_text
from yulin.base.errors import YulinError
from yulin.base.text import OWN_CURRENCY, Text

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
FEN_PER_YI = 10_000_000_000
MISSING = "—"

_CURRENCY: ContextVar[str] = ContextVar("currency", default=OWN_CURRENCY)
_WEEKDAYS_ZH = "一二三四五六日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def is_english() -> bool:
    """Tell whether the request is in English."""
    return (translation.get_language() or "zh-hans").startswith("en")


@contextmanager
def speaking(currency: str) -> Iterator[None]:
    """Say amounts in a currency until the block ends."""
    before = _CURRENCY.set(currency)
    try:
        yield
    finally:
        _CURRENCY.reset(before)


def speak_in(currency: str) -> None:
    """Say amounts in a currency until the answer to this request is done (`CurrencyMiddleware` ends it)."""
    _CURRENCY.set(currency)


def spoken_currency() -> str:
    """Return the currency in which amounts are said now."""
    return _CURRENCY.get()


def say(text: Any) -> str:
    """Return a `Text` in the language of the request and the currency it is about; anything else as it stands."""
    if not isinstance(text, Text):
        return str(text)
    return text.in_currency(spoken_currency()).in_language("en" if is_english() else "zh-hans")


def say_refusal(refusal: YulinError) -> str:
    """Return what a refusal says beside the form that was sent: what is wrong, what to do, and its code."""
    return f"{say(refusal.message)} {say(refusal.hint)} [{refusal.code}]"


say_later = lazy(say, str)
"""Return a `Text` that is said when the page is rendered: for labels of forms and messages of their errors."""


def yuan(fen: int) -> str:
    """Return an amount in full: 3,284,617.43."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{sign}{whole:,}.{rest:02d}"


def full_amount(fen: int, currency: str = "") -> str:
    """Return an amount in full with its currency (the page's where none is named): 55.00元, CNY 55.00, USD 55.00."""
    currency = currency or spoken_currency()
    return f"{yuan(fen)}元" if currency == "CNY" and not is_english() else f"{currency} {yuan(fen)}"


def amount_beside(fen: int, currency: str) -> str:
    """Return an amount in full for a list whose head says yuan: bare in yuan, else with its own currency before it."""
    return yuan(fen) if currency == OWN_CURRENCY else f"{currency} {yuan(fen)}"


def unit_word(currency: str = "") -> str:
    """Return the unit of amounts in full, as heads of columns say it: 元, CNY, USD."""
    currency = currency or spoken_currency()
    return "元" if currency == "CNY" and not is_english() else currency


def scaled(fen: int, unit_fen: int, places: int = 2) -> str:
    """Return an amount in a larger unit, rounded for the eye."""
    value = (Decimal(fen) / unit_fen).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return f"{value:,}"


def money_parts(fen: int, currency: str = "") -> tuple[str, str, str]:
    """Return an amount with the unit that fits it: words before, figure, unit after."""
    currency = currency or spoken_currency()
    if is_english():
        billion = FEN_PER_YUAN * 1_000_000_000
        large = abs(fen) >= billion
        return f"{currency} ", scaled(fen, billion if large else billion // 1000), " bn" if large else " m"
    large = abs(fen) >= FEN_PER_YI
    figure, unit = scaled(fen, FEN_PER_YI if large else FEN_PER_WAN), "亿" if large else "万"
    return ("", figure, f"{unit}元") if currency == OWN_CURRENCY else (f"{currency} ", figure, unit)


def percent(value: int, *, per_whole: int) -> str:
    """Return a ratio of `per_whole` parts as a percentage: whole ones bare, others with two places."""
    share = (Decimal(value) * 100 / per_whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{share.to_integral_value() if share == share.to_integral_value() else share}%"


def day_of(moment: date | datetime) -> date:
    """Return the day of a date, or of an instant in the business zone."""
    if isinstance(moment, datetime):
        return timezone.localtime(moment).date() if timezone.is_aware(moment) else moment.date()
    return moment


def day(moment: date | datetime) -> str:
    """Return a day as tables show it: 2026-11-26, or 26 Nov 2026."""
    return say(day_text(day_of(moment)))


def instant(moment: datetime) -> str:
    """Return an instant in the business zone: 2026-11-26 09:05."""
    return f"{day(moment)} {timezone.localtime(moment):%H:%M}"


def deadline_day(one: date, *, with_year: bool = False) -> str:
    """Return a day as deadlines show it: 11月26日（周四）, or Thu 26 Nov; with its year where that is far away."""
    if is_english():
        year = f" {one.year}" if with_year else ""
        return f"{_WEEKDAYS_EN[one.weekday()]} {one.day} {MONTHS_EN[one.month - 1]}{year}"
    year = f"{one.year}年" if with_year else ""
    return f"{year}{one.month}月{one.day}日（周{_WEEKDAYS_ZH[one.weekday()]}）"
