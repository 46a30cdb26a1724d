"""What the database itself keeps: booking is one function; what was booked stands; each reader sees its own accounts."""

from django.db import migrations

from yulin.kit.row_security import policy_operations

TYPES = """
CREATE TYPE ledger_draft AS (
  grp int, ord int, key text, link text, kind text, debit_id bigint, credit_id bigint, amount bigint,
  moves smallint, holds smallint, refers_key text, refers_id bigint, value_on date, expires_on date,
  reason text, facts jsonb
);
CREATE TYPE ledger_change AS (account_id bigint, posted bigint, held_out bigint, held_in bigint);
"""

# A post or release takes accounts and amount from its hold, a reversal from its transfer, where they are not given.
RESOLVE = """
CREATE FUNCTION ledger_resolved(p_drafts ledger_draft[]) RETURNS ledger_draft[] LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT array_agg(ROW(
      d.grp, d.ord, d.key, d.link, d.kind,
      COALESCE(d.debit_id, CASE d.kind WHEN 'reversal' THEN r.credit_id ELSE r.debit_id END),
      COALESCE(d.credit_id, CASE d.kind WHEN 'reversal' THEN r.debit_id ELSE r.credit_id END),
      COALESCE(d.amount, CASE d.kind WHEN 'reversal' THEN r.amount_fen ELSE h.rest_fen END),
      d.moves, d.holds, d.refers_key, r.id, d.value_on, d.expires_on, d.reason, d.facts)::ledger_draft ORDER BY d.ord)
    FROM unnest(p_drafts) AS d
    LEFT JOIN ledger_transfer AS r ON r.key = d.refers_key
    LEFT JOIN ledger_hold AS h ON h.transfer_id = r.id);
END $$
"""

# The first reason, in the order of `yulin.ledger.core.book`, why one group cannot be booked; null where it can.
REFUSAL_OF_REFERENCE = """
CREATE FUNCTION ledger_reference_refusal(p_drafts ledger_draft[], p_today date) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    WITH d AS (
      SELECT x.*, r.kind AS about, r.expires_on AS last_day, r.debit_id AS about_debit, r.credit_id AS about_credit,
             r.amount_fen AS about_amount, h.rest_fen AS rest, x.kind = 'reversal' AS is_reversal,
             sum(x.amount) OVER same AS asked, count(*) OVER same AS companions
      FROM unnest(p_drafts) AS x
      LEFT JOIN ledger_transfer AS r ON r.id = x.refers_id
      LEFT JOIN ledger_hold AS h ON h.transfer_id = r.id
      WINDOW same AS (PARTITION BY x.refers_id)
    ), found AS (
      SELECT d.*, CASE
        WHEN refers_key IS NULL THEN NULL
        WHEN is_reversal AND (about IS NULL OR about NOT IN ('posted', 'post')) THEN '1LEDGER.REVERSAL.UNKNOWN'
        WHEN is_reversal AND EXISTS (
          SELECT FROM ledger_transfer AS f WHERE f.refers_to_id = d.refers_id AND f.kind = 'reversal'
        ) THEN '1LEDGER.REVERSAL.TWICE'
        WHEN NOT is_reversal AND (about IS NULL OR about <> 'hold') THEN '1LEDGER.HOLD.UNKNOWN'
        WHEN kind = 'expiry' AND (last_day IS NULL OR last_day >= p_today) THEN '1LEDGER.HOLD.NOT_EXPIRED'
        WHEN kind = 'post' AND last_day < p_today THEN '1LEDGER.HOLD.EXPIRED'
        WHEN NOT is_reversal AND rest = 0 THEN '1LEDGER.HOLD.CLOSED'
      END AS unresolved, CASE
        WHEN refers_key IS NULL THEN NULL
        WHEN is_reversal AND (debit_id, credit_id, amount) <> (about_credit, about_debit, about_amount)
          THEN '2LEDGER.HOLD.MISMATCH'
        WHEN NOT is_reversal AND (debit_id, credit_id) <> (about_debit, about_credit) THEN '2LEDGER.HOLD.MISMATCH'
        WHEN is_reversal AND companions > 1 THEN '3LEDGER.REVERSAL.TWICE'
        WHEN NOT is_reversal AND asked > rest THEN '3LEDGER.HOLD.TOO_SMALL'
      END AS unfitting
      FROM d
    ), reasons AS (
      SELECT found.*, COALESCE(unresolved, CASE
        WHEN NOT EXISTS (SELECT FROM ledger_account AS a WHERE a.id = found.debit_id)
          OR NOT EXISTS (SELECT FROM ledger_account AS a WHERE a.id = found.credit_id) THEN '1LEDGER.ACCOUNT.UNKNOWN'
      END, unfitting) AS refused
      FROM found
    )
    SELECT jsonb_build_object('code', substr(refused, 2), 'key', key, 'facts', CASE
        WHEN refused LIKE '%TOO_SMALL' THEN jsonb_build_object('rest_fen', rest, 'asked_fen', asked)
        WHEN refused LIKE '%EXPIRED' THEN jsonb_build_object('expires_on', last_day)
        ELSE '{}'::jsonb END)
    FROM reasons WHERE refused IS NOT NULL ORDER BY left(refused, 1), ord LIMIT 1);
END $$
"""

