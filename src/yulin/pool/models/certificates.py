"""Auditors' yearly certificates on what a lender recovered, beside what the book said on the day they were filed.

Invariant (the database's too): of one lender, scheme and year one certificate stands; a later one takes its place, and
both stay to be seen.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class RecoveryCertificate(models.Model):
    """What an auditor certified of one lender's recoveries in one year under one scheme."""

    scheme_id = models.CharField("方案", max_length=60)
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    as_of = models.DateField("截止日")
    auditor_name = models.CharField("会计师事务所", max_length=120)
    signed_on = models.DateField("出具日")
    received_fen = models.BigIntegerField("证明的到账金额")
    remitted_fen = models.BigIntegerField("证明的上缴金额")
    book_received_fen = models.BigIntegerField("账面到账金额")
    book_remitted_fen = models.BigIntegerField("账面上缴金额")
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("内容散列", max_length=64)
    filed_on = models.DateField("提交日")
    filed_by_id = models.BigIntegerField("提交人", null=True)
    is_current = models.BooleanField("有效", default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "追偿回收审计证明"
        ordering: ClassVar[list[str]] = ["-as_of", "bank_id", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["scheme_id", "bank", "as_of"], condition=Q(is_current=True), name="certificate_once"
            ),
            models.CheckConstraint(condition=Q(received_fen__gte=0, remitted_fen__gte=0), name="certificate_amounts"),
            models.CheckConstraint(condition=Q(signed_on__gt=models.F("as_of")), name="certificate_after_its_year"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id}/{self.bank_id}/{self.as_of}"

    @property
    def difference_fen(self) -> int:
        """What the auditor certified as received beyond what the book knew; below nothing, less."""
        return self.received_fen - self.book_received_fen

    @property
    def remitted_difference_fen(self) -> int:
        """What the auditor certified as remitted beyond what the book knew; below nothing, less."""
        return self.remitted_fen - self.book_remitted_fen
