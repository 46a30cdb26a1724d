"""J2: a bank's account manager asks before lending, sees who bears what and what would change it, keeps the answer."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def known_firm(page: Any) -> str:
    """Return the code of a firm that the register knows, from the newest enrolment of the bank."""
    page.goto("enrolments/?sort=-disbursed")
    page.locator("#listing tbody a").first.click()
    page.wait_for_url("**/enrolments/*/")
    return str(page.locator(".yl-head .yl-id").last.inner_text())


def change(page: Any, label: str, value: str) -> None:
    """Change one field and wait for the answer that follows."""
    with page.expect_response(lambda answer: "/answers/" in answer.url and answer.request.method == "GET"):
        page.get_by_label(label, exact=True).fill(value)
        page.keyboard.press("Tab")


def test_an_answer_follows_each_change_and_is_kept(person: Any) -> None:
    page = person("bank_clerk")
    code = known_firm(page)
    page.goto("answers/")
    assert page.locator(".yl-field--bad").count() == 0
    change(page, "企业（统一社会信用代码）（可不填）", code)
    change(page, "贷款金额（万元）", "480")
    answer = page.locator("#answer")
    answer.get_by_text("可以补偿", exact=True).wait_for()
    shares = (
        answer.locator("table")
        .first.locator("tbody td[data-l='全损承担'] data")
        .evaluate_all("parts => parts.map(part => Number(part.value))")
    )
    assert sum(shares) == 480_000_000
    assert "登记资料：是" in page.locator("#facts").inner_text()
    change(page, "贷款金额（万元）", "3000.01")
    answer.get_by_text("不予补偿", exact=True).wait_for()
    assert "金额降到3,000.00万元" in answer.inner_text()
    change(page, "贷款金额（万元）", "480")
    answer.get_by_text("可以补偿", exact=True).wait_for()
    page.get_by_role("button", name="保存这份答复").click()
    page.wait_for_url("**/answers/*/")
    assert code in page.locator("main").inner_text()
    kept = page.url
    page.goto(kept.replace("/zh-hans/", "/en/"))
    expect(page.get_by_text("Covered", exact=True)).to_have_count(1)
    page.goto(kept[: kept.index("/answers/")] + "/answers/")
    expect(page.locator(f"main a[href='{kept[kept.index('/zh-hans/') :]}']")).to_have_count(1)


def test_what_is_missing_is_said_to_be_unknown_and_not_a_no(person: Any) -> None:
    page = person("bank_clerk")
    page.goto("answers/")
    change(page, "贷款金额（万元）", "480")
    answer = page.locator("#answer")
    answer.get_by_text("尚不能答复", exact=True).wait_for()
    assert "未知不等于不符合" in answer.inner_text()
    answer.get_by_role("link", name="本方案要问的事实").click()
    assert page.url.endswith("#facts")
