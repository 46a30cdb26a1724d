"""The Django app of the area."""

from __future__ import annotations

from django.apps import AppConfig


class BrainConfig(AppConfig):
    """Policies, check-ups and matching."""

    name = "yulin.brain"
    verbose_name = "政策与体检"

    def ready(self) -> None:
        """Let awards and milestones go out through the bank files of the pool, and its claims be visited by experts."""
        from yulin.brain.selectors.claim_visits import EXPERTS  # noqa: PLC0415 - app ready
        from yulin.brain.services.bank_orders import AWARDS, MILESTONES  # noqa: PLC0415 - app ready
        from yulin.pool.selectors.experts import register_experts  # noqa: PLC0415 - app ready
        from yulin.pool.selectors.payables import register_payables  # noqa: PLC0415 - app ready

        register_payables(AWARDS)
        register_payables(MILESTONES)
        register_experts(EXPERTS)
