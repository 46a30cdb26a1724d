"""Who may write what of a debt's money: the services refuse by right, whatever page or command asks."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.claims import make_claim_law
from tests.factories.people import make_actor, make_demo_book
from tests.factories.pool import make_bank
from tests.pool.test_recoveries import REMIT, make_debt, received

from yulin.base.errors import YulinError
from yulin.people.enums import Role
from yulin.pool.models import Recovery, Remittance, WriteOff
from yulin.pool.services.recoveries.enter_recovery import enter_recovery, undo_recovery
from yulin.pool.services.recoveries.refund import record_refund
from yulin.pool.services.recoveries.remit import record_remittance
from yulin.pool.services.recoveries.write_off import approve_write_off, propose_write_off, undo_write_off

pytestmark = pytest.mark.django_db
DAY = date(2022, 1, 19)


@pytest.fixture
def clerk():
    make_demo_book(DAY)
    return make_bank()[1]


@pytest.fixture
def claim(clerk):
    found = make_debt(clerk, make_claim_law(timetable=REMIT))
    enter_recovery(actor=clerk, claim_id=found.pk, received=received(12, 1_000))
    return found


def code_of(work):
    with pytest.raises(YulinError) as refused:
        work()
    return refused.value.code


def test_a_bank_matches_refunds_and_writes_nothing_off_of_its_own_debt(clerk, claim):
    money = {"actor": clerk, "claim_id": claim.pk, "on": DAY, "amount_fen": 1, "reference": "HD1"}
    words = {"actor": clerk, "claim_id": claim.pk, "clause": "第九条", "reason": "破产终结"}
    for work in (
        lambda: record_remittance(**money),
        lambda: record_refund(**money),
        lambda: propose_write_off(**words),
    ):
        assert code_of(work) == "PEOPLE.NOT_ALLOWED"
    proposed = propose_write_off(**words | {"actor": make_actor(Role.MANAGER_CLERK)})
    for work in (
        lambda: approve_write_off(actor=clerk, write_off_id=proposed.pk),
        lambda: approve_write_off(actor=make_actor(Role.MANAGER_CHECKER), write_off_id=proposed.pk),
        lambda: undo_write_off(actor=clerk, write_off_id=proposed.pk, note="x"),
    ):
        assert code_of(work) == "PEOPLE.NOT_ALLOWED"
    assert (Remittance.objects.count(), WriteOff.objects.get().state) == (0, "proposed")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.AUTHORITY_CHECKER])
def test_who_only_looks_on_enters_and_undoes_nothing(clerk, claim, role):
    entry, looker = Recovery.objects.get(), make_actor(role)
    for work in (
        lambda: enter_recovery(actor=looker, claim_id=claim.pk, received=received(13, 5)),
        lambda: undo_recovery(actor=looker, recovery_id=entry.pk, note="x"),
    ):
        assert code_of(work) == "PEOPLE.NOT_ALLOWED"
    assert (Recovery.objects.count(), Recovery.objects.get().undone_on) == (1, None)
