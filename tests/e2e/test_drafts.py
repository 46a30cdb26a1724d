"""Journey J8, the part of the law: written in the browser with its defects beside it, published by a second person."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BASE = "title-techsme-2017"


def begin(page: Any, url: str) -> tuple[Any, str]:
    """Begin a draft from the law in force and return its text area and its text."""
    page.goto(f"{url}/zh-hans/laws/{BASE}/")
    page.get_by_role("link", name="起草新版本").click()
    page.get_by_role("button", name="开始起草").click()
    page.wait_for_url(re.compile(r"/law-drafts/\d+/$"))
    text = page.locator("textarea[name=law]")
    return text, text.input_value()


def test_a_law_is_drafted_mended_submitted_and_published(person: Any, url: str) -> None:
    officer = person("authority_officer")
    text, law = begin(officer, url)
    line = next(n for n, each in enumerate(law.splitlines(), 1) if "staff_count <= 500" in each)
    text.fill(law.replace("staff_count <= 500", "staff_cuont <= 500"))
    officer.locator(f"#defects a[href='#pack-{line}']").wait_for()
    assert "staff_count" in officer.locator("#defects").inner_text()
    expect(officer.locator(f"#pack-{line}.bad")).to_have_count(1)

    stricter = law.replace("from: 2017-05-03", "from: 2022-06-01").replace("staff_count <= 500", "staff_count <= 300")
    text.fill(stricter)
    officer.locator("#defects").get_by_text("文本成立").wait_for()
    officer.get_by_role("button", name="保存并提交复核").click()
    officer.get_by_text("RULES.PACK.CASES_FAIL").wait_for()
    assert "职工500人" in officer.locator("#cases-run").inner_text()

    officer.locator("textarea[name=law]").fill(stricter.replace("staff_count <= 300", "staff_count <= 600"))
    cases = officer.locator("textarea[name=cases]")
    over = "{staff_count: 501, tech_staff_count: 151}"
    assert over in cases.input_value()
    cases.fill(cases.input_value().replace(over, "{staff_count: 601, tech_staff_count: 181}"))
    officer.get_by_role("button", name="保存", exact=True).click()
    officer.get_by_text("已保存。").wait_for()
    assert "全部符合" in officer.locator("#cases-run").inner_text()
    assert "断崖" in officer.locator("#remarks").inner_text()
    assert "staff_count <= 600" in officer.locator("#law").inner_text()
    officer.locator("#effect table").first.wait_for()
    officer.get_by_role("button", name="保存并提交复核").click()
    officer.get_by_text("由您起草，须由另一人复核发布。").wait_for()
    address = str(officer.url)

    checker = person("authority_checker")
    checker.locator(f"main a[href='{address.removeprefix(url)}']").first.click()
    checker.wait_for_url(address)
    checker.get_by_label("发布").check()
    checker.get_by_label("施行日").fill("2022-06-02")
    checker.get_by_role("button", name="提交复核意见").click()
    checker.get_by_text("RULES.DRAFT.DATES").first.wait_for()
    checker.get_by_label("发布").check()
    checker.get_by_label("施行日").fill("2022-06-01")
    checker.get_by_role("button", name="提交复核意见").click()
    checker.get_by_text("已发布").first.wait_for()

    public = person("public")
    public.goto(f"{url}/zh-hans/laws/{BASE}/")
    expect(public.locator("aside").get_by_text("自2022-06-01")).not_to_have_count(0)
