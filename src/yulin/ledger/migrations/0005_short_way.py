"""Booking costs less: the law is written shorter, and what nothing speaks against is booked in one go.

PostgreSQL reads the text of every check again for every statement, and makes ready each policy that a statement names.
So the kinds are domains (looked at where a value comes in, not at each change of a total), the shape of a transfer is
one check, only reach `all` writes accounts, and a trigger's function is called where it has something to say.
"""

from importlib import import_module

from django.db import migrations, models
from django.db.models import F, Q

_BEFORE = import_module("yulin.ledger.migrations.0003_one_transfer")
ACCOUNT_KINDS = (
    "funding",
    "budget",
    "capacity",
    "commitment",
    "compensation_paid",
    "written_off",
    "recovery_receivable",
    "recovery_received",
    "bank",
    "guarantor",
    "insurer",
    "clearing",
)
TRANSFER_KINDS = ("posted", "hold", "post", "void", "expiry", "reversal")
KEPT_COLUMNS = "id, code, kind, owner_id, scheme_id, layer, district_code, may_overdraw, may_overfill, opened_at"


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


DOMAINS = (
    (
        f"CREATE DOMAIN ledger_transfer_kind AS varchar(8)"
        f" CONSTRAINT ledger_transfer_kind CHECK (VALUE IN ({_listed(TRANSFER_KINDS)}))",
        "DROP DOMAIN ledger_transfer_kind",
    ),
    (
        f"CREATE DOMAIN ledger_account_kind AS varchar(24)"
        f" CONSTRAINT ledger_kind CHECK (VALUE IN ({_listed(ACCOUNT_KINDS)}))",
        "DROP DOMAIN ledger_account_kind",
    ),
    (
        "CREATE DOMAIN ledger_account_code AS varchar(120) CONSTRAINT ledger_account_code CHECK (VALUE <> '')",
        "DROP DOMAIN ledger_account_code",
    ),
)

# An index with a condition on a column, and a trigger on its changes, stand in the way of its new type.
NO_REVERSED_ONCE = "DROP INDEX ledger_reversed_once"
REVERSED_ONCE = "CREATE UNIQUE INDEX ledger_reversed_once ON ledger_transfer (refers_to_id) WHERE kind = 'reversal'"
NO_STANDS = "DROP TRIGGER ledger_stands ON ledger_account"
STANDS = (
    f"CREATE TRIGGER ledger_stands BEFORE UPDATE OF {KEPT_COLUMNS} OR DELETE ON ledger_account"
    " FOR EACH STATEMENT EXECUTE FUNCTION ledger_stands()"
)
COLUMNS = (
    (
        [NO_REVERSED_ONCE, "ALTER TABLE ledger_transfer ALTER kind TYPE ledger_transfer_kind", REVERSED_ONCE],
        [NO_REVERSED_ONCE, "ALTER TABLE ledger_transfer ALTER kind TYPE varchar(8)", REVERSED_ONCE],
    ),
    (
        [
            NO_STANDS,
            "ALTER TABLE ledger_account ALTER kind TYPE ledger_account_kind, ALTER code TYPE ledger_account_code",
            STANDS,
        ],
        [
            NO_STANDS,
            "ALTER TABLE ledger_account ALTER kind TYPE varchar(24), ALTER code TYPE varchar(120)",
            STANDS,
        ],
    ),
)

# The same in the words of the model, which make a text twice as long.
SHAPE = (
    "ALTER TABLE ledger_transfer ADD CONSTRAINT ledger_transfer_shape CHECK (amount_fen > 0 AND debit_id <> credit_id"
    " AND (refers_to_id IS NULL) = (kind = 'posted' OR kind = 'hold') AND (expires_on IS NULL OR kind = 'hold'))"
)
NO_SHAPE = "ALTER TABLE ledger_transfer DROP CONSTRAINT ledger_transfer_shape"
SHAPE_STATED = migrations.AddConstraint(
    "transfer",
    models.CheckConstraint(
        condition=Q(amount_fen__gt=0)
        & ~Q(debit=F("credit"))
        & (Q(kind__in=["posted", "hold"], refers_to__isnull=True) | Q(~Q(kind__in=["posted", "hold"]), refers_to__isnull=False))
        & (Q(expires_on__isnull=True) | Q(kind="hold")),
        name="ledger_transfer_shape",
    ),
)

