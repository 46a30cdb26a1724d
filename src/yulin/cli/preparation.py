"""What has to be true before the web server starts: the tables are of this version, the static files collected.

Imported when Django is set up.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_STAMP = ".collected"


def waiting_migrations() -> list[str]:
    """Return the migrations that the database has not seen, in order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def migrate() -> int:
    """Bring the database to this version and return how many migrations that took."""
    waiting = len(waiting_migrations())
    if waiting:
        call_command("migrate", verbosity=0, interactive=False)
    return waiting


def collect_static_files() -> bool:
    """Collect the static files when they have changed since the last time; tell whether they had."""
    root = Path(settings.STATIC_ROOT)
    found = _fingerprint()
    stamp = root / _STAMP
    if stamp.exists() and stamp.read_text() == found:
        return False
    left_out = settings.STATIC_FILES_LEFT_OUT
    call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=left_out)
    stamp.write_text(found)
    return True


def missing_assets() -> list[str]:
    """Return the front-end files from packages that are not there: `make assets` copies them."""
    folder = settings.PACKAGE / "web" / "static" / "vendor"
    return [name for name in ("tabler.min.css", "htmx.min.js", "echarts.simple.min.js") if not (folder / name).exists()]


def _fingerprint() -> str:
    """Return a digest of path, size and time of every static file."""
    seen = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list(settings.STATIC_FILES_LEFT_OUT):
            state = Path(storage.path(path)).stat()
            seen.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return seen.hexdigest()
