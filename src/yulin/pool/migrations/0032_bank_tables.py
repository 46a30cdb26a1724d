"""The bank that pays has a table of its own: kept with the payer's account, and with each batch as it was then."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pool", "0031_unpaid_shares")]

    operations = [
        migrations.AddField(
            model, "table", models.JSONField(blank=True, default=dict, verbose_name="银行表格格式")
        )
        for model in ("paymentaccount", "payoutbatch")
    ]
