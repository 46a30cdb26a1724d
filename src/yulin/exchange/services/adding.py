"""Verdicts that the book gives on rows of a file, beside those of its check."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from yulin.exchange.core.verdicts import Verdict
from yulin.exchange.models import Upload, UploadVerdict
from yulin.exchange.services.checking import copy_verdicts, shown_columns


def add_verdicts(*, upload: Upload, table: pl.DataFrame, verdicts: Iterable[Verdict]) -> None:
    """Keep findings that enrolling made; one that the check made on the same row already is not kept twice.

    Effects: the upload's verdicts, in the caller's transaction. No audit row of its own: enrolling has one.
    """
    known = set(UploadVerdict.objects.filter(upload=upload).values_list("row", "code"))
    shown = {line["row"]: line for line in table.select("row", *shown_columns(table)).iter_rows(named=True)}
    copy_verdicts(upload, (one for one in verdicts if (one.row, one.code) not in known), shown)
