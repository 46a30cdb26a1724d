"""A firm at its check-up in the browser: what it lacks, what would help, next year at once, and the report."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_firm_tries_what_would_bring_a_title_without_a_reload(person: Any) -> None:
    page = person("firm_user")
    page.get_by_role("link", name="企业", exact=True).click()
    page.wait_for_url("**/check-up/*/")
    page.get_by_role("link", name="科技型中小企业").click()
    line = page.locator("#check tr.yl-here")
    assert "需≥60" in line.inner_text()
    page.evaluate("window.stays = true")
    page.locator("[name=f-has_serious_dishonesty]").select_option("no")
    page.locator("[name=f-has_valid_hnte]").select_option("yes")
    line.get_by_text("可认定").wait_for()
    assert "现状：" in line.inner_text()
    assert "模拟结果" in page.locator("#check .yl-note").inner_text()
    page.locator("[name=f-rd_expense_fen]").fill("很多")
    page.locator("[name=f-rd_expense_fen]").press("Enter")
    page.wait_for_url("**f-rd_expense_fen=**")
    assert page.evaluate("window.stays") is True
    page.get_by_role("link", name="回到现状").click()
    page.locator("#check .yl-note").wait_for(state="detached")
    report = page.request.get(page.locator("#report").evaluate("link => link.href"))
    assert report.headers["content-type"] == "application/pdf"


def test_the_bureau_finds_the_firms_that_are_near_a_title(person: Any) -> None:
    page = person("authority_officer", "en")
    page.get_by_role("link", name="Firms", exact=True).click()
    page.get_by_role("link", name="Technology-based SME").click()
    page.get_by_role("link", name="Near", exact=True).click()
    step = page.locator("#steps tbody tr").first
    firms = step.get_by_role("link").last.inner_text()
    step.get_by_role("link").last.click()
    page.locator("#steps tr.yl-here").wait_for()
    assert f"of {firms}" in page.locator("section[aria-labelledby=firms] .yl-page").inner_text()
    with page.expect_download() as download:
        page.locator("#export").click()
    assert download.value.suggested_filename.endswith("-near-2022-01-19.xlsx")
    first = page.locator("#list tbody tr").first
    assert first.inner_text()
    first.get_by_role("link").click()
    page.wait_for_url("**/check-up/*/**")
    expect(page.locator("#check").get_by_text("Near", exact=True)).not_to_have_count(0)
