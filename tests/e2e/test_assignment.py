"""Compensated debts leave the balance sheet: the plan, a package, its papers, the decision of another (当年出表)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TERMS = {
    "transferee_kind": "local_amc", "has_buy_back_promise": "no", "has_hidden_guarantee": "no", "is_true_sale": "yes",
}  # fmt: skip


def in_packages(page: Any) -> int:
    """Return how many debts the plan says lie in packages already."""
    page.goto("assignments/plan/")
    return int(re.search(r"已在转让包中(\d+)笔", page.locator(".yl-head p").inner_text())[1])


def make_package(bank: Any) -> str:
    """Make a package of what is ready, and return its address."""
    bank.goto("assignments/plan/")
    bank.get_by_role("button", name="全部组成转让包").click()
    bank.wait_for_url(re.compile(r"/assignments/\d+/$"))
    return str(bank.url)


def fill_in(bank: Any) -> None:
    """Give the terms and answer what only the bank can say."""
    form = bank.locator("#terms")
    for name, value in TERMS.items():
        form.locator(f"[name={name}]").select_option(value)
    for name, value in {"transferee_name": "示例资产管理有限公司", "price": "28.5", "settles_on": "2022-01-26"}.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button[value=terms]").click()


def add_papers(bank: Any, folder: Path) -> None:
    """Add the contract, and tell every debtor."""
    contract, receipt = folder / "转让合同.txt", folder / "挂号回执.txt"
    contract.write_text("债权转让合同", encoding="utf-8")
    receipt.write_text("挂号回执", encoding="utf-8")
    form = bank.locator("form:has(button[value=sheet])")
    form.locator("[name=kind]").select_option("contract")
    form.locator("[name=file]").set_input_files(contract)
    form.locator("button[value=sheet]").click()
    form = bank.locator("form:has(button[value=notice])")
    for name in ("sent_on", "delivered_on"):
        form.locator(f"[name={name}]").fill("2022-01-18")
    form.locator("[name=proof]").set_input_files(receipt)
    form.locator("button[value=notice]").click()


def test_debts_go_from_the_plan_through_a_package_to_the_decision_of_another(person: Any, tmp_path: Path) -> None:
    bank = person("bank_clerk")
    before = in_packages(bank)
    address = make_package(bank)
    fill_in(bank)
    add_papers(bank, tmp_path)
    assert bank.locator(".yl-next h2").inner_text() == "下一步：提交转让申请"
    assert "预检全部通过" in bank.locator(".yl-next p").inner_text()
    bank.locator("button[value=submit]").click()
    assert bank.locator(".yl-head").get_by_text("待审批").count() == 1
    debts = bank.locator("section", has=bank.locator("#debts")).locator("tbody tr").count()
    assert in_packages(bank) == before + debts

    checker = person("manager_checker")
    checker.goto(address)
    checker.locator("button[value=approve]").click()
    seen = []
    for role in ("bank_clerk", "authority_officer", "auditor"):
        page = person(role)
        page.goto(address)
        assert page.locator(".yl-head").get_by_text("待交割").count() == 1
        seen.append(page.locator("section", has=page.locator("#debts")).locator("tfoot").inner_text())
    assert len(set(seen)) == 1


def test_an_active_package_says_whose_the_debts_are_on_each_day(person: Any) -> None:
    bank = person("bank_clerk")
    bank.goto("assignments/?state=active&kind=to_amc")
    bank.locator("#listing tbody a").first.click()
    bank.wait_for_url(re.compile(r"/assignments/\d+/$"))
    rows = bank.locator("section", has=bank.locator("#own")).locator("tbody tr").all_inner_texts()
    assert [re.findall(r"\d{4}-\d\d-\d\d|至今", row) for row in rows] == [
        ["2022-01-06", "2022-01-12"], ["2022-01-13", "至今"],
    ]  # fmt: skip
    bank.locator("section", has=bank.locator("#debts")).locator("tbody a").first.click()
    bank.get_by_role("link", name="追偿回收").last.click()
    note = bank.locator(".yl-note").first.inner_text()
    assert "自2022-01-13起该债权归" in note.replace(" ", "")
