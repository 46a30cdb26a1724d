"""Who may read a firm's portrait, and who has read it.

Invariant: a consent, its revocation and a reading are written once and never changed (the database refuses it).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.atlas.enums import Channel


class Consent(models.Model):
    """A firm lets one organisation read some classes of facts, for a purpose, up to a day."""

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="consents")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    classes = models.JSONField("事实类别")
    purpose = models.CharField("用途", max_length=200)
    valid_until = models.DateField("至（不含）")
    given_at = models.DateTimeField("授权时间", db_default=Now())
    given_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "授权"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "firm"], name="consent_organisation"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(classes=[]), name="consent_has_classes"),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id}→{self.organisation_id}"


class ConsentRevocation(models.Model):
    """A firm has taken a consent back: from this instant on it opens nothing."""

    consent = models.OneToOneField("atlas.Consent", on_delete=models.PROTECT, related_name="revocation")
    revoked_at = models.DateTimeField("撤回时间", db_default=Now())
    revoked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "撤回授权"

    def __str__(self) -> str:
        return str(self.consent_id)


class Reading(models.Model):
    """One look at a firm's facts: who, when, which, by which way, on what basis and for what."""

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="readings")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reader_name = models.CharField("查看人", max_length=120)
    read_at = models.DateTimeField("时间", db_default=Now())
    channel = models.CharField("方式", max_length=10, choices=[(str(one), str(one)) for one in Channel])
    basis = models.JSONField("依据")
    purpose = models.CharField("用途", max_length=200)
    classes = models.JSONField("事实类别")
    facts = models.JSONField("事实")
    facts_on = models.DateField("事实日")
    known_by = models.DateTimeField("获知截至")

    class Meta:
        verbose_name = "查看记录"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["firm", "-id"], name="reading_firm"),
            models.Index(fields=["organisation", "firm"], name="reading_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}:{self.firm_id}"
