"""Loan files that the journeys upload: a month's extract of an invented core system, and the clicks that enrol it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from yulin.base.ids import make_uscc

HEADS = (
    "客户名称",
    "证件号码",
    "借据编号",
    "合同编号",
    "发放日期",
    "到期日期",
    "发放金额",
    "年利率",
    "担保方式",
    "注册地",
    "是否高企",
)


def loan_row(mark: str, number: int, **said: object) -> list[object]:
    """Return one line under `HEADS`: a loan that passes, but for what `said` changes."""
    line: dict[str, object] = {
        "客户名称": "广州示例浏览器测试有限公司",
        "证件号码": make_uscc("440112", 900_000 + number),
        "借据编号": f"{mark}{number}",
        "合同编号": f"{mark}H{number}",
        "发放日期": "2021-12-06",
        "到期日期": "2022-12-05",
        "发放金额": 1_000_000,
        "年利率": 4.35,
        "担保方式": "信用",
        "注册地": "440112",
        "是否高企": "是",
    }
    return list((line | said).values())


def write_loans(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """Write an extract with these lines."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("放款明细")
        page.write_row(0, 0, HEADS)
        for number, row in enumerate(rows, start=1):
            page.write_row(number, 0, list(row))
    return path


def upload(page: Any, path: Path) -> None:
    """Upload an extract from the page of files and save the columns that were guessed, where that is asked."""
    page.goto("uploads/")
    page.set_input_files("input[name=file]", path)
    page.select_option("select[name=scheme]", "gz-credit-2021")
    page.get_by_role("button", name="上传并核验").click()
    save = page.get_by_role("button", name="保存并核验")
    confirm = page.get_by_role("button", name=re.compile("确认.*入库"))
    save.or_(confirm).first.wait_for(timeout=30_000)
    if save.count():
        save.click()
        confirm.wait_for(timeout=30_000)


def enrol(page: Any) -> None:
    """Confirm the rows that passed and wait until they are enrolled."""
    page.get_by_role("button", name=re.compile("确认.*入库")).click()
    page.get_by_role("heading", name=re.compile(r"\d+行已入库")).wait_for(timeout=30_000)
