"""Services are restarted with growing pauses, given up only before they ever ran, and one instance holds a folder."""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from yulin.base.text import Text
from yulin.kit import processes
from yulin.kit.errors import AlreadyRunningError, ServiceKeepsDyingError
from yulin.kit.processes import Service, Supervisor, cut_logs, is_held, only_one, read_facts, run_to_end, spawn


def service(tmp_path: Path, *command: str) -> Service:
    log = tmp_path / "service.log"
    return Service(Text("服务", "The service"), log, lambda: spawn(command, log=log, environment={"GREETING": "hello"}))


def supervise(*services: Service) -> tuple[Supervisor, list[str]]:
    said: list[str] = []
    return Supervisor(services, stopping=threading.Event(), say=lambda text: said.append(text.en)), said


def test_each_death_doubles_the_pause_up_to_a_limit(tmp_path: Path) -> None:
    quick = service(tmp_path, "true")
    quick.started_at = time.monotonic()
    assert [quick.note_death() for _ in range(8)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


def test_a_long_life_makes_the_pause_short_again(tmp_path: Path) -> None:
    steady = service(tmp_path, "true")
    steady.deaths = 5
    steady.started_at = time.monotonic() - 61
    assert steady.note_death() == 0.5
    assert steady.was_healthy


def test_a_service_that_never_runs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_FIRST_DELAY_SECONDS", 0.0)
    monkeypatch.setattr(processes, "_LOOK_SECONDS", 0.01)
    hopeless = service(tmp_path, sys.executable, "-c", "raise SystemExit(3)")
    supervisor, said = supervise(hopeless)
    supervisor.start()
    with pytest.raises(ServiceKeepsDyingError) as refusal:
        supervisor.watch()
    assert refusal.value.facts == {"times": 4, "how": "exit 3"}
    assert said[0] == f"The service ended unexpectedly (exit 3, see {tmp_path}/service.log); it starts again in 0.0 s."


@pytest.mark.slow
def test_a_killed_service_takes_its_children_along_and_runs_again(tmp_path: Path) -> None:
    parent = service(tmp_path, "sh", "-c", "echo $GREETING; sleep 60 & wait")
    supervisor, said = supervise(parent)
    supervisor.start()
    while "hello" not in parent.log.read_text():
        time.sleep(0.02)
    assert parent.process is not None
    children = psutil.Process(parent.process.pid).children()
    parent.process.kill()
    supervisor.watch(until=lambda: "The service runs again." in said)
    _, alive = psutil.wait_procs(children, timeout=5)
    supervisor.stop()
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []
    assert parent.process.poll() == -signal.SIGTERM


def test_one_process_holds_a_folder_and_says_who_it_is(tmp_path: Path) -> None:
    lock = tmp_path / "run" / "up.lock"
    with only_one(lock, facts={"pid": 7, "url": "http://127.0.0.1:8000/"}):
        assert is_held(lock)
        with pytest.raises(AlreadyRunningError) as refusal, only_one(lock, facts={}):
            pass
        assert refusal.value.facts == {"folder": str(tmp_path), "pid": 7, "url": "http://127.0.0.1:8000/"}
    assert not is_held(lock)
    assert read_facts(lock) == {"pid": None, "url": None}


def test_a_command_in_the_foreground_is_ended_when_told_to_stop() -> None:
    stopping = threading.Event()
    threading.Timer(0.1, stopping.set).start()
    assert run_to_end(["sleep", "60"], environment={}, stopping=stopping) is None
    assert run_to_end(["sh", "-c", "exit 3"], environment={}, stopping=threading.Event()) == 3


def test_long_logs_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_LARGEST_LOG", 4)
    (tmp_path / "web.log").write_text("12345")
    (tmp_path / "worker.log").write_text("1234")
    cut_logs(tmp_path)
    found = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert found == {"web.log": "", "web.log.1": "12345", "worker.log": "1234"}
