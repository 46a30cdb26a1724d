"""One claim on its whole way, each role on its part: default, decision, payment, recovery, assignment (J4 to J6).

The loan is shared by the pool, a guarantor, an insurer and the bank; each of them checks its part. The demo book's day
moves twice: to the day after the public notice, and to the day after the settlement of the package; afterwards it is
set back for the tests that follow.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.e2e.claims import (
    add_claim_papers,
    add_package_papers,
    fen,
    fill_in_claim,
    fill_in_package,
    in_packages,
    make_package,
    step,
    table_of,
    write_answer,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FILED_ON = "2022-01-19"
APPROVED_ON = "2022-01-27"  # the day after five working days of public notice
ACTIVE_ON = "2022-01-28"
DEFAULTED_ON = "2021-09-21"
SHARES_BP = (5_000, 2_500, 1_500, 1_000)
PARTIES = ("guarantor_officer", "insurer_officer")  # those who share by contract, and their names on the sheet
PARTY_NAMES = ("担保机构", "保险机构")
RECEIVED_FEN, COST_FEN = 20_000_000, 3_000_000

Enter = Callable[[str], Any]


@pytest.fixture
def role(person: Enter) -> Enter:
    """Give each role's page, signed in once."""
    pages: dict[str, Any] = {}

    def page_of(name: str) -> Any:
        if name not in pages:
            pages[name] = person(name)
        return pages[name]

    return page_of


def file_claim(role: Enter, folder: Path) -> tuple[str, int]:
    """Let the clerk open and complete a claim on the shared loan, and a second hand of the bank submit it.

    Returns the claim's address and its principal.
    """
    bank = role("bank_clerk")
    bank.goto("claims/")
    bank.locator("tbody tr", has_text=DEFAULTED_ON).last.get_by_role("link", name="申请补偿").click()
    loan = bank.locator(".yl-head .yl-id").first.inner_text()
    firm = bank.locator("h1 .yl-name").inner_text()
    principal = bank.locator("form .yl-big").inner_text()
    bank.get_by_role("button", name="建立申请").click()
    bank.wait_for_url(re.compile(r"/claims/\d+/$"))
    address = str(bank.url)
    assert "补齐" in bank.locator(".yl-next h2").inner_text()
    bank.get_by_role("link", name="入库备案", exact=True).last.click()
    code = bank.locator(".yl-head .yl-id").last.inner_text()
    bank.goto(address)
    fill_in_claim(bank)
    says = {"amount": principal, "name": firm, "code": code, "loan": loan, "dated_on": "2022-01-18"}
    add_claim_papers(bank, folder, says)
    second = role("bank_manager")
    second.goto(address)
    assert second.locator(".yl-next h2").inner_text() == "下一步：提交申请"
    second.locator("button[value=submit]").click()
    expect(second.locator(".yl-head").get_by_text("待初审")).to_have_count(1)
    return address, fen(principal)


def decide(role: Enter, address: str) -> None:
    """Let two of the manager review and check, the authority decide, the manager publish what everybody then reads."""
    step(role("manager_clerk"), address, "visit", expert="1", visit_on=FILED_ON, note="企业已停产")
    step(role("manager_clerk"), address, "review", note="材料齐备，金额与月报一致")
    step(role("manager_checker"), address, "check", note="")
    step(role("authority_checker"), address, "decide", note="同意补偿", clause="演示规程第六条")
    step(role("manager_clerk"), address, "publish")
    public = role("public")
    public.goto("compensation-notices/")
    assert role("manager_clerk").locator("h1 .yl-id").inner_text() in public.locator("main").inner_text()


