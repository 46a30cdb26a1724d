"""A policy's way in the browser: taken in, its criteria confirmed, matched, applied for, paid; or no application."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.e2e.test_application import complete_and_submit, contract_and_pay, expert, open_call, review

pytestmark = [pytest.mark.browser, pytest.mark.slow]

POLICY = """<html><head><title>示例成长企业项目扶持办法</title></head><body>
<h1>示例成长企业项目扶持办法</h1>
<p>发文字号：示例科规〔2022〕1号</p><p>发布机构：示例市科学技术局</p><p>发布日期：2022-01-10</p>
<p>一、申报条件</p><p>（一）在荔湾区注册登记；</p><p>（二）职工总数不少于50人；</p><p>（三）未被列入经营异常名录；</p>
<p>（四）信誉良好。</p>
<p>二、支持标准</p><p>（一）按项目总投入的百分之三十给予支持，单项最高100万元。</p>
<p>三、有效期</p><p>本办法长期有效。</p></body></html>
"""
TITLE = "示例成长企业项目扶持办法"


def until(page: Any, address: str, shown: Callable[[], bool], seconds: int = 60) -> None:
    """Open a page again until it shows what background work brings."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        page.goto(address)
        if shown():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{address} did not come to show it")


def keep_search(person: Any, question: str, name: str) -> None:
    """Keep a search of the library from its page of results."""
    person.goto(f"policies/?q={question}")
    person.get_by_role("link", name="保存这个搜索").first.click()
    person.get_by_label("名称").fill(name)
    person.get_by_role("button", name="保存并通知我").click()
    person.get_by_text("已保存；有新政策时通知您").wait_for()


def take_in(officer: Any, checker: Any, folder: Any) -> str:
    """Take a portal's page in as one person, publish it as another, and return the policy's address."""
    file = folder / "示例政策.html"
    file.write_text(POLICY, encoding="utf-8")
    officer.goto("policies/desk/")
    officer.locator("[name=file]").set_input_files(file)
    officer.locator("[name=source]").fill("示例门户")
    officer.locator("[name=area]").fill("广东/广州/荔湾区")
    officer.locator("[name=profile]").select_option("portal-page")
    officer.get_by_role("button", name="导入").click()
    officer.get_by_text("由您导入，须由另一人复核发布").wait_for()
    version = str(officer.get_by_role("link", name=TITLE).get_attribute("href"))
    checker.goto(officer.url)
    checker.get_by_role("button", name="复核无误，发布").click()
    checker.get_by_text("已发布1项政策").wait_for()
    officer.goto(version.partition("versions/")[0])
    officer.get_by_role("link", name="发起申报").wait_for()
    return str(officer.url)


def confirm_criteria(officer: Any, checker: Any, policy: str) -> None:
    """Mend the draft that rules have read: what experts judge is no condition of the data; another person confirms."""
    officer.goto("radar/")  # whoever opens the radar asks for drafts that are missing
    address = f"{policy}criteria/"
    judged = officer.locator("input[value*='信誉良好']")
    until(officer, address, lambda: judged.count() > 0)
    place = str(judged.first.get_attribute("name")).removeprefix("quote_")
    officer.get_by_text("修改条件").click()
    officer.locator(f"[name=how_{place}]").select_option("struck")
    officer.locator("[name=note]").fill("信誉由评审专家判断")
    officer.get_by_role("button", name="提交确认").click()
    officer.get_by_text("由您提交，须由另一人确认").wait_for()
    checker.goto(address)
    checker.get_by_role("button", name="提交意见").click()
    checker.get_by_text("正在后台匹配全部企业").wait_for()


