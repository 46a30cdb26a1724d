"""The days of a policy in its own words: 自2023年9月1日起施行，有效期3年; 截止2025年12月31日; 长期有效.

A day that no calendar has, or an end before the start, is reported and left unknown. A year or month alone gives the
first day as a start and the last day as an end. 每年8月左右 says when to apply, not when the policy ends.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from yulin.base.dates import add_months
from yulin.brain.core.amounts import numeral
from yulin.brain.core.policies import Ending

_NUMERALS = "〇零一二三四五六七八九十"
_DAY = (
    rf"(?P<{{0}}y>(?:19|20)\d\d|[一二][〇零一二三四五六七八九]{{{{3}}}})\s?[-./年]\s?"
    rf"(?:(?P<{{0}}m>\d{{{{1,2}}}}|[{_NUMERALS}]{{{{1,3}}}})\s?[-./月]?\s?"
    rf"(?:(?P<{{0}}d>\d{{{{1,2}}}}|[{_NUMERALS}]{{{{1,3}}}})\s?日?)?)?"
)
_ANY = _DAY.format("")
_FROM, _TO = _DAY.format("f"), _DAY.format("t")
_EITHER = re.compile(_ANY)
_PATTERNS: tuple[tuple[str, int], ...] = (
    (rf"(?:自|从)?\s?{_FROM}\s?起?\s?(?:至|到|—|–|-|~|～)\s?{_TO}\s?(?:止|期间|内|有效|。|$)", 80),
    ((rf"(?:有效期限?|执行期限?|实施期限|申报期限?|申报时间|受理时间)[为自:：]*\s?(?:自|从)?\s?{_FROM}\s?起?\s?"
     rf"(?:至|到|—|–|-|~|～)\s?{_TO}"), 90),
    (rf"(?:有效期限?|执行期限?|实施期限)[为:：]*\s?(?:截?至|到)\s?{_TO}", 90),
    (rf"(?:截止(?:日期|时间)?|截至)[为:：于]*\s?(?:至|到)?\s?{_TO}", 80),
    (rf"(?:执行|实施|施行|有效|延续|延长)至\s?{_TO}", 80),
    (r"20\d\d\s?[-—–至]\s?(?P<ty>20\d\d)\s?年?(?:度)?内?有效", 75),
)  # fmt: skip
_RANGES = tuple((re.compile(pattern), sure) for pattern, sure in _PATTERNS)
_STARTS = re.compile(rf"(?:自|从|于)?\s?{_FROM}\s?(?:起|开始)?\s?(?:正式)?(?:施行|实施|执行|生效|起|开始)")
_TERM = re.compile(
    rf"(?:有效期限?|执行期限?|试行期|有效)[为是:：]?\s?(?P<n>\d{{1,2}}|[{_NUMERALS}两]{{1,3}})\s?(?:个)?(?P<unit>年|月)"
)
_FOR_GOOD = re.compile(r"长期有效|无截止|没有截止|常年(?:受理|申报|有效)|长期(?:受理|申报)|permanent", re.IGNORECASE)
_VAGUE_END = re.compile(r"(?:19|20)\d\d\s?年失效")


@dataclass(frozen=True)
class Validity:
    """When a policy begins and ends: its days, how it ends, the words that say so, how sure, and what was wrong."""

    ending: str = Ending.UNKNOWN
    opens_on: date | None = None
    ends_on: date | None = None
    quote: str = ""
    sure: int = 0
    wrong: str = ""


def days_in(text: str) -> Iterator[date]:
    """Yield the whole days that a text names, in order; those of no calendar are left out.

    >>> [day.isoformat() for day in days_in("2023-09-26发布，二〇二三年十月一日施行，2023年2月30日")]
    ['2023-09-26', '2023-10-01']
    """
    for one in _EITHER.finditer(text):
        if one["d"] and (day := _day(one["y"], one["m"], one["d"])):
            yield day


def day_said(text: str) -> date | None:
    """Return the first whole day of a text."""
    return next(days_in(text), None)


def validity_of(text: str, issued_on: date | None = None) -> Validity:
    """Return when a policy begins and ends by its own words; a term of years counts from its start, else its issue.

    >>> found = validity_of("自2022年8月11日起施行，有效期3年。")
    >>> found.opens_on.isoformat(), found.ends_on.isoformat()
    ('2022-08-11', '2025-08-10')
    >>> validity_of("有效期至2020年1月1日", date(2023, 1, 1)).wrong
    'end_before_start'
    """
    start = _start(text)
    ranged = next((_ranged(one, sure) for pattern, sure in _RANGES for one in pattern.finditer(text)), None)
    if ranged is None:
        ranged = _termed(text, start[0] if start else issued_on)
    if ranged is None and (for_good := _FOR_GOOD.search(text)):
        ranged = Validity(Ending.PERMANENT, None, None, for_good.group(), 85)
    if ranged is None:
        vague = _VAGUE_END.search(text)
        said = vague.group() if vague else (start[1] if start else "")
        return Validity(opens_on=start[0] if start else None, quote=said, sure=60 if start else 0,
                        wrong="end_unreadable" if vague else "")  # fmt: skip
    opens_on = ranged.opens_on or (start[0] if start else None)
    first = opens_on or issued_on
    if ranged.ends_on is not None and first is not None and ranged.ends_on < first:
        return Validity(opens_on=opens_on, quote=ranged.quote, wrong="end_before_start")
    return Validity(ranged.ending, opens_on, ranged.ends_on, ranged.quote, ranged.sure, ranged.wrong)


def _start(text: str) -> tuple[date, str] | None:
    for one in _STARTS.finditer(text):
        day = _day(one["fy"], one["fm"], one["fd"])
        if day is not None:
            return day, one.group().strip()
    return None


def _ranged(one: re.Match[str], sure: int) -> Validity:
    said = one.groupdict()
    opens_on = _day(said.get("fy"), said.get("fm"), said.get("fd"))
    ends_on = _day(said.get("ty"), said.get("tm"), said.get("td"), is_last=True)
    if ends_on is None:
        return Validity(opens_on=opens_on, quote=one.group().strip(), wrong="end_unreadable")
    return Validity(Ending.DATED, opens_on, ends_on, one.group().strip(), sure)


def _termed(text: str, first: date | None) -> Validity | None:
    one = _TERM.search(text)
    if one is None or first is None:
        return None
    number = _number(one["n"]) or 0
    months = number * 12 if one["unit"] == "年" else number
    if not months:
        return None
    last = add_months(first, months) - timedelta(days=1)
    return Validity(Ending.DATED, None, last, one.group(), 75)


def _day(year: str | None, month: str | None, day: str | None, *, is_last: bool = False) -> date | None:
    """Return a day; of a month or year alone its first, or its last."""
    y, m, d = _number(year), _number(month), _number(day)
    if y is None or (month and m is None):
        return None
    m = m or (12 if is_last else 1)
    if not 1 <= m <= 12 or not 1900 <= y <= 2199:
        return None
    last = calendar.monthrange(y, m)[1]
    d = d or (last if is_last else 1)
    return date(y, m, d) if 1 <= d <= last else None


def _number(said: str | None) -> int | None:
    if not said:
        return None
    return int(said) if said.isdigit() else numeral(said)
