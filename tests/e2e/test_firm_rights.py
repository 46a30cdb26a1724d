"""A firm's rights in the browser: it lets a bank in, sees that it looked, contests a value, takes the consent back."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_firm_lets_a_bank_in_sees_it_look_contests_a_value_and_shuts_it_out(person: Any) -> None:
    bank = person("bank_clerk")
    bank.goto("portraits/")
    firm = person("firm_user")
    firm.get_by_role("link", name="企业", exact=True).click()
    firm.get_by_role("link", name="数据授权").click()
    house = bank.locator("header b").first.inner_text().strip()
    firm.get_by_label("授权给").select_option(label=house)
    firm.get_by_label("经营与财务").check()
    firm.get_by_label("用途").fill("申请流动资金贷款")
    firm.get_by_label("有效至").fill("2022-06-30")
    firm.get_by_role("button", name="授权", exact=True).click()
    firm.get_by_text(f"已授权{house}").wait_for()

    bank.reload()
    bank.locator("tbody a").first.click()
    bank.wait_for_url("**/firms/*/")
    portrait = bank.url
    expect(bank.locator("#fact-staff_count")).to_have_count(1)
    assert bank.get_by_role("heading", name="研发与知识产权").count() == 0

    firm.reload()
    seen = firm.locator("section", has=firm.locator("#read")).locator("tbody tr").first.inner_text()
    assert house in seen
    assert "企业授权" in seen
    firm.get_by_role("link", name="本企业画像").click()
    firm.locator("#fact-staff_count").get_by_role("link", name="异议").click()
    firm.get_by_label("理由").fill("社保清单人数不同，附清单")
    firm.get_by_role("button", name="提出异议").click()
    firm.wait_for_url("**/data-objections/*/")
    bank.reload()
    assert "异议中" in bank.locator("#fact-staff_count").inner_text()

    firm.goto("consents/")
    firm.get_by_role("button", name="撤回").first.click()
    firm.get_by_text("已撤回").first.wait_for()
    assert bank.goto(portrait).status == 403
    bank.go_back()
    assert bank.goto(portrait).status == 403
