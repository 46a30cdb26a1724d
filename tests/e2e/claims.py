"""What the journeys of a claim press and fill in: its form and papers, its steps, a batch's answer, a package."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

BEFORE_LENDING = "2016-01-04"  # before any loan of the demo book
TERMS = {
    "transferee_kind": "local_amc", "has_buy_back_promise": "no", "has_hidden_guarantee": "no", "is_true_sale": "yes",
}  # fmt: skip


def fen(text: str) -> int:
    """Return an amount of a page, with its two decimals, as fen."""
    return int(text.strip().replace(",", "").replace(".", ""))


def table_of(page: Any, mark: str) -> Any:
    """Return the table of the card whose heading has this mark."""
    return page.locator("section", has=page.locator(f"#{mark}")).locator("table").first


def step(page: Any, address: str, name: str, **fields: str) -> None:
    """Open a claim's page, fill in fields and press the button of a step."""
    page.goto(address)
    for field, value in fields.items():
        control = page.locator(f"form:has(button[value={name}]) [name={field}]")
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(index=int(value))
        else:
            control.fill(value)
    with page.expect_navigation():
        page.locator(f"button[name=do][value={name}]").click()


def fill_in_claim(bank: Any) -> None:
    """Answer every line of the form, each case of non-diligence with its evidence."""
    form = bank.locator("#statement")
    form.locator("[name=is_declared]").check()
    form.locator("[name=default_reason]").fill("主要客户停产，货款无法收回")
    form.locator("[name=is_fraud]").select_option("no")
    form.locator("[name=possession_on]").fill("2022-01-06")
    form.locator("[name=other_public]").fill("0")
    for case in form.locator("select[name^=case-]").all():
        case.select_option("no")
    for proof in form.locator("input[name^=proof-]").all():
        proof.fill("受托支付凭证与贷后检查记录")
    bank.locator("button[value=fill_in]").click()


def add_claim_papers(bank: Any, folder: Path, says: dict[str, str]) -> None:
    """Add every paper of the scheme's list, with what it carries."""
    kinds = bank.locator("select[name=kind] option").evaluate_all("all => all.map(one => one.value)")
    for kind in kinds:
        file = folder / f"{kind}.txt"
        file.write_text(f"{kind} {says['loan']}", encoding="utf-8")
        form = bank.locator("form:has(button[value=paper])")
        form.locator("[name=kind]").select_option(kind)
        form.locator("[name=file]").set_input_files(file)
        for name, value in says.items():
            form.locator(f"[name={name}]").fill(value)
        if "不晚于放款日" in form.locator("[name=kind] option:checked").inner_text():  # of the origination file
            form.locator("[name=dated_on]").fill(BEFORE_LENDING)
        bank.locator("button[value=paper]").click()


def write_answer(table: bytes, path: Path) -> Path:
    """Write the bank's answer to a batch: every order of its table paid."""
    head, *lines = table.decode("gb18030").strip().splitlines()
    columns = head.split(",")
    places = [
        next(place for place, name in enumerate(columns) if name.startswith(word))
        for word in ("批次号", "业务参考号", "收款账号", "金额")
    ]
    answer = ["批次号,业务参考号,收款账号,金额(元),处理结果,失败原因"]
    for line in lines:
        cells = [cell.strip('"\t') for cell in line.split(",")]
        answer.append(",".join([*(cells[place] for place in places), "成功", ""]))
    path.write_bytes(("\n".join(answer) + "\n").encode("gb18030"))
    return path


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


def fill_in_package(bank: Any, settles_on: str) -> None:
    """Give the terms and answer what only the bank can say."""
    form = bank.locator("#terms")
    for name, value in TERMS.items():
        form.locator(f"[name={name}]").select_option(value)
    for name, value in {"transferee_name": "示例资产管理有限公司", "price": "28.5", "settles_on": settles_on}.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button[value=terms]").click()


def add_package_papers(bank: Any, folder: Path, told_on: str) -> None:
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
        form.locator(f"[name={name}]").fill(told_on)
    form.locator("[name=proof]").set_input_files(receipt)
    form.locator("button[value=notice]").click()
