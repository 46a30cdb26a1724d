"""What can be sealed is looked for by number alone, and told as one range where nothing is missing in it.

Behind writers the planner knows next to nothing of the newest transfers: it read the whole table and sorted it.
"""

from django.db import migrations

# `settled`: a number seen when transaction n was the next to be given out is decided once all before n have ended.
NEXT_TO_SEAL = """
CREATE FUNCTION ledger_next_to_seal(
  p_batch int, OUT next_transaction bigint, OUT all_below bigint, OUT seen_id bigint, OUT settled bigint,
  OUT first_id bigint, OUT last_id bigint, OUT due_count int, OUT ids bigint[]
) LANGUAGE sql STABLE
  SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
AS $$
  WITH clock AS MATERIALIZED (
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_running,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_transaction
  ), last AS MATERIALIZED (
    SELECT COALESCE((SELECT all_below FROM ledger_seal ORDER BY id DESC LIMIT 1), 0) AS all_below
  ), recent AS MATERIALIZED (
    SELECT range_agg(int8range(r.first_id, r.last_id, '[]')) AS ids
    FROM last, ledger_seal AS s, unnest(s.first_ids, s.last_ids) AS r(first_id, last_id)
    WHERE s.id > (SELECT COALESCE(max(p.id), 0) FROM ledger_seal AS p WHERE p.seen_id <= last.all_below)
      AND r.last_id > last.all_below
  ), due AS MATERIALIZED (
    SELECT t.id FROM ledger_transfer AS t
    WHERE t.id > (SELECT last.all_below FROM last)
      AND (t.transaction < (SELECT clock.oldest_running FROM clock)
           OR t.transaction >= (SELECT clock.next_transaction FROM clock))
      AND ((SELECT recent.ids FROM recent) IS NULL OR NOT (SELECT recent.ids FROM recent) @> t.id)
    ORDER BY t.id LIMIT p_batch
  ), ends AS MATERIALIZED (
    SELECT min(due.id) AS first_id, max(due.id) AS last_id, count(*)::int AS due_count FROM due
  )
  SELECT clock.next_transaction, last.all_below,
    COALESCE((SELECT max(id) FROM ledger_transfer), 0),
    COALESCE((SELECT max(s.seen_id) FROM ledger_seal AS s
              WHERE s.next_transaction <= clock.oldest_running AND s.seen_id > last.all_below), 0),
    ends.first_id, ends.last_id, ends.due_count,
    CASE WHEN ends.last_id - ends.first_id >= ends.due_count THEN ARRAY(SELECT due.id FROM due ORDER BY due.id) END
  FROM clock, last, ends
$$
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_post_again")]

    operations = [migrations.RunSQL(NEXT_TO_SEAL, "DROP FUNCTION ledger_next_to_seal")]
