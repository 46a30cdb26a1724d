"""The Django application of the plumbing."""

from __future__ import annotations

from django.apps import AppConfig


class KitConfig(AppConfig):
    """Plumbing that every area uses."""

    name = "yulin.kit"
    label = "kit"
    verbose_name = "基础设施"

    def ready(self) -> None:
        """Bind each new database connection to the rows its reader may see."""
        from yulin.kit import row_security  # noqa: PLC0415 - app ready

        row_security.bind_new_connections()
