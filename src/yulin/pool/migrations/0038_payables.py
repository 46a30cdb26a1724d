"""Batches and orders may hold payables of other areas, each at most once paid or unanswered."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q, Value


def kind() -> models.CharField:
    return models.CharField(blank=True, db_default="", default="", max_length=20, verbose_name="其他款项")


class Migration(migrations.Migration):
    dependencies = [("pool", "0037_currencies")]

    operations = [
        migrations.AddField("payoutbatch", "payable_kind", kind()),
        migrations.AddField(
            "payoutbatch",
            "about",
            models.JSONField(
                blank=True, db_default=Value({}, models.JSONField()), default=dict, verbose_name="款项"
            ),
        ),
        migrations.AddField("payoutorder", "payable_kind", kind()),
        migrations.AddField(
            "payoutorder", "payable_id", models.BigIntegerField(null=True, verbose_name="款项编号")
        ),
        migrations.RemoveConstraint("payoutorder", "order_of_one"),
        migrations.AddConstraint(
            "payoutorder",
            models.CheckConstraint(
                condition=Q(voucher__isnull=True, subsidy__isnull=False, payable_id__isnull=True, payable_kind="")
                | Q(voucher__isnull=False, subsidy__isnull=True, payable_id__isnull=True, payable_kind="")
                | Q(Q(voucher__isnull=True, subsidy__isnull=True, payable_id__isnull=False) & ~Q(payable_kind="")),
                name="order_of_one",
            ),
        ),
        migrations.AddConstraint(
            "payoutorder",
            models.UniqueConstraint(
                fields=["payable_kind", "payable_id"],
                condition=~Q(outcome="failed") & ~Q(payable_kind=""),
                name="order_one_that_may_pay_payable",
            ),
        ),
    ]
