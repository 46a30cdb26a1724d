"""A whole instance for the browser: `yulin up` on a small demo book, or the one that `YULIN_E2E_URL` names.

Where there is no Chromium these tests say so and are not run.
"""

from __future__ import annotations

import json
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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

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
    from playwright.sync_api import Error, expect, sync_playwright

    expect.set_options(timeout=15_000)
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


class Instance(NamedTuple):
    """A running instance with a demo book: its address, and the environment in which commands reach it, if known."""

    url: str
    environment: dict[str, str] | None


@pytest.fixture(scope="session")
def url(instance: Instance) -> str:
    """The address of the running instance."""
    return instance.url


@pytest.fixture(scope="session")
def instance() -> Iterator[Instance]:
    given = os.environ.get("YULIN_E2E_URL")
    if given:
        home = os.environ.get("YULIN_E2E_HOME")
        yield Instance(given.rstrip("/"), _environment(home) if home else None)
        return
    home = Path(tempfile.mkdtemp(prefix="yulin-e2e-"))
    port = _free_port()
    environment = _environment(str(home))
    command = [sys.executable, "-m", "yulin.cli", "up", "--port", str(port), "--demo", "--workers", "1"]
    with (home / "up.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=home)
    try:
        _wait_for(f"http://127.0.0.1:{port}/zh-hans/demo/", process, home / "up.log")
        yield Instance(f"http://127.0.0.1:{port}", environment)
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


@pytest.fixture
def book_day(instance: Instance) -> Iterator[Callable[[str, Any], None]]:
    """Give a function that lets the demo book stand on another day and waits until a page says so.

    Afterwards the book stands on its first day again.
    """
    environment = instance.environment
    if environment is None:
        pytest.skip("YULIN_E2E_HOME does not say where the instance of YULIN_E2E_URL keeps its book")
    moved: list[tuple[str, Any]] = []

    def move(day: str, page: Any) -> None:
        command = [sys.executable, "-m", "yulin.cli", "demo", "day", day, "--json"]
        told = subprocess.run(command, env=environment, check=True, capture_output=True, text=True, timeout=60)
        moved.append((json.loads(told.stdout)["from"], page))
        _wait_for_day(page, day)

    yield move
    if moved:
        move(*moved[0])


def _environment(home: str) -> dict[str, str]:
    """Return the environment of this run for an instance of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("YULIN_") and key != "DATABASE_URL"}
    return kept | {"YULIN_HOME": home, "DJANGO_SETTINGS_MODULE": "yulin.settings.base"}


def _wait_for_day(page: Any, day: str) -> None:
    """Open a role's home again until its foot names the day: the instance asks for it every few seconds."""
    year, month, number = (int(part) for part in day.split("-"))
    until = time.monotonic() + 15
    while time.monotonic() < until:
        page.goto("home/")
        if f"业务日期{year}年{month}月{number}日" in page.locator("body").inner_text():
            return
        page.wait_for_timeout(300)
    raise AssertionError(f"the book does not stand on {day}")


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
