"""How good a source's files are over time: what of each field is filled and holds, when a file is late, what is told.

A field's cells hold where no rule of the contract speaks against them. A source is told of when its latest file broke
off, has other columns than it promised, holds less than the house expects, or clearly less than its files before; and
when no file has come by the end of its term. What is expected is data (`house_rules.yaml`).

Invariant: a field without a filled cell has no rate; unknown is never nought.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low
from typing import Any

from yulin.base.dates import add_months
from yulin.base.text import Text

WHOLE_BP = 10_000
ROWS = ""  # under which a file's quality says of its rows what it says of a field's cells
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
_DAYS = {"daily": 1, "weekly": 7}
ROWS_LABEL = Text("整行", "Whole rows")
_BROKE_OFF = Text("最近文件读取中断，其后各行未入库", "The latest file broke off: what came after is not taken in")
_LACKS = Text("最近文件缺少列：%(columns)s", "The latest file lacks {count:a column|columns}: %(columns)s")
_HAS_NEW = Text("最近文件多出列：%(columns)s", "The latest file has {count:a new column|new columns}: %(columns)s")
_TOO_LITTLE = Text("“%(label)s”合格率%(now)s，低于%(least)s", "%(label)s: %(now)s hold, less than %(least)s")
_HOLD_LESS = Text("“%(label)s”合格率由%(before)s降至%(now)s", "%(label)s: %(now)s hold, %(before)s before")
_FILLED_LESS = Text("“%(label)s”填报率由%(before)s降至%(now)s", "%(label)s: %(now)s are filled, %(before)s before")
_LATE = Text("应于%(due)s前收到新文件，至今未到", "A new file was due by %(due)s and has not come")


@dataclass(frozen=True)
class QualityRules:
    """What the house expects: the least share that holds, how far it may fall under the files before, days of grace."""

    least_bp: int
    fall_bp: int
    files: int
    grace_days: int


@dataclass(frozen=True)
class FileQuality:
    """What one file was worth: rows read and kept out, per fact filled cells and problems, how its columns drift."""

    rows_read: int
    rows_kept_out: int
    quality: Mapping[str, Any]
    drift: Mapping[str, Sequence[str]]
    is_whole: bool = True

    @property
    def missing(self) -> Sequence[str]:
        """Return the promised columns that the file does not have."""
        return self.drift.get("missing", ())

    def filled_bp(self, fact: str) -> int | None:
        """Return which part of the rows has a value of a fact."""
        said = self.quality.get(fact)
        return int(said["filled"]) * WHOLE_BP // self.rows_read if said and self.rows_read and fact != ROWS else None

    def passed_bp(self, fact: str) -> int | None:
        """Return which part of a fact's values holds, of all rows where no fact is named.

        A row that waits for a person, as its source may leave its code out, is neither good nor bad.

        >>> FileQuality(4, 1, {"staff": {"filled": 3, "problems": {"unreadable": 1}}}, {}).passed_bp("staff")
        6666
        """
        if fact == ROWS:
            asked = self.rows_read - int(self.quality.get(ROWS, {}).get("waiting", 0))
            return (self.rows_read - self.rows_kept_out) * WHOLE_BP // asked if asked else None
        said = self.quality.get(fact)
        if not said or not said["filled"]:
            return None
        filled, wrong = int(said["filled"]), sum(map(int, said["problems"].values()))
        return max(filled - wrong, 0) * WHOLE_BP // filled


def alerts_of(files: Sequence[FileQuality], labels: Mapping[str, Text], rules: QualityRules) -> list[Text]:
    """Return what the owner of a source is told of its latest file, its files given latest first.

    `labels`: the fields that the latest file has a column for; of a column that it lacks its lack is told.
    """
    if not files:
        return []
    latest, before = files[0], [one for one in files[1:] if one.is_whole][: rules.files]
    told = [] if latest.is_whole else [_BROKE_OFF]
    for kind, sentence in (("missing", _LACKS), ("new", _HAS_NEW)):
        columns = list(latest.drift.get(kind, ()))
        if columns:
            told.append(sentence.with_values(columns="、".join(columns), count=len(columns)))
    for fact, label in ({ROWS: ROWS_LABEL} | dict(labels)).items():
        told += _of_field(latest, before, fact, label, rules)
    return told


def _of_field(
    latest: FileQuality, before: Sequence[FileQuality], fact: str, label: Text, rules: QualityRules
) -> Iterable[Text]:
    now, then = latest.passed_bp(fact), _usual(one.passed_bp(fact) for one in before)
    if now is not None and then is not None and then - now > rules.fall_bp:
        yield _HOLD_LESS.with_values(label=label, now=_percent(now), before=_percent(then))
    elif now is not None and now < rules.least_bp:
        yield _TOO_LITTLE.with_values(label=label, now=_percent(now), least=_percent(rules.least_bp))
    now, then = latest.filled_bp(fact), _usual(one.filled_bp(fact) for one in before)
    if now is not None and then is not None and then - now > rules.fall_bp:
        yield _FILLED_LESS.with_values(label=label, now=_percent(now), before=_percent(then))


def _usual(rates: Iterable[int | None]) -> int | None:
    known = [one for one in rates if one is not None]
    return median_low(known) if known else None


def _percent(rate_bp: int) -> str:
    return f"{rate_bp / 100:.2f}".rstrip("0").rstrip(".") + "%"


def due_on(schedule: str, last_as_of: date, rules: QualityRules) -> date | None:
    """Return the last day on which the next file may come; None where the contract names no term that is known.

    >>> due_on("monthly", date(2021, 12, 31), QualityRules(9_500, 500, 6, 15))
    datetime.date(2022, 2, 15)
    """
    if schedule in _MONTHS:
        return add_months(last_as_of, _MONTHS[schedule]) + timedelta(days=rules.grace_days)
    if schedule in _DAYS:
        return last_as_of + timedelta(days=_DAYS[schedule] + rules.grace_days)
    return None


def late_alert(due: date) -> Text:
    """Return what is told when no file has come by its last day."""
    return _LATE.with_values(due=due.isoformat())
