"""The Django application of firms."""

from __future__ import annotations

from django.apps import AppConfig


class AtlasConfig(AppConfig):
    """Firms, their codes, and what sources say about them."""

    name = "yulin.atlas"
    label = "atlas"
    verbose_name = "企业"
