"""The bare model of a ledger, as a peer of `bench_ledger.py`: sets of transfers and balances, and nothing else.

    python bench/peer_bare.py URL COUNT SET

One row a transfer with a time-ordered UUID, both accounts and the amount; one function inserts a set and changes each
touched account once, in the order of the numbers. No keys, no holds, no check against overdraft, no reversals, no
closed periods, no row security, no index by account, no audit, no chain. Waits for a line on standard input, books
COUNT transfers in sets of SET, a commit each, prints the rate. `URL setup` makes the tables.
"""

from __future__ import annotations

import sys
import time

import psycopg

ACCOUNTS = 1_000
TABLES = """
DROP TABLE IF EXISTS bare_transfer, bare_account;
CREATE TABLE bare_account (id bigint PRIMARY KEY, balance bigint NOT NULL) WITH (fillfactor = 50);
CREATE TABLE bare_transfer (
  id uuid PRIMARY KEY, debit_id bigint NOT NULL, credit_id bigint NOT NULL, amount bigint NOT NULL CHECK (amount > 0),
  booked_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO bare_account SELECT n, 0 FROM generate_series(0, 999) AS n;
CREATE OR REPLACE FUNCTION bare_book(p_debits bigint[], p_credits bigint[], p_amounts bigint[]) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO bare_transfer (id, debit_id, credit_id, amount)
  SELECT uuidv7(), u.debit_id, u.credit_id, u.amount
  FROM (SELECT unnest(p_debits) AS debit_id, unnest(p_credits) AS credit_id, unnest(p_amounts) AS amount) AS u;
  UPDATE bare_account AS a SET balance = a.balance + c.amount
  FROM (
    SELECT l.id, sum(l.amount)::bigint AS amount FROM (
      SELECT unnest(p_debits) AS id, -unnest(p_amounts) AS amount
      UNION ALL SELECT unnest(p_credits), unnest(p_amounts)
    ) AS l GROUP BY l.id ORDER BY l.id
  ) AS c WHERE a.id = c.id;
$$;
"""


def main() -> None:
    """Make the tables, or book and print the rate."""
    url, *asked = sys.argv[1:]
    with psycopg.connect(url, autocommit=True) as connection:
        if asked == ["setup"]:
            connection.execute(TABLES)
            return
        count, size = map(int, asked)
        connection.execute("SET enable_hashjoin = off")
        connection.execute("SET enable_mergejoin = off")
        sets = [
            (
                [place * 7 % ACCOUNTS for place in range(first, first + size)],
                [(place * 7 + 1 + place % 998) % ACCOUNTS for place in range(first, first + size)],
            )
            for first in range(0, count, size)
        ]
        print("ready", flush=True)
        sys.stdin.readline()
        start = time.perf_counter()
        for debits, credited in sets:
            written = ["{" + ",".join(map(str, numbers)) + "}" for numbers in (debits, credited, [1] * size)]
            connection.execute("SELECT bare_book(%s::bigint[], %s::bigint[], %s::bigint[])", written)
        print(count / (time.perf_counter() - start))


if __name__ == "__main__":
    main()
