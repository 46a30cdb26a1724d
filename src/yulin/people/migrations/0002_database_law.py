"""What the database itself keeps: a membership's kind is its organisation's; the audit trail is append-only."""

from django.db import migrations

ROLE_FITS = """
ALTER TABLE people_membership
  ADD CONSTRAINT membership_kind_of_organisation
  FOREIGN KEY (organisation_id, organisation_kind) REFERENCES people_organisation (id, kind)
"""

APPEND_ONLY = """
CREATE FUNCTION people_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit trail is append-only: % on % was refused.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""

AUDIT_TABLES = ("people_auditentry", "people_auditseal", "people_sealedauditentry")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_organisations")]

    operations = [
        migrations.RunSQL(ROLE_FITS, "ALTER TABLE people_membership DROP CONSTRAINT membership_kind_of_organisation"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION people_append_only()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER people_append_only BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION people_append_only()",
                f"DROP TRIGGER people_append_only ON {table}",
            )
            for table in AUDIT_TABLES
        ),
    ]
