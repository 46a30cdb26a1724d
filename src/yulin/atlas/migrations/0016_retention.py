"""How long things are kept: rules that two persons put in force, holds, runs; only inside such a run does a row go."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from yulin.kit.row_security import row_policies

ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
TABLES = (
    "atlas_retentionorder", "atlas_retentiondecision", "atlas_retentionend", "atlas_retentionhold",
    "atlas_retentionholdend",
)  # fmt: skip

BEFORE = """
CREATE OR REPLACE FUNCTION atlas_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'What a firm was told, gave or took back is append-only: % on % was refused.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
AFTER = """
CREATE OR REPLACE FUNCTION atlas_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run text := coalesce(current_setting('yulin.retention', true), '');
BEGIN
  IF run ~ '^[0-9]+$' AND EXISTS (
    SELECT FROM atlas_retentionrun r JOIN atlas_retentiondecision d ON d.order_id = r.order_id
    WHERE r.id = run::bigint AND r.ended_at IS NULL AND d.is_approved
      AND NOT EXISTS (SELECT FROM atlas_retentionend e WHERE e.order_id = r.order_id)
  ) THEN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME IN
      ('atlas_statement', 'atlas_statementend', 'atlas_particular', 'atlas_adverserecord') THEN
      RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'atlas_reading'
      AND to_jsonb(NEW) - 'user_id' - 'reader_name' = to_jsonb(OLD) - 'user_id' - 'reader_name' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'What a firm was told, gave or took back is append-only: % on % was refused.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def number():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def key(to, related="+", kind=models.ForeignKey, **more):
    return kind(on_delete=django.db.models.deletion.PROTECT, related_name=related, to=to, **more)


def person():
    return key(settings.AUTH_USER_MODEL, blank=True, null=True)


def instant(name):
    return models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name=name)


def has_reason(name):
    return [models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name=name)]


class Migration(migrations.Migration):
    dependencies = [("atlas", "0015_exports"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="RetentionOrder",
            fields=[
                number(),
                ("rule_id", models.CharField(max_length=60, verbose_name="规则")),
                ("rule_hash", models.CharField(max_length=64, verbose_name="规则散列")),
                ("rule", models.JSONField(verbose_name="规则内容")),
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
                ("proposed_by_name", models.CharField(max_length=120, verbose_name="提议人")),
                ("proposed_at", instant("提议时间")),
                ("proposed_by", person()),
            ],
            options={"verbose_name": "留存规则提议", "constraints": has_reason("retention_order_has_reason")},
        ),
        migrations.CreateModel(
            name="RetentionDecision",
            fields=[
                number(),
                ("is_approved", models.BooleanField(verbose_name="同意")),
                ("reasons", models.CharField(blank=True, max_length=300, verbose_name="理由")),
                ("decided_by_name", models.CharField(max_length=120, verbose_name="决定人")),
                ("decided_at", instant("决定时间")),
                ("decided_by", person()),
                ("order", key("atlas.retentionorder", "decision", models.OneToOneField)),
            ],
            options={"verbose_name": "留存规则决定"},
        ),
        migrations.CreateModel(
            name="RetentionEnd",
            fields=[
                number(),
                ("ended_by_name", models.CharField(max_length=120, verbose_name="操作人")),
                ("ended_at", instant("时间")),
                ("order", key("atlas.retentionorder", "end", models.OneToOneField)),
            ],
            options={"verbose_name": "留存规则停用"},
        ),
        migrations.CreateModel(
            name="RetentionHold",
            fields=[
                number(),
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
                ("placed_by_name", models.CharField(max_length=120, verbose_name="操作人")),
                ("placed_at", instant("时间")),
                ("firm", key("atlas.firm")),
            ],
            options={"verbose_name": "保留", "constraints": has_reason("retention_hold_has_reason")},
        ),
        migrations.CreateModel(
            name="RetentionHoldEnd",
            fields=[
                number(),
                ("ended_by_name", models.CharField(max_length=120, verbose_name="操作人")),
                ("ended_at", instant("时间")),
                ("hold", key("atlas.retentionhold", "end", models.OneToOneField)),
            ],
            options={"verbose_name": "解除保留"},
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                number(),
                ("ran_on", models.DateField(verbose_name="运行日")),
                ("ran_at", instant("时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                ("due_count", models.PositiveBigIntegerField(default=0, verbose_name="到期")),
                ("gone_count", models.PositiveBigIntegerField(default=0, verbose_name="已处理")),
                ("kept_count", models.PositiveBigIntegerField(default=0, verbose_name="保留")),
                ("kept_for", models.JSONField(default=dict, verbose_name="保留原因")),
                ("order", key("atlas.retentionorder", "runs")),
            ],
            options={
                "verbose_name": "留存处理",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("due_count", models.F("gone_count") + models.F("kept_count"))),
                        name="retention_run_loses_nothing",
                    )
                ],
            },
        ),
        *(operation for table in (*TABLES, "atlas_retentionrun") for operation in row_policies(table, seen=ALL, written=ALL)),
        migrations.RunSQL(AFTER, BEFORE),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER atlas_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION atlas_append_only()",
                f"DROP TRIGGER atlas_append_only ON {table}",
            )
            for table in (*TABLES, "atlas_statement")
        ),
    ]
