"""One real PostgreSQL for the whole run: that of `DATABASE_URL`, else a throwaway server that ends with the run."""

from __future__ import annotations

import atexit
import os
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

NOT_RUN = "NOT RUN"
# A machine that is busy with other things makes no law wrong: an example may take as long as it takes.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


class OneBrowser(LoadScopeScheduling):
    """Modules go to processes whole, and all that drive the browser to one, where they share an instance."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/e2e" if nodeid.startswith("tests/e2e/") else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneBrowser | None:
    """Return the scheduler for `--dist loadscope`."""
    return OneBrowser(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what needs Spark where the Spark lock is not installed."""
    if find_spec("pyspark") is None:
        leave_out = pytest.mark.skip(reason=f"SPARK TESTS {NOT_RUN}: install the Spark lock by make spark")
        for item in items:
            if item.get_closest_marker("spark"):
                item.add_marker(leave_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which tests this machine could not run."""
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])]
    missing = Counter(reason.removeprefix("Skipped: ") for reason in reasons if NOT_RUN in reason)
    for reason, count in missing.items():
        terminalreporter.write_sep("!", f"{count} {reason}", yellow=True, bold=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Start the embedded server before the first test that asks for a database."""
    if os.environ.get("DATABASE_URL"):
        return
    from yulin.kit.postgres import THROWAWAY_SETTINGS, start_server

    home = Path(os.environ["YULIN_HOME"])
    server = start_server(home, settings=THROWAWAY_SETTINGS, is_throwaway=True)
    atexit.register(server.stop)


@pytest.fixture(autouse=True)
def _fresh_clock() -> None:
    """Forget the day on which the last test's book stood still, and the language in which its last page was asked."""
    from django.conf import settings as django_settings
    from django.utils import translation

    from yulin.kit import clock

    clock.forget_pin()
    if django_settings.configured:
        translation.deactivate()
