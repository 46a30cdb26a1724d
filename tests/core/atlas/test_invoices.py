"""Invoices sorted, netted of reds and summed up: no row lost, no fen moved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.invoices import COLUMNS, net_of_reds, operating_portraits, sort_invoices

KNOWN = date(2024, 12, 31)


def invoice(number: str, day: date, yuan: int, partner: str = "B1", **other: Any) -> dict[str, Any]:
    row = {"firm": "E1", "side": "sale", "number": number, "issued_on": day, "partner": partner}
    money = {"net_fen": yuan * 100, "tax_fen": yuan * 13, "gross_fen": yuan * 113, "is_void": False}
    return row | money | other


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=COLUMNS)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, None),
        ({"is_void": None}, None),
        ({"is_void": True}, "void"),
        ({"issued_on": KNOWN}, None),
        ({"issued_on": KNOWN + timedelta(1)}, "later_than_known"),
        ({"issued_on": None}, "unreadable"),
        ({"net_fen": None}, "unreadable"),
        ({"number": ""}, "unreadable"),
        ({"gross_fen": 113_01}, "sum_wrong"),
        ({"net_fen": -100_00, "tax_fen": -13_00, "gross_fen": -113_00}, None),
    ],
)
def test_an_invoice_counts_or_says_why_not(changed: dict[str, Any], reason: str | None) -> None:
    found = sort_invoices(table(invoice("1", date(2024, 5, 2), 100) | changed), KNOWN)
    assert (found.kept.height, found.set_aside["reason"].to_list()) == ((0, [reason]) if reason else (1, []))


@pytest.mark.parametrize(
    ("net", "tax", "gross"),
    [(545, 16, 561), (1058453, 137598, 1196051), (583894, 75906, 659800), (1863, 56, 1919), (84956, 11044, 96000)],
)
def test_p_22_net_and_tax_are_the_gross_exactly(net: int, tax: int, gross: int) -> None:
    row = invoice("1", date(2024, 5, 2), 0) | {"net_fen": net, "tax_fen": tax, "gross_fen": gross}
    assert sort_invoices(table(row), KNOWN).kept.height == 1
    assert sort_invoices(table(row | {"gross_fen": gross - 1}), KNOWN).kept.height == 0


def test_one_sale_under_two_numbers_counts_once_and_two_sales_count_twice() -> None:
    day = date(2024, 5, 2)
    digital, second = "24442000000000000001", "24442000000000000002"
    one = sort_invoices(table(invoice("10000001", day, 100), invoice(digital, day, 100)), KNOWN)
    assert one.kept["number"].to_list() == [digital]
    assert one.set_aside.select("number", "reason").row(0) == ("10000001", "two_numbers")
    two = sort_invoices(table(*(invoice(number, day, 100) for number in ("10000001", "10000002", digital))), KNOWN)
    assert two.kept.height == 2
    assert sort_invoices(table(invoice(digital, day, 100), invoice(second, day, 100)), KNOWN).kept.height == 2
    assert sort_invoices(table(invoice("10000001", day, 100), invoice("10000002", day, 100)), KNOWN).kept.height == 2


def test_a_red_takes_back_the_sale_in_the_month_of_the_sale() -> None:
    rows = table(
        invoice("1", date(2024, 3, 5), 500),
        invoice("2", date(2024, 4, 6), 300),
        invoice("3", date(2024, 5, 7), -500),
        invoice("4", date(2024, 5, 8), -20),
    )
    assert net_of_reds(rows)["counts_on"].to_list() == [
        date(2024, 3, 5), date(2024, 4, 6), date(2024, 3, 5), date(2024, 5, 8),
    ]  # fmt: skip
    portrait = operating_portraits(rows, date(2024, 1, 1), date(2025, 1, 1)).row(0, named=True)
    assert portrait["sales_net_fen"] == 280_00
    assert (portrait["sales_months"], portrait["sales_strongest_month_share"]) == (1, 1.0)
    assert portrait["sales_red_share"] == 520 / 800


def test_a_portrait_says_how_much_hangs_on_few_partners() -> None:
    rows = table(
        *(invoice(str(n), date(2024, n, 1), 100, f"B{n}") for n in range(1, 7)),
        invoice("7", date(2024, 7, 1), 400, "B1"),
        invoice("8", date(2024, 2, 1), 200, "S1", side="purchase"),
    )
    portrait = operating_portraits(rows, date(2024, 1, 1), date(2025, 1, 1)).row(0, named=True)
    assert (portrait["sales_partners"], portrait["sales_largest_share"]) == (6, 0.5)
    assert portrait["sales_five_largest_share"] == 0.9
    assert portrait["sales_concentration"] == pytest.approx(0.25 + 5 * 0.01)
    assert portrait["margin_share"] == 0.8
    assert portrait["sales_last_on"] == date(2024, 7, 1)
    assert portrait["purchases_partners"] == 1


def test_growth_is_unknown_where_nothing_was_sold_before() -> None:
    rows = table(
        invoice("1", date(2023, 5, 1), 100),
        invoice("2", date(2024, 5, 1), 150),
        invoice("3", date(2024, 5, 1), 9, firm="E2"),
    )
    found = operating_portraits(rows, date(2024, 1, 1), date(2025, 1, 1))
    assert found["growth_share"].to_list() == [0.5, None]


ROWS = st.lists(
    st.builds(
        lambda number, day, fen, partner, side, is_void, wrong: {
            "firm": "E1", "side": side, "number": number, "issued_on": day, "partner": partner,
            "net_fen": fen, "tax_fen": fen // 8, "gross_fen": fen + fen // 8 + wrong, "is_void": is_void,
        },
        st.sampled_from(["10000001", "10000002", "24442000000000000001", "24442000000000000002", ""]),
        st.dates(date(2024, 1, 1), date(2024, 3, 9)) | st.none(),
        st.sampled_from([-800, -80, 80, 800]),
        st.sampled_from(["B1", "B2"]),
        st.sampled_from(["sale", "purchase"]),
        st.sampled_from([False, False, False, True]),
        st.sampled_from([0, 0, 0, 1]),
    ),
    max_size=12,
)  # fmt: skip


@given(ROWS)
def test_every_row_is_kept_or_set_aside_and_reds_move_no_fen(rows: list[dict[str, Any]]) -> None:
    whole = table(*rows)
    found = sort_invoices(whole, date(2024, 2, 28))
    both = pl.concat([found.kept, found.set_aside.drop("reason")]).sort(*COLUMNS)
    assert both.equals(whole.sort(*COLUMNS))
    assert found.set_aside["reason"].null_count() == 0
    assert sort_invoices(found.kept, date(2024, 2, 28)).kept.equals(found.kept)
    netted = net_of_reds(found.kept)
    assert netted.drop("counts_on").equals(found.kept)
    assert (netted["counts_on"] <= netted["issued_on"]).all()
    portraits = operating_portraits(found.kept, date(2024, 1, 1), date(2025, 1, 1))
    sales = found.kept.filter(pl.col("side") == "sale")["net_fen"].sum()
    assert portraits["sales_net_fen"].sum() == sales
