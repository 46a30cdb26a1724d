"""Changes of facts, written by the database itself with whatever changes them, for partners whom the firm lets in."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from yulin.kit.row_security import row_policies

ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
OURS = "ANY ((SELECT atlas_own_organisations())::bigint[])"
LET_IN = "EXISTS (SELECT FROM atlas_consent c WHERE c.firm_id = atlas_factchange.firm_id)"

# Only firms that let in a partner with terms of its own have readers. The reach is that of all rows while the line is
# written, whoever writes what changes: a bank does not see the consents to other banks.
NOTED = """
CREATE FUNCTION atlas_note_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  reach text := coalesce(current_setting('yulin.scope', true), '');
BEGIN
  PERFORM set_config('yulin.scope', 'all', false);
  INSERT INTO atlas_factchange (firm_id, fact)
  SELECT DISTINCT changed.firm_id, changed.fact FROM ({changed}) AS changed
  WHERE EXISTS (
    SELECT FROM atlas_consent c JOIN atlas_outlet o ON o.organisation_id = c.organisation_id
    WHERE c.firm_id = changed.firm_id
  );
  PERFORM set_config('yulin.scope', reach, false);
  RETURN NULL;
END $$
"""
SOURCES = (
    ("statement", "SELECT firm_id, fact FROM added"),
    ("statementend", "SELECT s.firm_id, s.fact FROM added a JOIN atlas_statement s ON s.id = a.statement_id"),
    ("recall", "SELECT firm_id, fact FROM added"),
)


class Migration(migrations.Migration):
    dependencies = [("atlas", "0013_outlets"), ("exchange", "0004_messages")]

    operations = [
        migrations.AddField(
            model_name="outlet",
            name="feed_url",
            field=models.CharField(blank=True, default="", max_length=500, verbose_name="变更推送地址"),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="FactChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fact", models.CharField(max_length=80, verbose_name="事实")),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="时间")),
                ("number", models.BigIntegerField(null=True, unique=True, verbose_name="序号")),
                (
                    "firm",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="atlas.firm"),
                ),
            ],
            options={
                "verbose_name": "事实变更",
                "indexes": [
                    models.Index(condition=models.Q(("number__isnull", True)), fields=["id"], name="change_unnumbered"),
                    models.Index(fields=["firm", "number"], name="change_of_firm"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NewsMark",
            fields=[
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="people.organisation",
                    ),
                ),
                ("number", models.BigIntegerField(verbose_name="已排至")),
            ],
            options={"verbose_name": "变更推送进度"},
        ),
        *row_policies("atlas_factchange", seen=f"{ALL} OR {LET_IN}", written=ALL, changed=ALL),
        *row_policies("atlas_newsmark", seen=f"{ALL} OR organisation_id = {OURS}", written=ALL, changed=ALL),
        *(
            operation
            for name, changed in SOURCES
            for operation in (
                migrations.RunSQL(NOTED.format(name=name, changed=changed), f"DROP FUNCTION atlas_note_{name}()"),
                migrations.RunSQL(
                    f"CREATE TRIGGER atlas_note_change AFTER INSERT ON atlas_{name} REFERENCING NEW TABLE AS added"
                    f" FOR EACH STATEMENT EXECUTE FUNCTION atlas_note_{name}()",
                    f"DROP TRIGGER atlas_note_change ON atlas_{name}",
                ),
            )
        ),
    ]
