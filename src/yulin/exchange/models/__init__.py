"""Tables of files from outside: uploads, the verdicts on their rows, the column mappings that banks keep."""

from __future__ import annotations

from yulin.exchange.models.mappings import ColumnMapping
from yulin.exchange.models.uploads import Upload, UploadVerdict

__all__ = ["ColumnMapping", "Upload", "UploadVerdict"]