REFUSAL_OF_ACCOUNT = """
CREATE FUNCTION ledger_account_refusal(p_drafts ledger_draft[], p_changes ledger_change[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    WITH after AS (
      SELECT a.id, a.code, a.closed_until, a.posted_fen - a.held_out_fen AS available,
             -a.posted_fen - a.held_in_fen AS room,
             CASE WHEN a.may_overdraw THEN 0
                  ELSE a.held_out_fen + c.held_out - a.posted_fen - c.posted END AS missing,
             CASE WHEN a.may_overfill THEN 0
                  ELSE a.posted_fen + c.posted + a.held_in_fen + c.held_in END AS excess
      FROM unnest(p_changes) AS c JOIN ledger_account AS a ON a.id = c.account_id
    ), found AS (
      SELECT d.ord, d.key, d.value_on, after.*, CASE
        WHEN d.value_on < after.closed_until THEN '1LEDGER.PERIOD.CLOSED'
        WHEN after.missing > 0 THEN '2LEDGER.ACCOUNT.OVERDRAFT'
        WHEN after.excess > 0 THEN '3LEDGER.ACCOUNT.OVERFILL'
      END AS reason
      FROM unnest(p_drafts) AS d JOIN after ON after.id IN (d.debit_id, d.credit_id)
    )
    SELECT jsonb_build_object('code', substr(reason, 2), 'key', key, 'facts', CASE left(reason, 1)
        WHEN '1' THEN jsonb_build_object('value_on', value_on, 'closed_until', closed_until)
        WHEN '2' THEN jsonb_build_object('account', code, 'available_fen', available, 'missing_fen', missing)
        ELSE jsonb_build_object('account', code, 'room_fen', room, 'excess_fen', excess) END)
    FROM found WHERE reason IS NOT NULL ORDER BY left(reason, 1), ord LIMIT 1);
END $$
"""

