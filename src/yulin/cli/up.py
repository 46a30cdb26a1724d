"""`yulin up`: the whole instance as one process tree – database, web server, worker and clock – and `yulin prepare`.

The tree belongs to one folder, `YULIN_HOME`; it ends clean on Ctrl-C and SIGTERM, and leaves nothing when it is killed.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yulin.base.text import Text
from yulin.cli.instance import SETTINGS_MODULE, database_ready, has_own_database, lock_file, tell
from yulin.kit import postgres
from yulin.kit.errors import PortTakenError, PreparationFailedError
from yulin.kit.processes import Service, Supervisor, cut_logs, only_one, run_to_end, spawn, stop_on_signals
from yulin.settings.environment import home_folder

DEFAULT_PORT = 8000
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared, not bound
_PORT_SECONDS = 4  # a killed instance needs a moment to let go of its port
_DJANGO = [sys.executable, "-m", "django"]
_YULIN = [sys.executable, "-m", "yulin.cli"]


@dataclass(frozen=True)
class Door:
    """Where the web server listens, and with how many processes and threads."""

    host: str
    port: int
    workers: int
    threads: int

    @property
    def url(self) -> str:
        """The address to open on this machine."""
        return f"http://{_EVERYWHERE.get(self.host, self.host)}:{self.port}/"


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `yulin up` and `yulin prepare`."""
    up = subparsers.add_parser("up", help="run the whole instance: database, web server, worker and clock")
    up.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    up.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"port to listen on (default {DEFAULT_PORT})")
    up.add_argument("--workers", type=int, default=2, help="web server processes (default 2)")
    up.add_argument("--threads", type=int, default=2, help="requests at once in each of them (default 2)")
    up.add_argument("--demo", action="store_true", help="load the demo book when the database is empty")
    up.set_defaults(run=run_up)
    prepare = subparsers.add_parser("prepare", help="bring database and static files to this version")
    prepare.set_defaults(run=run_prepare)


def run_prepare(_arguments: argparse.Namespace) -> int:
    """Migrate the database and collect the static files where they have changed."""
    with database_ready():
        from yulin.cli.preparation import collect_static_files, migrate  # noqa: PLC0415 - app ready
        from yulin.kit.kept import forget_kept  # noqa: PLC0415 - app ready

        forget_kept()
        applied = migrate()
        if applied:
            tell(Text("数据库已升级：%(n)s步。", "Database brought up to date: %(n)s steps.").with_values(n=applied))
        collect_static_files()
    return 0


def run_up(arguments: argparse.Namespace) -> int:
    """Run the instance until Ctrl-C or SIGTERM, then stop all of it."""
    home = home_folder()
    door = Door(arguments.host, arguments.port, arguments.workers, arguments.threads)
    stopping = stop_on_signals()
    with only_one(lock_file(home), facts={"pid": os.getpid(), "url": door.url}):
        _check_door(door, stopping)
        (home / "logs").mkdir(parents=True, exist_ok=True)
        environment = _environment(home, door)
        supervisor = Supervisor(_services(home, door, environment), stopping=stopping, say=tell)
        try:
            if _prepare(home, supervisor, environment, stopping, has_demo=arguments.demo):
                supervisor.start()
                supervisor.watch(until=functools.partial(_answers, door))
                supervisor.trust_all()
                _greet(door, home, stopping)
                supervisor.watch(every=functools.partial(cut_logs, home / "logs"))
        finally:
            supervisor.stop()
    tell(Text("雨林已停止。", "Yulin has stopped."))
    return 0


def _environment(home: Path, door: Door) -> dict[str, str]:
    """Return what every process of the tree is told beside the environment of this one."""
    told = {"YULIN_HOME": str(home), "DJANGO_SETTINGS_MODULE": SETTINGS_MODULE, "PYTHONUNBUFFERED": "1"}
    if not os.environ.get("YULIN_URL"):
        told["YULIN_URL"] = door.url.rstrip("/")
    return told


