"""The demo's world: every planted error is found where it was planted, and nowhere else."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, date, datetime
from functools import cache

import polars as pl
import pytest

from yulin.atlas.core.assets import assets
from yulin.atlas.core.operations import operations
from yulin.atlas.core.panels import Panel
from yulin.atlas.core.particulars import counting, particular_name
from yulin.atlas.core.statements import Said
from yulin.atlas.enums import ParticularKind
from yulin.demo.book import demo_book
from yulin.demo.portraits import portrait_statements
from yulin.demo.world import MOST_FIRMS, Planted, world

pytestmark = pytest.mark.slow
DAY, THEN = date(2022, 1, 19), datetime(2022, 1, 19, tzinfo=UTC)


@cache
def panels() -> tuple[Planted, list[dict[str, Panel]], list[int]]:
    """Return what was planted, the panels of trade and assets of each firm by its place, and its revenue."""
    book = demo_book()
    made = world(book.firms, portrait_statements(book.firms), book.loans, book.banks)
    said: dict[int, list[Said]] = defaultdict(list)
    for firm, kind, key, value, source, since, until, priority, _ in made.rows.iter_rows():
        name = particular_name(ParticularKind(kind), key)
        said[firm].append(Said(name, json.loads(value), source, since, until, THEN, priority))
    some = book.firms.tail(MOST_FIRMS)
    found = []
    for firm in some["firm"]:
        kinds = counting(said[firm], DAY, THEN)
        trade, owned = operations(kinds[ParticularKind.INVOICE], DAY), assets(kinds, [], DAY, has_invoices=True)
        assert trade is not None
        assert owned is not None
        found.append({"trade": trade, "assets": owned})
    return made.planted, found, some["revenue_fen"].to_list()


def places(alarm: str) -> list[int]:
    return [place for place, one in enumerate(panels()[1]) if alarm in [each.id for each in one["assets"].alarms]]


def set_aside(reason: str) -> list[int]:
    def says(panel: Panel) -> bool:
        rows = [row for table in panel.tables if table.id == "aside" for row in table.rows]
        return any(row.cells[-1].en.startswith(reason) for row in rows)

    return [place for place, one in enumerate(panels()[1]) if says(one["trade"])]


def test_every_planted_alarm_is_raised_and_no_other() -> None:
    planted = panels()[0]
    assert len(planted.pledged_twice) == len(planted.pledged_and_sold) == len(planted.taken_back) == 6
    assert places("double_pledge") == planted.pledged_twice
    assert places("pledged_and_sold") == planted.pledged_and_sold
    assert places("receivable_unsound") == planted.taken_back


def test_every_planted_invoice_is_set_aside_for_its_reason_and_no_other() -> None:
    planted = panels()[0]
    assert set_aside("the same sale stands there under a digital number") == planted.two_numbers
    assert set_aside("the invoice is void") == planted.void
    assert set_aside("net and tax do not sum") == planted.sum_wrong


def test_the_sales_of_a_firms_invoices_are_its_revenue_to_the_fen() -> None:
    _, found, revenue = panels()
    assert [one["trade"].figures[0].value for one in found] == revenue


def test_rights_and_staff_are_as_many_as_the_facts_say() -> None:
    book = demo_book()
    facts = portrait_statements(book.firms)
    rows = world(book.firms, facts, book.loans, book.banks).rows
    for grade in ("class1", "class2"):
        is_its = (pl.col("kind") == "ip_right") & pl.col("value").str.contains(grade)
        listed = dict(rows.filter(is_its).group_by("firm").len().iter_rows())
        said = facts.filter(pl.col("fact") == f"ip_{grade}_count", pl.col("firm") >= len(book.firms) - MOST_FIRMS)
        assert {firm: int(value) for firm, _, value in said.iter_rows() if int(value)} == listed
