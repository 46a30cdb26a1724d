"""J3: the manager works the queue by keyboard: asks the bank, confirms, refuses; the bank completes what was asked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.loans import enrol, loan_row, upload, write_loans

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def file_unknown(page: Any, path: Path, mark: str) -> None:
    """Enrol three loans of which nobody says whether the firm is a technology firm."""
    upload(page, write_loans(path, [loan_row(mark, number, 是否高企="") for number in (1, 2, 3)]))
    enrol(page)
    assert "3行待受托管理机构审核" in page.locator("main").inner_text()


def decide(page: Any, choice: str, note: str) -> None:
    """Choose a decision, say why and hand it in, all by keyboard."""
    before = page.url
    page.get_by_label(choice).focus()
    page.keyboard.press("Space")
    page.get_by_label("理由、条件或要补充的事实（可不填）").focus()
    page.keyboard.type(note)
    page.get_by_role("button", name="提交审核意见").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != before)


def test_the_queue_is_worked_by_keyboard_and_the_bank_answers(person: Any, tmp_path: Path) -> None:
    mark = f"RV{os.getpid()}"
    bank = person("bank_clerk")
    file_unknown(bank, tmp_path / "待审.xlsx", mark)

    manager = person("manager_clerk")
    assert manager.locator("table a[href*='/enrolments/']").count()  # filings stand in the home's queue
    manager.goto(f"review/?q={mark}1")
    manager.keyboard.press("j")
    manager.keyboard.press("Enter")
    manager.wait_for_url("**/enrolments/*/")
    assert f"{mark}1" in manager.locator("aside").inner_text()
    findings = manager.locator("section", has=manager.locator("#findings"))
    assert "未知" in findings.inner_text()
    assert "有效期内高新技术企业" in findings.inner_text()

    asked = manager.url
    decide(manager, "退回银行补充", "请补充高新技术企业证书")
    assert f"{mark}2" in manager.locator("aside").inner_text()
    decide(manager, "附条件确认", "十日内补交证书")
    assert f"{mark}3" in manager.locator("aside").inner_text()
    manager.get_by_label("条款（可不填）").select_option(index=1)
    decide(manager, "不予备案", "不是科技型企业")
    manager.goto(f"enrolments/?q={mark}3")
    assert "已撤销" in manager.locator("#listing").inner_text()

    bank.goto(asked)
    assert "请补充高新技术企业证书" in bank.locator("main").inner_text()
    bank.get_by_label("有效期内高新技术企业").select_option("yes")
    bank.get_by_role("button", name="重新报送备案").click()
    bank.get_by_role("link", name="确认函（PDF）").wait_for()
    assert "GZ21-2022-" in bank.locator("h1").inner_text() or "GZ21-2021-" in bank.locator("h1").inner_text()
