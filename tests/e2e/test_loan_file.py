"""Journey J1: a bank clerk drops a month's loans, names the columns once, sees the verdicts, holds the numbers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from yulin.base.ids import make_uscc

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HEADS = [
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
]


def write_loans(path: Path, mark: str) -> None:
    """Write three loans: one that passes, one with an amount in 万, one with a code that is a number."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("放款明细")
        page.write_row(0, 0, HEADS)
        for number in (1, 2, 3):
            code = make_uscc("440112", 900_000 + number)
            amount: object = "480万" if number == 2 else 1_000_000
            line = [
                "广州示例浏览器测试有限公司",
                code,
                f"{mark}{number}",
                f"{mark}H{number}",
                "2021-12-06",
                "2022-12-05",
            ]
            page.write_row(number, 0, [*line, amount, 4.35, "信用", "440112", "是"])
        page.write_number(3, 1, 915300007194052520)


def picture(page: Any, name: str) -> None:
    """Keep a picture where `YULIN_PICTURES` names a folder."""
    folder = os.environ.get("YULIN_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_clerk_files_a_months_loans(person: Any, url: str, tmp_path: Path) -> None:
    page = person("bank_clerk")
    path = tmp_path / "十二月放款.xlsx"
    write_loans(path, f"E2E{os.getpid()}")
    page.goto(f"{url}/zh-hans/uploads/")
    picture(page, "uploads")
    page.set_input_files("input[name=file]", path)
    page.select_option("select[name=scheme]", "gz-credit-2021")
    page.get_by_role("button", name="上传并核验").click()
    page.get_by_role("button", name="保存并核验").or_(page.get_by_role("button", name="确认2行入库")).wait_for(
        timeout=30_000
    )
    save = page.get_by_role("button", name="保存并核验")
    if save.count():
        picture(page, "mapping")
        save.click()
    confirm = page.get_by_role("button", name="确认2行入库")
    confirm.wait_for(timeout=30_000)
    picture(page, "verdicts")
    assert page.get_by_text("FILE.ID.NUMERIC").count() >= 1
    assert page.get_by_text("FILE.UNIT.GUESSED").count() >= 1
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "verdicts-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
    confirm.click()
    page.get_by_role("heading", name="2行已入库").wait_for(timeout=30_000)
    picture(page, "enrolled")
    page.goto(page.url.replace("/zh-hans/", "/en/"))
    assert page.get_by_role("heading", name="2 rows are enrolled").count() == 1
    picture(page, "enrolled-en")
    page.goto(f"{url}/zh-hans/uploads/")
    page.set_input_files("input[name=file]", path)
    page.select_option("select[name=scheme]", "gz-credit-2021")
    page.get_by_role("button", name="上传并核验").click()
    assert page.get_by_text("同一文件已上传过").count() == 1
