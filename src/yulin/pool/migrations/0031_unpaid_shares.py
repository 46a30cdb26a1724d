"""A share of a recovery may lessen what its layer still has to pay, instead of being money; payments keep their instant."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pool", "0026_fees_undone")]

    operations = [
        migrations.AddField(
            "recoveryline", "is_unpaid", models.BooleanField(default=False, verbose_name="冲减未付凭证")
        ),
        migrations.AddField(
            "voucher", "paid_at", models.DateTimeField(blank=True, null=True, verbose_name="付款登记时间")
        ),
    ]
