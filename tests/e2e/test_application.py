"""From a call to the letter in the browser: bureau, firm, two experts; two people of the firm's side write at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TODAY = date(2022, 1, 19)


def write(page: Any, field: str, words: str) -> None:
    """Type in one field of the form and wait until it says that it is saved."""
    control = page.locator(f"#field-{field} [name=value]")
    control.fill(words)
    control.dispatch_event("change")
    page.locator(f"#said-{field}").get_by_text("已保存").first.wait_for()


def test_a_firm_applies_and_two_experts_a_panel_and_two_people_decide(person: Any, url: str, tmp_path: Any) -> None:
    officer, checker, firm = person("authority_officer"), person("authority_checker"), person("firm_user")
    # A call under a policy of the library: one writes it, another publishes it.
    officer.goto("policies/")
    officer.get_by_role("link", name="示例市科技项目立项管理办法").click()
    officer.get_by_role("link", name="发起申报").click()
    officer.get_by_label("名称", exact=True).first.fill("示例第二批项目申报通知")
    officer.get_by_label("英文名称").first.fill("Second demo call")
    officer.get_by_label("截止日（至24:00）").fill((TODAY + timedelta(days=20)).isoformat())
    officer.get_by_role("button", name="提交复核").click()
    officer.get_by_text("由您提交，须由另一人发布").wait_for()
    checker.goto(officer.url)
    checker.get_by_role("button", name="提交复核意见").click()
    checker.get_by_text("已发布。").wait_for()

    # The firm's form starts from its portrait; an adviser and the firm write in one field at once.
    firm.goto(officer.url)
    firm.get_by_role("button", name="开始申报").click()
    firm.wait_for_url("**/applications/*/")
    address = firm.url
    assert "预填自" in firm.locator("#said-staff").inner_text()
    firm.get_by_label("服务机构").select_option(index=0)
    firm.get_by_label("填写").check()
    firm.get_by_role("button", name="邀请").click()
    firm.get_by_text("已邀请").wait_for()
    adviser = person("service_officer")
    adviser.goto(address)
    write(firm, "summary", "企业写的研究内容")
    adviser.locator("#field-summary [name=value]").fill("顾问写的研究内容")
    adviser.locator("#said-summary").get_by_text("两人同时修改").wait_for()
    adviser.get_by_role("button", name="两处都留").click()
    adviser.get_by_text("已处理").wait_for()
    firm.reload()
    assert firm.locator("#field-summary [name=value]").input_value() == "企业写的研究内容\n顾问写的研究内容"

    firm.get_by_role("button", name="提交申报").click()
    firm.get_by_text("还不能提交").wait_for()
    for field, words in (
        ("project", "示例项目"), ("leader", "示例人"), ("benefit", "示例效益"), ("starts", "2022-03-01"),
        ("total", "200万元"), ("asked", "50万元"),
    ):  # fmt: skip
        write(firm, field, words)
    paper = tmp_path / "示例预算.txt"
    paper.write_text("示例预算", encoding="utf-8")
    firm.get_by_label("选择文件：经费预算书").set_input_files(paper)
    firm.get_by_role("button", name="上传 经费预算书").click()
    firm.get_by_text("已上传。").wait_for()
    firm.get_by_role("button", name="提交申报").click()
    firm.get_by_text("已提交，回执HZ-").wait_for()

    # Screening, the draw, two experts of three, the panel's vote.
    officer.goto(address)
    officer.get_by_label("形式合规").check()
    officer.get_by_role("button", name="提交审查结论").click()
    officer.get_by_role("button", name="抽取2名").click()
    officer.get_by_text("已抽取").wait_for()
    drawn = [one for one in (expert(person, url, place) for place in range(3)) if one.goto(address).status == 200]
    assert len(drawn) == 2
    for page in drawn:
        assert page.locator("section", has=page.locator("#review")).locator("tbody tr").count() == 1
        for label, points in (("创新性", "30"), ("可行性", "25"), ("预期效益", "20")):
            page.get_by_label(label).fill(points)
        page.get_by_label("评审意见").fill("示例意见")
        page.get_by_role("button", name="提交评分").click()
        page.get_by_text("评分已提交，不再更改").wait_for()
        assert page.locator("section", has=page.locator("#review")).locator("tbody tr").count() == 2
    for page in drawn:
        page.goto(address)
        page.get_by_role("button", name="提交表决").click()
        page.get_by_text("表决已记录").wait_for()

    # One proposes, another confirms; the firm has its letter, everybody the notice.
    officer.goto(address)
    officer.get_by_label("支持金额（元）").fill("40万元")
    officer.get_by_role("button", name="提交复核").click()
    officer.get_by_text("由您拟定，须由另一人复核").wait_for()
    checker.goto(address)
    checker.get_by_role("button", name="提交复核意见").click()
    checker.get_by_text("复核已记录").wait_for()
    firm.reload()
    letter = firm.get_by_role("link", name="决定书JD-").get_attribute("href")
    answer = firm.request.get(f"{url}{letter}")
    assert answer.body().startswith(b"%PDF")
    public = person("public")
    public.goto("grants/")
    row = public.locator("tbody tr", has_text="示例项目").first.inner_text()
    assert "40" in row
    assert "公示中" in row


def expert(person: Any, url: str, place: int) -> Any:
    """Sign in as one of the experts of the demo book."""
    page = person("public")
    page.goto(f"{url}/zh-hans/demo/")
    page.locator("button[aria-label*='（评审专家）']").nth(place).click()
    page.wait_for_url("**/home/")
    return page
