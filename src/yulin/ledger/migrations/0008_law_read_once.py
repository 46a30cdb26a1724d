"""The law of the ledger is read once a session: PostgreSQL reads the text of a check again for every statement.

The bounds of an account, the shape of a transfer and who may write stand in the policies of their tables: they belong
to the plan that a session keeps. A single transfer is booked without settings and without a savepoint of its own.
"""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("yulin.ledger.migrations.0005_short_way")

# Looked at row by row: a sub-select costs a single transfer more than it saves thousands. Accounts are few.
REACH = "current_setting('yulin.scope', true)"
BOOKING = "current_setting('yulin.booking', true) = 'on'"
ALL = f"{REACH} = 'all'"
SEEN = f"{ALL} OR {REACH} = 'organisation:' || owner_id OR {REACH} = 'district:' || district_code"
NOTHING_ON_IT = "posted_fen = 0 AND held_out_fen = 0 AND held_in_fen = 0"
BOUNDS = (
    "held_out_fen >= 0 AND held_in_fen >= 0 AND (may_overdraw OR posted_fen >= held_out_fen)"
    " AND (may_overfill OR posted_fen <= -held_in_fen)"
)
SHAPE = (
    "amount_fen > 0 AND debit_id <> credit_id AND (refers_to_id IS NULL) = (kind = 'posted' OR kind = 'hold')"
    " AND (expires_on IS NULL OR kind = 'hold')"
)
NO_POLICIES = (
    "DROP POLICY ledger_account_seen ON ledger_account",
    "DROP POLICY ledger_account_opened ON ledger_account",
    "DROP POLICY ledger_account_moved ON ledger_account",
    "DROP POLICY ledger_transfer_written ON ledger_transfer",
)
LAW = [
    "DROP TRIGGER ledger_only_booked ON ledger_account",
    "DROP TRIGGER ledger_only_booked ON ledger_transfer",
    *NO_POLICIES,
    f"CREATE POLICY ledger_account_seen ON ledger_account FOR SELECT USING ({SEEN})",
    f"CREATE POLICY ledger_account_opened ON ledger_account FOR INSERT WITH CHECK ({ALL} AND {NOTHING_ON_IT})",
    f"CREATE POLICY ledger_account_moved ON ledger_account FOR UPDATE USING ({ALL}) WITH CHECK ({BOOKING} AND {BOUNDS})",
    f"CREATE POLICY ledger_transfer_written ON ledger_transfer FOR INSERT WITH CHECK ({BOOKING} AND {SHAPE})",
]
DISTRICT = "(SELECT substring(current_setting('yulin.scope', true) FROM '^district:(.+)$'))"
LAW_BEFORE = [
    *NO_POLICIES,
    f"CREATE POLICY ledger_transfer_written ON ledger_transfer FOR INSERT WITH CHECK ({_BEFORE.ALL})",
    f"CREATE POLICY ledger_account_moved ON ledger_account FOR UPDATE USING ({_BEFORE.ALL})",
    f"CREATE POLICY ledger_account_opened ON ledger_account FOR INSERT WITH CHECK ({_BEFORE.ALL})",
    "CREATE POLICY ledger_account_seen ON ledger_account"
    f" FOR SELECT USING ({_BEFORE.OWN} OR district_code = {DISTRICT})",
    *(
        f"CREATE TRIGGER ledger_only_booked BEFORE {what} ON {table}"
        f" FOR EACH STATEMENT {_BEFORE.UNLAWFUL} EXECUTE FUNCTION ledger_only_booked()"
        for table, what in _BEFORE.GUARDED
        if table != "ledger_hold"
    ),
]

# Answers null, and leaves nothing behind, where something speaks against the transfer or its key is taken:
# `ledger_book` then books it, answers it from before, or says why not. One statement an account, the lower number
# first: what one statement does with both goes in whatever order the planner likes.
BOOK_ONE = """
CREATE FUNCTION ledger_book_one(
  p_key text, p_link text, p_debit bigint, p_credit bigint, p_amount bigint, p_value_on date, p_reason text,
  p_facts jsonb, p_user bigint, p_organisation bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_booking text := set_config('yulin.booking', 'on', true);
  v_id bigint := nextval('ledger_transfer_id_seq');
  v_lower int;
  v_higher int;
  v_written int;
BEGIN
  UPDATE ledger_account SET posted_fen = posted_fen + CASE WHEN id = p_debit THEN -p_amount ELSE p_amount END
  WHERE id = least(p_debit, p_credit) AND (closed_until IS NULL OR p_value_on >= closed_until)
    AND CASE WHEN id = p_debit THEN may_overdraw OR posted_fen - held_out_fen >= p_amount
             ELSE may_overfill OR posted_fen + held_in_fen <= -p_amount END;
  GET DIAGNOSTICS v_lower = ROW_COUNT;
  UPDATE ledger_account SET posted_fen = posted_fen + CASE WHEN id = p_debit THEN -p_amount ELSE p_amount END
  WHERE id = greatest(p_debit, p_credit) AND (closed_until IS NULL OR p_value_on >= closed_until)
    AND CASE WHEN id = p_debit THEN may_overdraw OR posted_fen - held_out_fen >= p_amount
             ELSE may_overfill OR posted_fen + held_in_fen <= -p_amount END;
  GET DIAGNOSTICS v_higher = ROW_COUNT;
  INSERT INTO ledger_transfer (id, key, link, kind, debit_id, credit_id, amount_fen, value_on, booked_at, reason,
    actor_user_id, actor_organisation_id, facts, transaction)
  SELECT v_id, p_key, p_link, 'posted', p_debit, p_credit, p_amount, p_value_on, clock_timestamp(), p_reason,
    p_user, p_organisation, p_facts, pg_current_xact_id()::text::bigint
  WHERE v_lower + v_higher = 2
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS v_written = ROW_COUNT;
  IF v_written = 0 THEN
    UPDATE ledger_account SET posted_fen = posted_fen - CASE WHEN id = p_debit THEN -p_amount ELSE p_amount END
    WHERE id = least(p_debit, p_credit) AND v_lower = 1 OR id = greatest(p_debit, p_credit) AND v_higher = 1;
    v_id := NULL;
  END IF;
  v_booking := set_config('yulin.booking', 'off', true);
  RETURN v_id;
END $$
"""
NO_BOOK_ONE = f"DROP FUNCTION ledger_book_one({_BEFORE.ONE_ARGUMENTS})"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_lines_as_one_text")]

    operations = [
        *(
            migrations.RemoveConstraint(model, name)
            for model, name in (
                ("account", "ledger_held"),
                ("account", "ledger_no_overdraft"),
                ("account", "ledger_no_overfill"),
                ("transfer", "ledger_transfer_shape"),
            )
        ),
        migrations.RunSQL(LAW, LAW_BEFORE),
        migrations.RunSQL([NO_BOOK_ONE, BOOK_ONE], [NO_BOOK_ONE, _BEFORE.BOOK_ONE]),
    ]
