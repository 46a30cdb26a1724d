"""What this instance is willing to read; beyond these bounds a file is refused before it costs memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """Upper bounds of one file."""

    file_bytes: int = 100_000_000
    unpacked_bytes: int = 500_000_000
    unpacked_ratio: int = 200
    rows: int = 300_000
    columns: int = 104
    cells: int = 12_000_000


DEFAULT_BOUNDS = Bounds()
