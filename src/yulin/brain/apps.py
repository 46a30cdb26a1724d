"""The Django app of the area."""

from __future__ import annotations

from django.apps import AppConfig


class BrainConfig(AppConfig):
    """Policies, check-ups and matching."""

    name = "yulin.brain"
    verbose_name = "政策与体检"
