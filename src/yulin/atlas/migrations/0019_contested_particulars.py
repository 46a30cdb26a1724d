"""What sources list of a firm one by one can be contested too; what was wrong of it gets an end."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

KEPT = """
CREATE OR REPLACE FUNCTION atlas_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run text := coalesce(current_setting('yulin.retention', true), '');
BEGIN
  IF run ~ '^[0-9]+$' AND EXISTS (
    SELECT FROM atlas_retentionrun r JOIN atlas_retentiondecision d ON d.order_id = r.order_id
    WHERE r.id = run::bigint AND r.ended_at IS NULL AND d.is_approved
      AND NOT EXISTS (SELECT FROM atlas_retentionend e WHERE e.order_id = r.order_id)
  ) THEN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME IN ({tables}) THEN
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
BEFORE = "'atlas_statement', 'atlas_statementend', 'atlas_particular', 'atlas_adverserecord'"
AFTER = f"{BEFORE}, 'atlas_particularend'"
NAME = models.CharField(max_length=150, verbose_name="事实")


def particular(related="+"):
    return models.ForeignKey(
        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name=related, to="atlas.particular"
    )


class Migration(migrations.Migration):
    dependencies = [("atlas", "0018_entities")]

    operations = [
        migrations.CreateModel(
            name="ParticularEnd",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ends_on", models.DateField(verbose_name="自此日不再采用")),
                (
                    "why",
                    models.CharField(
                        choices=[
                            (one, one) for one in ("corrected", "expired", "repaired", "unsettled")
                        ],
                        max_length=12,
                        verbose_name="原因",
                    ),
                ),
                (
                    "known_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="获知时间"
                    ),
                ),
                (
                    "particular",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="ends", to="atlas.particular"
                    ),
                ),
            ],
            options={
                "verbose_name": "明细终止",
                "constraints": [
                    models.UniqueConstraint(fields=("particular", "why"), name="particular_end_once"),
                ],
            },
        ),
        migrations.AddField(model_name="objection", name="particular", field=particular()),
        migrations.AddField(model_name="objectiondecision", name="corrected_particular", field=particular()),
        migrations.AlterField(model_name="objection", name="fact", field=NAME),
        migrations.AlterField(model_name="recall", name="fact", field=NAME.clone()),
        migrations.RemoveConstraint(model_name="objectiondecision", name="objection_rejected_corrects_nothing"),
        migrations.AddConstraint(
            model_name="objectiondecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_upheld", True),
                    models.Q(("correction__isnull", True), ("corrected_particular__isnull", True)),
                    _connector="OR",
                ),
                name="objection_rejected_corrects_nothing",
            ),
        ),
        migrations.RunSQL(
            "CREATE TRIGGER atlas_append_only BEFORE UPDATE OR DELETE ON atlas_particularend"
            " FOR EACH ROW EXECUTE FUNCTION atlas_append_only()",
            "DROP TRIGGER atlas_append_only ON atlas_particularend",
        ),
        migrations.RunSQL(KEPT.replace("{tables}", AFTER), KEPT.replace("{tables}", BEFORE)),
    ]
