"""What came of each time the clock asked a source; nobody changes a row."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("atlas", "0028_hand_edits")]

    operations = [
        migrations.CreateModel(
            name="SourcePull",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("began_at", models.DateTimeField(verbose_name="开始")),
                ("ended_at", models.DateTimeField(verbose_name="结束")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("taken", "taken"), ("unchanged", "unchanged"), ("failed", "failed")],
                        max_length=10,
                        verbose_name="结果",
                    ),
                ),
                ("rows", models.PositiveIntegerField(default=0, verbose_name="行数")),
                ("code", models.CharField(blank=True, default="", max_length=60, verbose_name="错误代码")),
                ("why_zh", models.CharField(blank=True, default="", max_length=500, verbose_name="原因")),
                ("why_en", models.CharField(blank=True, default="", max_length=500, verbose_name="原因（英文）")),
                (
                    "receipt",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="atlas.receipt",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pulls", to="atlas.source"
                    ),
                ),
            ],
            options={
                "verbose_name": "定时拉取",
                "indexes": [models.Index(fields=["source", "-ended_at"], name="pull_of_source")],
            },
        ),
        migrations.RunSQL(
            "CREATE TRIGGER atlas_append_only BEFORE UPDATE OR DELETE ON atlas_sourcepull"
            " FOR EACH ROW EXECUTE FUNCTION atlas_append_only()",
            "DROP TRIGGER atlas_append_only ON atlas_sourcepull",
        ),
    ]
