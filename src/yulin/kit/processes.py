"""Services of one instance as one tree: started in order, restarted when they die, stopped in the opposite order.

Invariant: no service outlives the process that supervises it, also when that is killed.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.errors import AlreadyRunningError, ServiceKeepsDyingError
from yulin.kit.postgres import dies_with_parent, stop_process

Say = Callable[[Text], None]

_FIRST_DELAY_SECONDS = 0.5
_LONGEST_DELAY_SECONDS = 30.0
_HEALTHY_SECONDS = 60.0
_GIVE_UP_AFTER = 4
_LARGEST_LOG = 20 * 1024 * 1024
_LOOK_SECONDS = 0.2


@dataclass
class Service:
    """One process of the instance: where it writes, how it starts, by which signal it ends and within what time."""

    name: Text
    log: Path
    start: Callable[[], subprocess.Popen[bytes]]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 20.0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    restart_at: float = field(default=0.0, init=False)
    deaths: int = field(default=0, init=False)
    was_healthy: bool = field(default=False, init=False)

    def run(self) -> None:
        """Start the process."""
        self.started_at = time.monotonic()
        self.process = self.start()

    def note_death(self) -> float:
        """Decide when to start again and return the wait in seconds: doubled by each death, short after a long life."""
        if time.monotonic() - self.started_at > _HEALTHY_SECONDS:
            self.deaths, self.was_healthy = 0, True
        delay = min(_FIRST_DELAY_SECONDS * 2.0**self.deaths, _LONGEST_DELAY_SECONDS)
        self.deaths += 1
        self.restart_at = time.monotonic() + delay
        return delay

    def stop(self) -> None:
        """End the process and everything it started."""
        if self.process is not None:
            stop_process(self.process, self.stop_signal, seconds=self.stop_seconds)
            end_session(self.process)


class Supervisor:
    """Keeps services running until it is told to stop.

    The first service is the one the others need: it stops last, and is restarted before anything else.
    """

    def __init__(self, services: Sequence[Service], *, stopping: threading.Event, say: Say) -> None:
        self._services = services
        self._stopping = stopping
        self._say = say

    def start(self) -> None:
        """Start every service that is not running yet, in order."""
        for service in self._services:
            if service.process is None and not self._stopping.is_set():
                service.run()

    def start_first(self) -> None:
        """Start the service that the others need."""
        self._services[0].run()

    def watch(self, *, until: Callable[[], bool] = lambda: False, every: Callable[[], None] = lambda: None) -> None:
        """Restart what dies until told to stop, or until `until` is true; `every` is called once a minute.

        Raises: `KIT.SERVICE.KEEPS_DYING` when a service never came to run.
        """
        next_minute = time.monotonic()
        while not self._stopping.wait(_LOOK_SECONDS):
            for service in self._services:
                self._look_after(service)
            if until():
                return
            if time.monotonic() >= next_minute:
                next_minute = time.monotonic() + 60
                every()

    def trust_all(self) -> None:
        """Note that every service has come to run: from now on none is given up."""
        for service in self._services:
            service.was_healthy = True

    def stop(self) -> None:
        """Stop every service, the first one last."""
        first, *others = self._services
        threads = [threading.Thread(target=service.stop) for service in others]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        first.stop()

    def _look_after(self, service: Service) -> None:
        if service.process is not None:
            if service.process.poll() is not None:
                end_session(service.process)
                self._note_death(service, _how_it_ended(service.process.returncode))
        elif time.monotonic() >= service.restart_at:
            try:
                service.run()
            except YulinError as error:
                self._note_death(service, str(error))
            else:
                self._say(Text("%(name)s已重新启动。", "%(name)s runs again.").with_values(name=service.name))

    def _note_death(self, service: Service, how: str) -> None:
        service.process = None
        delay = service.note_death()
        if service.deaths >= _GIVE_UP_AFTER and not service.was_healthy:
            raise ServiceKeepsDyingError(name=service.name, times=service.deaths, how=how)
        ended = Text(
            "%(name)s意外结束（%(how)s，见%(log)s），%(delay).1f秒后重新启动。",
            "%(name)s ended unexpectedly (%(how)s, see %(log)s); it starts again in %(delay).1f s.",
        )
        self._say(ended.with_values(name=service.name, how=how, log=service.log, delay=delay))


def end_session(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of the session that `process` led: workers of a killed server would keep its port."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def spawn(
    command: Sequence[str], *, log: Path, environment: Mapping[str, str], last_signal: str = "TERM"
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, writing to `log`; it gets `last_signal` when this process dies."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [*dies_with_parent(last_signal), *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
            start_new_session=True,
        )


def run_to_end(command: Sequence[str], *, environment: Mapping[str, str], stopping: threading.Event) -> int | None:
    """Run `command` in the foreground and return its exit status, or None when told to stop meanwhile."""
    process = subprocess.Popen(
        [*dies_with_parent("TERM"), *command], env={**os.environ, **environment}, start_new_session=True
    )
    while process.poll() is None:
        if stopping.wait(0.05):
            stop_process(process, signal.SIGTERM, seconds=10)
            end_session(process)
            return None
    return process.returncode


def stop_on_signals() -> threading.Event:
    """Return an event that Ctrl-C, SIGTERM and SIGHUP set."""
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    return stopping


@contextlib.contextmanager
def only_one(lock: Path, *, facts: Mapping[str, Any]) -> Iterator[None]:
    """Hold `lock` for the block; the system frees it when this process ends, however that happens.

    Raises: `KIT.INSTANCE.ALREADY_RUNNING` with the facts of the process that holds it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(folder=lock.parent.parent, **read_facts(lock)) from None
        _write_facts(lock, facts)
        try:
            yield
        finally:
            _write_facts(lock, {})


def read_facts(lock: Path) -> dict[str, Any]:
    """Return what the holder of `lock` said about itself."""
    with contextlib.suppress(OSError, ValueError):
        facts = json.loads(lock.read_text())
        return {"pid": facts.get("pid"), "url": facts.get("url")}
    return {"pid": None, "url": None}


def is_held(lock: Path) -> bool:
    """Tell whether a living process holds `lock`."""
    if not lock.exists():
        return False
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def cut_logs(folder: Path) -> None:
    """Keep each log in `folder` short: what has grown too long becomes `.1`, and the file starts anew."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > _LARGEST_LOG:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            os.truncate(log, 0)


def _write_facts(lock: Path, facts: Mapping[str, Any]) -> None:
    lock.write_text(json.dumps(dict(facts)))


def _how_it_ended(status: int) -> str:
    if status >= 0:
        return f"exit {status}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-status).name
    return f"signal {-status}"
