"""Those who look and do not lend: a district's officer, an auditor, the authority; each reaches its own and no more."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_district_sees_its_own_loans_and_only_those(person: Any) -> None:
    page = person("district_officer")
    page.locator(".yl-next .btn-primary").click()
    page.wait_for_url("**/enrolments/")
    count = page.locator(".yl-head p").inner_text()
    page.locator("#listing tbody a").first.click()
    page.wait_for_url("**/enrolments/*/")
    assert "黄埔区" in page.locator(".yl-head").inner_text()
    own = int(page.url.rstrip("/").rsplit("/", 1)[1])
    auditor = person("auditor")
    auditor.goto("enrolments/")
    assert count != auditor.locator(".yl-head p").inner_text()
    foreign = auditor.locator("#listing tbody a").evaluate_all("links => links.map(link => link.href)")
    strange = []
    for address in foreign[:10]:
        auditor.goto(address)
        if "黄埔区" not in auditor.locator(".yl-head").inner_text():
            strange.append(address)
    assert strange
    assert page.goto(strange[0]).status == 404
    assert page.goto(f"{strange[0].rsplit('/', 2)[0]}/{own}/").status == 200


def test_an_auditor_goes_from_a_figure_to_a_loan_and_its_trace(person: Any) -> None:
    page = person("auditor")
    page.goto("board/hnte/")
    assert re.search(r"[\d,]+ ÷ [\d,]+ = \d\d\.\d{4}%", page.locator("aside").inner_text())
    page.goto("board/lent/")
    page.locator("#listing tbody a").first.click()
    page.wait_for_url("**/enrolments/*/")
    heads = page.locator("main h2").all_inner_texts()
    assert {"分担", "逐条认定", "备案时的事实", "还款月报", "经过"} <= set(heads)
    page.goto("audit/?action=pool.")
    actions = page.locator("main tbody tr td:nth-child(3) > a").all_inner_texts()
    assert actions
    assert all(action.startswith("pool.") for action in actions)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出JSON行").click()
    assert download.value.suggested_filename == "yulin-audit.jsonl"


def test_the_authority_reads_a_scheme_as_law(person: Any) -> None:
    page = person("authority_checker")
    page.goto("schemes/")
    assert page.locator("main tbody tr").first.inner_text().strip() == "本账本使用"
    page.get_by_role("link", name="广州市科技型中小企业信贷风险损失补偿资金池管理办法").click()
    page.wait_for_url("**/schemes/gz-credit-2021/**")
    articles = page.locator("section", has=page.locator("#articles"))
    assert "未核实" in articles.inner_text()
    source = articles.get_by_role("link", name="V3").first
    source.click()
    assert page.locator("#source-V3").is_visible()
