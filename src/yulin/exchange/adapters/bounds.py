"""What this instance is willing to read; beyond these bounds a file is refused before it costs memory."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from yulin.kit.limits import upload_limit_bytes


@dataclass(frozen=True)
class Bounds:
    """Upper bounds of one file; those of size and rows are this instance's settings."""

    file_bytes: int = 64_000_000
    unpacked_bytes: int = 500_000_000
    unpacked_ratio: int = 200
    rows: int = 300_000
    columns: int = 104
    cells: int = 12_000_000


DEFAULT_BOUNDS = Bounds()


def upload_bounds() -> Bounds:
    """Return what this instance reads: `YULIN_UPLOAD_LIMIT_MB`, `YULIN_UPLOAD_LIMIT_ROWS`."""
    return Bounds(file_bytes=upload_limit_bytes(), rows=settings.YULIN_UPLOAD_LIMIT_ROWS)
