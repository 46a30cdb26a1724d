"""Firms for programs: /api/v1/atlas."""

from __future__ import annotations

from ninja import Router

from yulin.atlas.api import answers, news, outlets, portraits, recalls, sandbox

router = Router(tags=["atlas"])
router.add_router("", answers.router)
router.add_router("", news.router)
router.add_router("", outlets.router)
router.add_router("", portraits.router)
router.add_router("", recalls.router)
router.add_router("sandbox", sandbox.router)
