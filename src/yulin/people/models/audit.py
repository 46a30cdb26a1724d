"""The audit trail: one row a write, in the transaction of that write, never changed; seals lie beside it.

Invariant: the database refuses UPDATE and DELETE on all three tables (trigger `people_append_only`); an entry is sealed
at most once; the seals form one chain without gaps.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models
from django.db.models import Func
from django.db.models.functions import Now

from yulin.base.text import Text
from yulin.people.core.rights import ROLE_NAMES


class CurrentTransaction(Func):
    """The number of the transaction that writes the row, so that the sealer can tell who is still writing."""

    function = "pg_current_xact_id"
    template = "%(function)s()::text::bigint"
    output_field = models.BigIntegerField()


class AuditEntry(models.Model):
    """Who did what to which thing, with the facts."""

    at = models.DateTimeField("时间", db_default=Now())
    actor_user_id = models.BigIntegerField(null=True)
    actor_organisation_id = models.BigIntegerField(null=True)
    actor_role = models.CharField("角色", max_length=30)
    actor_name = models.CharField("操作人", max_length=120)
    action = models.CharField("操作", max_length=60)
    subject_kind = models.CharField("对象类别", max_length=40)
    subject_id = models.CharField("对象编号", max_length=80)
    facts = models.JSONField("事实", default=dict)
    transaction = models.BigIntegerField(db_default=CurrentTransaction())

    class Meta:
        verbose_name = "审计记录"
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="audit_subject"),
            models.Index(fields=["actor_organisation_id", "id"], name="audit_organisation"),
            models.Index(fields=["action", "id"], name="audit_action"),
            models.Index(fields=["transaction"], name="audit_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_kind}:{self.subject_id}"

    @property
    def role_name(self) -> Text:
        """The actor's role in words; a role of another release keeps its code."""
        code = self.actor_role
        return next((name for role, name in ROLE_NAMES.items() if role == code), Text(code, code))

    @property
    def facts_shown(self) -> list[tuple[str, str]]:
        """The facts as a page shows them: each name with its value, lists and objects as JSON."""
        return [
            (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
            for name, value in self.facts.items()
        ]

    def as_line(self) -> dict[str, Any]:
        """Return the entry as it is exported and hashed."""
        return {
            "id": self.pk,
            "at": self.at.isoformat(timespec="microseconds"),
            "actor_user_id": self.actor_user_id,
            "actor_organisation_id": self.actor_organisation_id,
            "actor_role": self.actor_role,
            "actor_name": self.actor_name,
            "action": self.action,
            "subject_kind": self.subject_kind,
            "subject_id": self.subject_id,
            "facts": self.facts,
        }


class AuditSeal(models.Model):
    """One link of the chain over a batch of entries. Its id is its number, from 1 without gaps."""

    id = models.BigIntegerField(primary_key=True)
    sealed_at = models.DateTimeField(db_default=Now())
    previous_hash = models.CharField(max_length=64, unique=True)
    seal_hash = models.CharField(max_length=64, unique=True)
    entry_count = models.PositiveIntegerField()
    complete_below = models.BigIntegerField(help_text="Every entry of a transaction below this number is sealed.")

    class Meta:
        verbose_name = "封存"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id__gte=1), name="audit_seal_number"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}:{self.seal_hash[:12]}"


class SealedAuditEntry(models.Model):
    """Which entry lies under which seal, and at which place."""

    entry = models.OneToOneField("people.AuditEntry", on_delete=models.PROTECT, primary_key=True, related_name="sealed")
    seal = models.ForeignKey("people.AuditSeal", on_delete=models.PROTECT, related_name="places", db_index=False)
    place = models.PositiveIntegerField()

    class Meta:
        verbose_name = "已封存的审计记录"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["seal", "place"], name="audit_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.seal_id}/{self.place}"
