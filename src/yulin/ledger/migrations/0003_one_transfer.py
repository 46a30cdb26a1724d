"""One plain transfer is the commonest call: it is booked without arrays where nothing speaks against it."""

from django.db import migrations

# Answers null where the transfer has to be looked at in full: `ledger_book` then books it, answers it, or says why not.
BOOK_ONE = """
CREATE FUNCTION ledger_book_one(
  p_key text, p_link text, p_debit bigint, p_credit bigint, p_amount bigint, p_value_on date, p_reason text,
  p_facts jsonb, p_user bigint, p_organisation bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_fits boolean;
  v_id bigint;
BEGIN
  SELECT count(*) = 2 AND bool_and(
      (a.closed_until IS NULL OR p_value_on >= a.closed_until)
      AND CASE WHEN a.id = p_debit THEN a.may_overdraw OR a.posted_fen - a.held_out_fen >= p_amount
               ELSE a.may_overfill OR a.posted_fen + a.held_in_fen <= -p_amount END)
  INTO v_fits
  FROM (SELECT * FROM ledger_account WHERE id IN (p_debit, p_credit) ORDER BY id FOR NO KEY UPDATE) AS a;
  IF v_fits IS NOT TRUE OR EXISTS (SELECT FROM ledger_transfer WHERE key = p_key) THEN
    RETURN NULL;
  END IF;
  PERFORM set_config('yulin.booking', 'on', true);
  INSERT INTO ledger_transfer (key, link, kind, debit_id, credit_id, amount_fen, value_on, booked_at, reason,
    actor_user_id, actor_organisation_id, facts, transaction)
  VALUES (p_key, p_link, 'posted', p_debit, p_credit, p_amount, p_value_on, clock_timestamp(), p_reason,
    p_user, p_organisation, p_facts, pg_current_xact_id()::text::bigint)
  RETURNING id INTO v_id;
  UPDATE ledger_account SET posted_fen = posted_fen + CASE WHEN id = p_debit THEN -p_amount ELSE p_amount END
  WHERE id IN (p_debit, p_credit);
  PERFORM set_config('yulin.booking', 'off', true);
  RETURN v_id;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_database_law")]

    operations = [migrations.RunSQL(BOOK_ONE, "DROP FUNCTION ledger_book_one")]
