"""The lines of the chain come as one text: row by row they cost more to hand over than to write."""

from django.db import migrations

# Text as it stands, without escapes; the caller counts whether it has any that needs one. The accounts are looked up in
# a table made once: their policies make the planner think that few of them are seen, so it may not go through them
# for every transfer.
LINES = """
CREATE FUNCTION ledger_lines(
  p_first bigint, p_last bigint, p_ranges int8multirange, OUT lines text, OUT line_count bigint, OUT null_count bigint
) LANGUAGE sql STABLE
  SET enable_nestloop = off SET enable_mergejoin = off SET datestyle = 'ISO, YMD'
AS $$
  WITH account AS MATERIALIZED (
    SELECT a.id, a.code::text AS code FROM ledger_account AS a
  ), line AS (
    SELECT t.id,
      num_nulls(t.link, t.refers_to_id, t.expires_on, t.actor_user_id, t.actor_organisation_id) AS nulls,
      concat_ws(E'\\t', t.id, t.key, COALESCE(t.link, '\\N'), t.kind, d.code, c.code, t.amount_fen,
        COALESCE(t.refers_to_id::text, '\\N'), t.value_on,
        to_char(t.booked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        COALESCE(t.expires_on::text, '\\N'), t.reason, COALESCE(t.actor_user_id::text, '\\N'),
        COALESCE(t.actor_organisation_id::text, '\\N'), t.facts) AS text
    FROM ledger_transfer AS t JOIN account AS d ON d.id = t.debit_id JOIN account AS c ON c.id = t.credit_id
    WHERE t.id BETWEEN p_first AND p_last AND (p_ranges IS NULL OR t.id <@ p_ranges)
  )
  SELECT string_agg(text, E'\\n' ORDER BY id), count(*), COALESCE(sum(nulls), 0)::bigint FROM line
$$
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_whole_sets")]

    operations = [migrations.RunSQL(LINES, "DROP FUNCTION ledger_lines")]
