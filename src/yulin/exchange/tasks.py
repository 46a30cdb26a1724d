"""Background work of files and machines outside: messages to partners' systems are sent. May run twice."""

from __future__ import annotations

from yulin.exchange.services.sending import send_due_messages
from yulin.kit.tasks import app


@app.periodic(cron="* * * * *", periodic_id="exchange.send_messages")
@app.task(
    name="exchange.send_messages", queue="work", queueing_lock="exchange.send_messages", lock="exchange.send_messages"
)
def send_messages(timestamp: int = 0) -> None:  # noqa: ARG001 - the clock hands it over
    """Send what is due."""
    send_due_messages()
