"""J12: the public reads a figure, its definition and its list, this month's list, and verifies a letter."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_figure_leads_to_its_definition_and_its_list(person: Any, language: str) -> None:
    page = person("public", language)
    figure = page.locator("button[popovertarget=d-pure-credit]")
    shown = figure.inner_text().strip()
    figure.click()
    definition = page.locator("#d-pure-credit")
    assert definition.is_visible()
    assert shown.rstrip("%").strip() in {
        re.search(r"= ([\d.]{5})", definition.inner_text())[1],
        shown.rstrip("%").strip(),
    }
    definition.get_by_role("link").first.click()
    page.wait_for_url("**/board/pure-credit/")
    expect(page.locator("h1")).to_have_count(1)
    assert page.locator("#split tbody tr").count() >= 2


def test_charts_are_drawn_and_stand_beside_their_tables(person: Any) -> None:
    page = person("public")
    page.wait_for_selector("[data-chart] canvas")
    assert page.locator("[data-chart] canvas").count() == page.locator("[data-chart]").count()
    expect(page.locator(".yl-beside table")).to_have_count(2)


def test_an_address_opens_a_definition(person: Any) -> None:
    page = person("public")
    page.goto(page.url + "#d-lent")
    page.reload()
    assert page.locator("#d-lent").is_visible()


def test_months_list_sorts_filters_and_a_letter_is_verified(person: Any) -> None:
    page = person("public")
    page.goto("lists/")
    expect(page.locator("#listing tbody tr")).not_to_have_count(0)
    page.get_by_role("link", name="贷款金额（万元）").click()
    page.wait_for_url("**sort=-amount**")
    amounts = [float(text.replace(",", "")) for text in page.locator("#listing td.num data").all_inner_texts()]
    assert amounts == sorted(amounts, reverse=True)
    firm = page.locator("#listing .yl-name").first.inner_text()
    page.locator(".yl-filter input[type=search]").fill(firm)
    page.locator(".yl-filter input[type=search]").press("Enter")
    page.wait_for_url("**q=**")
    assert firm in page.locator("#listing tbody").inner_text()


def test_a_code_that_was_never_issued_is_said_to_be_so(person: Any) -> None:
    page = person("public", "en")
    page.goto("verify/")
    page.get_by_label("Code").fill("zzzz-zzzz")
    page.get_by_role("button", name="Verify", exact=True).click()
    page.wait_for_url("**/verify/ZZZZZZZZ/")
    assert "No such letter" in page.locator("main").inner_text()


def test_an_objection_reaches_the_manager(person: Any) -> None:
    page = person("public")
    page.goto("objections/?about=2021-12")
    page.get_by_label("意见或异议").fill("名单中的金额与借据不符。")
    page.get_by_label("姓名或单位").fill("陈示例")
    page.get_by_label("电话或邮箱").fill("020-00000000")
    page.get_by_role("button", name="提出异议").click()
    page.wait_for_selector("[role=status] .yl-note--ok")
    assert "YY-" in page.locator("[role=status]").inner_text()
    manager = person("manager_clerk")
    assert "答复异议：2021-12" in manager.locator("aside").inner_text()
