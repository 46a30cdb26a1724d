"""Messages to partners' systems; each organisation sees its own and may have one sent anew."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from yulin.kit.row_security import row_policies

ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
OURS = "organisation_id = (SELECT substring(current_setting('yulin.scope', true) FROM '^organisation:([0-9]+)$')::bigint)"


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_accepted_rows"), ("people", "0004_notices_done")]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("topic", models.CharField(max_length=60, verbose_name="主题")),
                ("key", models.CharField(max_length=120, unique=True, verbose_name="唯一键")),
                ("subject", models.JSONField(verbose_name="所据")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("sent", "sent"), ("dead", "dead"), ("withdrawn", "withdrawn")],
                        default="waiting",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="已尝试次数")),
                ("next_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="下次尝试")),
                ("last_status", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最近状态码")),
                ("last_error", models.CharField(blank=True, max_length=300, verbose_name="最近错误")),
                ("made_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="生成时间")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="办结时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "推送消息",
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["next_at"], name="message_due"),
                    models.Index(fields=["organisation", "state", "-made_at"], name="message_of"),
                ],
            },
        ),
        *row_policies("exchange_message", seen=f"{ALL} OR {OURS}", written=ALL),
    ]
