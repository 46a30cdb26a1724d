"""A server killed in the middle of booking: what was answered stands, what was not is booked once when asked again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from yulin.kit import postgres

pytestmark = pytest.mark.slow

KILLS = 6
# Books without end; a call that the kill cut off is made again, as it was, until it is answered.
PROGRAM = """
import time
from itertools import count
import django
django.setup()
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection
call_command("migrate", verbosity=0)
from tests.factories.ledger import TODAY, book, open_all, posted
from yulin.ledger.core.transfers import NewTransfer
from yulin.ledger.enums import TransferKind
open_all()
for n in count():
    answer = None
    while answer is None:
        try:
            answer = book(
                posted(f"in-{n}", "funding", "budget", 100, group=f"g-{n}"),
                NewTransfer(f"hold-{n}", TransferKind.HOLD, "budget", "paid", 60, TODAY, group=f"g-{n}"),
                NewTransfer(f"post-{n}", TransferKind.POST, amount_fen=40, value_on=TODAY, hold_key=f"hold-{n}"),
            )
        except (InterfaceError, OperationalError):
            connection.close()
            time.sleep(0.02)
    print(n, flush=True)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="yulin-crash-", dir="/tmp"))
    yield folder
    postgres.stop_server(folder)
    shutil.rmtree(folder, ignore_errors=True)


def environment(url: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "yulin.settings.base"}


def verified(url: str) -> dict[str, object]:
    command = [sys.executable, "-m", "yulin.cli", "ledger"]
    subprocess.run([*command, "seal"], env=environment(url), check=True, capture_output=True)
    found = subprocess.run([*command, "verify", "--json"], env=environment(url), check=False, capture_output=True)
    kept: dict[str, object] = json.loads(found.stdout)
    return kept


def test_killed_server_loses_nothing_that_was_answered_and_books_nothing_twice(home: Path) -> None:
    dice = Random(7)
    server = postgres.start_server(home)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], env=environment(server.url), stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for _ in range(KILLS):
            for _ in range(dice.randrange(3, 30)):
                last = int(writer.stdout.readline())
            time.sleep(dice.uniform(0, 0.03))
            server.process.kill()
            server.process.wait()
            server = postgres.start_server(home)
        last = int(writer.stdout.readline())
        writer.kill()
        last = int([last, *writer.stdout][-1])
    try:
        found = verified(server.url)
    finally:
        server.stop()
    assert (found["holds"], found["unsealed_count"], found["chain_break"]) == (True, 0, None)
    # The last call may have been booked without an answer: all three transfers of it, or none.
    assert found["transfer_count"] in {3 * (last + 1), 3 * (last + 2)}
