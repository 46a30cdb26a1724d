"""Vouchers that wait for their layer's budget: held as soon as room is free, the oldest decision first."""

from __future__ import annotations

from django.db import transaction

from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.services import record_audit
from yulin.pool.enums import VoucherState
from yulin.pool.models import Voucher
from yulin.pool.services.claims._steps import lock_decisions
from yulin.pool.services.claims.vouchers import hold_vouchers


def hold_waiting_vouchers() -> int:
    """Hold every queued voucher that has room by now and return how many were; those without room wait on.

    Effects, each scheme in a transaction of its own: vouchers, their holds; audit row where any was held.
    """
    with scope(EVERYTHING):
        queued = Voucher.objects.filter(state=VoucherState.QUEUED.value)
        schemes = sorted(queued.values_list("claim__scheme_id", flat=True).distinct())
        return sum(_of_scheme(scheme_id) for scheme_id in schemes)


def _of_scheme(scheme_id: str) -> int:
    with transaction.atomic():
        lock_decisions(scheme_id)
        # What another is taking back at this moment is left to it: its end puts this task into the queue again.
        rows = Voucher.objects.filter(claim__scheme_id=scheme_id, state=VoucherState.QUEUED.value)
        waiting = rows.select_related("claim").order_by("claim__decided_on", "claim_id", "instalment", "id")
        found = list(waiting.select_for_update(of=("self",), skip_locked=True))
        held = hold_vouchers(SYSTEM_ACTOR, found) if found else []
        if held:
            facts = {"held": [one.pk for one in held], "amount_fen": sum(one.amount_fen for one in held)}
            record_audit(
                actor=SYSTEM_ACTOR, action="pool.hold_waiting_vouchers", subject=("scheme", scheme_id), facts=facts
            )
    return len(held)
