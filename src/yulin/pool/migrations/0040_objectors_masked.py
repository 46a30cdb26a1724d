"""Who objected can be masked by a run of retention that two persons approved; nothing else of an objection changes."""

from django.db import migrations

ALL_ROWS = "(SELECT current_setting('yulin.scope', true)) = 'all'"
IN_A_RUN = "coalesce(current_setting('yulin.retention', true), '') <> ''"
TRIGGER = "CREATE TRIGGER {0} BEFORE UPDATE OR DELETE ON pool_noticeobjection FOR EACH ROW EXECUTE FUNCTION {0}()"
MASKS_ALONE = """
CREATE FUNCTION pool_objection_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run text := coalesce(current_setting('yulin.retention', true), '');
BEGIN
  IF TG_OP = 'UPDATE' AND run ~ '^[0-9]+$' AND NEW.name = '***' AND NEW.contact = '***'
    AND to_jsonb(NEW) - 'name' - 'contact' = to_jsonb(OLD) - 'name' - 'contact'
    AND EXISTS (
      SELECT FROM atlas_retentionrun r JOIN atlas_retentiondecision d ON d.order_id = r.order_id
      WHERE r.id = run::bigint AND r.ended_at IS NULL AND d.is_approved
        AND NOT EXISTS (SELECT FROM atlas_retentionend e WHERE e.order_id = r.order_id)
    ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'What happened to a claim is append-only: % on % was refused.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("pool", "0039_notice_objections"), ("atlas", "0016_retention")]

    operations = [
        migrations.RunSQL(MASKS_ALONE, "DROP FUNCTION pool_objection_kept()"),
        migrations.RunSQL(
            [
                "DROP TRIGGER pool_append_only ON pool_noticeobjection",
                TRIGGER.format("pool_objection_kept"),
                "CREATE POLICY pool_noticeobjection_changed ON pool_noticeobjection FOR UPDATE"
                f" USING ({ALL_ROWS} AND {IN_A_RUN}) WITH CHECK ({ALL_ROWS} AND {IN_A_RUN})",
            ],
            [
                "DROP POLICY pool_noticeobjection_changed ON pool_noticeobjection",
                "DROP TRIGGER pool_objection_kept ON pool_noticeobjection",
                TRIGGER.format("pool_append_only"),
            ],
        ),
    ]
