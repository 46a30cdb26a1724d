"""The Django application of the pool."""

from __future__ import annotations

from django.apps import AppConfig


class PoolConfig(AppConfig):
    """Schemes, enrolments, monthly returns, pre-loan answers, the headline board."""

    name = "yulin.pool"
    label = "pool"
    verbose_name = "风险补偿资金池"
