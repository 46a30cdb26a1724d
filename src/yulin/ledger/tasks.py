"""Background work of the ledger: holds whose last day is over are released. Run twice, it does nothing more."""

from __future__ import annotations

from yulin.kit.tasks import app
from yulin.ledger.services import expire_holds


@app.periodic(cron="5 * * * *", periodic_id="ledger.expire_holds")
@app.task(name="ledger.expire_holds", queue="clock", queueing_lock="ledger.expire_holds")
def expire(timestamp: int = 0) -> int:  # noqa: ARG001 - the clock hands it over
    """Release what is left of holds whose last day is over."""
    return expire_holds()
