"""Kill the worker or PostgreSQL at random moments of a running payout; then prove that nothing was lost or paid twice.

`python scripts/kill_payout.py --kills 200` prints what stands at the end as JSON and ends with 1 if anything is wrong.
The suite runs a short form of it (`tests/process/test_payout_crash.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from yulin.kit import postgres

ROOT = Path(__file__).resolve().parent.parent
WORKER = (sys.executable, "-m", "tests.factories.payout_worker")
CLAIMS_AT_ONCE = 40
LONGEST_SECONDS = 0.25  # between a sign of life and the kill


class Payout:
    """A payout on a server of its own: prepared, worked, killed and looked at from outside."""

    def __init__(self, home: Path, dice: Random) -> None:
        self.home, self.dice = home, dice
        self.server = postgres.start_server(home)
        self.killed = {"worker": 0, "postgres": 0}
        self.worker: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process of the payout."""
        own = {"DATABASE_URL": self.server.url, "YULIN_HOME": str(self.home), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        return {**os.environ, "DJANGO_SETTINGS_MODULE": "yulin.settings.base", **own}

    def told(self, *words: str) -> str:
        """Return what a run of the worker says last."""
        found = subprocess.run([*WORKER, *words], env=self.environment, cwd=ROOT, check=True, capture_output=True)
        return found.stdout.decode().splitlines()[-1]

    def kill_once(self) -> None:
        """Wait for a sign of life, then kill the worker or the server, and start again what was killed."""
        if not self._is_alive():
            self.told("prepare", str(CLAIMS_AT_ONCE))  # all is paid: there is more to pay
            self._is_alive()
        time.sleep(self.dice.uniform(0, LONGEST_SECONDS))
        if self.dice.random() < 0.5:
            self.stop_worker()
            self.killed["worker"] += 1
            return
        self.server.process.kill()
        self.server.process.wait()
        self.server = postgres.start_server(self.home)
        self.killed["postgres"] += 1

    def _is_alive(self) -> bool:
        """Tell whether the worker did something; False where nothing is left to do."""
        if self.worker is None:
            self.worker = subprocess.Popen(
                [*WORKER, "pay"], env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True,
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
        line = self.worker.stdout.readline().strip() if self.worker.stdout else ""
        if line and line != "done":
            return True
        self.stop_worker()
        return False

    def stop_worker(self) -> None:
        """Kill the worker, if there is one."""
        if self.worker is not None:
            self.worker.kill()
            self.worker.communicate()
            self.worker = None

    def finish(self) -> dict[str, Any]:
        """Let the payout end undisturbed and return what stands, with what the ledger's own proof says."""
        while self._is_alive():
            pass
        command = [sys.executable, "-m", "yulin.cli", "ledger"]
        subprocess.run([*command, "seal"], env=self.environment, cwd=ROOT, check=True, capture_output=True)
        proof = subprocess.run(
            [*command, "verify", "--json"], env=self.environment, cwd=ROOT, capture_output=True, check=False
        )
        return {"killed": self.killed, "ledger": json.loads(proof.stdout), **json.loads(self.told("state"))}

    def close(self) -> None:
        """Stop everything."""
        self.stop_worker()
        self.server.stop()


def faults_of(found: dict[str, Any]) -> list[str]:
    """Return what is wrong with an ended payout: lost, paid twice, or two books that differ."""
    paid = found["paid_fen"]
    rules: dict[str, bool] = {
        "the ledger's proof holds": found["ledger"]["holds"] and not found["ledger"]["unsealed_count"],
        "every claim is paid": set(found["claims"]) == {"paid"},
        "every voucher is paid": set(found["vouchers"]) == {"paid"},
        "what is paid is what was decided": paid == found["decided_fen"] > 0,
        "payees have what was paid": found["payees_fen"] == paid,
        "clearing gave what was paid": found["clearing_fen"] == -paid,
        "each paid voucher has one paid order": found["paid_orders"] == [1],
        "no unpaid voucher has a paid order": found["paid_orders_of_unpaid"] == 0,
        "each paid voucher has one posting": found["posts_per_paid_voucher"] == [1],
        "no hold is lost or left": found["holds_missing"] == found["holds_left_of_paid"] == 0,
        "no paid claim has an open voucher": found["paid_claims_with_open_vouchers"] == 0,
    }
    return [rule for rule, holds in rules.items() if not holds]


def run(
    kills: int, seed: int, *, claims: int = CLAIMS_AT_ONCE, watch: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Kill a payout so many times and return what stands at its end."""
    home = Path(tempfile.mkdtemp(prefix="yulin-kill-", dir="/tmp"))
    payout = Payout(home, Random(seed))  # noqa: S311 - a seed makes a run repeatable, nothing is secret
    try:
        payout.told("prepare", str(claims))
        for number in range(kills):
            payout.kill_once()
            if watch is not None:
                watch(number + 1)
        return payout.finish()
    finally:
        payout.close()
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    found = run(given.kills, given.seed, watch=lambda n: print(f"\r{n}", end="", file=sys.stderr, flush=True))
    faults = faults_of(found)
    print(json.dumps({**found, "faults": faults}, indent=2))
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
