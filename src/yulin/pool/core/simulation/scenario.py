"""What is simulated: which scheme's past claims, over how many years, under which version and which changed numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from yulin.base.dates import add_years
from yulin.pool.core.simulation.draft import Draft

YEARS = 3
MOST_YEARS = 10


@dataclass(frozen=True)
class Scenario:
    """One question: it stands in the address of the page, so that others can ask it again."""

    scheme: str
    years: int = YEARS
    version: int | None = None  # a published or drafted version in place of the one that ruled last
    text: str = ""  # the SHA-256 of an uploaded text, likewise
    draft: Draft = field(default_factory=Draft)

    def interval(self, today: date) -> tuple[date, date]:
        """Return the half-open interval of decisions: so many years up to today, which is included.

        >>> [day.isoformat() for day in Scenario("s").interval(date(2022, 1, 19))]
        ['2019-01-20', '2022-01-20']
        """
        until = date.fromordinal(today.toordinal() + 1)
        return add_years(until, -self.years), until

    def plain(self) -> dict[str, Any]:
        """Return the question as plain JSON."""
        asked = {"scheme": self.scheme, "years": self.years, "version": self.version, "draft": asdict(self.draft)}
        return {**asked, "text": self.text} if self.text else asked
