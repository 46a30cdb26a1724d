"""Public money for an insurer whose year passed the level of the loss ratio: one decides, another confirms; then paid.

Invariant (the database's too): for each scheme, insurer and year one subsidy stands at most; its amount is what level
and share give of the premium and the claims beside it, to the fen; while it stands, the premium is not stated anew;
what was decided never changes, only how far it has come.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.pool.enums import SubsidyState


class ExcessSubsidyQuerySet(models.QuerySet["ExcessSubsidy"]):
    """Subsidies in the words of the field."""

    def standing(self) -> ExcessSubsidyQuerySet:
        """Those that were not undone."""
        return self.exclude(state=SubsidyState.UNDONE.value)

    def due(self) -> ExcessSubsidyQuerySet:
        """Those that are confirmed and held on their layer's money, and not paid."""
        return self.filter(state__in=[SubsidyState.HELD.value, SubsidyState.SENT.value, SubsidyState.FAILED.value])


class ExcessSubsidy(models.Model):
    """Finance's part of one insurer's year under one scheme, with what it was computed from."""

    scheme_id = models.CharField("方案", max_length=60)
    pack = models.ForeignKey("rules.PublishedPack", on_delete=models.PROTECT, related_name="+", verbose_name="方案版本")
    insurer = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="保险机构"
    )
    year = models.PositiveIntegerField("年度")
    turn = models.PositiveSmallIntegerField("第几次决定", default=1)
    party = models.CharField("承担方", max_length=30)
    premium_fen = models.BigIntegerField("保费收入")
    claims_fen = models.BigIntegerField("赔付")
    level_bp = models.PositiveIntegerField("赔付率界线")
    subsidy_bp = models.PositiveIntegerField("补贴比例")
    amount_fen = models.BigIntegerField("补贴金额")
    state = models.CharField("状态", max_length=10, default=SubsidyState.DECIDED.value)
    decided_on = models.DateField("决定日")
    decided_by_id = models.BigIntegerField("决定人", null=True)
    confirmed_on = models.DateField("确认日", null=True, blank=True)
    confirmed_by_id = models.BigIntegerField("确认人", null=True, blank=True)
    undone_on = models.DateField("撤销日", null=True, blank=True)
    undone_by_id = models.BigIntegerField("撤销人", null=True, blank=True)
    undo_reason = models.CharField("撤销理由", max_length=300, blank=True)
    hold_key = models.CharField("冻结键", max_length=120, blank=True)
    transfer_key = models.CharField("转账键", max_length=120, blank=True)
    paid_on = models.DateField("付款日", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ExcessSubsidyQuerySet.as_manager()

    class Meta:
        verbose_name = "超赔补贴"
        ordering: ClassVar[list[str]] = ["-year", "scheme_id", "insurer_id", "-turn"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["scheme_id", "insurer", "year"],
                condition=~Q(state=SubsidyState.UNDONE.value),
                name="subsidy_stands_once",
            ),
            models.UniqueConstraint(fields=["scheme_id", "insurer", "year", "turn"], name="subsidy_turn"),
            models.UniqueConstraint(
                fields=["transfer_key"], condition=~Q(transfer_key=""), name="subsidy_paid_by_one_transfer"
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, premium_fen__gt=0, turn__gte=1, subsidy_bp__lte=10_000),
                name="subsidy_amounts",
            ),
            models.CheckConstraint(condition=Q(state__in=[str(each) for each in SubsidyState]), name="subsidy_state"),
            models.CheckConstraint(
                condition=~Q(confirmed_by_id=F("decided_by_id")) & ~Q(undone_by_id=F("confirmed_by_id")),
                name="subsidy_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["decided", "undone"]) | (Q(confirmed_on__isnull=False) & ~Q(hold_key="")),
                name="subsidy_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | (Q(paid_on__isnull=False) & ~Q(transfer_key="")), name="subsidy_paid"
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | (Q(undone_on__isnull=False) & ~Q(undo_reason="")), name="subsidy_undone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id}/{self.insurer_id}/{self.year}"
