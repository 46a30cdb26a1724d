"""The headline board on 1,000,000 loans: the page through HTTP, and how long its figures take to compute.

    python bench/bench_board.py                # a throw-away instance, the demo book 78 times (minutes to load)
    YULIN_HOME=… python bench/bench_board.py   # the instance of that folder

Prints one JSON line a figure. The page's peer is the plainest way to the three leading figures over the same rows: one
SELECT of count, sum and distinct firms, asked anew each time. The computation's peer is that same statement once for
each of the board's six divisions (year, bank, district, industry, sector, rate).
"""

from __future__ import annotations

import statistics
import threading
import time
from http.client import HTTPConnection

from instance import get, p95, report, running_instance, said_inside

SCALE = 78
CLIENTS = 8
PAUSE_SECONDS = 0.5
SECONDS = 20
BUDGET_MS = 200
PATHS = ("/zh-hans/", "/en/")
# Run beside the server: the leading figures by one plain statement, the statement a division, and the computation.
INSIDE = """
from yulin.cli.instance import database_ready
with database_ready():
    import json, time
    from django.db import connection, transaction
    from yulin.demo.targets import AS_OF
    from yulin.kit.row_security import EVERYTHING, scope
    from yulin.pool.selectors.board import board_figures

    def milliseconds(work):
        start = time.perf_counter()
        work()
        return (time.perf_counter() - start) * 1000

    def ask(statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()

    SUMS = "SELECT {}count(*), sum(loan_amount_fen), count(DISTINCT firm_id) FROM pool_enrolment"
    KEYS = ("extract(year FROM disbursed_on)", "bank_id", "district_code", "industry", "sector", "annual_rate_ppm")
    with transaction.atomic(), scope(EVERYTHING):
        plain = [milliseconds(lambda: ask(SUMS.format(""))) for _ in range(20)]
        each = [SUMS.format(f"{key}, ") + f" GROUP BY {key}" for key in KEYS]
        divided = [milliseconds(lambda: [ask(statement) for statement in each]) for _ in range(3)]
        computed = [milliseconds(lambda: board_figures(scheme_group="gz-credit", as_of=AS_OF)) for _ in range(3)]
        figures = board_figures(scheme_group="gz-credit", as_of=AS_OF)
    print(json.dumps({"plain": plain, "divided": divided, "computed": computed, "loans": figures.loans,
                      "firms": figures.firms}))
"""


def pages(port: int) -> list[float]:
    """Return the milliseconds of every board page that the clients got, both languages in turn."""
    taken: list[float] = []
    failed: list[int] = []
    end = time.monotonic() + SECONDS

    def client(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        asked = number
        while time.monotonic() < end:
            start = time.perf_counter()
            status, _ = get(connection, PATHS[asked % len(PATHS)])
            if status != 200:
                failed.append(status)
                return
            taken.append((time.perf_counter() - start) * 1000)
            asked += 1
            time.sleep(PAUSE_SECONDS)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(f"the board answered {failed[0]}")
    return taken


def main() -> int:
    """Measure, print, and return 1 where the budget is passed."""
    with running_instance(SCALE) as port:
        pages(port)  # warm
        taken = pages(port)
        inside = said_inside(INSIDE)
    plain = ("one SELECT count, sum, distinct firms over the same loans", p95(inside["plain"]))
    name = "board: headline page, p95, 8 clients pausing 500 ms"
    size = {"loans": inside["loans"], "firms": inside["firms"]}
    met = report(
        name, p95(taken), plain, unit="ms", budget=BUDGET_MS, median=round(statistics.median(taken), 1), **size
    )
    divided = ("the same SELECT for each of six divisions", statistics.median(inside["divided"]))
    report(
        "board: all figures computed anew",
        statistics.median(inside["computed"]),
        divided,
        unit="ms",
        budget=None,
        **size,
    )
    return int(not met)


if __name__ == "__main__":
    raise SystemExit(main())
