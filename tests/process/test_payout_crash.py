"""A payout whose worker and whose database are killed: nothing is lost, nothing is paid twice, the two books agree."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
KILLS = 4
CLAIMS = 12
_SPEC = importlib.util.spec_from_file_location("kill_payout", Path(__file__).parents[2] / "scripts" / "kill_payout.py")
assert _SPEC is not None
assert _SPEC.loader is not None
kill_payout: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(kill_payout)

GOOD: dict[str, Any] = {
    "ledger": {"holds": True, "unsealed_count": 0}, "claims": {"paid": 2}, "vouchers": {"paid": 3}, "paid_fen": 7,
    "decided_fen": 7, "payees_fen": 7, "clearing_fen": -7, "paid_orders": [1], "paid_orders_of_unpaid": 0,
    "posts_per_paid_voucher": [1], "holds_missing": 0, "holds_left_of_paid": 0, "paid_claims_with_open_vouchers": 0,
}  # fmt: skip


def test_a_payout_that_is_killed_pays_everything_once() -> None:
    found = kill_payout.run(KILLS, 11, claims=CLAIMS)
    assert kill_payout.faults_of(found) == []
    assert sum(found["killed"].values()) == KILLS
    assert all(found["killed"].values())  # the worker and the database were both killed


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"paid_orders": [1, 2]}, "each paid voucher has one paid order"),
        ({"payees_fen": 8}, "payees have what was paid"),
        ({"posts_per_paid_voucher": [1, 2]}, "each paid voucher has one posting"),
        ({"vouchers": {"paid": 3, "held": 1}}, "every voucher is paid"),
        ({"decided_fen": 8}, "what is paid is what was decided"),
        ({"holds_left_of_paid": 1}, "no hold is lost or left"),
        ({"ledger": {"holds": False, "unsealed_count": 0}}, "the ledger's proof holds"),
    ],
)
def test_the_proof_names_what_is_wrong(wrong: dict[str, Any], fault: str) -> None:
    assert kill_payout.faults_of(GOOD) == []
    assert kill_payout.faults_of(GOOD | wrong) == [fault]
