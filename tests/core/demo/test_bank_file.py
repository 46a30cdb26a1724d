from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from yulin.base.ids import check_id
from yulin.demo.bank_file import COLUMNS, WRONG_KINDS, FilePlan, bank_file, write_bank_file
from yulin.demo.book import demo_book

PLAN = FilePlan(rows=200, wrong=len(WRONG_KINDS))


def test_file_holds_the_rows_asked_for_and_names_the_wrong_ones() -> None:
    file = bank_file(PLAN)
    filled = [row for row in file.rows if row]
    assert len(filled) == 200
    assert [wrong.kind for wrong in file.wrong] == list(WRONG_KINDS)
    assert all(set(row) == set(COLUMNS) for row in filled)


def test_row_number_is_the_sheets_own(tmp_path: Path) -> None:
    wrong = {row.kind: row.row for row in write_bank_file(tmp_path / "loans.xlsx", PLAN)}
    sheet = CalamineWorkbook.from_path(tmp_path / "loans.xlsx").get_sheet_by_index(0).to_python()
    assert tuple(sheet[0]) == COLUMNS
    place = COLUMNS.index
    assert sheet[wrong["rate_impossible"] - 1][place("年利率（%）")] == 435
    assert sheet[wrong["date_impossible"] - 1][place("发放日期")] == "2022-02-30"
    assert isinstance(sheet[wrong["code_in_number_cell"] - 1][place("证件号码")], float)
    assert sheet[wrong["loan_number_missing"] - 1][place("借据编号")] == ""


def test_sound_rows_hold() -> None:
    file = bank_file(FilePlan(rows=500))
    rows = [row for row in file.rows if row]
    assert all(check_id(row["证件号码"]).valid for row in rows)
    assert len({row["借据编号"] for row in rows}) == len(rows)
    assert max(Counter(check_id(row["证件号码"]).normalised for row in rows).values()) == 2
    assert all(
        date(2022, 1, 4) <= row["发放日期"] < date(2022, 1, 19) for row in rows if isinstance(row["发放日期"], date)
    )


def test_waiting_rows_lack_what_the_law_asks_for() -> None:
    file = bank_file(FilePlan(rows=10, waiting=3, filed_on=date(2022, 1, 10)))
    titles, near, place = (row or {} for row in file.rows[-3:])
    assert (titles["是否高新技术企业"], titles["是否科技型中小企业"]) == (None, None)
    assert near["发放金额（元）"] == 29_900_000
    assert place["注册地行政区划"] is None
    assert len({row["证件号码"] for row in (titles, near, place)}) == 3
    assert all(row["发放日期"] < date(2022, 1, 10) for row in (titles, near, place))


def test_habits_are_in_the_file() -> None:
    rows = [row for row in bank_file(FilePlan(rows=2_000)).rows if row]
    assert any(str(row["发放金额（元）"]).endswith("万") for row in rows)
    assert any("１" in str(row["发放金额（元）"]) for row in rows)
    assert any(row["证件号码"].startswith("９") for row in rows)
    assert any(row["证件号码"].startswith(" ") for row in rows)
    assert {type(row["发放日期"]) for row in rows} == {date, str}


def test_same_plan_same_file() -> None:
    assert bank_file(PLAN) == bank_file(PLAN)


def test_known_firms_are_the_books() -> None:
    book = demo_book()
    rows = [row for row in bank_file(FilePlan(rows=100, known_firms=book.firms)).rows if row]
    codes = {check_id(row["证件号码"]).normalised for row in rows}
    assert len(codes & set(book.firms["identifier"])) == 30


@pytest.mark.parametrize("kind", ["code_in_number_cell"])
def test_csv_is_what_a_chinese_spreadsheet_saves(tmp_path: Path, kind: str) -> None:
    (wrong,) = write_bank_file(tmp_path / "loans.csv", FilePlan(rows=20, wrong=1))
    with (tmp_path / "loans.csv").open(encoding="gb18030", newline="") as lines:
        rows = list(csv.reader(lines))
    assert wrong.kind == kind
    assert rows[wrong.row - 1][2] == "9.13205830880019E+17"
