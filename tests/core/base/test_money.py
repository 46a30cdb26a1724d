from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.base.errors import MoneyTooFineError, MoneyUnreadableError
from yulin.base.money import LARGEST_FEN, Amount, parse_fen, wan_text, yi_text, yuan_text


@pytest.mark.parametrize(
    ("value", "unit", "amount"),
    [
        ("1234567.89", "yuan", Amount(123_456_789, None)),
        ("1,234,567.89", "yuan", Amount(123_456_789, None)),
        ("１，２３４，５６７．８９", "yuan", Amount(123_456_789, None)),
        (" 3 000 元 ", "yuan", Amount(300_000, "yuan")),
        ("￥3,000.5", "yuan", Amount(300_050, None)),
        ("人民币480万元整", "yuan", Amount(480_000_000, "wan")),
        ("RMB 12.5亿", "yuan", Amount(125_000_000_000, "yi")),
        ("322,027.591847", "wan", Amount(322_027_591_847, None)),
        ("500.01", "wan", Amount(500_010_000, None)),
        ("500元", "wan", Amount(50_000, "yuan")),
        ("2千万", "yuan", Amount(2_000_000_000, "ten_million")),
        ("3百万元", "yuan", Amount(300_000_000, "million")),
        ("7分", "yuan", Amount(7, "fen")),
        ("-12.30", "yuan", Amount(-1_230, None)),
        ("12.", "yuan", Amount(1_200, None)),
        (480, "wan", Amount(480_000_000, None)),
        (328.4617, "wan", Amount(328_461_700, None)),
        (0.1 + 0.2, "wan", None),
        (Decimal("0.01"), "yuan", Amount(1, None)),
        (LARGEST_FEN, "fen", Amount(LARGEST_FEN, None)),
    ],
)
def test_amount_as_people_write_it(value: str | float | Decimal, unit: str, amount: Amount | None) -> None:
    if amount is None:
        with pytest.raises(MoneyTooFineError):
            parse_fen(value, unit)
    else:
        assert parse_fen(value, unit) == amount


@pytest.mark.parametrize("value", ["12.345", "0.000001", "1.005元", 0.005, 1234567.8900000001, Decimal("0.001")])
def test_amount_below_a_fen_is_refused(value: str | float | Decimal) -> None:
    with pytest.raises(MoneyTooFineError):
        parse_fen(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "  ",
        "－",
        "abc",
        "1.23E+05",
        "1,23",
        "12,34,567",
        "1亿2000万",
        "5%",
        "万",
        "12.3.4",
        "5分元",
        "--5",
        float("nan"),
        float("inf"),
        True,
        10**20,
    ],
)
def test_amount_unreadable_is_refused(value: str | float) -> None:
    with pytest.raises(MoneyUnreadableError) as caught:
        parse_fen(value)
    assert caught.value.envelope("en")["code"] == "BASE.MONEY.UNREADABLE"
    assert caught.value.envelope("zh-hans")["hint"]


@given(st.integers(-LARGEST_FEN, LARGEST_FEN))
def test_amount_written_reads_back(fen: int) -> None:
    assert parse_fen(yuan_text(fen)).fen == fen


@given(st.integers(-(10**15), 10**15))
def test_amount_in_wan_with_six_places_reads_back(fen: int) -> None:
    assert parse_fen(wan_text(fen, 6), "wan").fen == fen


@pytest.mark.parametrize(
    ("fen", "wan", "yi"),
    [
        (328_461_743, "328.46", "0.03"),
        (4_999, "0.00", "0.00"),
        (5_000, "0.01", "0.00"),
        (-5_000, "-0.01", "0.00"),
        (5_040_000_000_000, "5,040,000.00", "504.00"),
    ],
)
def test_amount_rounds_half_up_on_screen(fen: int, wan: str, yi: str) -> None:
    assert (wan_text(fen), yi_text(fen)) == (wan, yi)