# Books the drafts at once when that is right in whatever order one takes their groups: accounts are looked at as if
# nothing came in before everything went out. One group alone is looked at by its sum. Answers the numbers of the
# transfers; a null tells that the drafts have to be taken apart, a refusal why one group is not booked.
ATTEMPT = """
CREATE FUNCTION ledger_attempt(
  p_drafts ledger_draft[], p_has_references boolean, p_today date, p_user bigint, p_organisation bigint,
  OUT ids bigint[], OUT amounts bigint[], OUT is_new boolean, OUT refusal jsonb
) LANGUAGE plpgsql AS $$
DECLARE
  v_is_one_group boolean := p_drafts[1].grp = p_drafts[cardinality(p_drafts)].grp;
  v_drafts ledger_draft[] := p_drafts;
  v_changes ledger_change[];
  v_fits boolean;
  v_known int;
  v_same int;
  v_now timestamptz;
  v_transaction bigint;
BEGIN
  SELECT count(*), count(*) FILTER (WHERE
      t.kind = d.kind AND t.value_on = d.value_on AND t.reason = d.reason AND t.facts = d.facts
      AND t.link IS NOT DISTINCT FROM d.link AND t.expires_on IS NOT DISTINCT FROM d.expires_on
      AND r.key IS NOT DISTINCT FROM d.refers_key AND t.debit_id = COALESCE(d.debit_id, t.debit_id)
      AND t.credit_id = COALESCE(d.credit_id, t.credit_id) AND t.amount_fen = COALESCE(d.amount, t.amount_fen)),
    array_agg(t.id ORDER BY d.ord), array_agg(t.amount_fen ORDER BY d.ord), min(d.key)
  INTO v_known, v_same, ids, amounts
  FROM unnest(p_drafts) AS d
  JOIN ledger_transfer AS t ON t.key = d.key
  LEFT JOIN ledger_transfer AS r ON r.id = t.refers_to_id;
  IF v_known = cardinality(p_drafts) AND v_same = v_known THEN
    is_new := false;
    RETURN;
  END IF;
  ids := NULL;
  IF v_known > 0 THEN
    IF v_is_one_group THEN
      SELECT jsonb_build_object('code', 'LEDGER.KEY.CONFLICT', 'key', d.key, 'facts', '{}'::jsonb) INTO refusal
      FROM unnest(p_drafts) AS d JOIN ledger_transfer AS t ON t.key = d.key ORDER BY d.ord LIMIT 1;
    END IF;
    RETURN;
  END IF;

  IF p_has_references THEN
    v_drafts := ledger_resolved(p_drafts);
    refusal := ledger_reference_refusal(v_drafts, p_today);
  END IF;
  IF refusal IS NULL THEN
    SELECT array_agg(ROW(x.account_id, x.posted, x.held_out, x.held_in)::ledger_change),
      bool_and(a.id IS NOT NULL
        AND (a.may_overdraw OR CASE WHEN v_is_one_group THEN x.posted - x.held_out ELSE -x.gives END
             >= a.held_out_fen - a.posted_fen)
        AND (a.may_overfill OR CASE WHEN v_is_one_group THEN x.posted + x.held_in ELSE x.takes END
             <= -a.posted_fen - a.held_in_fen)
        AND (a.closed_until IS NULL OR x.first_value_on >= a.closed_until))
    INTO v_changes, v_fits
    FROM (
      SELECT leg.account_id, sum(leg.posted)::bigint AS posted, sum(leg.held_out)::bigint AS held_out,
             sum(leg.held_in)::bigint AS held_in, sum(leg.gives)::bigint AS gives, sum(leg.takes)::bigint AS takes,
             min(leg.value_on) AS first_value_on
      FROM (
        SELECT debit_id AS account_id, -moves * amount AS posted, holds * amount AS held_out, 0::bigint AS held_in,
               greatest(moves + holds, 0) * amount AS gives, 0::bigint AS takes, value_on
        FROM unnest(v_drafts)
        UNION ALL
        SELECT credit_id, moves * amount, 0, holds * amount, 0, greatest(moves + holds, 0) * amount, value_on
        FROM unnest(v_drafts)
      ) AS leg GROUP BY leg.account_id
    ) AS x LEFT JOIN ledger_account AS a ON a.id = x.account_id;
    IF v_fits THEN
      NULL;
    ELSIF v_is_one_group THEN
      refusal := COALESCE(ledger_reference_refusal(v_drafts, p_today), ledger_account_refusal(v_drafts, v_changes));
    ELSE
      RETURN;
    END IF;
  END IF;
  IF refusal IS NOT NULL THEN
    IF NOT v_is_one_group THEN
      refusal := NULL;
    END IF;
    RETURN;
  END IF;

  v_now := clock_timestamp();
  v_transaction := pg_current_xact_id()::text::bigint;
  WITH numbered AS (
    SELECT nextval('ledger_transfer_id_seq') AS id, d.* FROM unnest(v_drafts) AS d
  ), made AS (
    INSERT INTO ledger_transfer (id, key, link, kind, debit_id, credit_id, amount_fen, refers_to_id, value_on,
      booked_at, expires_on, reason, actor_user_id, actor_organisation_id, facts, transaction)
    SELECT id, key, link, kind, debit_id, credit_id, amount, refers_id, value_on,
      v_now, expires_on, reason, p_user, p_organisation, facts, v_transaction
    FROM numbered
  ), held AS (
    INSERT INTO ledger_hold (transfer_id, rest_fen, expires_on)
    SELECT id, amount, expires_on FROM numbered WHERE holds > 0
  )
  SELECT array_agg(id ORDER BY ord), array_agg(amount ORDER BY ord) INTO ids, amounts FROM numbered;
  IF p_has_references THEN
    UPDATE ledger_hold AS h SET rest_fen = h.rest_fen - s.amount
    FROM (SELECT refers_id, sum(amount) AS amount FROM unnest(v_drafts) WHERE holds < 0 GROUP BY refers_id) AS s
    WHERE h.transfer_id = s.refers_id;
  END IF;
  UPDATE ledger_account AS a SET posted_fen = a.posted_fen + c.posted, held_out_fen = a.held_out_fen + c.held_out,
    held_in_fen = a.held_in_fen + c.held_in
  FROM unnest(v_changes) AS c WHERE a.id = c.account_id;
  is_new := true;
END $$
"""

