"""The SQL of rules, run on DuckDB: on every boundary of every pack the same answers as for one firm."""

import random

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.rules.firms import boundary_firms, random_known, table_of
from tests.core.rules.test_population import day_in_force, one_by_one

from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids
from yulin.rules.core.columns import Plan
from yulin.rules.core.population import answers_of, reading_of
from yulin.rules.core.sql_tree import SQL, asked, doubles, rendered, statement


class Arrow:
    """A frame by its Arrow stream alone: what DuckDB reads without pyarrow."""

    def __init__(self, frame):
        self.frame = frame

    def __arrow_c_stream__(self, requested_schema=None):
        return self.frame.__arrow_c_stream__(requested_schema)


def rows_of(connection, tree):
    return connection.execute(rendered(tree, "duckdb"))


def assessed(connection, pack, frame, on):
    """Return the answers of the SQL, as `assess_population` gives them."""
    connection.register("firms", Arrow(frame))
    reading = reading_of([pack], frame.schema, on, SQL)
    found = {}
    if reading.asked:
        answered = rows_of(connection, asked(reading.asked))
        (row,) = answered.fetchall()
        found = dict(zip([column[0] for column in answered.description], row, strict=True))
    plan = Plan(SQL)
    answers = answers_of([pack], reading.sources_after(found), plan, on)
    return [row[1:] for row in sorted(rows_of(connection, statement(plan, answers, before=("firm_id",))).fetchall())]


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as found:
        yield found


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 2**32), share_unknown=st.sampled_from([0.3, 0]))
def test_sql_equals_assess_on_every_boundary(connection, pack_id, seed, share_unknown):
    rng = random.Random(seed)
    pack = shipped_pack(pack_id)
    pack = pack.deciding(rng.choice(sorted(pack.applies_to)))
    on = day_in_force(pack)
    firms = boundary_firms(pack, random_known(pack, rng, share_unknown), on)
    found = assessed(connection, pack, table_of(pack, firms, on), on)
    for firm, expected, actual in zip(firms, one_by_one(pack, firms, on), found, strict=True):
        assert actual == expected, firm


def test_doubles_and_rows_without_an_id_are_found(connection):
    for ids, wrong in (([1, 2, 3], []), ([1, 2, 1], [(1, 2)]), ([1, None], [(None, 1)])):
        connection.register("firms", Arrow(pl.DataFrame({"firm_id": ids})))
        assert rows_of(connection, doubles()).fetchall() == wrong


def test_a_product_beyond_64_bits_is_exact(connection):
    big = 2**62
    for dialect, word in (("duckdb", "INT128"), ("spark", "DECIMAL(38, 0)")):
        wide = SQL.wide(SQL.literal(big)) * SQL.wide(4) == SQL.wide(big) * SQL.wide(4)
        assert word in rendered(wide.tree, dialect)
    product = SQL.wide(SQL.literal(big)) * SQL.wide(SQL.literal(4))
    assert connection.execute(f"select {rendered(product.tree, 'duckdb')}").fetchone() == (2**64,)
