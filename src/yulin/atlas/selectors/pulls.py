"""When a source was pulled by the clock, what came of it, and when it is asked next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from yulin.atlas.adapters.pull_plans import pull_plans
from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.core.contracts import SourceContract
from yulin.atlas.core.pull_clock import is_known, next_pull_at
from yulin.atlas.enums import PullOutcome
from yulin.atlas.models import Source, SourcePull


@dataclass(frozen=True)
class PullState:
    """The last asking, the last that succeeded, how often it failed since, and when it is asked next (None: at once).

    `is_clocked`: its term is one that the clock knows.
    """

    last: SourcePull | None
    succeeded: SourcePull | None
    failures: int
    next_at: datetime | None
    is_clocked: bool

    def is_due(self, at: datetime) -> bool:
        """Tell whether the clock asks it at an instant."""
        return self.is_clocked and (self.next_at is None or self.next_at <= at)


def planned_pulls() -> Iterator[tuple[SourceContract, PullState]]:
    """Yield each source that the clock pulls and how it stands. Raises: `ATLAS.SOURCE.PULL_PLAN`."""
    for plan in pull_plans():
        contract, _ = contract_and_content(plan.source)
        yield contract, pull_state(Source.objects.filter(code=contract.id).first(), contract.schedule)


def pull_state(source: Source | None, schedule: str) -> PullState:
    """Return how a source stands with the clock; one that was never asked is asked at once."""
    rows = SourcePull.objects.filter(source=source).order_by("-ended_at", "-pk")
    last = rows.first()
    succeeded = rows.exclude(outcome=str(PullOutcome.FAILED)).first()
    since = rows.filter(outcome=str(PullOutcome.FAILED))
    if succeeded is not None:
        since = since.filter(ended_at__gt=succeeded.ended_at)
    failures = since.count()
    known = is_known(schedule)
    failed_at = last.ended_at if last is not None and failures else None
    done_at = succeeded.ended_at if succeeded is not None else None
    next_at = next_pull_at(schedule, done_at, failed_at, failures) if known else None
    return PullState(last, succeeded, failures, next_at, known)