def test_a_policy_is_taken_in_matched_applied_for_reviewed_and_paid_each_by_their_own(
    person: Any, url: str, tmp_path: Any, book_day: Any
) -> None:
    officer, checker, firm = person("authority_officer"), person("authority_checker"), person("firm_user")
    keep_search(firm, "按项目总投入的百分之三十给予支持", "成长项目")
    policy = take_in(officer, checker, tmp_path)
    told = firm.get_by_text(f"“成长项目”找到新政策：{TITLE}")
    until(firm, "notices/", lambda: told.count() > 0, seconds=150)  # the clock looks each minute
    confirm_criteria(officer, checker, policy)

    # The radar decides: the authority finds the firm among the entitled, the firm what it can have and why.
    met = officer.locator("tr", has_text=TITLE)
    until(officer, "radar/", lambda: met.count() > 0 and not_applied(met) != "0")
    firm.goto("radar/")
    entitled = firm.locator("section", has=firm.locator("#g-met"))
    assert TITLE in entitled.inner_text()
    entitled.get_by_role("link", name=TITLE).click()

    call = open_call(officer, checker, policy=policy, title="示例成长企业项目申报通知")
    firm.goto(call)
    firm.get_by_role("button", name="开始申报").click()
    firm.wait_for_url("**/applications/*/")
    address = str(firm.url).partition("#")[0]
    firm.locator("#field-summary [name=value]").fill("示例研究内容")
    paper = tmp_path / "示例预算.txt"
    paper.write_text("示例预算", encoding="utf-8")
    complete_and_submit(firm, paper)
    review(officer, [expert(person, url, place) for place in range(3)], address)
    officer.goto(address)
    officer.get_by_label("支持金额（元）").fill("40万元")
    officer.get_by_role("button", name="提交复核").click()
    officer.get_by_text("由您拟定，须由另一人复核").wait_for()
    checker.goto(address)
    checker.get_by_role("button", name="提交复核意见").click()
    checker.get_by_text("复核已记录").wait_for()
    book_day("2022-01-27", officer)
    contract_and_pay(officer, checker, firm, address)

    # What was paid stands in the ledger, on the account of the firm under this call.
    firm.goto(call)
    number = firm.locator("li[aria-current=page]").first.inner_text()
    assert paid_in_ledger(person("auditor"), number) == "400,000.00"


def not_applied(row: Any) -> str:
    """Return how many entitled firms have not applied, as a policy's row of the radar says."""
    return str(row.first.locator("td").nth(2).inner_text())


def test_an_award_needs_no_application_the_firm_confirms_its_account_and_two_people_release_it(
    person: Any, book_day: Any, tmp_path: Any
) -> None:
    officer, checker, firm = person("authority_officer"), person("authority_checker"), person("firm_user")
    firm.goto("awards/")
    firm.locator("section", has=firm.locator("#own")).get_by_role("link").first.click()
    firm.get_by_label("账号").fill("4401 0012 3456 7890")
    firm.get_by_label("联行号").fill("102581000013")
    firm.get_by_role("button", name="确认账户").click()
    firm.get_by_text("公示结束后放款").wait_for()
    batch = str(firm.get_by_role("link", name="MS-2022-").get_attribute("href"))
    book_day("2022-01-27", officer)
    for page, said in ((officer, "您已放款，等另一人"), (checker, "已放款1家")):
        page.goto(batch)
        page.locator("#release button").click()
        page.get_by_text(said).first.wait_for()
    pay_by_file(officer, checker, batch, tmp_path)
    firm.reload()
    assert "已付款" in firm.locator("main").inner_text()
    assert paid_in_ledger(person("auditor"), "示例区初创科技企业成长奖励办法") == "100,000.00"


def pay_by_file(officer: Any, checker: Any, awards: str, folder: Any) -> None:
    """Put released awards into a batch, release it by two people, fetch its file, take the bank's answer."""
    officer.goto(awards)
    officer.get_by_role("link", name="建立付款批次").click()
    account = officer.locator("form", has=officer.locator("#acc"))
    account.get_by_label("户名").fill("示例市科学技术局")
    account.get_by_label("账号").fill("4401000099")
    account.get_by_label("联行号").fill("102581000013")
    account.get_by_role("button", name="保存账户").click()
    officer.get_by_text("账户已登记").wait_for()
    officer.get_by_role("button", name="建立付款批次").click()
    officer.get_by_text("已建立批次，请两人放款").wait_for()
    for page in (officer, checker):
        page.goto(officer.url)
        page.get_by_role("button", name="放款").click()
        page.wait_for_load_state()
    order = officer.request.get(checker.get_by_role("link", name="pain.001").evaluate("one => one.href")).text()
    reference, amount = (re.search(f"<{tag}[^>]*>([^<]+)</{tag}>", order) for tag in ("EndToEndId", "InstdAmt"))
    assert reference is not None
    assert amount is not None
    answer = folder / "回盘.csv"
    head = "批次号,业务参考号,收款账号,金额(元),处理结果,失败原因"
    batch = reference[1].rpartition("-")[0]
    answer.write_text(f"{head}\n{batch},{reference[1]},4401001234567890,{amount[1]},成功,\n", encoding="gb18030")
    checker.locator("[name=file]").set_input_files(answer)
    checker.get_by_role("button", name="上传并对账").click()
    checker.get_by_text("入账1笔，不符0笔").wait_for()


def paid_in_ledger(auditor: Any, name: str) -> str:
    """Return the balance of the account of the payee among those that bear a name."""
    auditor.goto(f"ledger/?q={name}")
    return str(auditor.locator("tr", has_text=":partner-").locator("td").nth(1).inner_text())
