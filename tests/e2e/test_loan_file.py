"""Journey J1: a bank clerk drops a month's loans, names the columns once, sees the verdicts, holds the numbers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.e2e.loans import loan_row, write_loans

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def monthly_file(path: Path, mark: str) -> Path:
    """Write three loans: one that passes, one with an amount in 万, one with a code that is a number."""
    rows = [
        loan_row(mark, 1),
        loan_row(mark, 2, 发放金额="480万"),
        loan_row(mark, 3, 证件号码=915300007194052520),
    ]
    return write_loans(path, rows)


def picture(page: Any, name: str) -> None:
    """Keep a picture where `YULIN_PICTURES` names a folder."""
    folder = os.environ.get("YULIN_PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_clerk_files_a_months_loans(person: Any, url: str, tmp_path: Path) -> None:
    page = person("bank_clerk")
    path = monthly_file(tmp_path / "十二月放款.xlsx", f"E2E{os.getpid()}")
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
    expect(page.get_by_text("FILE.ID.NUMERIC")).not_to_have_count(0)
    expect(page.get_by_text("FILE.UNIT.GUESSED")).not_to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "verdicts-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 900})
    confirm.click()
    page.get_by_role("heading", name="2行已入库").wait_for(timeout=30_000)
    picture(page, "enrolled")
    page.goto(page.url.replace("/zh-hans/", "/en/"))
    expect(page.get_by_role("heading", name="2 rows are enrolled")).to_have_count(1)
    picture(page, "enrolled-en")
    page.goto(f"{url}/zh-hans/uploads/")
    page.set_input_files("input[name=file]", path)
    page.select_option("select[name=scheme]", "gz-credit-2021")
    page.get_by_role("button", name="上传并核验").click()
    expect(page.get_by_text("同一文件已上传过")).to_have_count(1)
