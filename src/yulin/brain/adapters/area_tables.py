"""Where the answers of a run over all firms lie: one Parquet table in the default storage, read by columns."""

from __future__ import annotations

import uuid
from io import BytesIO

import polars as pl
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def keep_table(folder: str, answers: pl.DataFrame) -> str:
    """Write a table and return the name under which it was kept."""
    content = BytesIO()
    answers.write_parquet(content, compression="zstd")
    return default_storage.save(f"{folder}/{uuid.uuid4().hex}.parquet", ContentFile(content.getvalue()))


def kept_table(name: str) -> pl.LazyFrame:
    """Return a kept table, of which only what is asked for is read."""
    try:
        return pl.scan_parquet(default_storage.path(name))
    except NotImplementedError:  # a storage without folders
        with default_storage.open(name, "rb") as file:
            return pl.read_parquet(file.read()).lazy()


def drop_table(name: str) -> None:
    """Delete a table that no run names any more."""
    default_storage.delete(name)
