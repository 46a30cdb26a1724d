"""What each party got of a remittance stays with it, as the ledger booked it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pool", "0015_debt_packages_law")]

    operations = [
        migrations.AddField("remittance", "parts", models.JSONField(default=dict, verbose_name="各方所得")),
    ]
