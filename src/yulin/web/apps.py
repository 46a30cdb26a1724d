"""The Django application of the shell."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Layout, navigation, home, the headline board."""

    name = "yulin.web"
    label = "web"
    verbose_name = "网页"
