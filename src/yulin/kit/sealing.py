"""Sealers: what lays a hash chain behind the writers, run in turn by the clock so that no row waits for a second.

A sealer takes what can be sealed, returns how many rows that were, and does nothing where another is at work; a sealer
that fails is tried again and keeps no other from sealing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event

from django.db import close_old_connections

PAUSE_SECONDS = 0.5
PAUSE_AFTER_FAILURE_SECONDS = 5.0

_SEALERS: dict[str, Callable[[], int]] = {}
_LOG = logging.getLogger(__name__)


def seal_with(name: str, sealer: Callable[[], int]) -> None:
    """Let the clock run a sealer; called when an area's application is ready."""
    _SEALERS[name] = sealer


def keep_sealing(stopping: Event, *, pause_seconds: float = PAUSE_SECONDS) -> None:
    """Run every sealer, again and again, until told to stop."""
    while not stopping.is_set():
        has_failed = seal_once()
        stopping.wait(PAUSE_AFTER_FAILURE_SECONDS if has_failed else pause_seconds)


def seal_once() -> list[str]:
    """Run every sealer once and return the names of those that failed; why is in the log."""
    failed = []
    for name, sealer in _SEALERS.items():
        close_old_connections()
        try:
            sealer()
        except Exception:  # noqa: BLE001 - whatever it is, the others go on and this one is tried again
            _LOG.exception("The sealer %s failed; it is tried again.", name)
            failed.append(name)
    close_old_connections()
    return failed
