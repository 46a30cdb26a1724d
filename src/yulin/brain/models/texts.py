"""What search reads: texts by collection, and their passages with vectors; the word index beside them is derived."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Now

DIMENSIONS = 384


class VectorField(models.Field):  # type: ignore[type-arg]  # a column type of our own
    """A vector of pgvector, at half precision; written as its text, compared in SQL, never read into Python."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - Django hands it over
        """Return the type of the column."""
        return f"halfvec({DIMENSIONS})"

    def get_prep_value(self, value: Any) -> Any:
        """Return a vector as the database reads it."""
        return vector_text(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def vector_text(vector: Sequence[float]) -> str:
    """Return a vector as pgvector reads it."""
    return "[" + ",".join(f"{value:.6g}" for value in vector) + "]"


class Collection(models.Model):
    """Texts that are searched together; `key` names the folder of its word index.

    `edition` grows whenever what may be found of the library changes: what is kept of it in memory is of one edition.
    """

    name = models.CharField("名称", max_length=60, unique=True)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    edition = models.PositiveIntegerField("版次", default=0, db_default=0)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "文集"

    def __str__(self) -> str:
        return self.name


class TextDocument(models.Model):
    """One text of a collection, under the name its owner gave it."""

    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="documents")
    docid = models.CharField("名称", max_length=300)
    text = models.TextField("正文")
    is_indexed = models.BooleanField("已建词索引", default=False)

    class Meta:
        verbose_name = "文本"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["collection", "docid"], name="text_docid_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["collection"], condition=models.Q(is_indexed=False), name="text_not_indexed"),
        ]

    def __str__(self) -> str:
        return self.docid


class Passage(models.Model):
    """A stretch of a text, short enough for the embedding model; without a vector until the model has read it."""

    document = models.ForeignKey(TextDocument, on_delete=models.CASCADE, related_name="passages")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    start = models.PositiveIntegerField("起")
    end = models.PositiveIntegerField("止")
    vector = VectorField("向量", null=True)

    class Meta:
        verbose_name = "段落"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], condition=models.Q(vector__isnull=True), name="passage_not_embedded"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.start}–{self.end}"
