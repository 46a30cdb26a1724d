"""What a firm contests, what was decided, and who has to forget what was wrong.

Invariant: an objection, its decision, a recall, its notices and receipts are written once and never changed; a
statement that no longer counts is not changed either: an end is added to it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.atlas.core.particulars import LONGEST_NAME
from yulin.atlas.enums import EndReason


class StatementEnd(models.Model):
    """From a day on a statement is neither used nor shown, known since an instant; the earliest end counts."""

    statement = models.ForeignKey("atlas.Statement", on_delete=models.PROTECT, related_name="ends")
    ends_on = models.DateField("自此日不再采用")
    why = models.CharField("原因", max_length=12, choices=[(str(one), str(one)) for one in EndReason])
    known_at = models.DateTimeField("获知时间", db_default=Now())

    class Meta:
        verbose_name = "陈述终止"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["statement", "why"], name="statement_end_once"),
        ]

    def __str__(self) -> str:
        return f"{self.statement_id}<{self.ends_on}"


class ParticularEnd(models.Model):
    """From a day on what a source lists of a thing is neither used nor shown, known since an instant."""

    particular = models.ForeignKey("atlas.Particular", on_delete=models.PROTECT, related_name="ends")
    ends_on = models.DateField("自此日不再采用")
    why = models.CharField("原因", max_length=12, choices=[(str(one), str(one)) for one in EndReason])
    known_at = models.DateTimeField("获知时间", db_default=Now())

    class Meta:
        verbose_name = "明细终止"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["particular", "why"], name="particular_end_once"),
        ]

    def __str__(self) -> str:
        return f"{self.particular_id}<{self.ends_on}"


class Objection(models.Model):
    """A firm contests one fact or particular: what it read, why that is wrong, who has to answer by when."""

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="objections")
    fact = models.CharField("事实", max_length=LONGEST_NAME)
    statement = models.ForeignKey("atlas.Statement", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    particular = models.ForeignKey(
        "atlas.Particular", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    said = models.JSONField("所异议的陈述")
    reason = models.TextField("理由")
    routed_to = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_on = models.DateField("提出日")
    due_on = models.DateField("办理期限")
    made_at = models.DateTimeField("提出时间", db_default=Now())

    class Meta:
        verbose_name = "异议"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["firm", "fact"], name="objection_firm")]

    def __str__(self) -> str:
        return f"{self.firm_id}.{self.fact}"


class ObjectionDecision(models.Model):
    """What the source's owner decided, with reasons; an upheld objection names the statement that corrects."""

    objection = models.OneToOneField("atlas.Objection", on_delete=models.PROTECT, related_name="decision")
    is_upheld = models.BooleanField("成立")
    reasons = models.TextField("理由")
    correction = models.ForeignKey("atlas.Statement", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    corrected_particular = models.ForeignKey(
        "atlas.Particular", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField("办结日")
    decided_at = models.DateTimeField("办结时间", db_default=Now())

    class Meta:
        verbose_name = "异议决定"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reasons=""), name="objection_decision_has_reasons"),
            models.CheckConstraint(
                condition=Q(is_upheld=True) | Q(correction__isnull=True, corrected_particular__isnull=True),
                name="objection_rejected_corrects_nothing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.objection_id)


class ObjectionNote(models.Model):
    """What a firm lets stand beside a fact that was left as it was."""

    objection = models.OneToOneField("atlas.Objection", on_delete=models.PROTECT, related_name="note")
    text = models.CharField("企业说明", max_length=300)
    made_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "企业说明"

    def __str__(self) -> str:
        return self.text


class Recall(models.Model):
    """A fact that partners have received was wrong, or may not be used any more."""

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="recalls")
    fact = models.CharField("事实", max_length=LONGEST_NAME)
    why = models.CharField("原因", max_length=12, choices=[(str(one), str(one)) for one in EndReason])
    made_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "召回"

    def __str__(self) -> str:
        return f"{self.firm_id}.{self.fact}"


class RecallNotice(models.Model):
    """The signed notice to one partner: what it received is to be dropped. It never holds a value."""

    recall = models.ForeignKey("atlas.Recall", on_delete=models.PROTECT, related_name="notices")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    content = models.JSONField("内容")
    signature = models.CharField("签名", max_length=100)
    sent_at = models.DateTimeField("发出时间", db_default=Now())

    class Meta:
        verbose_name = "召回通知"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["recall", "organisation"], name="recall_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.recall_id}→{self.organisation_id}"


class RecallReceipt(models.Model):
    """A partner says that it has dropped what was recalled."""

    notice = models.OneToOneField("atlas.RecallNotice", on_delete=models.PROTECT, related_name="receipt")
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    receiver_name = models.CharField("回执人", max_length=120)
    returned_at = models.DateTimeField("回执时间", db_default=Now())

    class Meta:
        verbose_name = "召回回执"

    def __str__(self) -> str:
        return str(self.notice_id)
