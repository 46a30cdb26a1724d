"""Background work of firms: how new names can be typed."""

from __future__ import annotations

from yulin.atlas.services.spelling import spell_firms as spell
from yulin.kit.tasks import app
from yulin.people.core.actors import SYSTEM_ACTOR


@app.periodic(cron="*/5 * * * *", periodic_id="atlas.spell_firms")
@app.task(name="atlas.spell_firms", queue="work", queueing_lock="atlas.spell_firms", lock="atlas.spell_firms")
def spell_firms(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Work out how names that are new can be typed."""
    spell(actor=SYSTEM_ACTOR)
