"""Files of firms' facts: asked for, decided by another person, taken; each organisation sees its own requests."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from yulin.kit.row_security import row_policies

ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
APPEND_ONLY = ("atlas_exportrequest", "atlas_exportrequest_firms", "atlas_exportdecision", "atlas_exporttaking")


def number():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def key(to, related="+", kind=models.ForeignKey):
    return kind(on_delete=django.db.models.deletion.PROTECT, related_name=related, to=to)


def instant(name):
    return models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name=name)


class Migration(migrations.Migration):
    dependencies = [("atlas", "0014_news"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="ExportRequest",
            fields=[
                number(),
                ("classes", models.JSONField(verbose_name="事实类别")),
                ("purpose", models.CharField(max_length=300, verbose_name="用途")),
                ("asked_by_name", models.CharField(max_length=120, verbose_name="申请人")),
                ("asked_at", instant("申请时间")),
                ("asked_by", key(settings.AUTH_USER_MODEL)),
                ("firms", models.ManyToManyField(related_name="+", to="atlas.firm")),
                ("organisation", key("people.organisation")),
            ],
            options={
                "verbose_name": "导出申请",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("classes", []), _negated=True), models.Q(("purpose", ""), _negated=True)),
                        name="export_request_is_whole",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportDecision",
            fields=[
                number(),
                ("is_approved", models.BooleanField(verbose_name="同意")),
                ("reasons", models.CharField(blank=True, max_length=300, verbose_name="理由")),
                ("decided_by_name", models.CharField(max_length=120, verbose_name="审批人")),
                ("decided_at", instant("审批时间")),
                ("decided_by", key(settings.AUTH_USER_MODEL)),
                ("request", key("atlas.exportrequest", "decision", models.OneToOneField)),
            ],
            options={"verbose_name": "导出审批"},
        ),
        migrations.CreateModel(
            name="ExportTaking",
            fields=[
                number(),
                ("file_format", models.CharField(max_length=4, verbose_name="格式")),
                ("line_count", models.PositiveIntegerField(verbose_name="行数")),
                ("masked_count", models.PositiveIntegerField(verbose_name="脱敏行数")),
                ("taken_at", instant("时间")),
                ("request", key("atlas.exportrequest", "takings")),
            ],
            options={"verbose_name": "导出记录"},
        ),
        *(operation for table in APPEND_ONLY for operation in row_policies(table, seen=ALL, written=ALL)),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER atlas_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION atlas_append_only()",
                f"DROP TRIGGER atlas_append_only ON {table}",
            )
            for table in APPEND_ONLY
        ),
    ]
