"""What is stated of a firm by hand, what another person decides of it, and its end; nobody changes a row of either.

The firm that it is about sees it, and who has the reach of all rows.
"""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from yulin.kit.row_security import row_policies

ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
OWN = "firm_id = ANY ((SELECT atlas_own_firms())::bigint[])"
ABOVE = "EXISTS (SELECT FROM atlas_handedit above WHERE above.id = edit_id)"
TABLES = ("atlas_handedit", "atlas_handeditdecision", "atlas_handeditend")
NOW = django.db.models.functions.datetime.Now()


def _id():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def _user(**more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, **more
    )


def _of_edit(name):
    return models.OneToOneField(
        on_delete=django.db.models.deletion.PROTECT, related_name=name, to="atlas.handedit"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("atlas", "0027_register_changes"),
        ("people", "0004_notices_done"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandEdit",
            fields=[
                _id(),
                ("fact", models.CharField(max_length=80, verbose_name="事实")),
                ("value", models.JSONField(verbose_name="值")),
                ("valid_from", models.DateField(verbose_name="自")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="至（不含）")),
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
                ("document_sha256", models.CharField(max_length=64, verbose_name="凭据哈希")),
                ("document_name", models.CharField(max_length=200, verbose_name="凭据")),
                ("stated_by_name", models.CharField(max_length=120, verbose_name="录入人")),
                ("stated_at", models.DateTimeField(db_default=NOW, verbose_name="录入时间")),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hand_edits", to="atlas.firm"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.organisation"
                    ),
                ),
                ("stated_by", _user()),
            ],
            options={
                "verbose_name": "手工录入",
                "indexes": [models.Index(fields=["firm", "fact"], name="hand_edit_firm")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="hand_edit_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="hand_edit_interval",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HandEditDecision",
            fields=[
                _id(),
                ("is_approved", models.BooleanField(verbose_name="同意")),
                ("reasons", models.CharField(blank=True, max_length=300, verbose_name="理由")),
                ("decided_by_name", models.CharField(max_length=120, verbose_name="决定人")),
                ("decided_at", models.DateTimeField(db_default=NOW, verbose_name="决定时间")),
                ("decided_by", _user(blank=True, null=True)),
                ("edit", _of_edit("decision")),
            ],
            options={"verbose_name": "手工录入复核"},
        ),
        migrations.CreateModel(
            name="HandEditEnd",
            fields=[
                _id(),
                ("ended_by_name", models.CharField(max_length=120, verbose_name="操作人")),
                ("ended_at", models.DateTimeField(db_default=NOW, verbose_name="时间")),
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
                ("edit", _of_edit("end")),
            ],
            options={
                "verbose_name": "手工录入撤回",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="hand_edit_end_has_reason"
                    ),
                ],
            },
        ),
        *row_policies("atlas_handedit", seen=f"{ALL} OR {OWN}", written=ALL),
        *(
            operation
            for table in TABLES[1:]
            for operation in row_policies(table, seen=ABOVE, written=ALL)
        ),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER atlas_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION atlas_append_only()",
                f"DROP TRIGGER atlas_append_only ON {table}",
            )
            for table in TABLES
        ),
    ]
