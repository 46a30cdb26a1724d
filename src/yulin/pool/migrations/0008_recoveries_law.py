"""What the database itself keeps of recoveries: whose rows they are, lines that only grow, nobody above what was borne."""

from django.db import migrations

from yulin.kit.row_security import policy_operations

OWNED = ("pool_recovery", "pool_remittance", "pool_writeoff")
WITHIN = """
CREATE FUNCTION pool_recovered_within() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE borne bigint; returned bigint;
BEGIN
  SELECT (line->>'amount_fen')::bigint INTO borne
    FROM pool_claim, jsonb_array_elements(sheet->'lines') AS line
    WHERE pool_claim.id = NEW.claim_id AND line->>'party' = NEW.party;
  SELECT sum(amount_fen) INTO returned FROM pool_recoveryline WHERE claim_id = NEW.claim_id AND party = NEW.party;
  IF returned < 0 OR returned > coalesce(borne, 0) THEN
    RAISE EXCEPTION '% would have % fen back on claim %, it bore %.', NEW.party, returned, NEW.claim_id, borne
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$
"""
OWN_CLAIM = "EXISTS (SELECT FROM pool_claim WHERE pool_claim.id = claim_id)"
READS_ONLY = "(SELECT current_setting('yulin.scope', true)) LIKE 'district:%'"


class Migration(migrations.Migration):
    dependencies = [("pool", "0007_recoveries")]

    operations = [
        *(
            operation
            for table in OWNED
            for operation in policy_operations(table, owner_columns=["bank_id"], district_column="district_code")
        ),
        migrations.RunSQL(
            [
                "ALTER TABLE pool_recoveryline ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE pool_recoveryline FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY pool_recoveryline_seen ON pool_recoveryline FOR SELECT USING ({OWN_CLAIM})",
                "CREATE POLICY pool_recoveryline_written ON pool_recoveryline FOR ALL"
                f" USING ({OWN_CLAIM} AND NOT {READS_ONLY}) WITH CHECK ({OWN_CLAIM} AND NOT {READS_ONLY})",
            ],
            [
                "DROP POLICY pool_recoveryline_written ON pool_recoveryline",
                "DROP POLICY pool_recoveryline_seen ON pool_recoveryline",
                "ALTER TABLE pool_recoveryline NO FORCE ROW LEVEL SECURITY",
                "ALTER TABLE pool_recoveryline DISABLE ROW LEVEL SECURITY",
            ],
        ),
        migrations.RunSQL(
            "CREATE TRIGGER pool_append_only BEFORE UPDATE OR DELETE ON pool_recoveryline"
            " FOR EACH ROW EXECUTE FUNCTION pool_append_only()",
            "DROP TRIGGER pool_append_only ON pool_recoveryline",
        ),
        migrations.RunSQL(WITHIN, "DROP FUNCTION pool_recovered_within()"),
        migrations.RunSQL(
            "CREATE CONSTRAINT TRIGGER pool_recovered_within AFTER INSERT ON pool_recoveryline"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pool_recovered_within()",
            "DROP TRIGGER pool_recovered_within ON pool_recoveryline",
        ),
    ]
