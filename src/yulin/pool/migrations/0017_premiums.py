"""Premiums of insurers, seen and written by their insurer and by those who see all rows."""

import django.db.models.deletion
from django.db import migrations, models

from yulin.kit.row_security import policy_operations


class Migration(migrations.Migration):
    dependencies = [("pool", "0016_remittance_parts")]

    operations = [
        migrations.CreateModel(
            name="Premium",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scheme_id", models.CharField(max_length=60, verbose_name="方案")),
                ("year", models.PositiveIntegerField(verbose_name="年度")),
                ("premium_fen", models.BigIntegerField(verbose_name="保费收入")),
                ("stated_at", models.DateTimeField(auto_now=True, verbose_name="申报时间")),
                ("stated_by_id", models.BigIntegerField(null=True, verbose_name="申报人")),
                (
                    "insurer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.organisation",
                        verbose_name="保险机构",
                    ),
                ),
            ],
            options={"verbose_name": "保费", "ordering": ["-year", "scheme_id", "insurer_id"]},
        ),
        migrations.AddConstraint(
            "premium", models.UniqueConstraint(fields=("scheme_id", "insurer", "year"), name="premium_once")
        ),
        migrations.AddConstraint(
            "premium", models.CheckConstraint(condition=models.Q(premium_fen__gte=0), name="premium_amount")
        ),
        *policy_operations("pool_premium", owner_columns=["insurer_id"]),
    ]
