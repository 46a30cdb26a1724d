"""The law of the ledger is read once a session: PostgreSQL reads the text of a check again for every statement.

Bounds of an account are a trigger, whose function a session keeps; the shape of a transfer stands in the policy of its
table, which belongs to the plan that a session keeps. A single transfer is booked without settings and without a
savepoint of its own: each account by its number, the lower one first, then the transfer.
"""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("yulin.ledger.migrations.0005_short_way")

TOTALS = "posted_fen, held_out_fen, held_in_fen"
# Only a change of totals needs the word of a booking function: an account is opened with none.
ACCOUNT_LAW = """
CREATE FUNCTION ledger_account_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('yulin.booking', true) IS DISTINCT FROM 'on'
    AND (TG_OP = 'UPDATE' OR NEW.posted_fen <> 0 OR NEW.held_out_fen <> 0 OR NEW.held_in_fen <> 0) THEN
    RAISE EXCEPTION '% is written by ledger_book alone: % was refused.', TG_TABLE_NAME, TG_OP
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.held_out_fen < 0 OR NEW.held_in_fen < 0 OR NOT (NEW.may_overdraw OR NEW.posted_fen >= NEW.held_out_fen)
    OR NOT (NEW.may_overfill OR NEW.posted_fen <= -NEW.held_in_fen) THEN
    RAISE EXCEPTION 'Account % has % fen with % held to go out and % to come in: % was refused.', NEW.code,
      NEW.posted_fen, NEW.held_out_fen, NEW.held_in_fen, TG_OP
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_account_law', TABLE = 'ledger_account';
  END IF;
  RETURN NEW;
END $$
"""
LAW = [
    "DROP TRIGGER ledger_only_booked ON ledger_account",
    ACCOUNT_LAW,
    f"CREATE TRIGGER ledger_account_law BEFORE INSERT OR UPDATE OF {TOTALS} ON ledger_account"
    " FOR EACH ROW EXECUTE FUNCTION ledger_account_law()",
]
NO_LAW = [
    "DROP TRIGGER ledger_account_law ON ledger_account",
    "DROP FUNCTION ledger_account_law",
    f"CREATE TRIGGER ledger_only_booked BEFORE UPDATE OF {TOTALS} ON ledger_account"
    f" FOR EACH STATEMENT {_BEFORE.UNLAWFUL} EXECUTE FUNCTION ledger_only_booked()",
]

# The setting is looked at row by row: a sub-select costs a single transfer more than many rows cost others.
REACH = "current_setting('yulin.scope', true)"
ALL = f"{REACH} = 'all'"
SHAPE = (
    "amount_fen > 0 AND debit_id <> credit_id AND (refers_to_id IS NULL) = (kind = 'posted' OR kind = 'hold')"
    " AND (expires_on IS NULL OR kind = 'hold')"
)
SEEN = f"{ALL} OR {REACH} = 'organisation:' || owner_id OR {REACH} = 'district:' || district_code"
SEEN_BEFORE = (
    f"{_BEFORE.OWN} OR district_code"
    " = (SELECT substring(current_setting('yulin.scope', true) FROM '^district:(.+)$'))"
)
POLICIES = (
    [
        f"ALTER POLICY ledger_account_seen ON ledger_account USING ({SEEN})",
        f"ALTER POLICY ledger_account_moved ON ledger_account USING ({ALL})",
        f"ALTER POLICY ledger_transfer_written ON ledger_transfer WITH CHECK ({ALL} AND {SHAPE})",
    ],
    [
        f"ALTER POLICY ledger_transfer_written ON ledger_transfer WITH CHECK ({_BEFORE.ALL})",
        f"ALTER POLICY ledger_account_moved ON ledger_account USING ({_BEFORE.ALL})",
        f"ALTER POLICY ledger_account_seen ON ledger_account USING ({SEEN_BEFORE})",
    ],
)

# Answers null, and leaves nothing behind, where something speaks against the transfer or its key is taken:
# `ledger_book` then books it, answers it from before, or says why not.
BOOK_ONE = """
CREATE FUNCTION ledger_book_one(
  p_key text, p_link text, p_debit bigint, p_credit bigint, p_amount bigint, p_value_on date, p_reason text,
  p_facts jsonb, p_user bigint, p_organisation bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  v_booking text := set_config('yulin.booking', 'on', true);
  v_lower bigint := least(p_debit, p_credit);
  v_higher bigint := greatest(p_debit, p_credit);
  v_moved bigint := CASE WHEN p_debit < p_credit THEN -p_amount ELSE p_amount END;
  v_id bigint;
BEGIN
  UPDATE ledger_account SET posted_fen = posted_fen + v_moved
  WHERE id = v_lower AND (closed_until IS NULL OR p_value_on >= closed_until)
    AND CASE WHEN v_moved < 0 THEN may_overdraw OR posted_fen - held_out_fen >= p_amount
             ELSE may_overfill OR posted_fen + held_in_fen <= -p_amount END;
  IF FOUND THEN
    UPDATE ledger_account SET posted_fen = posted_fen - v_moved
    WHERE id = v_higher AND (closed_until IS NULL OR p_value_on >= closed_until)
      AND CASE WHEN v_moved > 0 THEN may_overdraw OR posted_fen - held_out_fen >= p_amount
               ELSE may_overfill OR posted_fen + held_in_fen <= -p_amount END;
    IF FOUND THEN
      v_id := nextval('ledger_transfer_id_seq');
      INSERT INTO ledger_transfer (id, key, link, kind, debit_id, credit_id, amount_fen, value_on, booked_at, reason,
        actor_user_id, actor_organisation_id, facts, transaction)
      VALUES (v_id, p_key, p_link, 'posted', p_debit, p_credit, p_amount, p_value_on, clock_timestamp(), p_reason,
        p_user, p_organisation, p_facts, pg_current_xact_id()::text::bigint)
      ON CONFLICT DO NOTHING;
      IF NOT FOUND THEN
        v_id := NULL;
        UPDATE ledger_account SET posted_fen = posted_fen + v_moved WHERE id = v_higher;
      END IF;
    END IF;
    IF v_id IS NULL THEN
      UPDATE ledger_account SET posted_fen = posted_fen - v_moved WHERE id = v_lower;
    END IF;
  END IF;
  v_booking := set_config('yulin.booking', 'off', true);
  RETURN v_id;
END $$
"""
NO_BOOK_ONE = f"DROP FUNCTION ledger_book_one({_BEFORE.ONE_ARGUMENTS})"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_lines_as_one_text")]

    operations = [
        migrations.RunSQL(LAW, NO_LAW),
        *(
            migrations.RemoveConstraint(model, name)
            for model, name in (
                ("account", "ledger_held"),
                ("account", "ledger_no_overdraft"),
                ("account", "ledger_no_overfill"),
                ("transfer", "ledger_transfer_shape"),
            )
        ),
        *(
            migrations.RunSQL(_BEFORE._guard(table, what, ""), _BEFORE._guard(table, what, _BEFORE.UNLAWFUL))
            for table, what in _BEFORE.GUARDED[:2]
        ),
        migrations.RunSQL(*POLICIES),
        migrations.RunSQL([NO_BOOK_ONE, BOOK_ONE], [NO_BOOK_ONE, _BEFORE.BOOK_ONE]),
    ]
