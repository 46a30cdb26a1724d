"""What the database itself keeps: a version of a policy keeps what it says, and a published one is never deleted."""

from django.db import migrations

UNCHANGING = """
CREATE FUNCTION brain_policy_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  decided text[] := ARRAY['state', 'checked_by_id', 'checked_by_name', 'checked_at', 'reason'];
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'proposed' AND to_jsonb(NEW) - decided = to_jsonb(OLD) - decided THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A version of a policy never changes: % of version % of policy % was refused.',
    TG_OP, OLD.number, OLD.policy_id USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("brain", "0004_policies")]

    operations = [
        migrations.RunSQL(UNCHANGING, "DROP FUNCTION brain_policy_unchanging()"),
        migrations.RunSQL(
            "CREATE TRIGGER brain_policy_unchanging BEFORE UPDATE OR DELETE ON brain_policyversion"
            " FOR EACH ROW EXECUTE FUNCTION brain_policy_unchanging()",
            "DROP TRIGGER brain_policy_unchanging ON brain_policyversion",
        ),
    ]
