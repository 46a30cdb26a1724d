"""How long one pre-loan answer takes through the API: 8 clients, each pausing 100 ms between two questions.

    python bench/bench_pre_loan.py            # a throw-away instance with the demo book
    YULIN_HOME=… python bench/bench_pre_loan.py   # the instance of that folder, started if it does not run

Prints one JSON line. The peer is the same server refusing the same call to a caller without a token, in the same run:
what the web server, the connection and the JSON cost before any law is asked.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import threading
import time
from http.client import HTTPConnection, RemoteDisconnected
from typing import Any

from instance import p95, report, running_instance, said_inside

CLIENTS = 8
PAUSE_SECONDS = 0.1
SECONDS = 20
WARM_UP = 10
BUDGET_MS = 30
PATH = "/api/v1/pool/pre-loan-answers"
_CLOSED = (BrokenPipeError, ConnectionResetError, RemoteDisconnected)
# Run in the instance: a client of the first bank, 200 firms that let it in, the day on which the book stands.
PREPARE = """
from yulin.cli.instance import database_ready
with database_ready():
    import json
    from datetime import timedelta
    from yulin.atlas.models import Consent, Firm
    from yulin.kit.clock import business_date
    from yulin.people.core.actors import SYSTEM_ACTOR
    from yulin.people.enums import Action, OrganisationKind, Role
    from yulin.people.selectors import organisations_of_kind
    from yulin.people.services import create_api_client
    bank = organisations_of_kind(OrganisationKind.BANK).first()
    made = create_api_client(actor=SYSTEM_ACTOR, organisation_id=bank.pk, name="bench", role=Role.BANK_CLERK,
                             scopes=[Action.ASK_PRE_LOAN_ANSWER])
    firms, until = list(Firm.objects.order_by("id")[:200]), business_date() + timedelta(days=30)
    Consent.objects.bulk_create(
        Consent(firm=firm, organisation=bank, classes=["basics", "titles"], purpose="bench", valid_until=until)
        for firm in firms
    )
    codes = [firm.identifier for firm in firms]
    print(json.dumps({"id": made.client.client_id, "secret": made.secret, "firms": codes, "on": str(business_date())}))
"""


def token_of(port: int, facts: dict[str, Any]) -> str:
    """Return a bearer token."""
    form = f"grant_type=client_credentials&client_id={facts['id']}&client_secret={facts['secret']}"
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/api/v1/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
    return str(json.loads(connection.getresponse().read())["access_token"])


def ask(port: int, facts: dict[str, Any], headers: dict[str, str], wanted: int) -> list[float]:
    """Return the milliseconds of every answer that the clients got."""
    taken: list[float] = []
    unexpected: list[int] = []
    end = time.monotonic() + SECONDS

    def client(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port)
        firms = facts["firms"]
        asked = number
        while time.monotonic() < end:
            question = {
                "scheme": "gz-credit-2021", "firm_code": firms[asked % len(firms)], "on": facts["on"],
                "amount_fen": 480_000_000 + asked, "tenor_months": 12, "security": "ip_pledge",
            }  # fmt: skip
            start = time.perf_counter()
            status = post(connection, json.dumps(question), headers)
            if status != wanted:
                unexpected.append(status)
                return
            if asked >= WARM_UP * CLIENTS:
                taken.append((time.perf_counter() - start) * 1000)
            asked += CLIENTS
            time.sleep(PAUSE_SECONDS)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if unexpected:
        raise SystemExit(f"status {unexpected[0]}, expected {wanted}")
    return taken


def post(connection: HTTPConnection, question: str, headers: dict[str, str]) -> int:
    """Ask, and return the status. A server may close a connection whose body it did not read: then ask on a new one."""
    with contextlib.suppress(*_CLOSED):
        return answer_of(connection, question, headers)
    connection.close()
    return answer_of(connection, question, headers)


def answer_of(connection: HTTPConnection, question: str, headers: dict[str, str]) -> int:
    """Ask on the connection as it is, and return the status."""
    connection.request("POST", PATH, question, {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def main() -> int:
    """Measure, print, and return 1 where the budget is passed."""
    with running_instance() as port:
        facts = said_inside(PREPARE)
        bearer = {"Authorization": f"Bearer {token_of(port, facts)}"}
        taken = ask(port, facts, bearer, 200)
        refused = ask(port, facts, {}, 401)
    peer = ("the same server refusing the call without a token", p95(refused))
    more = {"answers": len(taken), "median": round(statistics.median(taken), 1)}
    name = "pre-loan answer by API, p95, 8 clients pausing 100 ms"
    return int(not report(name, p95(taken), peer, unit="ms", budget=BUDGET_MS, **more))


if __name__ == "__main__":
    raise SystemExit(main())
