"""Runs that say what a change of law does to all firms."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("brain", "0001_area_runs")]

    operations = [
        migrations.CreateModel(
            name="EffectRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old_key", models.CharField(max_length=120, verbose_name="旧版")),
                ("new_key", models.CharField(max_length=120, verbose_name="新版")),
                ("old_version", models.CharField(max_length=80, verbose_name="旧版哈希")),
                ("new_version", models.CharField(max_length=80, verbose_name="新版哈希")),
                ("asked_at", models.DateTimeField(verbose_name="提出时间")),
                ("moved_at", models.DateTimeField(verbose_name="进展时间")),
                ("firms_done", models.PositiveBigIntegerField(default=0, verbose_name="已核算企业数")),
                ("firms_total", models.PositiveBigIntegerField(default=0, verbose_name="企业数")),
                ("on", models.DateField(null=True, verbose_name="事实之日")),
                ("computed_at", models.DateTimeField(null=True, verbose_name="计算时间")),
                ("last_statement", models.BigIntegerField(default=0, verbose_name="最后一条陈述")),
                ("moves", models.JSONField(default=dict, verbose_name="各区各变化企业数")),
                ("table", models.CharField(blank=True, max_length=200, verbose_name="结果表")),
            ],
            options={
                "verbose_name": "规则影响",
                "ordering": ["-asked_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("old_version", "new_version"), name="effect_run_once"),
                    models.CheckConstraint(
                        condition=models.Q(("computed_at__isnull", True))
                        | (models.Q(("on__isnull", False)) & ~models.Q(("table", ""))),
                        name="effect_run_result",
                    ),
                ],
            },
        ),
    ]
