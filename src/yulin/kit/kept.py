"""What one process worked out and every process of this machine may use again: files in `YULIN_HOME/cache`.

Only what can be worked out anew is kept: any of it may be gone at any moment, and a full disk keeps nothing.
Another version may work things out in another way, so `yulin prepare`, with which every start begins, forgets them all.
Invariant: `of` holds all that the value depends on beside the program; values are plain (numbers, texts, tuples).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from hashlib import sha256
from typing import TypeVar, cast

from django.core.cache import caches
from django.core.cache.backends.filebased import FileBasedCache

T = TypeVar("T")
_LOOKED_THROUGH = 50
_log = logging.getLogger(__name__)


class KeptFiles(FileBasedCache):
    """Values as files; whether they are too many is looked at once in so many writings: Django lists all at each."""

    _writings = 0

    def _cull(self) -> None:
        self._writings += 1
        if self._writings % _LOOKED_THROUGH == 0:
            super()._cull()  # type: ignore[misc]  # unknown to the stubs


def kept(name: str, of: object, work_out: Callable[[], T]) -> T:
    """Return a value that is kept under a name and what it depends on; it is worked out where it is not."""
    cache, key = caches["kept"], f"{name}:{sha256(repr(of).encode()).hexdigest()}"
    found = cache.get(key)
    if found is not None:
        return cast("T", found)
    value = work_out()
    try:
        cache.set(key, value)
    except OSError as error:
        _log.warning("nothing was kept of %s: %s", name, error)
    return value


def forget_kept() -> None:
    """Forget all that is kept, so that this version works it out anew."""
    caches["kept"].clear()
