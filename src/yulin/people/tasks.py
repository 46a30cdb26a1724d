"""Background work of people: the sealer of the audit trail."""

from __future__ import annotations

from yulin.kit.tasks import app
from yulin.people.services import seal_audit_trail as seal


@app.periodic(cron="* * * * * */5", periodic_id="people.seal_audit_trail")
@app.task(name="people.seal_audit_trail", queue="clock", queueing_lock="people.seal_audit_trail", pass_context=False)
def seal_audit_trail(timestamp: int = 0) -> int:  # noqa: ARG001 - the clock hands it over
    """Seal what can be sealed."""
    return seal()