def check_sheet(role: Enter, address: str, principal_fen: int) -> None:
    """Hold that each party sees one sheet whose parts sum to the loss, each of them its own layer."""
    seen = []
    for name in (
        "bank_clerk",
        *PARTIES,
        "district_officer",
        "manager_clerk",
        "authority_checker",
        "auditor",
    ):
        page = role(name)
        page.goto(address)
        seen.append(table_of(page, "sheet").inner_text())
    assert len(set(seen)) == 1
    assert all(name in seen[0] for name in PARTY_NAMES)
    amounts = [fen(one) for one in re.findall(r"\d[\d,]*\.\d\d", seen[0])]
    parts = [principal_fen * bp // 10_000 for bp in SHARES_BP]
    assert amounts == [*parts, principal_fen]
    signed = []
    for name, word in zip(PARTIES, PARTY_NAMES, strict=True):
        party = role(name)
        assert party.locator("main form[method=post]").count() == 0  # a party looks on
        signed.append(party.request.get(f"{address}sheet.json").body())  # and holds the proof that the parts sum
        party.get_by_role("link", name="入库备案", exact=True).last.click()
        party.wait_for_url(re.compile(r"/enrolments/\d+/$"))
        assert word in party.locator("aside").inner_text()
    assert signed[0] == signed[1] == role("bank_clerk").request.get(f"{address}sheet.json").body()
    sheet = json.loads(signed[0])["sheet"]
    assert [line["amount_fen"] for line in sheet["lines"]] == parts


def pay(role: Enter, address: str, folder: Path) -> None:
    """Let the notice end, approve the claim, pay it in a batch of two releases, and take the bank's answer twice."""
    clerk, checker = role("manager_clerk"), role("manager_checker")
    step(clerk, address, "approve")
    expect(clerk.locator(".yl-head").get_by_text("待拨付")).to_have_count(1)
    clerk.goto("home/")
    clerk.get_by_role("link", name=re.compile("待拨付凭证")).click()
    clerk.wait_for_url("**/payouts/")
    clerk.locator("[name=scheme]").select_option("gz-credit-2021")
    clerk.locator("[name=execute_on]").fill(APPROVED_ON)
    clerk.locator("button[value=batch]").click()
    clerk.wait_for_url(re.compile(r"/payouts/\d+/$"))
    batch = clerk.url
    clerk.locator("button[value=release]").click()
    assert clerk.locator("button[value=release]").count() == 0
    checker.goto(batch)
    checker.locator("button[value=release]").click()
    answer = write_answer(clerk.request.get(f"{batch}batch.csv").body(), folder / "回盘.csv")
    for _ in range(2):  # sent again it changes nothing
        checker.goto(batch)
        checker.locator("[name=file]").set_input_files(answer)
        checker.locator("button[value=answer]").click()
        checker.wait_for_load_state()
    assert "待回盘" not in checker.locator("main table").first.inner_text()
    bank = role("bank_clerk")
    bank.goto(address)
    expect(bank.locator(".yl-head").get_by_text("已拨付")).to_have_count(1)


def state_premium(role: Enter, principal_fen: int) -> None:
    """Let the insurer state what it took in premiums: its part of the claim is its loss, and others see the ratio."""
    insurer = role("insurer_officer")
    insurer.goto("insurers/")
    borne_fen = principal_fen * SHARES_BP[2] // 10_000
    assert fen(insurer.locator("td[data-l=赔付]").first.inner_text()) == borne_fen
    insurer.locator("[name=premium]").fill(f"{2 * borne_fen / 100:.2f}")
    insurer.get_by_role("button", name="申报").click()
    insurer.wait_for_load_state()
    authority = role("authority_checker")
    authority.goto("insurers/")
    assert authority.locator("td[data-l=赔付率]").first.inner_text() == "50.00%"


def recover(role: Enter, address: str, principal_fen: int) -> None:
    """Let the bank preview and enter what came back; the auditor sees each party's part of the net."""
    bank = role("bank_clerk")
    bank.goto(address)
    bank.get_by_role("link", name="追偿回收").last.click()
    form = bank.locator("#enter")
    values = {
        "value_on": APPROVED_ON, "gross": "200,000.00", "cost": "30,000", "reference": "LS20220127E2E",
    }  # fmt: skip
    for name, value in values.items():
        form.locator(f"[name={name}]").fill(value)
    bank.get_by_role("button", name="预览分配").click()
    assert "净额170,000.00元" in bank.locator("#enter [role=status]").inner_text().replace(" ", "")
    bank.get_by_role("button", name="登记这笔回收").click()
    bank.wait_for_url(re.compile(r"/recoveries/\d+/(#enter)?$"))
    auditor = role("auditor")
    auditor.goto(bank.url)
    rows = table_of(auditor, "who").locator("tbody tr").all()
    told = [[fen(cell) for cell in row.locator("td.num").all_inner_texts() if "%" not in cell] for row in rows]
    for name in PARTIES:
        party = role(name)
        party.goto(bank.url)
        assert table_of(party, "who").inner_text() == table_of(auditor, "who").inner_text()
        assert party.locator("main form[method=post]").count() == 0  # its part comes back; the bank enters it
    net_fen = RECEIVED_FEN - COST_FEN
    parts = [(principal_fen * bp // 10_000, net_fen * bp // 10_000) for bp in SHARES_BP]
    assert told == [[borne, back, borne - back] for borne, back in parts]


def assign(role: Enter, folder: Path) -> str:
    """Let the bank put what is paid into a package, tell the debtors and submit; another person approves it."""
    bank = role("bank_clerk")
    before = in_packages(bank)
    address = make_package(bank)
    fill_in_package(bank, settles_on=APPROVED_ON)
    add_package_papers(bank, folder, told_on=FILED_ON)
    assert bank.locator(".yl-next h2").inner_text() == "下一步：提交转让申请"
    assert "预检全部通过" in bank.locator(".yl-next p").inner_text()
    bank.locator("button[value=submit]").click()
    expect(bank.locator(".yl-head").get_by_text("待审批")).to_have_count(1)
    bank.wait_for_load_state()
    debts = table_of(bank, "debts").locator("tbody tr").count()
    assert in_packages(bank) == before + debts
    checker = role("manager_checker")
    checker.goto(address)
    checker.locator("button[value=approve]").click()
    expect(checker.locator(".yl-head").get_by_text("待交割")).to_have_count(1)
    return address


def check_active(role: Enter, package: str, firm: str) -> None:
    """Hold that all who look on see the debts as the buyer's from the day after settlement."""
    for name in ("bank_clerk", "authority_checker", "auditor"):
        page = role(name)
        page.goto(package)
        expect(page.locator(".yl-head").get_by_text("已生效")).to_have_count(1)
        rows = table_of(page, "own").locator("tbody tr").all_inner_texts()
        days = [re.findall(r"\d{4}-\d\d-\d\d|至今", row) for row in rows]
        assert days == [[APPROVED_ON, APPROVED_ON], [ACTIVE_ON, "至今"]]
        assert firm in table_of(page, "debts").inner_text()


def test_each_role_walks_its_part_of_one_claim_from_default_to_assignment(
    role: Enter, book_day: Callable[[str, Any], None], tmp_path: Path
) -> None:
    address, principal_fen = file_claim(role, tmp_path)
    decide(role, address)
    firm = role("manager_clerk").locator("h1 .yl-name").inner_text()
    check_sheet(role, address, principal_fen)
    book_day(APPROVED_ON, role("manager_clerk"))
    pay(role, address, tmp_path)
    state_premium(role, principal_fen)
    recover(role, address, principal_fen)
    package = assign(role, tmp_path)
    book_day(ACTIVE_ON, role("manager_clerk"))
    check_active(role, package, firm)
