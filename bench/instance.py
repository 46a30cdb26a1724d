"""A whole instance for a bench: a throw-away one with a demo book, or that of `YULIN_HOME`; how figures are said."""

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
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

YULIN = Path(sys.executable).with_name("yulin")
_START_SECONDS = 300


@contextlib.contextmanager
def running_instance(scale: int = 1) -> Iterator[int]:
    """Start the instance and yield its port; a throw-away one gets a demo book of `scale`, and is removed after."""
    given = os.environ.get("YULIN_HOME")
    home = given or tempfile.mkdtemp(prefix="yulin-bench-", dir="/tmp")
    os.environ["YULIN_HOME"] = home
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    try:
        if not given:
            for words in (["prepare"], ["demo", "load", "--scale", str(scale)]):
                subprocess.run([YULIN, *words], check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([YULIN, "up", "--port", str(port)], stdout=subprocess.DEVNULL)
        try:
            _wait_for(port, server)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=60)
    finally:
        if not given:
            shutil.rmtree(home, ignore_errors=True)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError):
            get(HTTPConnection("127.0.0.1", port, timeout=20), "/zh-hans/demo/")
            return
        time.sleep(0.5)
    raise SystemExit("the server did not start")


def said_inside(program: str) -> Any:
    """Run a program beside the instance and return the JSON that it prints."""
    said = subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.PIPE)
    return json.loads(said.stdout)


def get(connection: HTTPConnection, path: str) -> tuple[int, bytes]:
    """Return the status and the body of a page."""
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def p95(taken: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(taken, n=20)[-1]


def report(
    name: str, value: float, peer: tuple[str, float] | None, *, unit: str, budget: float | None, **more: Any
) -> bool:
    """Print one figure beside its peer; a budget is met at or below its value, of a rate or of what is found above."""
    is_rate = unit.endswith(("/s", "found"))
    met = budget is None or (value >= budget if is_rate else value <= budget)
    named, other = peer or (None, None)
    ratio = round(value / other, 2) if other else None
    line = {"name": name, "value": round(value, 2), "unit": unit, "peer": named}
    line |= {"peer_value": other and round(other, 2), "ratio": ratio, "budget": budget, "met": met, **more}
    print(json.dumps(line, ensure_ascii=False), flush=True)
    return met
