"""A real `yulin up`: it answers, restarts what dies, refuses a second one, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import re
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
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import pytest

from yulin.kit.postgres import data_folder, server_url

pytestmark = pytest.mark.slow

YULIN = [sys.executable, "-m", "yulin.cli"]
START_SECONDS = 180  # patience, not a budget: a first start migrates and compresses beside the other tests


@dataclass
class Instance:
    home: Path
    port: int
    process: subprocess.Popen[bytes]
    output: Path

    def said(self) -> str:
        return self.output.read_text()

    def tree(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    return {**kept, "YULIN_HOME": str(home), "LC_ALL": "C.UTF-8"}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def eventually(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.1)


def start(home: Path) -> Instance:
    port = free_port()
    output = home / "up.out"
    with output.open("ab") as file:
        command = [*YULIN, "up", "--port", str(port)]
        process = subprocess.Popen(command, env=environment(home), stdout=file, stderr=file)
    instance = Instance(home, port, process, output)
    try:
        eventually(lambda: process.poll() is not None or f":{port}/" in instance.said(), seconds=START_SECONDS)
        assert process.poll() is None, instance.said()
    except AssertionError:
        end(instance)
        raise
    return instance


def service_with(instance: Instance, word: str) -> psutil.Process | None:
    for process in psutil.Process(instance.process.pid).children():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            if word in process.cmdline():
                return process
    return None


def is_alive(process: psutil.Process) -> bool:
    """A zombie is dead; that nobody has collected it is the machine's affair."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end(instance: Instance) -> None:
    if instance.process.poll() is None:
        instance.process.terminate()
    instance.process.wait(60)


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*YULIN, *words], env=environment(home), capture_output=True, text=True, check=False)


def status_of_page(port: int, path: str = "/") -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="yulin-up-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    folder = Path(tempfile.mkdtemp(prefix="yulin-up-", dir="/tmp"))
    running = start(folder)
    yield running
    end(running)
    shutil.rmtree(folder, ignore_errors=True)


def test_the_first_page_answers(instance: Instance) -> None:
    assert status_of_page(instance.port) == 200


@pytest.mark.parametrize("path", ["/", "/api/v1/docs"])
def test_every_file_that_a_page_loads_answers(instance: Instance, path: str) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{instance.port}{path}", timeout=20) as answer:
        files = set(re.findall(r'"(/static/[^"#]+)', answer.read().decode()))
    assert files
    assert {file: status_of_page(instance.port, file) for file in files} == dict.fromkeys(files, 200)


def test_a_second_one_on_the_same_folder_says_so_and_stops(instance: Instance) -> None:
    second = run(instance.home, "up", "--port", str(free_port()))
    assert second.returncode == 1
    assert f"process {instance.process.pid}" in second.stderr
    assert f":{instance.port}/" in second.stderr


def test_another_command_joins_the_running_database(instance: Instance) -> None:
    answer = run(instance.home, "doctor", "--json")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    states = {line["name"]: line["state"] for line in json.loads(answer.stdout)}
    assert states["instance"] == "ok"
    assert states["database"] == "ok"


def test_the_role_of_the_application_is_bound_by_row_level_security(instance: Instance) -> None:
    with psycopg.connect(server_url(instance.home)) as connection:
        row = connection.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
    assert row == (False, False)


def test_committed_rows_survive_a_killed_database(instance: Instance) -> None:
    with psycopg.connect(server_url(instance.home)) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
    postmaster = int((data_folder(instance.home) / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    eventually(lambda: "The database runs again." in instance.said())
    with psycopg.connect(server_url(instance.home)) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row == (1000,)
    eventually(lambda: status_of_page(instance.port) == 200)


@pytest.mark.parametrize(("word", "name"), [("granian", "The web server"), ("--concurrency", "The worker")])
def test_a_killed_service_runs_again(instance: Instance, word: str, name: str) -> None:
    eventually(lambda: service_with(instance, word) is not None)  # it may still be coming back from the last test
    victim = service_with(instance, word)
    assert victim is not None
    told = instance.said().count(f"{name} runs again.")
    victim.kill()
    eventually(lambda: instance.said().count(f"{name} runs again.") > told)
    eventually(lambda: status_of_page(instance.port) == 200)


def test_sigterm_ends_everything_in_order(instance: Instance) -> None:
    tree = instance.tree()
    assert len(tree) > 5
    instance.process.terminate()
    assert instance.process.wait(60) == 0
    assert [process for process in tree if is_alive(process)] == []
    assert not (data_folder(instance.home) / "postmaster.pid").exists()


def test_a_killed_instance_leaves_nothing_and_starts_again(home: Path) -> None:
    first = start(home)
    tree = first.tree()
    first.process.kill()
    first.process.wait()
    again = start(home)
    try:
        eventually(lambda: not any(is_alive(process) for process in tree), seconds=30)
        assert status_of_page(again.port) == 200
    finally:
        again.process.send_signal(signal.SIGINT)
        assert again.process.wait(60) == 0


def test_a_taken_port_is_named(home: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        answer = run(home, "up", "--port", str(port))
    assert answer.returncode == 1
    assert f"127.0.0.1:{port}" in answer.stderr
    assert not data_folder(home).exists()
