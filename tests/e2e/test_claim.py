"""Money that comes back on a paid claim, and the sheet of a shared loan (J5); the whole way is in `test_journey`."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.e2e.claims import fen, table_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


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


def test_all_parties_of_an_insured_loan_see_one_sheet_and_only_the_claimant_acts(person: Any) -> None:
    insurer = person("insurer_officer")
    insurer.goto("claims/?state=checked")
    expect(insurer.locator("#listing tbody tr")).to_have_count(1)  # its own, and nobody else's
    insurer.locator("#listing tbody a").first.click()
    insurer.wait_for_url(re.compile(r"/claims/\d+/$"))
    address = insurer.url
    seen = []
    for role in ("insurer_officer", "manager_clerk", "authority_officer", "auditor"):
        page = person(role)
        page.goto(address)
        seen.append(table_of(page, "sheet").inner_text())
    assert len(set(seen)) == 1
    assert "保险机构" in seen[0]
    amounts = [fen(one) for one in re.findall(r"\d[\d,]*\.\d\d", seen[0])]
    assert amounts[-1] == sum(amounts[:-1])
    assert insurer.locator("main form[method=post]").count() == 0  # a party looks on
    insurer.get_by_role("link", name="入库备案", exact=True).last.click()
    insurer.wait_for_url(re.compile(r"/enrolments/\d+/$"))
    assert "保险机构" in insurer.locator("aside").inner_text()
