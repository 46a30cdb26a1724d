"""How large a file this instance takes: one setting, read in one place, by pages, commands and the API alike."""

from __future__ import annotations

from django.conf import settings

BYTES_PER_MB = 1_000_000


def upload_limit_bytes() -> int:
    """Return the largest file that is taken, in bytes (`YULIN_UPLOAD_LIMIT_MB`)."""
    return int(settings.YULIN_UPLOAD_LIMIT_MB) * BYTES_PER_MB
