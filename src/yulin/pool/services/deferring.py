"""Work put into the queue, in the caller's transaction: files to check, to enrol, returns to take."""

from __future__ import annotations

from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor


def defer_check(*, actor: Actor, upload_id: int) -> int:
    """Queue the check of a file, in the caller's transaction; while one waits a second is not added."""
    return _defer("pool.check_upload", actor, upload_id)


def defer_enrolment(*, actor: Actor, upload_id: int) -> int:
    """Queue the enrolment of a checked file."""
    return _defer("pool.enrol_upload", actor, upload_id)


def defer_returns(*, actor: Actor, upload_id: int) -> int:
    """Queue the taking of a monthly return."""
    return _defer("pool.take_returns", actor, upload_id)


def _defer(name: str, actor: Actor, upload_id: int) -> int:
    return defer(
        name,
        lock=f"upload:{upload_id}",
        once_as=f"{name}:{upload_id}",
        upload_id=upload_id,
        actor={
            "user_id": actor.user_id,
            "organisation_id": actor.organisation_id,
            "kind": str(actor.kind),
            "role": str(actor.role),
            "district_code": actor.district_code,
            "name": actor.name,
        },
    )
