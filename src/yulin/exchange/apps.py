"""The Django application of files from outside."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Files that organisations send, the mappings that they keep, the verdicts on rows."""

    name = "yulin.exchange"
    label = "exchange"
    verbose_name = "文件交换"
