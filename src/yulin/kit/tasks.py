"""The task queue in PostgreSQL: a task deferred in a transaction exists if, and only if, that transaction commits.

Invariant: every task is idempotent, so that a crash loses none and repeats do no harm.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

__all__ = ["app", "defer"]


def defer(
    name: str, *, lock: str | None = None, once_as: str | None = None, queue: str = "work", **arguments: Any
) -> int:
    """Put a task into the queue, in the caller's transaction, and return the number of the job.

    Jobs with the same `lock` run one after the other; while a job waits under the name `once_as`, a second is not added
    and 0 is returned.
    """
    job = app.configure_task(name, lock=lock, queueing_lock=once_as, queue=queue)
    try:
        with transaction.atomic():  # a refused job must not break the caller's transaction
            return int(job.defer(**arguments))
    except AlreadyEnqueued:
        return 0


@app.periodic(cron="* * * * *", periodic_id="kit.retry_stalled_jobs")
@app.task(name="kit.retry_stalled_jobs", queue="clock", queueing_lock="kit.retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> int:  # noqa: ARG001 - procrastinate passes it
    """Put back into the queue what a worker was doing when it was killed, and return how many jobs that were."""
    manager = context.app.job_manager
    stalled = list(await manager.get_stalled_jobs())
    for job in stalled:
        await manager.retry_job(job)
    return len(stalled)
