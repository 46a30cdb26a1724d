"""The pool for programs: /api/v1/pool."""

from __future__ import annotations

from ninja import Router

from yulin.pool.api import answers, enrolments

router = Router(tags=["pool"])
router.add_router("", answers.router)
router.add_router("", enrolments.router)
