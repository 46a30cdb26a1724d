"""Applications in the queues of the home pages: to submit, to screen, to judge, to decide."""

from __future__ import annotations

from datetime import date

from yulin.base.text import Text
from yulin.brain.selectors.application_queue import waiting_applications
from yulin.people.core.actors import Actor
from yulin.web.addresses import address
from yulin.web.home.parts import Row
from yulin.web.home.rows import workdays_left


def application_rows(actor: Actor, today: date) -> list[Row]:
    """Return the applications that wait for an actor."""
    return [
        Row(
            title=Text("申报%(number)s", "Application %(number)s").with_values(number=one.application.number),
            below=Text(one.application.firm.name, one.application.firm.name),
            href=address("brain:application", one.application.pk),
            state=one.state,
            todo=one.todo,
            due_on=one.due_on,
            workdays_left=workdays_left(today, one.due_on),
            act=Text("办理申报", "Open it"),
        )
        for one in waiting_applications(actor, today)
    ]
