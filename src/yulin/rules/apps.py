"""The Django application of rule packs."""

from __future__ import annotations

from django.apps import AppConfig


class RulesConfig(AppConfig):
    """Rule packs, drafted and published."""

    name = "yulin.rules"
    label = "rules"
    verbose_name = "规则包"
