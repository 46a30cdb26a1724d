"""How long one pre-loan answer takes through the API: 8 clients, each pausing 100 ms between two questions.

    python bench/bench_pre_loan.py            # a throw-away instance with the demo book
    YULIN_HOME=… python bench/bench_pre_loan.py   # the instance of that folder, started if it does not run

Prints one JSON line. The peer is the same server refusing the same call to a caller without a token, in the same run:
what the web server, the connection and the JSON cost before any law is asked.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

CLIENTS = 8
PAUSE_SECONDS = 0.1
SECONDS = 20
WARM_UP = 10
BUDGET_MS = 30
PATH = "/api/v1/pool/pre-loan-answers"
YULIN = Path(sys.executable).with_name("yulin")
# Run in the instance: a client of the first bank, the codes of 200 firms, the day on which the book stands.
PREPARE = """
from yulin.cli.instance import database_ready
with database_ready():
    import json
    from yulin.atlas.models import Firm
    from yulin.kit.clock import business_date
    from yulin.people.core.actors import SYSTEM_ACTOR
    from yulin.people.enums import Action, OrganisationKind, Role
    from yulin.people.selectors import organisations_of_kind
    from yulin.people.services import create_api_client
    bank = organisations_of_kind(OrganisationKind.BANK).first()
    made = create_api_client(actor=SYSTEM_ACTOR, organisation_id=bank.pk, name="bench", role=Role.BANK_CLERK,
                             scopes=[Action.ASK_PRE_LOAN_ANSWER])
    firms = list(Firm.objects.order_by("id").values_list("identifier", flat=True)[:200])
    print(json.dumps({"id": made.client.client_id, "secret": made.secret, "firms": firms, "on": str(business_date())}))
"""


@contextlib.contextmanager
def instance() -> Iterator[tuple[int, dict[str, object]]]:
    """Start a server on a demo book and yield its port and what the bench needs of it."""
    given = os.environ.get("YULIN_HOME")
    home = given or tempfile.mkdtemp(prefix="yulin-bench-", dir="/tmp")
    environment = {**os.environ, "YULIN_HOME": home}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    if not given:
        for words in (["prepare"], ["demo", "load"]):
            subprocess.run([YULIN, *words], env=environment, check=True, stdout=subprocess.DEVNULL)
    server = subprocess.Popen([YULIN, "up", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        said = subprocess.run([sys.executable, "-c", PREPARE], env=environment, check=True, capture_output=True)
        yield port, json.loads(said.stdout)
    finally:
        server.terminate()
        server.wait(timeout=60)
        if not given:
            shutil.rmtree(home, ignore_errors=True)


def wait_for(port: int) -> None:
    """Wait until the server answers."""
    for _ in range(240):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.5)
    raise SystemExit("the server did not start")


def token_of(port: int, facts: dict[str, object]) -> str:
    """Return a bearer token."""
    form = f"grant_type=client_credentials&client_id={facts['id']}&client_secret={facts['secret']}"
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/api/v1/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
    return str(json.loads(connection.getresponse().read())["access_token"])


def ask(port: int, facts: dict[str, object], headers: dict[str, str], wanted: int) -> list[float]:
    """Return the milliseconds of every answer that the clients got."""
    taken: list[float] = []
    end = time.monotonic() + SECONDS

    def client(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port)
        firms = list(facts["firms"])  # type: ignore[call-overload]
        asked = number
        while time.monotonic() < end:
            question = {
                "scheme": "gz-credit-2021", "firm_code": firms[asked % len(firms)], "on": facts["on"],
                "amount_fen": 480_000_000 + asked, "tenor_months": 12, "security": "ip_pledge",
            }  # fmt: skip
            start = time.perf_counter()
            connection.request("POST", PATH, json.dumps(question), {"Content-Type": "application/json", **headers})
            answer = connection.getresponse()
            answer.read()
            if answer.status != wanted:
                raise SystemExit(f"status {answer.status}, expected {wanted}")
            if asked >= WARM_UP * CLIENTS:
                taken.append((time.perf_counter() - start) * 1000)
            asked += CLIENTS
            time.sleep(PAUSE_SECONDS)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def p95(taken: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(taken, n=20)[-1]


def main() -> int:
    """Measure, print, and return 1 where the budget is passed."""
    with instance() as (port, facts):
        bearer = {"Authorization": f"Bearer {token_of(port, facts)}"}
        taken = ask(port, facts, bearer, 200)
        refused = ask(port, facts, {}, 401)
    value, peer = p95(taken), p95(refused)
    line = {
        "name": "pre-loan answer by API, p95, 8 clients pausing 100 ms", "value": round(value, 1), "unit": "ms",
        "peer": "the same server refusing the call without a token", "peer_value": round(peer, 1),
        "ratio": round(value / peer, 2), "budget": BUDGET_MS, "met": value <= BUDGET_MS, "answers": len(taken),
        "median": round(statistics.median(taken), 1),
    }  # fmt: skip
    print(json.dumps(line))
    return int(value > BUDGET_MS)


if __name__ == "__main__":
    raise SystemExit(main())
