"""The pool for programs: /api/v1/pool."""

from __future__ import annotations

from ninja import Router

from yulin.pool.api.answers import router as answers

router = Router(tags=["pool"])
router.add_router("", answers)
