"""Errors as public API: a stable code, typed facts, a sentence and a hint.

The sentence names the thing, the value found, the value needed and the rule; the hint says what to do next, and blames
nobody. The same code stands in the log, in the API envelope, on the screen and in `docs/errors.md`.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, ClassVar

from yulin.base.text import OWN_CURRENCY, Text


class YulinError(Exception):
    """What Yulin refuses, in words a person can act on.

    Subclasses set `code` and build the two sentences in `__init__` from typed facts.
    """

    code: ClassVar[str] = "BASE.ERROR"

    def __init__(self, message: str | Text, hint: str | Text = "", **facts: Any) -> None:
        super().__init__(str(message))
        self.message = message
        self.hint = hint
        self.facts = facts

    def __str__(self) -> str:
        """Return the sentence, the hint and the code on one line."""
        return " ".join(part for part in (str(self.message), str(self.hint), f"[{self.code}]") if part)

    def envelope(self, language: str = "zh-hans", currency: str = OWN_CURRENCY) -> dict[str, str]:
        """Return the error as the command line and the API give it, amounts in the currency that it is about."""
        message, hint = (_said(text, language, currency) for text in (self.message, self.hint))
        return {"code": self.code, "message": message, "hint": hint}


def _said(text: str | Text, language: str, currency: str) -> str:
    return text.in_currency(currency).in_language(language) if isinstance(text, Text) else text


class InputShapeError(YulinError):
    """An input of a command or an API call has not the form that was asked for."""

    code = "BASE.INPUT.SHAPE"

    def __init__(self, *, found: str, needed: Text) -> None:
        super().__init__(
            Text("输入无法读取：%(found)s。", "The input cannot be read: %(found)s.").with_values(found=found),
            Text("需要：%(needed)s。", "Needed: %(needed)s.").with_values(needed=needed),
            found=found,
        )


class MoneyUnreadableError(YulinError):
    """An amount of money cannot be read as a number."""

    code = "BASE.MONEY.UNREADABLE"

    def __init__(self, *, found: str, reason: Text) -> None:
        super().__init__(
            Text(
                "金额“%(found)s”无法读取：%(reason)s。", "The amount “%(found)s” cannot be read: %(reason)s."
            ).with_values(found=found, reason=reason),
            Text(
                "请写成数字，如1234567.89，或带单位，如123.456789万元。",
                "Write a number such as 1234567.89, or one with its unit, such as 123.456789万元.",
            ),
            found=found,
        )


class MoneyTooFineError(YulinError):
    """An amount of money is not a whole number of fen."""

    code = "BASE.MONEY.TOO_FINE"

    def __init__(self, *, found: str, unit: str) -> None:
        super().__init__(
            Text(
                "金额“%(found)s”（%(unit)s）不是整数分。",
                "The amount “%(found)s” (%(unit)s) is not a whole number of fen.",
            ).with_values(found=found, unit=unit),
            Text(
                "请核对原始金额，按分填写；表格公式算出的长小数请先舍入。",
                "Check the original amount and give it to the fen; round what a spreadsheet formula left.",
            ),
            found=found,
            unit=unit,
        )


class SharesError(YulinError):
    """The shares of a loss do not fit together: one is negative, or they are not the whole."""

    code = "BASE.SHARES.NOT_WHOLE"

    def __init__(self, *, found: str, needed: Text) -> None:
        super().__init__(
            Text("分担比例不成立：%(found)s。", "The shares do not fit together: %(found)s.").with_values(found=found),
            Text("需要：%(needed)s。", "Needed: %(needed)s.").with_values(needed=needed),
            found=found,
        )


class RatioError(YulinError):
    """A ratio has no value, because nothing or less than nothing stands below the line."""

    code = "BASE.RATIO.NO_WHOLE"

    def __init__(self, *, part: int | Fraction, whole: int | Fraction) -> None:
        super().__init__(
            Text("%(part)s占%(whole)s的比例没有意义。", "%(part)s of %(whole)s is no ratio.").with_values(
                part=part, whole=whole
            ),
            Text("分母必须大于零。", "The whole has to be more than zero."),
            part=str(part),
            whole=str(whole),
        )


class IntervalEmptyError(YulinError):
    """An interval ends on or before the day it begins; intervals are half-open."""

    code = "BASE.INTERVAL.EMPTY"

    def __init__(self, *, valid_from: date, valid_until: date) -> None:
        super().__init__(
            Text(
                "区间%(a)s至%(b)s（不含）为空。", "The interval from %(a)s until %(b)s (not included) is empty."
            ).with_values(a=valid_from, b=valid_until),
            Text("截止日必须晚于起始日。", "It has to end after the day it begins."),
            valid_from=valid_from,
            valid_until=valid_until,
        )


class CalendarNotAnnouncedError(YulinError):
    """The working days of a year are not known: the official calendar is not announced yet, or not held here."""

    code = "BASE.CALENDAR.NOT_ANNOUNCED"

    def __init__(self, *, year: int, first_year: int, last_year: int) -> None:
        super().__init__(
            Text(
                "%(year)s年的工作日历尚未公布或未收录（现有%(first)s–%(last)s年），期限无法计算。",
                "The working-day calendar of %(year)s is not announced or not held here (%(first)s–%(last)s are), "
                "so the term cannot be counted.",
            ).with_values(year=year, first=first_year, last=last_year),
            Text(
                "国务院办公厅公布放假安排后，在工作日历表中录入该年，再计算。",
                "Enter the year in the calendar table once the State Council has announced it, then ask again.",
            ),
            year=year,
        )


class CalendarUnknownError(YulinError):
    """No working-day calendar of that name is held."""

    code = "BASE.CALENDAR.UNKNOWN"

    def __init__(self, *, name: str) -> None:
        super().__init__(
            Text("没有名为“%(name)s”的工作日历。", "There is no working-day calendar named “%(name)s”.").with_values(
                name=name
            ),
            Text("现有：CN。", "Held: CN."),
            name=name,
        )
