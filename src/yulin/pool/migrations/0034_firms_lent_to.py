"""Who lent, guarantees or insures a loan in force may read about its firm: the firm register asks the pool for these."""

from django.db import migrations

LENT_TO = """
CREATE OR REPLACE FUNCTION atlas_firms_lent_to() RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
  SELECT firm_id FROM pool_enrolment
  WHERE state IN ('confirmed', 'conditional', 'active')
    AND (bank_id = ANY (atlas_own_organisations()) OR guarantor_id = ANY (atlas_own_organisations())
         OR insurer_id = ANY (atlas_own_organisations()))
$$
"""
NOBODY = """
CREATE OR REPLACE FUNCTION atlas_firms_lent_to() RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
  SELECT NULL::bigint WHERE false
$$
"""


class Migration(migrations.Migration):
    dependencies = [("pool", "0033_redecisions"), ("atlas", "0017_statements_row_security")]

    operations = [migrations.RunSQL(LENT_TO, NOBODY)]
