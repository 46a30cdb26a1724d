"""The common root of what the pool refuses."""

from __future__ import annotations

from yulin.base.errors import YulinError


class PoolError(YulinError):
    """Something about schemes, enrolments or returns was refused."""

    code = "POOL.ERROR"
