"""One real PostgreSQL for the whole run: that of `DATABASE_URL`, else a throwaway server that ends with the run."""

from __future__ import annotations

import atexit
import os
import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Start the embedded server before the first test that asks for a database."""
    if os.environ.get("DATABASE_URL"):
        return
    from yulin.kit.postgres import THROWAWAY_SETTINGS, start_server

    home = Path(os.environ["YULIN_HOME"])
    server = start_server(home, settings=THROWAWAY_SETTINGS, is_throwaway=True)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    atexit.register(server.stop)


@pytest.fixture(autouse=True)
def _fresh_clock() -> None:
    """Forget the day on which the last test's book stood still."""
    from yulin.kit import clock

    clock.forget_pin()
