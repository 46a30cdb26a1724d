"""What the database itself keeps of awards that are paid: they never change."""

from django.db import migrations

UNCHANGING = """
CREATE FUNCTION brain_award_paid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A paid award never changes: % of award % was refused.', TG_OP, OLD.id
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("brain", "0017_awards_paid")]

    operations = [
        migrations.RunSQL(UNCHANGING, "DROP FUNCTION brain_award_paid()"),
        migrations.RunSQL(
            "CREATE TRIGGER brain_award_paid BEFORE UPDATE ON brain_award FOR EACH ROW"
            " WHEN (OLD.state = 'paid') EXECUTE FUNCTION brain_award_paid()",
            "DROP TRIGGER brain_award_paid ON brain_award",
        ),
    ]
