"""A whole instance for the browser: `yulin up` on a small demo book, or the one that `YULIN_E2E_URL` names.

Where there is no Chromium these tests say so and are not run.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 180


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from django.db import connections
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as tools:
        try:
            found = tools.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        except Error as fault:
            pytest.skip(f"BROWSER TESTS NOT RUN: no Chromium here ({fault.message.splitlines()[0]})")
        yield found
        # While Playwright's loop runs, Django keeps the connections of this thread apart from those of before: what
        # tests opened meanwhile is seen from here alone, and would keep the test database from being dropped.
        connections.close_all()
        found.close()


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of a running instance with a demo book."""
    given = os.environ.get("YULIN_E2E_URL")
    if given:
        yield given.rstrip("/")
        return
    home = Path(tempfile.mkdtemp(prefix="yulin-e2e-"))
    port = _free_port()
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("YULIN_") and key != "DATABASE_URL"
    }
    environment |= {"YULIN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "yulin.settings.base"}
    command = [sys.executable, "-m", "yulin.cli", "up", "--port", str(port), "--demo", "--workers", "1"]
    with (home / "up.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=home)
    try:
        _wait_for(f"http://127.0.0.1:{port}/zh-hans/demo/", process, home / "up.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def person(browser: Any, url: str) -> Iterator[Any]:
    """Give a function that signs in as a role of the demo book and returns the page of its home."""
    contexts = []

    def enter(role: str, language: str = "zh-hans", width: int = 1280) -> Any:
        from yulin.people.core.rights import ROLE_NAMES
        from yulin.people.enums import Role

        context = browser.new_context(base_url=f"{url}/{language}/", viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        if role != "public":
            page.goto(f"{url}/zh-hans/demo/")
            page.locator(f"button[aria-label*='（{ROLE_NAMES[Role(role)].zh}）']").first.click()
            page.wait_for_url("**/home/")
        page.goto(f"{url}/{language}/" + ("" if role == "public" else "home/"))
        return page

    yield enter
    for context in contexts:
        for page in context.pages:
            assert page.faults == []
        context.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    raise AssertionError(f"the instance did not come up:\n{log.read_text(errors='replace')[-3000:]}")
