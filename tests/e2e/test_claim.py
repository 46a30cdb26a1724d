"""One claim from the default to the sheet that all parties see, and money that comes back on a paid one (J4, J5)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def fen(text: str) -> int:
    return int(text.strip().replace(",", "").replace(".", ""))


def step(page: Any, address: str, name: str, **fields: str) -> None:
    """Open a claim's page, fill in fields and press the button of a step."""
    page.goto(address)
    for field, value in fields.items():
        page.locator(f"form:has(button[value={name}]) [name={field}]").fill(value)
    page.locator(f"button[name=do][value={name}]").click()


def open_first_possible(bank: Any) -> None:
    """Open the first loan in default on which nothing stands in the way of a claim yet."""
    loans = bank.locator("a[href$='/claim/']").evaluate_all("all => all.map(one => one.href)")
    for address in loans:
        bank.goto(address)
        if not bank.locator(".yl-note--warn").count():
            return
    pytest.fail(f"none of {len(loans)} loans in default can be claimed")


def fill_in(bank: Any) -> None:
    """Answer every line of the form, each case of non-diligence with its evidence."""
    form = bank.locator("#statement")
    form.locator("[name=is_declared]").check()
    form.locator("[name=default_reason]").fill("主要客户停产，货款无法收回")
    form.locator("[name=is_fraud]").select_option("no")
    form.locator("[name=possession_on]").fill("2022-01-06")
    for case in form.locator("select[name^=case-]").all():
        case.select_option("no")
    for proof in form.locator("input[name^=proof-]").all():
        proof.fill("受托支付凭证与贷后检查记录")
    bank.locator("button[value=fill_in]").click()


def add_papers(bank: Any, folder: Path, says: dict[str, str]) -> None:
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
        bank.locator("button[value=paper]").click()


def test_one_claim_from_default_to_the_sheet_that_all_parties_see(person: Any, tmp_path: Path) -> None:
    bank = person("bank_clerk")
    bank.goto("claims/")
    open_first_possible(bank)
    loan = bank.locator(".yl-head .yl-id").first.inner_text()
    firm = bank.locator("h1 .yl-name").inner_text()
    principal = bank.locator("form .yl-big").inner_text()
    bank.get_by_role("button", name="建立申请").click()
    bank.wait_for_url(re.compile(r"/claims/\d+/$"))
    address = bank.url
    assert "补齐" in bank.locator(".yl-next h2").inner_text()
    bank.get_by_role("link", name="入库备案", exact=True).last.click()
    code = bank.locator(".yl-head .yl-id").last.inner_text()
    bank.goto(address)
    fill_in(bank)
    add_papers(
        bank, tmp_path, {"amount": principal, "name": firm, "code": code, "loan": loan, "dated_on": "2022-01-18"}
    )
    assert bank.locator(".yl-next h2").inner_text() == "下一步：提交申请"
    bank.locator("button[value=submit]").click()

    reviewer = person("manager_clerk")
    step(reviewer, address, "visit", visit_on="2022-01-19", note="企业已停产")
    step(reviewer, address, "review", note="材料齐备，金额与月报一致")
    step(person("manager_checker"), address, "check", note="")
    step(person("authority_checker"), address, "decide", note="同意补偿", clause="演示规程第六条")

    seen = []
    for role in ("bank_clerk", "manager_clerk", "authority_officer", "auditor"):
        page = person(role)
        page.goto(address)
        sheet = page.locator("section", has=page.locator("#sheet")).locator("table")
        seen.append(sheet.inner_text())
    assert len(set(seen)) == 1
    amounts = [fen(one) for one in re.findall(r"\d[\d,]*\.\d\d", seen[0])]
    assert amounts[-1] == fen(principal) == sum(amounts[:-1])


