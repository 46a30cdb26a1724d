"""Background work of firms: spellings, statements in order, what is over, sources pulled, worse or late.

Each may run twice.
"""

from __future__ import annotations

from yulin.atlas.services.news import queue_news as queue
from yulin.atlas.services.pulling import pull_by_clock, queue_due_pulls
from yulin.atlas.services.repairing import recall_expired_records
from yulin.atlas.services.resolving import resolve_records as resolve
from yulin.atlas.services.retaining import run_retention as run
from yulin.atlas.services.sorting import sort_statements as sort
from yulin.atlas.services.spelling import spell_firms as spell
from yulin.atlas.services.watching import watch_sources as watch
from yulin.kit.clock import business_date
from yulin.kit.tasks import app
from yulin.people.core.actors import SYSTEM_ACTOR


@app.periodic(cron="*/5 * * * *", periodic_id="atlas.spell_firms")
@app.task(name="atlas.spell_firms", queue="work", queueing_lock="atlas.spell_firms", lock="atlas.spell_firms")
def spell_firms(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Work out how names that are new can be typed."""
    spell(actor=SYSTEM_ACTOR)


@app.task(name="atlas.resolve_records", queue="work", lock="atlas.resolve_records")
def resolve_records() -> None:
    """Resolve the records of sources again after a person has judged."""
    resolve(actor=SYSTEM_ACTOR)


@app.periodic(cron="5 * * * *", periodic_id="atlas.recall_expired")
@app.task(name="atlas.recall_expired", queue="clock", queueing_lock="atlas.recall_expired")
def recall_expired(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Call back what may not be shown and used any more."""
    recall_expired_records(actor=SYSTEM_ACTOR, on=business_date())


@app.periodic(cron="20 * * * *", periodic_id="atlas.watch_sources")
@app.task(name="atlas.watch_sources", queue="clock", queueing_lock="atlas.watch_sources")
def watch_sources(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Tell who answers for a source whose file is worse than expected, or late."""
    watch(actor=SYSTEM_ACTOR)


@app.periodic(cron="*/10 * * * *", periodic_id="atlas.pull_sources")
@app.task(name="atlas.pull_sources", queue="clock", queueing_lock="atlas.pull_sources")
def pull_sources(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Queue the sources whose term has come."""
    queue_due_pulls()


@app.task(name="atlas.pull_source", queue="work")
def pull_source(source: str) -> None:
    """Pull a source by the clock and take in what it gives."""
    pull_by_clock(actor=SYSTEM_ACTOR, source=source)


@app.periodic(cron="40 19 * * *", periodic_id="atlas.run_retention")  # 03:40 in the morning of the house
@app.task(name="atlas.run_retention", queue="work", queueing_lock="atlas.run_retention", lock="atlas.run_retention")
def run_retention(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Delete or mask what is due under the rules in force."""
    run(actor=SYSTEM_ACTOR, on=business_date())


@app.periodic(cron="10 * * * *", periodic_id="atlas.sort_statements")
@app.task(
    name="atlas.sort_statements", queue="work", queueing_lock="atlas.sort_statements", lock="atlas.sort_statements"
)
def sort_statements(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Put what files say into the order of firms, where enough of it is new."""
    sort(actor=SYSTEM_ACTOR)


@app.periodic(cron="* * * * *", periodic_id="atlas.queue_news")
@app.task(name="atlas.queue_news", queue="clock", queueing_lock="atlas.queue_news", lock="atlas.queue_news")
def queue_news(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Queue what partners may hear of."""
    queue(actor=SYSTEM_ACTOR)
