"""People, talent, support received and loans are particulars too."""

from __future__ import annotations

from django.db import migrations, models

KINDS = (
    "invoice", "holding", "judicial", "exit", "permit", "ip_right", "staff_month", "honour", "event", "key_person",
    "talent", "policy_received", "loan", "equipment", "receivable", "order", "data_asset", "environmental_right",
    "pledge", "disposal",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("atlas", "0022_answers_in_the_log")]
    operations = [
        migrations.AlterField(
            "particular",
            "kind",
            models.CharField(choices=[(one, one) for one in KINDS], max_length=20, verbose_name="类别"),
        ),
    ]
