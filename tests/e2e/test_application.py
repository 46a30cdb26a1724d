"""From a call to the letter in the browser: bureau, firm, two experts; two people of the firm's side write at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TODAY = date(2022, 1, 19)


def write(page: Any, field: str, words: str) -> None:
    """Type in one field of the form and wait until the server has answered."""
    with page.expect_response(lambda answer: f"/fields/{field}/" in answer.url and answer.status == 200):
        page.locator(f"#field-{field} [name=value]").fill(words)


def test_a_firm_applies_and_two_experts_a_panel_and_two_people_decide(
    person: Any, url: str, tmp_path: Any, book_day: Any
) -> None:
    officer, checker, firm = person("authority_officer"), person("authority_checker"), person("firm_user")
    call = open_call(officer, checker)
    address = begin(firm, call)
    write_at_once(firm, person("service_officer"), address)
    paper = tmp_path / "示例预算.txt"
    paper.write_text("示例预算", encoding="utf-8")
    complete_and_submit(firm, paper)
    review(officer, [expert(person, url, place) for place in range(3)], address)

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
    assert firm.request.get(f"{url}{letter}").body().startswith(b"%PDF")
    public = person("public")
    public.goto("grants/")
    row = public.locator("tbody tr", has_text="示例项目").first.inner_text()
    assert "40" in row
    assert "公示中" in row

    # When the notice is over: contract, report, acceptance, two releases, the bank's payment in the ledger.
    book_day("2022-01-27", officer)
    contract_and_pay(officer, checker, firm, address)


def contract_and_pay(officer: Any, checker: Any, firm: Any, address: str) -> None:
    """Draft and sign the contract, report its milestone, accept and release it by two, book the payment."""
    officer.goto(address)
    officer.get_by_label("节点").first.fill("示例样机")
    officer.get_by_label("期限").first.fill("2022-06-30")
    officer.get_by_label("金额（元）").first.fill("40万元")
    officer.get_by_role("button", name="提交草案").click()
    officer.get_by_text("已拟定，由另一人签订").wait_for()
    checker.goto(address)
    checker.get_by_role("button", name="签订合同").click()
    checker.get_by_text("合同已签订，各节点资金已冻结").wait_for()
    firm.goto(address)
    firm.get_by_text("报告完成").click()
    firm.get_by_label("完成情况").fill("示例样机完成")
    firm.get_by_role("button", name="提交报告").click()
    firm.get_by_text("已报告，待验收").wait_for()
    officer.goto(address)
    officer.locator("#contract summary", has_text="验收").click()
    officer.get_by_role("button", name="提交验收意见").click()
    officer.get_by_role("button", name="放款").click()
    officer.get_by_text("您已放款，等另一人").wait_for()
    checker.goto(address)
    checker.get_by_role("button", name="第二人放款").click()
    checker.locator("#contract summary", has_text="登记批次以外的付款").click()
    checker.get_by_label("银行流水号").fill("B-2022-1")
    checker.get_by_role("button", name="登记付款").click()
    checker.get_by_text("付款已入账").wait_for()
    firm.goto(address)
    assert "已付款" in firm.locator("#contract").inner_text()


def open_call(officer: Any, checker: Any, policy: str = "", title: str = "示例第二批项目申报通知") -> str:
    """Write a call under a policy of the library as one person and publish it as another."""
    officer.goto(policy or "policies/")
    if not policy:
        officer.get_by_role("link", name="示例市科技项目立项管理办法").click()
    officer.get_by_role("link", name="发起申报").click()
    officer.locator("#id_title_zh").fill(title)
    officer.locator("#id_title_en").fill("Second demo call")
    officer.locator("#id_closes_on").fill((TODAY + timedelta(days=20)).isoformat())
    officer.get_by_role("button", name="提交复核").click()
    officer.get_by_text("由您提交，须由另一人发布").wait_for()
    checker.goto(officer.url)
    checker.get_by_role("button", name="提交复核意见").click()
    checker.get_by_text("已发布。").wait_for()
    return str(officer.url)


def begin(firm: Any, call: str) -> str:
    """Begin an application, which starts from the portrait, and let an adviser write in it."""
    firm.goto(call)
    firm.get_by_role("button", name="开始申报").click()
    firm.wait_for_url("**/applications/*/")
    assert "预填自" in firm.locator("#said-staff").inner_text()
    firm.get_by_label("服务机构").select_option(index=0)
    firm.get_by_label("填写").check()
    firm.get_by_role("button", name="邀请").click()
    firm.get_by_text("已邀请").wait_for()
    return str(firm.url).partition("#")[0]


def write_at_once(firm: Any, adviser: Any, address: str) -> None:
    """Type in one field from two windows: neither's words go."""
    adviser.goto(address)
    write(firm, "summary", "企业写的研究内容")
    adviser.locator("#field-summary [name=value]").fill("顾问写的研究内容")
    adviser.locator("#said-summary").get_by_text("两人同时修改").wait_for()
    adviser.get_by_role("button", name="两处都留").click()
    adviser.get_by_text("已处理").wait_for()
    firm.reload()
    assert firm.locator("#field-summary [name=value]").input_value() == "企业写的研究内容\n顾问写的研究内容"


def complete_and_submit(firm: Any, paper: Any) -> None:
    """Be told what is missing, type it, attach the paper, submit."""
    firm.get_by_role("button", name="提交申报").click()
    firm.get_by_role("heading", name="还不能提交").wait_for()
    for field, words in (
        ("project", "示例项目"), ("leader", "示例人"), ("benefit", "示例效益"), ("starts", "2022-04-01"),
        ("total", "200万元"), ("asked", "50万元"),
    ):  # fmt: skip
        write(firm, field, words)
    firm.get_by_label("选择文件：经费预算书").set_input_files(paper)
    firm.get_by_role("button", name="上传 经费预算书").click()
    firm.get_by_text("已上传。").wait_for()
    firm.get_by_role("button", name="提交申报").click()
    firm.get_by_text("已提交，回执HZ-").wait_for()


def review(officer: Any, experts: list[Any], address: str) -> None:
    """Screen it and draw two of three experts; each sees the other's score only after the own; both vote."""
    officer.goto(address)
    officer.get_by_label("形式合规").check()
    officer.get_by_role("button", name="提交审查结论").click()
    officer.get_by_role("button", name="抽取2名").click()
    officer.get_by_text("已抽取").first.wait_for()
    drawn = [page for page in experts if page.goto(address).status == 200]
    assert len(drawn) == 2
    for page in drawn:
        seen = page.locator("section", has=page.locator("#review")).locator("tbody tr")
        expect(seen).to_have_count(1)
        for label, points in (("创新性", "30"), ("可行性", "25"), ("预期效益", "20")):
            page.locator("#score").get_by_label(label).fill(points)
        page.get_by_label("评审意见").fill("示例意见")
        page.get_by_role("button", name="提交评分").click()
        page.get_by_text("评分已提交，不再更改").wait_for()
        expect(seen).to_have_count(2)
    for page in drawn:
        page.goto(address)
        page.get_by_role("button", name="提交表决").click()
        page.get_by_text("表决已记录").wait_for()


def expert(person: Any, url: str, place: int) -> Any:
    """Sign in as one of the experts of the demo book."""
    page = person("public")
    page.goto(f"{url}/zh-hans/demo/")
    page.locator("button[aria-label*='（评审专家）']").nth(place).click()
    page.wait_for_url("**/home/")
    return page
