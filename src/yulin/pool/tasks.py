"""Background work of the pool: files, returns, conditions that lapse, loans that begin, packages of debts that settle.

Every task may run twice: what is done already is answered, not done again.
"""

from __future__ import annotations

from typing import Any

from yulin.exchange.enums import UploadKind
from yulin.exchange.selectors import upload_for
from yulin.kit.clock import business_date
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.tasks import app, defer
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.pool.core.board import closing_day
from yulin.pool.services.assignments.closing import close_assignments
from yulin.pool.services.audit_packs.make_audit_pack import make_audit_pack as make_pack
from yulin.pool.services.board import snapshot_board
from yulin.pool.services.check_returns import check_returns
from yulin.pool.services.check_upload import check_upload as check
from yulin.pool.services.claims.waiting import hold_waiting_vouchers
from yulin.pool.services.enrol_upload import enrol_upload as enrol
from yulin.pool.services.lifecycle import activate_disbursed_enrolments, lapse_conditional_enrolments
from yulin.pool.services.returns import take_returns as take


def _actor(kept: dict[str, Any]) -> Actor:
    return Actor(**{**kept, "kind": OrganisationKind(kept["kind"]), "role": Role(kept["role"])})


@app.task(name="pool.check_upload", queue="work")
def check_upload(upload_id: int, actor: dict[str, Any]) -> None:
    """Check a file: loans by the law, a monthly return against the enrolments."""
    with scope(EVERYTHING):
        is_return = upload_for(SYSTEM_ACTOR, upload_id).kind == UploadKind.RETURNS.value
        (check_returns if is_return else check)(actor=_actor(actor), upload_id=upload_id)


@app.task(name="pool.enrol_upload", queue="work")
def enrol_upload(upload_id: int, actor: dict[str, Any]) -> None:
    """Enrol a checked file."""
    with scope(EVERYTHING):
        enrol(actor=_actor(actor), upload_id=upload_id)
    defer("pool.snapshot_board", once_as="pool.snapshot_board")


@app.task(name="pool.make_audit_pack", queue="work")
def make_audit_pack(pack_id: int, actor: dict[str, Any]) -> None:
    """Make an audit pack that was asked for."""
    with scope(EVERYTHING):
        make_pack(actor=_actor(actor), pack_id=pack_id)


@app.task(name="pool.snapshot_board", queue="work")
def recompute_board() -> None:
    """Compute the headline figures anew, as of the end of the month that ended last."""
    snapshot_board(actor=SYSTEM_ACTOR, as_of=closing_day(business_date()))


@app.task(name="pool.take_returns", queue="work")
def take_returns(upload_id: int, actor: dict[str, Any]) -> None:
    """Take a monthly return."""
    with scope(EVERYTHING):
        take(actor=_actor(actor), upload_id=upload_id)


@app.task(name="pool.hold_waiting", queue="work")
def hold_waiting() -> int:
    """Hold what waited for a budget and has room now."""
    return hold_waiting_vouchers()


@app.periodic(cron="10 * * * *", periodic_id="pool.daily_steps")
@app.task(name="pool.daily_steps", queue="clock", queueing_lock="pool.daily_steps")
def daily_steps(timestamp: int = 0) -> dict[str, int]:  # noqa: ARG001 - the clock hands it over
    """Let conditions lapse whose day is over, begin loans lent by today, close packages that settled, hold vouchers."""
    defer("pool.snapshot_board", once_as="pool.snapshot_board")
    return {
        "lapsed": lapse_conditional_enrolments(),
        "activated": activate_disbursed_enrolments(),
        "assigned": close_assignments(),
        "held": hold_waiting_vouchers(),
    }
