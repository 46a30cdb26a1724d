"""What the database itself keeps of short applications: who sees them, and that one found right never changes."""

from django.db import migrations

from yulin.kit.row_security import row_policies

_ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
_ORG = "(SELECT substring(current_setting('yulin.scope', true) FROM '^organisation:([0-9]+)$')::bigint)"
UNCHANGING = """
CREATE FUNCTION brain_claim_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A verified claim never changes: % of claim % was refused.', TG_OP, OLD.number
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("brain", "0022_award_claims")]

    operations = [
        *row_policies(
            "brain_awardclaim", seen=f"{_ALL} OR house_id = {_ORG}", written=_ALL, changed=_ALL
        ),
        migrations.RunSQL(UNCHANGING, "DROP FUNCTION brain_claim_unchanging()"),
        migrations.RunSQL(
            "CREATE TRIGGER brain_claim_unchanging BEFORE UPDATE OR DELETE ON brain_awardclaim FOR EACH ROW"
            " WHEN (OLD.state = 'verified') EXECUTE FUNCTION brain_claim_unchanging()",
            "DROP TRIGGER brain_claim_unchanging ON brain_awardclaim",
        ),
    ]
