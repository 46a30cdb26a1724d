"""Tables of files from outside: uploads, the verdicts on their rows, column mappings, messages out."""

from __future__ import annotations

from yulin.exchange.models.mappings import ColumnMapping
from yulin.exchange.models.messages import Message
from yulin.exchange.models.uploads import Upload, UploadVerdict

__all__ = ["ColumnMapping", "Message", "Upload", "UploadVerdict"]
