"""Background work of the brain: how all firms stand and what a change of law does, anew when facts or rules are."""

from __future__ import annotations

from yulin.brain.services import ask_for_area
from yulin.brain.services import compute_area as compute
from yulin.brain.services import compute_effect as compute_moves
from yulin.kit.clock import business_date
from yulin.kit.tasks import app
from yulin.people.core.actors import SYSTEM_ACTOR


@app.task(name="brain.compute_area", queue="work", lock="brain.compute_area")
def compute_area() -> None:
    """Assess all firms under every title, unless the last run still says what would be found."""
    compute(actor=SYSTEM_ACTOR, on=business_date())


@app.periodic(cron="*/5 * * * *", periodic_id="brain.keep_area")
@app.task(name="brain.keep_area", queue="clock", queueing_lock="brain.keep_area")
def keep_area(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Ask for a new run where the last one is old."""
    ask_for_area(on=business_date())


@app.task(name="brain.compute_effect", queue="work", lock="brain.compute_effect")
def compute_effect(run_id: int) -> None:
    """Assess all firms under two versions of a law, unless the last result still says what would be found."""
    compute_moves(actor=SYSTEM_ACTOR, run_id=run_id, on=business_date())