# The caller reads with reach `all`: accounts that a reader does not see cannot be booked on.
# An array with one element holds for every transfer, an empty one for none. Drafts come with the members of a group side
# by side. All accounts are locked first, in the order of their numbers, so that no two calls wait for each other.
BOOK = """
CREATE FUNCTION ledger_book(
  p_keys text[], p_groups int[], p_links text[], p_kinds text[], p_debits bigint[], p_credits bigint[],
  p_amounts bigint[], p_refers text[], p_values date[], p_expires date[], p_reasons text[], p_facts jsonb[],
  p_today date, p_user bigint, p_organisation bigint, p_goes_on boolean,
  OUT ids bigint[], OUT amounts bigint[], OUT news boolean[], OUT refusals jsonb
) LANGUAGE plpgsql AS $$
DECLARE
  v_drafts ledger_draft[];
  v_accounts bigint[];
  v_has_references boolean := cardinality(p_refers) > 0;
  v_firsts int[] := ARRAY[1];
  v_lasts int[];
  v_first int;
  v_last int;
  v_middle int;
  v_answer record;
BEGIN
  PERFORM set_config('yulin.booking', 'on', true);
  refusals := '[]'::jsonb;
  SELECT array_agg(ROW(
      CASE WHEN cardinality(p_groups) = 0 THEN u.ord ELSE u.grp END, u.ord, u.key, u.link,
      k.kind, u.debit_id, u.credit_id, u.amount,
      CASE WHEN k.kind IN ('hold', 'void', 'expiry') THEN 0 ELSE 1 END,
      CASE k.kind WHEN 'hold' THEN 1 WHEN 'posted' THEN 0 WHEN 'reversal' THEN 0 ELSE -1 END,
      u.refers, NULL, CASE WHEN cardinality(p_values) = 1 THEN p_values[1] ELSE u.value_on END, u.expires_on,
      CASE WHEN cardinality(p_reasons) = 1 THEN p_reasons[1] ELSE COALESCE(u.reason, '') END,
      CASE WHEN cardinality(p_facts) = 1 THEN p_facts[1] ELSE COALESCE(u.facts, '{}') END)::ledger_draft ORDER BY u.ord)
  INTO v_drafts
  FROM unnest(p_keys, p_groups, p_links, p_kinds, p_debits, p_credits, p_amounts, p_refers, p_values, p_expires,
              p_reasons, p_facts) WITH ORDINALITY
    AS u(key, grp, link, kind, debit_id, credit_id, amount, refers, value_on, expires_on, reason, facts, ord),
  LATERAL (SELECT CASE WHEN cardinality(p_kinds) = 1 THEN p_kinds[1] ELSE u.kind END) AS k(kind);
  v_lasts := ARRAY[cardinality(v_drafts)];

  v_accounts := p_debits || p_credits;
  IF v_has_references THEN
    v_accounts := v_accounts || ARRAY(
      SELECT unnest(ARRAY[r.debit_id, r.credit_id]) FROM ledger_transfer AS r WHERE r.key = ANY(p_refers));
  END IF;
  PERFORM FROM ledger_account WHERE id = ANY(v_accounts) ORDER BY id FOR NO KEY UPDATE;

  WHILE cardinality(v_firsts) > 0 LOOP
    v_first := v_firsts[cardinality(v_firsts)];
    v_last := v_lasts[cardinality(v_lasts)];
    v_firsts := trim_array(v_firsts, 1);
    v_lasts := trim_array(v_lasts, 1);
    SELECT * INTO v_answer FROM ledger_attempt(
      CASE WHEN v_first = 1 AND v_last = cardinality(v_drafts) THEN v_drafts ELSE v_drafts[v_first:v_last] END,
      v_has_references, p_today, p_user, p_organisation);
    IF v_answer.ids IS NOT NULL THEN
      ids := ids || v_answer.ids;
      amounts := amounts || v_answer.amounts;
      news := news || array_fill(v_answer.is_new, ARRAY[v_last - v_first + 1]);
    ELSIF v_answer.refusal IS NOT NULL THEN
      refusals := refusals || jsonb_build_array(
        v_answer.refusal || jsonb_build_object('first', v_first, 'last', v_last));
      ids := ids || array_fill(NULL::bigint, ARRAY[v_last - v_first + 1]);
      amounts := amounts || array_fill(0::bigint, ARRAY[v_last - v_first + 1]);
      news := news || array_fill(false, ARRAY[v_last - v_first + 1]);
      EXIT WHEN NOT p_goes_on;
    ELSE
      v_middle := (v_first + v_last) / 2;
      WHILE v_middle >= v_first AND v_drafts[v_middle].grp = v_drafts[v_middle + 1].grp LOOP
        v_middle := v_middle - 1;
      END LOOP;
      IF v_middle < v_first THEN
        v_middle := (v_first + v_last) / 2;
        WHILE v_drafts[v_middle].grp = v_drafts[v_middle + 1].grp LOOP
          v_middle := v_middle + 1;
        END LOOP;
      END IF;
      v_firsts := v_firsts || ARRAY[v_middle + 1, v_first];
      v_lasts := v_lasts || ARRAY[v_last, v_middle];
    END IF;
  END LOOP;
  PERFORM set_config('yulin.booking', 'off', true);
END $$
"""