def test_money_that_comes_back_is_previewed_shared_and_shown_to_all(person: Any) -> None:
    bank = person("bank_clerk")
    bank.goto("recoveries/")
    bank.locator("#listing tbody tr", has_text="2022-01-11").last.locator("a").first.click()
    bank.wait_for_url(re.compile(r"/recoveries/\d+/$"))
    address = bank.url
    before = fen(bank.locator("aside .yl-big").inner_text())
    form = bank.locator("#enter")
    for name, value in {"gross": "200,000.00", "cost": "30,000", "reference": "LS20220119E2E"}.items():
        form.locator(f"[name={name}]").fill(value)
    bank.get_by_role("button", name="预览分配").click()
    note = bank.locator("#enter [role=status]").inner_text()
    assert "净额170,000.00元" in note.replace(" ", "")
    due = fen(re.search(r"应上缴([\d,.]+)元", note.replace(" ", ""))[1])
    bank.get_by_role("button", name="登记这笔回收").click()
    bank.wait_for_url(re.compile(r"/recoveries/\d+/(#enter)?$"))
    auditor = person("auditor")
    auditor.goto(address)
    assert fen(auditor.locator("aside .yl-big").inner_text()) == before + due
    assert "LS20220119E2E" in auditor.locator("section", has=auditor.locator("#all")).inner_text()


@pytest.mark.parametrize(("party", "word"), [("guarantor_officer", "担保机构"), ("insurer_officer", "保险机构")])
def test_all_parties_of_a_shared_loan_see_one_sheet_and_only_the_claimant_acts(
    person: Any, party: str, word: str
) -> None:
    third = person(party)
    third.goto("claims/")
    assert third.locator("#listing tbody tr").count() == 1  # its own, and nobody else's
    third.locator("#listing tbody a").first.click()
    third.wait_for_url(re.compile(r"/claims/\d+/$"))
    address = third.url
    seen = []
    for role in (party, "manager_clerk", "authority_officer", "auditor"):
        page = person(role)
        page.goto(address)
        table = page.locator("section", has=page.locator("#sheet")).locator("table")
        seen.append(table.inner_text())
    assert len(set(seen)) == 1
    assert word in seen[0]
    amounts = [fen(one) for one in re.findall(r"\d[\d,]*\.\d\d", seen[0])]
    assert amounts[-1] == sum(amounts[:-1])
    assert third.locator("main form[method=post]").count() == 0  # a party looks on
    third.get_by_role("link", name="入库备案", exact=True).last.click()
    third.wait_for_url(re.compile(r"/enrolments/\d+/$"))
    assert word in third.locator("aside").inner_text()


def test_an_approved_claim_is_paid_by_a_batch_of_two_releases_and_the_banks_answer(person: Any, tmp_path: Path) -> None:
    clerk = person("manager_clerk")
    clerk.get_by_role("link", name=re.compile("待拨付凭证")).click()
    clerk.wait_for_url("**/payouts/")
    clerk.locator("[name=execute_on]").fill("2022-01-20")
    clerk.locator("button[value=batch]").click()
    clerk.wait_for_url(re.compile(r"/payouts/\d+/$"))
    address = clerk.url
    clerk.locator("button[value=release]").click()
    assert clerk.locator("button[value=release]").count() == 0 or "另一人" in clerk.locator("main").inner_text()
    checker = person("manager_checker")
    checker.goto(address)
    checker.locator("button[value=release]").click()
    table = clerk.request.get(f"{address}batch.csv").body().decode("gb18030")
    head, *lines = table.strip().splitlines()
    columns = head.split(",")
    number, reference, account, amount = (
        next(place for place, name in enumerate(columns) if name.startswith(word))
        for word in ("批次号", "业务参考号", "收款账号", "金额")
    )
    answer = ["批次号,业务参考号,收款账号,金额(元),处理结果,失败原因"]
    for line in lines:
        cells = [cell.strip('"\t') for cell in line.split(",")]
        answer.append(",".join([cells[number], cells[reference], cells[account], cells[amount], "成功", ""]))
    file = tmp_path / "回盘.csv"
    file.write_bytes(("\n".join(answer) + "\n").encode("gb18030"))
    for _ in range(2):  # sent again it changes nothing
        checker.goto(address)
        checker.locator("[name=file]").set_input_files(file)
        checker.locator("button[value=answer]").click()
        checker.wait_for_load_state()
    checker.goto(address)
    assert "已付" in checker.locator("main").inner_text()
    assert "未知" not in checker.locator("main table").first.inner_text()
