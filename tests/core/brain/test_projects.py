"""What one row of a list of approved projects says, and what keeps a row out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.brain.core.projects import Level, ProjectStatus, Usual, personal_id_in, read_project

ROW = {"title": "示例光学检测模组研制", "unit": "示例光学有限公司"}


def codes(**cells: object) -> list[str]:
    return [fault.code for fault in read_project(ROW | cells, Usual(amount_unit="wan"))[1]]


def test_a_row_says_what_it_says_and_no_more():
    reading, faults = read_project(ROW, Usual())
    assert faults == ()
    assert (reading.amount_fen, reading.year, reading.level, reading.status, reading.starts_on) == (
        None,
        None,
        "",
        "",
        None,
    )


def test_a_full_row_is_read():
    cells = ROW | {
        "number": "SL-1", "level": "市级", "year": "2021年度", "amount": "30.5", "leader": "示例甲（示例大学）",
        "members": "示例乙（示例大学）；示例丙", "status": "在研", "period": "2021.03—2023.02",
        "unit_code": "91440112YL0000012M",
    }  # fmt: skip
    reading, faults = read_project(cells, Usual(amount_unit="wan", programme="示例专项"))
    assert faults == ()
    assert (reading.level, reading.year, reading.amount_fen, reading.status) == (
        Level.CITY, 2021, 30_500_000, ProjectStatus.RUNNING,
    )  # fmt: skip
    assert (reading.starts_on, reading.ends_on) == (date(2021, 3, 1), date(2023, 2, 28))
    assert reading.leader == "示例甲"
    assert reading.members == (("示例甲", "示例大学"), ("示例乙", "示例大学"), ("示例丙", ""))
    assert reading.programme == "示例专项"


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"title": " "}, ["no_title"]),
        ({"unit": "—"}, ["no_unit"]),
        ({"amount": "三十"}, ["amount"]),
        ({"amount": "-1"}, ["amount_negative"]),
        ({"amount": "0"}, []),
        ({"amount": "待定"}, []),
        ({"year": "21"}, ["year"]),
        ({"year": 2021.0}, []),
        ({"level": "镇级"}, ["level"]),
        ({"status": "好"}, ["status"]),
        ({"starts_on": "2021-13-01"}, ["day"]),
        ({"starts_on": "2021-03-02", "ends_on": "2021-03-01"}, ["period_order"]),
        ({"starts_on": date(2021, 3, 1), "ends_on": "2021年3月1日"}, []),
        ({"unit_code": "91440112YL0000012A"}, ["unit_code"]),
        ({"period": "三年"}, ["day"]),
        ({"number": "x" * 121}, ["too_long"]),
    ],
)
def test_a_cell_that_cannot_be_read_keeps_the_row_out(cells: dict[str, object], found: list[str]) -> None:
    assert codes(**cells) == found


@pytest.mark.parametrize(
    ("said", "unit", "fen"),
    [("30", "wan", 30_000_000), ("30", "yuan", 3_000), ("30万元", "", 30_000_000), (30.0, "wan", 30_000_000)],
)
def test_an_amount_is_in_the_unit_that_is_said(said: object, unit: str, fen: int) -> None:
    reading, _ = read_project(ROW | {"amount": said}, Usual(amount_unit=unit))
    assert reading.amount_fen == fen


@given(st.text(max_size=30))
def test_an_amount_without_a_unit_is_never_taken(said: str) -> None:
    reading, faults = read_project(ROW | {"amount": said}, Usual())
    written = any(
        unit in said.upper()
        for unit in ("元", "万", "萬", "亿", "億", "千", "百", "分", "圆", "圓", "RMB", "CNY", "¥", "￥")
    )
    assert written or faults or reading.amount_fen is None


@pytest.mark.parametrize(
    ("said", "starts_on", "ends_on"),
    [
        ("2020.07-2022.06", date(2020, 7, 1), date(2022, 6, 30)),
        ("2020-07-01至2022-06-15", date(2020, 7, 1), date(2022, 6, 15)),
        ("2020年7月—2022年6月", date(2020, 7, 1), date(2022, 6, 30)),
        ("2020/7/1-2022/6/15", date(2020, 7, 1), date(2022, 6, 15)),
    ],
)
def test_a_period_is_read_as_lists_write_it(said: str, starts_on: date, ends_on: date) -> None:
    reading, faults = read_project(ROW | {"period": said}, Usual())
    assert (faults, reading.starts_on, reading.ends_on) == ((), starts_on, ends_on)


def test_a_projects_number_is_its_own_only_within_programme_and_year():
    def key(**cells: object) -> str:
        return read_project(ROW | {"number": "1", "year": 2021} | cells, Usual())[0].key

    assert key() == key(title="示例改名")
    assert len({key(), key(year=2020), key(programme="示例专项"), key(number="")}) == 4


def test_a_personal_number_is_found_in_any_column():
    assert personal_id_in({"备注": "甲 362322198709086409 乙"}) == "备注"
    assert personal_id_in({"代码": "91440112YL0000012M", "编号": "123456789012345678"}) == ""
