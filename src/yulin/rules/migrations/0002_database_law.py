"""What the database itself keeps: a version that was published keeps its content; only its end may be drawn nearer."""

from django.db import migrations

UNCHANGING = """
CREATE FUNCTION rules_published_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'draft' AND TG_OP = 'UPDATE' THEN
    IF (NEW.content, NEW.version, NEW.pack_id) IS DISTINCT FROM (OLD.content, OLD.version, OLD.pack_id) THEN
      RAISE EXCEPTION 'A draft keeps its text; another text is another draft (pack %).', OLD.pack_id
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.state = 'published'
     AND to_jsonb(NEW) - 'effective_until' = to_jsonb(OLD) - 'effective_until'
     AND NEW.effective_until IS NOT NULL
     AND (OLD.effective_until IS NULL OR NEW.effective_until < OLD.effective_until) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A version of a pack never changes: % of a % version of % was refused.', TG_OP, OLD.state, OLD.pack_id
    USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("rules", "0001_packs")]

    operations = [
        migrations.RunSQL(UNCHANGING, "DROP FUNCTION rules_published_unchanging()"),
        migrations.RunSQL(
            "CREATE TRIGGER rules_published_unchanging BEFORE UPDATE OR DELETE ON rules_publishedpack"
            " FOR EACH ROW EXECUTE FUNCTION rules_published_unchanging()",
            "DROP TRIGGER rules_published_unchanging ON rules_publishedpack",
        ),
    ]
