"""What the database itself keeps of contracts: who sees them, and that a paid milestone never changes."""

from django.db import migrations

from yulin.kit.row_security import row_policies

_ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
_TABLES = ("brain_grantcontract", "brain_grantmilestone")
UNCHANGING = """
CREATE FUNCTION brain_milestone_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A paid milestone never changes: % of milestone % was refused.', TG_OP, OLD.id
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def _of_application(table: str) -> str:
    return f"{_ALL} OR EXISTS (SELECT FROM brain_application AS one WHERE one.id = {table}.application_id)"


class Migration(migrations.Migration):
    dependencies = [("brain", "0010_contracts")]

    operations = [
        *[
            operation
            for table in _TABLES
            for operation in row_policies(table, seen=_of_application(table), written=_ALL, changed=_ALL)
        ],
        migrations.RunSQL(UNCHANGING, "DROP FUNCTION brain_milestone_unchanging()"),
        migrations.RunSQL(
            "CREATE TRIGGER brain_milestone_unchanging BEFORE UPDATE OR DELETE ON brain_grantmilestone FOR EACH ROW"
            " WHEN (OLD.state = 'paid') EXECUTE FUNCTION brain_milestone_unchanging()",
            "DROP TRIGGER brain_milestone_unchanging ON brain_grantmilestone",
        ),
    ]
