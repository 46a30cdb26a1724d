"""The Django application of files from outside."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Files from outside: uploads, their columns, their verdicts."""

    name = "yulin.exchange"
    label = "exchange"
    verbose_name = "数据交换"
