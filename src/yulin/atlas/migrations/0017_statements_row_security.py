"""What sources say of a firm is hidden by the database itself from who has no ground to read about that firm.

Which classes of facts are open is `access.py`'s to say; here a firm is open or not: to itself, to who holds a consent
that was not taken back and is not over, to its district, to who is party to a loan of it (the pool says who that is),
and to the reach of all rows. Writing has the reach of all rows.

The holder of a holding gets a column of its own: under row security an index over a value inside JSON is not used.
"""

import django.db.models.fields.json
from django.db import migrations, models
from django.db.models import Case, Q, When

from yulin.kit.row_security import row_policies

FUNCTIONS = (
    (
        "atlas_today",
        # The database does not know the scheme's zone: a consent is open until its day is over everywhere.
        """
CREATE FUNCTION atlas_today() RETURNS date LANGUAGE sql STABLE AS $$
  SELECT coalesce(
    (SELECT business_date_pin FROM people_book WHERE id = 1 AND is_demo),
    (now() AT TIME ZONE 'UTC' - interval '12 hours')::date
  )
$$
""",
    ),
    (
        "atlas_firms_let_in",
        """
CREATE FUNCTION atlas_firms_let_in() RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
  SELECT c.firm_id FROM atlas_consent c
  WHERE c.organisation_id = ANY (atlas_own_organisations()) AND c.valid_until > atlas_today()
    AND NOT EXISTS (SELECT FROM atlas_consentrevocation r WHERE r.consent_id = c.id)
$$
""",
    ),
    (
        "atlas_firms_lent_to",
        # The pool stands above this area and puts the firms of loans in force here.
        """
CREATE FUNCTION atlas_firms_lent_to() RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
  SELECT NULL::bigint WHERE false
$$
""",
    ),
)
ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
OWN_FIRMS = "ANY ((SELECT atlas_own_firms())::bigint[])"
DISTRICT = "(SELECT substring(current_setting('yulin.scope', true) FROM '^district:(.+)$'))"
SEEN = (
    f"{ALL} OR firm_id = {OWN_FIRMS} OR firm_id IN (SELECT atlas_firms_let_in())"
    " OR firm_id IN (SELECT atlas_firms_lent_to())"
    f" OR ({DISTRICT} IS NOT NULL AND EXISTS ("
    f"SELECT FROM atlas_firm f WHERE f.id = firm_id AND f.district_code = {DISTRICT}))"
)


class Migration(migrations.Migration):
    dependencies = [("atlas", "0016_retention"), ("people", "0004_notices_done")]

    operations = [
        migrations.RemoveIndex(model_name="particular", name="particular_holder"),
        migrations.AddField(
            model_name="particular",
            name="holder",
            field=models.GeneratedField(
                db_persist=True,
                expression=Case(
                    When(Q(kind="holding"), then=django.db.models.fields.json.KeyTextTransform("holder", "value"))
                ),
                output_field=models.TextField(null=True),
                verbose_name="持有人",
            ),
        ),
        migrations.AddIndex(
            model_name="particular",
            index=models.Index(fields=["holder"], condition=Q(kind="holding"), name="particular_holder"),
        ),
        *(migrations.RunSQL(made, f"DROP FUNCTION {name}()") for name, made in FUNCTIONS),
        *(
            operation
            for table in ("atlas_statement", "atlas_particular")
            for operation in row_policies(table, seen=SEEN, written=ALL, changed=ALL)
        ),
    ]
