"""The folder of an instance's Parquet: where it lies, how a file of it is written, and who may change it now."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from django.conf import settings


def lake_root() -> Path:
    """Return where this instance keeps its Parquet."""
    return Path(settings.YULIN_HOME) / "lake"


def write_whole(place: Path, rows: pl.DataFrame, row_group: int) -> None:
    """Write a file of Parquet, whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(f".{os.getpid()}.unfinished")
    rows.write_parquet(unfinished, compression="zstd", compression_level=1, row_group_size=row_group)
    unfinished.replace(place)


@contextmanager
def lake_held(for_what: str) -> Iterator[None]:
    """Hold the lake for a block: who holds it for the same take turns, across processes."""
    root = lake_root()
    root.mkdir(parents=True, exist_ok=True)
    with (root / f"{for_what}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