GUARDED = (
    ("ledger_transfer", "INSERT"),
    ("ledger_hold", "INSERT OR UPDATE"),
    ("ledger_account", "UPDATE OF posted_fen, held_out_fen, held_in_fen"),
)
UNLAWFUL = "WHEN (current_setting('yulin.booking', true) IS DISTINCT FROM 'on')"


def _guard(table: str, what: str, when: str) -> list[str]:
    return [
        f"DROP TRIGGER ledger_only_booked ON {table}",
        f"CREATE TRIGGER ledger_only_booked BEFORE {what} ON {table}"
        f" FOR EACH STATEMENT {when} EXECUTE FUNCTION ledger_only_booked()",
    ]


ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
OWN = f"{ALL} OR owner_id = (SELECT substring(current_setting('yulin.scope', true) FROM '^organisation:([0-9]+)$')::bigint)"
WRITTEN = (
    [
        "DROP POLICY ledger_account_written ON ledger_account",
        f"CREATE POLICY ledger_account_opened ON ledger_account FOR INSERT WITH CHECK ({ALL})",
        f"CREATE POLICY ledger_account_moved ON ledger_account FOR UPDATE USING ({ALL})",
    ],
    [
        "DROP POLICY ledger_account_moved ON ledger_account",
        "DROP POLICY ledger_account_opened ON ledger_account",
        f"CREATE POLICY ledger_account_written ON ledger_account FOR ALL USING ({OWN}) WITH CHECK ({OWN})",
    ],
)

# What is left of a hold changes in place, where the page has room for the next version of the row.
ROOM = ("ALTER TABLE ledger_hold SET (fillfactor = 50)", "ALTER TABLE ledger_hold RESET (fillfactor)")

# Both functions answer null, and leave nothing behind, where something speaks against the transfers or a key is taken:
# `ledger_book` then books them, answers them from before, or says why not. Both lock accounts in the order of their
# numbers: an index is read in order, so the settings keep the planner at the index however few accounts there are.
BOOK_ONE = """
CREATE OR REPLACE FUNCTION ledger_book_one(
  p_key text, p_link text, p_debit bigint, p_credit bigint, p_amount bigint, p_value_on date, p_reason text,
  p_facts jsonb, p_user bigint, p_organisation bigint
) RETURNS bigint LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_id bigint := nextval('ledger_transfer_id_seq');
  v_count int;
BEGIN
  PERFORM set_config('yulin.booking', 'on', true);
  INSERT INTO ledger_transfer (id, key, link, kind, debit_id, credit_id, amount_fen, value_on, booked_at, reason,
    actor_user_id, actor_organisation_id, facts, transaction)
  VALUES (v_id, p_key, p_link, 'posted', p_debit, p_credit, p_amount, p_value_on, clock_timestamp(), p_reason,
    p_user, p_organisation, p_facts, pg_current_xact_id()::text::bigint);
  UPDATE ledger_account SET posted_fen = posted_fen + CASE WHEN id = p_debit THEN -p_amount ELSE p_amount END
  WHERE id IN (p_debit, p_credit) AND (closed_until IS NULL OR p_value_on >= closed_until)
    AND CASE WHEN id = p_debit THEN may_overdraw OR posted_fen - held_out_fen >= p_amount
             ELSE may_overfill OR posted_fen + held_in_fen <= -p_amount END;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count < 2 THEN
    RAISE SQLSTATE 'YL001';
  END IF;
  PERFORM set_config('yulin.booking', 'off', true);
  RETURN v_id;
EXCEPTION WHEN unique_violation OR SQLSTATE 'YL001' THEN
  RETURN NULL;
END $$
"""

