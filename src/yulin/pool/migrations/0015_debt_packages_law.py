"""What the database keeps of packages of debts: whose rows they are, histories that only grow, sums to the fen."""

from django.db import migrations

from yulin.kit.row_security import policy_operations

OWN_PACKAGE = "EXISTS (SELECT FROM pool_debtpackage WHERE pool_debtpackage.id = package_id)"
OWN_DEBT = "EXISTS (SELECT FROM pool_assigneddebt WHERE pool_assigneddebt.id = debt_id)"
PARTS = {
    "pool_assigneddebt": OWN_PACKAGE,
    "pool_transferask": OWN_PACKAGE,
    "pool_assignmentpaper": OWN_PACKAGE,
    "pool_debtornotice": OWN_PACKAGE,
    "pool_passedonpayment": OWN_PACKAGE,
    "pool_packageevent": OWN_PACKAGE,
    "pool_debtownership": OWN_DEBT,
}
GROWING = ("pool_assignmentpaper", "pool_debtornotice", "pool_passedonpayment", "pool_packageevent")
AMOUNTS = """
CREATE FUNCTION pool_package_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held pool_debtpackage; debts bigint; principal bigint; price bigint; still_open bigint; wanted bigint;
BEGIN
  IF TG_TABLE_NAME = 'pool_debtpackage' THEN wanted := NEW.id;
  ELSIF TG_OP = 'DELETE' THEN wanted := OLD.package_id;
  ELSE wanted := NEW.package_id;
  END IF;
  SELECT * INTO held FROM pool_debtpackage WHERE id = wanted;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT count(*), coalesce(sum(principal_fen), 0), coalesce(sum(price_fen), 0), count(*) FILTER (WHERE is_open)
    INTO debts, principal, price, still_open FROM pool_assigneddebt WHERE package_id = wanted;
  IF (held.debt_count, held.principal_fen, held.price_fen) IS DISTINCT FROM (debts, principal, price) THEN
    RAISE EXCEPTION 'Package % says % debts, % fen at % fen; its debts are %, % fen at % fen.',
      held.number, held.debt_count, held.principal_fen, held.price_fen, debts, principal, price
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF still_open > 0 AND held.state NOT IN ('draft', 'submitted', 'approved', 'active') THEN
    RAISE EXCEPTION 'Package % is %, yet % of its debts are still open.', held.number, held.state, still_open
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$
"""
FROZEN = """
CREATE FUNCTION pool_debts_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE standing text;
BEGIN
  SELECT state INTO standing FROM pool_debtpackage WHERE id = OLD.package_id;
  IF standing <> 'draft' AND (TG_OP = 'DELETE'
      OR (NEW.package_id, NEW.claim_id, NEW.principal_fen, NEW.price_fen)
         IS DISTINCT FROM (OLD.package_id, OLD.claim_id, OLD.principal_fen, OLD.price_fen)) THEN
    RAISE EXCEPTION 'The debts of a package that is % are frozen.', standing
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$
"""


def _secured(table: str, own: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {table}_own ON {table} FOR ALL USING ({own}) WITH CHECK ({own})",
        ],
        [
            f"DROP POLICY {table}_own ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


def _sums(table: str, events: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE CONSTRAINT TRIGGER pool_package_sums AFTER {events} ON {table}"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pool_package_sums()",
        f"DROP TRIGGER pool_package_sums ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("pool", "0014_debt_packages")]

    operations = [
        *policy_operations("pool_debtpackage", owner_columns=["bank_id", "transferee_id"]),
        *(_secured(table, own) for table, own in PARTS.items()),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER pool_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION pool_append_only()",
                f"DROP TRIGGER pool_append_only ON {table}",
            )
            for table in GROWING
        ),
        migrations.RunSQL(AMOUNTS, "DROP FUNCTION pool_package_sums()"),
        _sums("pool_debtpackage", "INSERT OR UPDATE"),
        _sums("pool_assigneddebt", "INSERT OR UPDATE OR DELETE"),
        migrations.RunSQL(FROZEN, "DROP FUNCTION pool_debts_frozen()"),
        migrations.RunSQL(
            "CREATE TRIGGER pool_debts_frozen BEFORE UPDATE OR DELETE ON pool_assigneddebt"
            " FOR EACH ROW EXECUTE FUNCTION pool_debts_frozen()",
            "DROP TRIGGER pool_debts_frozen ON pool_assigneddebt",
        ),
    ]