STANDS = """
CREATE FUNCTION ledger_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'What the ledger keeps stands: % on % was refused.', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation', HINT = 'A correction is a new transfer.';
END $$
"""

BOOKED = """
CREATE FUNCTION ledger_only_booked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('yulin.booking', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION '% is written by ledger_book alone: % was refused.', TG_TABLE_NAME, TG_OP
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$
"""

FUNCTIONS = (
    (TYPES, "DROP TYPE ledger_change; DROP TYPE ledger_draft"),
    (RESOLVE, "DROP FUNCTION ledger_resolved"),
    (REFUSAL_OF_REFERENCE, "DROP FUNCTION ledger_reference_refusal"),
    (REFUSAL_OF_ACCOUNT, "DROP FUNCTION ledger_account_refusal"),
    (ATTEMPT, "DROP FUNCTION ledger_attempt"),
    (BOOK, "DROP FUNCTION ledger_book"),
    (STANDS, "DROP FUNCTION ledger_stands"),
    (BOOKED, "DROP FUNCTION ledger_only_booked"),
)

NEVER_CHANGED = ("ledger_transfer", "ledger_seal", "ledger_periodclose")
KEPT_COLUMNS = "id, code, kind, owner_id, scheme_id, layer, district_code, may_overdraw, may_overfill, opened_at"
TRIGGERS = (
    *(
        (table, "ledger_stands", "BEFORE UPDATE OR DELETE", "STATEMENT", "ledger_stands")
        for table in NEVER_CHANGED
    ),
    ("ledger_hold", "ledger_stands", "BEFORE DELETE", "STATEMENT", "ledger_stands"),
    ("ledger_account", "ledger_stands", f"BEFORE UPDATE OF {KEPT_COLUMNS} OR DELETE", "STATEMENT", "ledger_stands"),
    ("ledger_transfer", "ledger_only_booked", "BEFORE INSERT", "STATEMENT", "ledger_only_booked"),
    ("ledger_hold", "ledger_only_booked", "BEFORE INSERT OR UPDATE", "STATEMENT", "ledger_only_booked"),
    (
        "ledger_account",
        "ledger_only_booked",
        "BEFORE UPDATE OF posted_fen, held_out_fen, held_in_fen",
        "STATEMENT",
        "ledger_only_booked",
    ),
)

# Totals change in place, where the page has room for the next version of the row.
ROOM = ("ALTER TABLE ledger_account SET (fillfactor = 50)", "ALTER TABLE ledger_account RESET (fillfactor)")

ALL = "(SELECT current_setting('yulin.scope', true)) = 'all'"
TRANSFERS_SEEN = [
    "ALTER TABLE ledger_transfer ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE ledger_transfer FORCE ROW LEVEL SECURITY",
    # The accounts that the reader sees are those that their own policy leaves.
    f"CREATE POLICY ledger_transfer_seen ON ledger_transfer FOR SELECT USING ({ALL}"
    " OR debit_id IN (SELECT id FROM ledger_account) OR credit_id IN (SELECT id FROM ledger_account))",
    f"CREATE POLICY ledger_transfer_written ON ledger_transfer FOR INSERT WITH CHECK ({ALL})",
]
TRANSFERS_UNSEEN = [
    "DROP POLICY ledger_transfer_written ON ledger_transfer",
    "DROP POLICY ledger_transfer_seen ON ledger_transfer",
    "ALTER TABLE ledger_transfer NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE ledger_transfer DISABLE ROW LEVEL SECURITY",
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_accounts_and_transfers")]

    operations = [
        *(migrations.RunSQL(made, unmade) for made, unmade in FUNCTIONS),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()",
                f"DROP TRIGGER {name} ON {table}",
            )
            for table, name, when, each, function in TRIGGERS
        ),
        migrations.RunSQL(*ROOM),
        *policy_operations("ledger_account", owner_columns=["owner_id"], district_column="district_code"),
        migrations.RunSQL(TRANSFERS_SEEN, TRANSFERS_UNSEEN),
    ]
