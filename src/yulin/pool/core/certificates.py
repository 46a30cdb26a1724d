"""The yearly proof of an auditor on what a lender recovered (年度审计证明): for which years it is owed, and by when.

Few lenders filed it where it was only asked for by letter, and some remitted only “their” share (AU-06): so each year
of each lender is a task with a day, and what the auditor certified stands beside what the book says.

Invariant: a year is owed from its last day on, by every lender that was compensated by then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from yulin.rules.core.scheme import Certificate

_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ProofYear:
    """One year to be certified: its first and last day, and the last day to hand the proof in."""

    first_on: date
    as_of: date
    due_on: date

    def is_overdue(self, today: date) -> bool:
        """Tell whether the last day to hand it in has gone."""
        return today > self.due_on


def proof_years(rule: Certificate | None, *, since: date, today: date) -> Iterator[ProofYear]:
    """Yield the years that a lender compensated on `since` has to prove by today, oldest first.

    >>> from yulin.rules.core.scheme import YearDay
    >>> rule = Certificate(YearDay(3, 31), YearDay(9, 30), None)
    >>> [str(one.due_on) for one in proof_years(rule, since=date(2021, 4, 1), today=date(2023, 3, 31))]
    ['2022-09-30']
    """
    if rule is None or rule.as_of is None or rule.due is None:
        return
    for year in range(since.year, today.year + 1):
        as_of = rule.as_of.in_year(year)
        if since <= as_of < today:
            due_on = rule.due.in_year(year)
            first_on = rule.as_of.in_year(year - 1) + _A_DAY
            yield ProofYear(first_on, as_of, due_on if due_on > as_of else rule.due.in_year(year + 1))
