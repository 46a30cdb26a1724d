"""What the database itself keeps of claims: whose rows they are, a history that only grows, vouchers within the decision."""

from django.db import migrations

from yulin.kit.row_security import policy_operations

APPEND_ONLY = """
CREATE FUNCTION pool_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'What happened to a claim is append-only: % on % was refused.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
VOUCHERS_WITHIN = """
CREATE FUNCTION pool_vouchers_within() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE decided bigint; paid bigint;
BEGIN
  SELECT public_fen INTO decided FROM pool_claim WHERE id = NEW.claim_id FOR UPDATE;
  SELECT coalesce(sum(amount_fen), 0) INTO paid FROM pool_voucher WHERE claim_id = NEW.claim_id AND state <> 'void';
  IF paid > decided THEN
    RAISE EXCEPTION 'The vouchers of claim % add up to % fen, decided are %.', NEW.claim_id, paid, decided
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$
"""
GROWING = ("pool_claimevent", "pool_claimdocument")


class Migration(migrations.Migration):
    dependencies = [("pool", "0003_claims")]

    operations = [
        *policy_operations("pool_claim", owner_columns=["bank_id"], district_column="district_code"),
        *policy_operations("pool_claimdocument", owner_columns=["bank_id"]),
        *policy_operations("pool_voucher", owner_columns=["bank_id"], district_column="district_code"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION pool_append_only()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER pool_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION pool_append_only()",
                f"DROP TRIGGER pool_append_only ON {table}",
            )
            for table in GROWING
        ),
        migrations.RunSQL(VOUCHERS_WITHIN, "DROP FUNCTION pool_vouchers_within()"),
        migrations.RunSQL(
            "CREATE TRIGGER pool_vouchers_within AFTER INSERT OR UPDATE ON pool_voucher"
            " FOR EACH ROW EXECUTE FUNCTION pool_vouchers_within()",
            "DROP TRIGGER pool_vouchers_within ON pool_voucher",
        ),
    ]
