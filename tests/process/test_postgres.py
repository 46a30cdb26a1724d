"""The server that comes with Yulin: made once, joined by whoever comes later, started again over what a crash left."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from yulin.kit import postgres

pytestmark = pytest.mark.slow


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="yulin-pg-", dir="/tmp"))
    yield folder
    postgres.stop_server(folder)
    shutil.rmtree(folder, ignore_errors=True)


def ask(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    return None if row is None else row[0]


def test_a_new_server_knows_chinese_words_and_has_the_extensions(home: Path) -> None:
    with postgres.running_instance(home) as url:
        assert ask(url, "SELECT cardinality(show_trgm('广州科技'))") == 5
        assert ask(url, "SELECT array_agg(extname::text ORDER BY extname) FROM pg_extension") == [
            "btree_gist",
            "pg_stat_statements",
            "pg_trgm",
            "plpgsql",
            "vector",
        ]
        assert ask(url, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'yulin'") == "yulin"
        assert ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_a_command_joins_the_server_that_runs_and_leaves_it_running(home: Path) -> None:
    with postgres.running_instance(home):
        with postgres.running_instance(home) as url:
            assert ask(url, "SELECT 1") == 1
        assert postgres.is_running(home)
    assert not postgres.is_running(home)


def test_a_killed_server_starts_again_over_its_own_remains(home: Path) -> None:
    server = postgres.start_server(home)
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    server.process.kill()
    # Not collected on purpose: its number stays taken, as in a container without an init.
    again = postgres.start_server(home)
    try:
        assert ask(again.url, "SELECT n FROM kept") == 1
    finally:
        again.stop()
        server.process.wait()


def test_a_pid_file_whose_number_is_another_program_s_is_no_obstacle(home: Path) -> None:
    postgres.start_server(home).stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (postgres.data_folder(home) / "postmaster.pid").write_text(f"{stranger.pid}\n{home}\n0\n5432\n\n\n\n")
        shutil.chown(postgres.data_folder(home) / "postmaster.pid", postgres.data_folder(home).stat().st_uid)
        server = postgres.start_server(home)
        assert ask(server.url, "SELECT 1") == 1
        server.stop()
    finally:
        stranger.kill()
        stranger.wait()


def test_a_folder_too_deep_for_a_socket_has_its_socket_elsewhere(home: Path) -> None:
    deep = home / ("deep" * 25)
    with postgres.running_instance(deep) as url:
        assert ask(url, "SELECT 1") == 1
    socket_folder = postgres.socket_folder(deep)
    assert len(str(socket_folder)) < 100
    assert socket_folder.stat().st_mode & 0o077 == 0
    shutil.rmtree(socket_folder)


def test_the_server_ends_with_a_killed_owner(home: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from yulin.kit import postgres; "
        "postgres.start_server(Path(sys.argv[1])); print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"up\n"
        assert postgres.is_running(home)
        owner.send_signal(signal.SIGKILL)
    until = time.monotonic() + 20
    while postgres.is_running(home):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_throwaway_server_leaves_no_folder() -> None:
    with postgres.throwaway_server() as url:
        folder = Path(url.split("host=")[1].replace("%2F", "/")).parent.parent
        assert folder.exists()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE another")
    assert not folder.exists()