def _services(home: Path, door: Door, environment: Mapping[str, str]) -> list[Service]:
    """Return the processes of the tree, the database first."""

    def service(name: Text, log: str, command: list[str], last_signal: str) -> Service:
        place = home / "logs" / log
        start = functools.partial(spawn, command, log=place, environment=environment, last_signal=last_signal)
        return Service(name, place, start)

    # Without its database a worker cannot end in order; what it was doing is idempotent and is done again.
    options = ["--delete-jobs", "successful", "--shutdown-graceful-timeout", "15"]
    # Pages go before background work, such as all firms under every law, where both want the processor.
    worker = [
        "nice",
        "-n",
        "10",
        *_DJANGO,
        "procrastinate",
        "worker",
        *options,
        "--name",
        "worker",
        "--concurrency",
        "2",
    ]
    services = [
        service(Text("网页服务", "The web server"), "web.log", _web_command(door), "TERM"),
        service(Text("后台任务", "The worker"), "worker.log", worker, "KILL"),
        service(Text("定时任务", "The clock"), "clock.log", [*_DJANGO, "clock", "--", *options], "KILL"),
    ]
    if has_own_database():
        database = Service(
            Text("数据库", "The database"),
            home / "logs" / "postgres.log",
            functools.partial(_start_database, home),
            stop_signal=signal.SIGINT,
        )
        services.insert(0, database)
    return services


def _start_database(home: Path) -> subprocess.Popen[bytes]:
    with postgres.only_starter(home):
        return postgres.start_server(home).process


def _web_command(door: Door) -> list[str]:
    options = {
        "--interface": "wsgi",
        "--host": door.host,
        "--port": str(door.port),
        "--workers": str(door.workers),
        "--blocking-threads": str(door.threads),
        "--backlog": "1024",
        "--log-level": "warning",
        "--workers-kill-timeout": "10",
    }
    words = [word for option in options.items() for word in option]
    return [
        sys.executable,
        "-m",
        "granian",
        *words,
        "--respawn-failed-workers",
        "--no-ws",
        "yulin.settings.wsgi:application",
    ]


def _check_door(door: Door, stopping: threading.Event) -> None:
    """Find out before anything starts whether the address is free."""
    until = time.monotonic() + _PORT_SECONDS
    while True:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(door.host, door.port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(address)
                return
        except OSError as error:
            if time.monotonic() > until or stopping.wait(0.3):
                raise PortTakenError(host=door.host, port=door.port, found=error.strerror or str(error)) from None


def _prepare(
    home: Path, supervisor: Supervisor, environment: Mapping[str, str], stopping: threading.Event, *, has_demo: bool
) -> bool:
    """Start the database, bring all to this version, load the demo book; False when told to stop."""
    if has_own_database():
        _wait_for_other_commands(home, stopping)
        supervisor.start_first()
    commands = [["prepare"], *([["demo", "load", "--if-empty"]] if has_demo else [])]
    for words in commands:
        status = run_to_end([*_YULIN, *words], environment=environment, stopping=stopping)
        if status is None:
            return False
        if status != 0:
            raise PreparationFailedError(command=" ".join(["yulin", *words]), status=status)
    return not stopping.is_set()


def _wait_for_other_commands(home: Path, stopping: threading.Event) -> None:
    """Wait until a command that started the database for itself has stopped it."""
    is_told = False
    while postgres.is_running(home) and not stopping.wait(0.3):
        if not is_told:
            tell(
                Text(
                    "另一个yulin命令正在使用数据库，等它结束……",
                    "Another yulin command uses the database; waiting for its end …",
                )
            )
            is_told = True


def _answers(door: Door, path: str = "/", *, only: int | None = None) -> bool:
    """Tell whether the web server answers, with `only` that status if one is given."""
    connection = http.client.HTTPConnection(door.url.split("/")[2], timeout=20)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        return only in (None, answer.status)
    return False


def _greet(door: Door, home: Path, stopping: threading.Event) -> None:
    if stopping.is_set():
        return
    tell(Text("雨林已启动：%(url)s", "Yulin is up: %(url)s").with_values(url=door.url))
    if _answers(door, "/en/demo/", only=200):
        tell(Text("演示账本登录：%(url)sdemo/", "Sign in to the demo book: %(url)sdemo/").with_values(url=door.url))
    if door.host in _EVERYWHERE and not os.environ.get("YULIN_HOSTS"):
        reach = Text("其他机器用YULIN_HOSTS中的名称访问。", "Other machines reach it by a name that YULIN_HOSTS lists.")
        tell(reach)
    tell(
        Text("数据与日志：%(home)s。停止：Ctrl-C。", "Data and logs: %(home)s. Stop with Ctrl-C.").with_values(
            home=home
        )
    )
