"""What banks and the manager keep themselves, in the browser: partners, products, an enrolment that is revoked."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_manager_records_a_partner_and_ends_the_partnership(person: Any) -> None:
    page = person("manager_clerk")
    page.get_by_role("link", name="政策与方案").click()
    page.get_by_role("link", name="合作银行", exact=True).click()
    page.wait_for_url("**/partnerships/")
    page.select_option("select[name=scheme] >> nth=-1", value="gz-credit-2021")
    bank = page.locator("form[method=post] select[name=bank] option").nth(1)
    page.locator("form[method=post] select[name=bank]").select_option(bank.get_attribute("value"))
    page.get_by_label("科技支行或部门").fill(f"示例支行{os.getpid()}")
    page.locator("input[name=valid_from]").fill("2021-07-01")
    page.get_by_role("button", name="登记合作关系").click()
    page.wait_for_url("**/partnerships/*/")
    expect(page.locator("main").get_by_text("合作中")).not_to_have_count(0)
    page.locator("input[name=on]").fill("2021-06-30")
    page.get_by_role("button", name="结束合作").click()
    assert "POOL.PARTNERSHIP.INTERVAL" in page.locator("main").inner_text()
    page.locator("input[name=on]").fill("2022-01-19")
    page.get_by_role("button", name="结束合作").click()
    page.get_by_text("合作期已写明结束日。").wait_for()
    expect(page.locator(".yl-head").get_by_text("已结束")).to_have_count(1)


def test_a_banks_product_appears_on_the_public_page_until_it_is_closed(person: Any, url: str) -> None:
    name = f"示例浏览器贷{os.getpid()}"
    page = person("bank_clerk")
    page.get_by_role("link", name="政策与方案").click()
    page.get_by_role("link", name="本行产品").click()
    page.get_by_label("产品名称").fill(name)
    page.get_by_label("最高额度（万元）").fill("300")
    page.get_by_label("信用", exact=True).check()
    page.get_by_role("button", name="加入产品").click()
    page.get_by_text("已保存，公开页面同步更新。").wait_for()
    public = person("public", "en")
    public.goto(f"{url}/en/banks/")
    expect(public.get_by_text(name)).to_have_count(1)
    page.locator("tr", has_text=name).get_by_role("button", name="停办").click()
    page.get_by_text("已停办，不再公布").wait_for()
    public.reload()
    assert public.get_by_text(name).count() == 0


def test_a_checker_revokes_an_enrolment_with_clause_and_reason(person: Any, url: str) -> None:
    page = person("manager_checker", "en")
    page.goto(f"{url}/en/enrolments/?state=active&sort=amount")
    page.locator("#listing tbody a").first.click()
    steps = page.locator("#steps")
    assert "starts from “Confirmed”" in steps.inner_text()
    steps.get_by_text("Revoke", exact=True).first.click()
    steps.get_by_label("Clause").select_option("other")
    steps.get_by_label("Reason").fill("Filed by mistake.")
    steps.get_by_role("button", name="Revoke").click()
    page.get_by_text("Done: Revoked").wait_for()
    expect(page.locator(".yl-head").get_by_text("Revoked")).to_have_count(1)
    assert page.locator("#steps form").count() == 0
