"""What the database itself keeps of awards: who sees which rows, and that a frozen list never changes."""

from django.db import migrations

from yulin.kit.row_security import row_policies

_ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
_ORG = "(SELECT substring(current_setting('yulin.scope', true) FROM '^organisation:([0-9]+)$')::bigint)"
_OWN = (
    f"{_ALL} OR (house_id = {_ORG} AND EXISTS"
    " (SELECT FROM brain_awardbatch AS batch WHERE batch.id = batch_id AND batch.state = 'noticed'))"
)
# A list is what was hashed; what comes after that is how far it has come.
UNCHANGING = """
CREATE FUNCTION brain_award_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  frozen text[] := CASE TG_TABLE_NAME
    WHEN 'brain_awardbatch' THEN ARRAY['policy_id', 'criteria_id', 'number', 'on', 'known_at', 'rhythm', 'period',
      'amount_fen', 'budget_fen', 'firm_count', 'open_count', 'content_hash', 'made_by_id', 'made_on']
    WHEN 'brain_award' THEN ARRAY['batch_id', 'policy_id', 'period', 'firm_id', 'identifier', 'amount_fen', 'facts',
      'clauses']
    WHEN 'brain_awardobjection' THEN ARRAY['award_id', 'words', 'name', 'contact', 'made_on', 'due_on']
    ELSE ARRAY['batch_id', 'firm_id', 'identifier', 'missing', 'contested'] END;
  was jsonb := to_jsonb(OLD);
  column_name text;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    FOREACH column_name IN ARRAY frozen LOOP
      IF was -> column_name IS DISTINCT FROM to_jsonb(NEW) -> column_name THEN
        RAISE EXCEPTION 'A frozen list never changes: % of row % of % was refused.', column_name, OLD.id, TG_TABLE_NAME
          USING ERRCODE = 'integrity_constraint_violation';
      END IF;
    END LOOP;
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A frozen list never changes: % of row % of % was refused.', TG_OP, OLD.id, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_TABLES = ("brain_awardbatch", "brain_award", "brain_awardgap", "brain_awardobjection")


def _trigger(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER brain_award_unchanging BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
        " EXECUTE FUNCTION brain_award_unchanging()",
        f"DROP TRIGGER brain_award_unchanging ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("brain", "0014_awards")]

    operations = [
        *row_policies("brain_awardbatch", seen=f"{_ALL} OR state = 'noticed'", written=_ALL, changed=_ALL),
        *row_policies("brain_award", seen=_OWN, written=_ALL, changed=_ALL),
        *row_policies("brain_awardgap", seen=_OWN, written=_ALL, changed=_ALL),
        *row_policies("brain_awardobjection", seen=_ALL, written=_ALL),
        migrations.RunSQL(UNCHANGING, "DROP FUNCTION brain_award_unchanging()"),
        *[_trigger(table) for table in _TABLES],
    ]
