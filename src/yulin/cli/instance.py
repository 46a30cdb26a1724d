"""How a command reaches the instance: the settings, the database of `YULIN_HOME` or `DATABASE_URL`, then Django.

A command joins the database of the running instance; where none runs, it starts the server and stops it at its end.
"""

from __future__ import annotations

import contextlib
import gc
import os
from collections.abc import Iterator
from pathlib import Path

from yulin.base.text import Text
from yulin.kit.errors import DatabaseBehindError
from yulin.kit.postgres import running_instance
from yulin.settings.environment import home_folder

SETTINGS_MODULE = "yulin.settings.base"


def has_own_database() -> bool:
    """Tell whether the instance runs the database that comes with Yulin."""
    return not os.environ.get("DATABASE_URL")


@contextlib.contextmanager
def database_ready() -> Iterator[None]:
    """Set Django up on a database that answers, for as long as the block lasts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS_MODULE)
    server = running_instance(home_folder()) if has_own_database() else contextlib.nullcontext()
    with server:
        import django  # noqa: PLC0415 - slow import
        from django.db import connections  # noqa: PLC0415 - slow import

        django.setup()
        gc.freeze()  # what was loaded stays: thousands of rows read later need no look at it
        try:
            yield
        finally:
            connections.close_all()


@contextlib.contextmanager
def book_ready() -> Iterator[None]:
    """Set Django up on a database of this version, for as long as the block lasts. Raises: `KIT.DATABASE.BEHIND`."""
    with database_ready():
        from yulin.cli.preparation import waiting_migrations  # noqa: PLC0415 - app ready

        waiting = len(waiting_migrations())
        if waiting:
            raise DatabaseBehindError(waiting=waiting)
        yield


def lock_file(home: Path) -> Path:
    """Return the file that `yulin up` holds while it runs on `home`."""
    return home / "run" / "up.lock"


def shell_language() -> str:
    """Return the language the person at the shell reads, by the usual variables."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh-hans" if said.startswith("zh") else "en"


def tell(text: Text) -> None:
    """Print a sentence for the person at the shell."""
    print(text.in_language(shell_language()), flush=True)
