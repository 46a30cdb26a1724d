"""What every step of an application does: lock it, look into the table of steps, write event, notices, audit row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from yulin.base.text import Text
from yulin.brain.core.application_states import ApplicationState, AppStep, next_state
from yulin.brain.errors import ApplicationNotFoundError
from yulin.brain.models import Application, ApplicationEvent
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisations_of_kind
from yulin.people.services import notify, record_audit, settle_notices

ABOUT = "application"


@dataclass(frozen=True)
class Why:
    """Why a step is taken: labels and usual reasons by their ids, and words."""

    labels: Sequence[str] = ()
    reasons: Sequence[str] = ()
    note: str = ""

    @property
    def is_given(self) -> bool:
        """Whether there is any."""
        return bool(self.reasons or self.note.strip())


def person(actor: Actor, action: Action) -> int:
    """Return who acts. Raises: `PEOPLE.NOT_ALLOWED`."""
    if not actor.may(action) or actor.user_id is None:
        raise NotAllowedError(action=str(action), role=str(actor.role))
    return actor.user_id


def locked(application_id: int) -> Application:
    """Return an application, locked until the transaction ends. Raises: `BRAIN.APPLICATION.NOT_FOUND`."""
    found = (
        Application.objects.select_for_update(of=("self",))
        .select_related("call__policy", "firm", "house")
        .filter(pk=application_id)
        .first()
    )
    if found is None:
        raise ApplicationNotFoundError(application=application_id)
    return found


def take_step(actor: Actor, application: Application, step: AppStep, why: Why | None = None, **changes: Any) -> None:
    """Move a locked application by one step of the table.

    Effects: the application; one event; notices about it done; audit row.
    Raises: `BRAIN.APPLICATION.STATE`, `BRAIN.REVIEW.REASON`.
    """
    why = why or Why()
    before = application.state
    after = next_state(application.number, before, step, "given" if why.is_given else "")
    application.state = after.value
    for name, value in changes.items():
        setattr(application, name, value)
    application.save(update_fields=["state", *changes])
    settle_notices(about=(ABOUT, application.pk))
    keep_event(actor, application, step.value, why)
    facts = {"from": before, "to": after.value, "labels": list(why.labels), "reasons": list(why.reasons)}
    audit(actor, application, step.value, facts | {"note": why.note})


def keep_event(
    actor: Actor, application: Application, step: str, why: Why | None = None, *, is_inner: bool = False
) -> ApplicationEvent:
    """Write one line of the history, in the caller's transaction."""
    why = why or Why()
    return ApplicationEvent.objects.create(
        application=application, step=step, state=application.state, labels=list(why.labels),
        reasons=list(why.reasons), note=why.note.strip()[:4000], is_inner=is_inner, made_by_id=actor.user_id,
        made_by_name=actor.name, organisation_id=actor.organisation_id, made_on=clock.business_date(),
    )  # fmt: skip


def audit(actor: Actor, application: Application, what: str, facts: dict[str, Any]) -> None:
    """Write the audit row of a step."""
    record_audit(
        actor=actor, action=f"brain.{what}_application", subject=(ABOUT, application.pk),
        facts={"number": application.number, **facts},
    )  # fmt: skip


def tell(actor: Actor, application: Application, organisation_id: int, title: Text, *, asks: bool = False) -> None:
    """Send an organisation a notice of what became of an application; `asks`: it is to do something."""
    notify(
        actor=actor,
        organisation_id=organisation_id,
        kind="brain.application",
        title=title.with_values(number=application.number, firm=application.firm.name),
        path=reverse("brain:application", args=[application.pk]),
        about=(ABOUT, application.pk) if asks else None,
    )


def ask_bureau(actor: Actor, application: Application, title: Text) -> None:
    """Ask the authorities to take the next step."""
    for one in organisations_of_kind(OrganisationKind.AUTHORITY):
        tell(actor, application, one.pk, title, asks=True)


def is_state(application: Application, *states: ApplicationState) -> bool:
    """Tell whether an application is in one of some states."""
    return application.state in states
