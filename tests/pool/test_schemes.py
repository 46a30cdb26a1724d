"""Schemes as law: the list, one version article by article, ratios by district, cliffs, and the text as published."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests.factories.people import make_client, make_demo_book
from tests.factories.pool import make_law

from yulin.people.enums import Role
from yulin.pool.core.scheme_table import scheme_table
from yulin.pool.selectors.schemes import scheme_page, scheme_rows
from yulin.rules.adapters.shipped import shipped_texts

pytestmark = pytest.mark.django_db
TODAY = date(2022, 1, 19)


@pytest.fixture(autouse=True)
def _january() -> None:
    make_demo_book(TODAY)


@pytest.fixture
def law():
    return make_law()


def test_table_shows_layers_by_district(law):
    lines = scheme_table(law.pack, law.layers, TODAY)
    shown = {
        (line.mode.zh, line.area.zh): {part.party: part.low_bp for part in line.parts}
        for line in lines
        if line.mode.zh == lines[0].mode.zh
    }
    mode = lines[0].mode.zh
    assert shown == {
        (mode, "无叠加的区"): {"city": 5000, "bank": 5000},
        (mode, "黄埔区"): {"city": 5000, "district": 4000, "bank": 1000},
        (mode, "南沙区"): {"city": 5000, "district": 2500, "bank": 2500},
    }


def test_table_by_amount_and_cliffs_of_2025():
    make_law("gz-credit-2025")
    page = scheme_page("gz-credit-2025", today=TODAY)
    bank = [line for line in page.table if line.mode == page.table[0].mode]
    assert [line.parts[0].low_bp for line in bank] == [4000, 3000, 2000]
    assert [(row.cliff.bound_fen, row.cliff.pays_at_bound_fen, row.cliff.pays_above_fen) for row in page.cliffs] == [
        (500_000_000, 200_000_000, 150_003_000),
        (1_500_000_000, 450_000_000, 300_002_000),
    ]
    assert page.state == "ahead"


def test_list_puts_what_is_in_force_first(law):
    make_law("gz-credit-2018", "gz-credit-2025")
    assert [(row.version.pack_id, row.state) for row in scheme_rows(today=TODAY)] == [
        ("gz-nansha-tech", "now"),
        ("gz-credit-2021", "now"),
        ("gz-huangpu-tech", "now"),
        ("gz-credit-2025", "ahead"),
        ("gz-credit-2018", "ended"),
    ]


def test_pages_are_public_in_both_languages(law, django_assert_max_num_queries):
    client = Client()
    client.get("/zh-hans/schemes/")
    for address in (
        "/zh-hans/schemes/",
        "/en/schemes/",
        "/zh-hans/schemes/gz-credit-2021/",
        "/en/schemes/gz-huangpu-tech/",
    ):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200
    assert client.get("/zh-hans/schemes/none-such/").status_code == 404
    assert client.get("/zh-hans/schemes/gz-credit-2021/?version=999999").status_code == 404


def test_page_outlines_what_nobody_verified_and_offers_to_ask(law):
    page = make_client(Role.BANK_CLERK).get("/zh-hans/schemes/gz-credit-2021/").content.decode()
    assert "未核实" in page
    assert "条文未查到，不作承诺" in page
    assert "按此方案测算" in page
    assert "按此方案测算" not in Client().get("/zh-hans/schemes/gz-credit-2021/").content.decode()


def test_text_is_what_was_published(law):
    answer = Client().get("/zh-hans/schemes/gz-credit-2021/pack.yaml")
    assert answer.content.decode() == shipped_texts("gz-credit-2021")["pack.yaml"]
    assert Client().get("/zh-hans/schemes/gz-credit-2021/secret.yaml").status_code == 404
