"""The Django application of firms."""

from __future__ import annotations

from django.apps import AppConfig


class AtlasConfig(AppConfig):
    """Firms, their codes, and what sources say about them."""

    name = "yulin.atlas"
    label = "atlas"
    verbose_name = "企业"

    def ready(self) -> None:
        """Say what messages about changed facts hold."""
        from yulin.atlas.services.news import TOPIC, compose_news  # noqa: PLC0415 - app ready
        from yulin.exchange.services.sending import compose_with  # noqa: PLC0415 - app ready

        compose_with(TOPIC, compose_news)
