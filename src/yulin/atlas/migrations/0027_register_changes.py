"""That the register itself changed in what rules read of a firm, one line a statement of SQL, whoever runs it."""

import django.db.models.functions.datetime
from django.db import migrations, models

# Transition tables belong to a trigger of one event. A name that is corrected decides nothing, so it is not noted.
NOTE = """
CREATE FUNCTION atlas_note_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS ({changed}) THEN
    INSERT INTO atlas_registerchange DEFAULT VALUES;
  END IF;
  RETURN NULL;
END $$
"""
EVENTS = (
    ("registered", "INSERT", "NEW TABLE AS added", "SELECT FROM added"),
    (
        "refiled",
        "UPDATE",
        "OLD TABLE AS before NEW TABLE AS after",
        "SELECT FROM before b JOIN after a USING (id) WHERE (b.registered_on, b.district_code, b.identifier_scheme)"
        " IS DISTINCT FROM (a.registered_on, a.district_code, a.identifier_scheme)",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("atlas", "0026_judged_rows")]

    operations = [
        migrations.CreateModel(
            name="RegisterChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="时间"
                    ),
                ),
            ],
            options={"verbose_name": "登记变更"},
        ),
        *(
            operation
            for name, event, tables, changed in EVENTS
            for operation in (
                migrations.RunSQL(NOTE.format(name=name, changed=changed), f"DROP FUNCTION atlas_note_{name}()"),
                migrations.RunSQL(
                    f"CREATE TRIGGER atlas_note_{name} AFTER {event} ON atlas_firm REFERENCING {tables}"
                    f" FOR EACH STATEMENT EXECUTE FUNCTION atlas_note_{name}()",
                    f"DROP TRIGGER atlas_note_{name} ON atlas_firm",
                ),
            )
        ),
    ]