# Arrays as those of `ledger_book`. Accounts are looked at as if nothing came in before everything went out: that is
# right in whatever order one takes the groups. A hold's accounts never change, and what is left of it changes only
# while both are locked: it is read before, and looked at again after.
BOOK_ALL = """
CREATE FUNCTION ledger_book_all(
  p_keys text[], p_links text[], p_kinds text[], p_debits bigint[], p_credits bigint[], p_amounts bigint[],
  p_refers text[], p_values date[], p_expires date[], p_reasons text[], p_facts jsonb[],
  p_today date, p_user bigint, p_organisation bigint, OUT ids bigint[], OUT amounts bigint[]
) LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  v_has_references boolean := cardinality(p_refers) > 0;
  v_debits bigint[] := p_debits;
  v_credits bigint[] := p_credits;
  v_amounts bigint[] := p_amounts;
  v_refers bigint[] := '{}';
  v_accounts bigint[];
  v_posted bigint[];
  v_out bigint[];
  v_in bigint[];
  v_fits boolean;
  v_count int;
  v_ids bigint[];
  v_now timestamptz;
  v_transaction bigint;
BEGIN
  IF v_has_references THEN
    SELECT array_agg(COALESCE(u.debit_id, r.debit_id) ORDER BY u.ord),
           array_agg(COALESCE(u.credit_id, r.credit_id) ORDER BY u.ord),
           array_agg(COALESCE(u.amount, h.rest_fen) ORDER BY u.ord), array_agg(r.id ORDER BY u.ord),
           bool_and(u.refers IS NULL OR COALESCE(
             r.kind = 'hold' AND COALESCE(u.debit_id, r.debit_id) = r.debit_id
             AND COALESCE(u.credit_id, r.credit_id) = r.credit_id
             AND CASE COALESCE(u.kind, p_kinds[1]) WHEN 'post' THEN r.expires_on IS NULL OR r.expires_on >= p_today
                                                   WHEN 'expiry' THEN r.expires_on < p_today
                                                   ELSE COALESCE(u.kind, p_kinds[1]) = 'void' END, false))
    INTO v_debits, v_credits, v_amounts, v_refers, v_fits
    FROM unnest(p_refers, p_debits, p_credits, p_amounts, p_kinds) WITH ORDINALITY
      AS u(refers, debit_id, credit_id, amount, kind, ord)
    LEFT JOIN ledger_transfer AS r ON r.key = u.refers LEFT JOIN ledger_hold AS h ON h.transfer_id = r.id;
    IF v_fits IS NOT TRUE THEN
      RETURN;
    END IF;
  END IF;
  IF 'reversal' = ANY(p_kinds) THEN
    RETURN;
  END IF;
  PERFORM FROM ledger_account WHERE id = ANY(v_debits || v_credits) ORDER BY id FOR NO KEY UPDATE;

  SELECT array_agg(x.account_id), array_agg(x.posted), array_agg(x.held_out), array_agg(x.held_in),
    bool_and(a.id IS NOT NULL AND (a.may_overdraw OR a.posted_fen - a.held_out_fen >= x.gives)
      AND (a.may_overfill OR -a.posted_fen - a.held_in_fen >= x.takes)
      AND (a.closed_until IS NULL OR x.first_value_on >= a.closed_until))
  INTO v_accounts, v_posted, v_out, v_in, v_fits
  FROM (
    SELECT leg.account_id, sum(leg.posted)::bigint AS posted, sum(leg.held_out)::bigint AS held_out,
           sum(leg.held_in)::bigint AS held_in, sum(leg.gives)::bigint AS gives, sum(leg.takes)::bigint AS takes,
           min(leg.value_on) AS first_value_on
    FROM (
      SELECT u.debit_id AS account_id, CASE WHEN u.kind IN ('posted', 'post') THEN -u.amount ELSE 0 END AS posted,
             CASE u.kind WHEN 'posted' THEN 0 WHEN 'hold' THEN u.amount ELSE -u.amount END AS held_out, 0 AS held_in,
             CASE WHEN u.kind IN ('posted', 'hold') THEN u.amount ELSE 0 END AS gives, 0 AS takes, u.value_on
      FROM (SELECT w.debit_id, w.amount, COALESCE(w.kind, p_kinds[1]) AS kind, COALESCE(w.value_on, p_values[1])
            FROM unnest(v_debits, v_amounts, p_kinds, p_values) AS w(debit_id, amount, kind, value_on)
           ) AS u(debit_id, amount, kind, value_on)
      UNION ALL
      SELECT u.credit_id, CASE WHEN u.kind IN ('posted', 'post') THEN u.amount ELSE 0 END, 0,
             CASE u.kind WHEN 'posted' THEN 0 WHEN 'hold' THEN u.amount ELSE -u.amount END, 0,
             CASE WHEN u.kind IN ('posted', 'hold') THEN u.amount ELSE 0 END, u.value_on
      FROM (SELECT w.credit_id, w.amount, COALESCE(w.kind, p_kinds[1]), COALESCE(w.value_on, p_values[1])
            FROM unnest(v_credits, v_amounts, p_kinds, p_values) AS w(credit_id, amount, kind, value_on)
           ) AS u(credit_id, amount, kind, value_on)
    ) AS leg GROUP BY leg.account_id
  ) AS x LEFT JOIN ledger_account AS a ON a.id = x.account_id;
  IF v_fits IS NOT TRUE THEN
    RETURN;
  END IF;

  PERFORM set_config('yulin.booking', 'on', true);
  IF v_has_references THEN
    UPDATE ledger_hold AS h SET rest_fen = h.rest_fen - t.amount
    FROM (
      SELECT u.refers_id, sum(u.amount)::bigint AS amount, bool_or(u.asked IS NULL) AS takes_all
      FROM unnest(v_refers, v_amounts, p_amounts) AS u(refers_id, amount, asked)
      WHERE u.refers_id IS NOT NULL GROUP BY u.refers_id
    ) AS t
    WHERE h.transfer_id = t.refers_id AND h.rest_fen > 0
      AND CASE WHEN t.takes_all THEN h.rest_fen = t.amount ELSE h.rest_fen >= t.amount END;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    IF v_count < (SELECT count(DISTINCT u.refers_id) FROM unnest(v_refers) AS u(refers_id)) THEN
      RAISE SQLSTATE 'YL001';
    END IF;
  END IF;
  v_ids := ARRAY(SELECT nextval('ledger_transfer_id_seq') FROM generate_series(1, cardinality(p_keys)));
  v_now := clock_timestamp();
  v_transaction := pg_current_xact_id()::text::bigint;
  INSERT INTO ledger_transfer (id, key, link, kind, debit_id, credit_id, amount_fen, refers_to_id, value_on,
    booked_at, expires_on, reason, actor_user_id, actor_organisation_id, facts, transaction)
  SELECT u.id, u.key, u.link, COALESCE(u.kind, p_kinds[1]), u.debit_id, u.credit_id, u.amount, u.refers_id,
    COALESCE(u.value_on, p_values[1]), v_now, u.expires_on, COALESCE(u.reason, p_reasons[1], ''), p_user,
    p_organisation, COALESCE(u.facts, p_facts[1], '{}'), v_transaction
  FROM unnest(v_ids, p_keys, p_links, p_kinds, v_debits, v_credits, v_amounts, v_refers, p_values, p_expires,
              p_reasons, p_facts)
    AS u(id, key, link, kind, debit_id, credit_id, amount, refers_id, value_on, expires_on, reason, facts);
  IF 'hold' = ANY(p_kinds) THEN
    INSERT INTO ledger_hold (transfer_id, rest_fen, expires_on)
    SELECT u.id, u.amount, u.expires_on
    FROM unnest(v_ids, v_amounts, p_kinds, p_expires) AS u(id, amount, kind, expires_on)
    WHERE COALESCE(u.kind, p_kinds[1]) = 'hold';
  END IF;
  UPDATE ledger_account AS a SET posted_fen = a.posted_fen + c.posted, held_out_fen = a.held_out_fen + c.held_out,
    held_in_fen = a.held_in_fen + c.held_in
  FROM unnest(v_accounts, v_posted, v_out, v_in) AS c(account_id, posted, held_out, held_in)
  WHERE a.id = c.account_id;
  PERFORM set_config('yulin.booking', 'off', true);
  ids := v_ids;
  amounts := v_amounts;
EXCEPTION WHEN unique_violation OR SQLSTATE 'YL001' THEN
  RETURN;
END $$
"""
ONE_ARGUMENTS = "text, text, bigint, bigint, bigint, date, text, jsonb, bigint, bigint"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_written_off")]

    operations = [
        *(migrations.RunSQL(made, unmade) for made, unmade in DOMAINS),
        *(
            migrations.RemoveConstraint("transfer", name)
            for name in (
                "ledger_transfer_amount",
                "ledger_transfer_two_accounts",
                "ledger_transfer_kind",
                "ledger_transfer_refers_by_kind",
                "ledger_only_holds_expire",
            )
        ),
        *(migrations.RemoveConstraint("account", name) for name in ("ledger_account_code", "ledger_kind")),
        *(migrations.RunSQL(made, unmade) for made, unmade in COLUMNS),
        migrations.SeparateDatabaseAndState([migrations.RunSQL(SHAPE, NO_SHAPE)], [SHAPE_STATED]),
        *(
            migrations.RunSQL(_guard(table, what, UNLAWFUL), _guard(table, what, "")) for table, what in GUARDED
        ),
        migrations.RunSQL(*WRITTEN),
        migrations.RunSQL(*ROOM),
        migrations.RunSQL(BOOK_ONE, [f"DROP FUNCTION ledger_book_one({ONE_ARGUMENTS})", _BEFORE.BOOK_ONE]),
        migrations.RunSQL(BOOK_ALL, "DROP FUNCTION ledger_book_all"),
    ]
