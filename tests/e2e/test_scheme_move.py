"""Journey J8, the part of the book: old loans under the new law, proposed by one person, carried out by another."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def compare(page: Any, old: str, new: str) -> None:
    """Choose two versions by the beginning of their titles and look at them side by side."""
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="方案").click()
    page.get_by_role("link", name="新旧方案衔接").first.click()
    for name, title in (("from", old), ("to", new)):
        option = page.locator(f"select[name={name}] option", has_text=title).first
        page.select_option(f"select[name={name}]", value=option.get_attribute("value"))
    page.get_by_role("button", name="看前后对照").click()
    page.wait_for_url("**/moves/preview/**")


def propose(page: Any, rule: str) -> str:
    """Propose a rule with its reason and return the address of the proposal."""
    page.get_by_label(rule).check()
    page.get_by_label("依据与理由").fill("局务会议纪要〔2022〕1号")
    page.get_by_role("button", name="提议，交另一人复核").click()
    page.wait_for_url("**/moves/*/")
    return str(page.url)


def sums(page: Any) -> tuple[str, list[str]]:
    """Return how many loans stand under the old scheme, and the tabs' counts: all, moving, staying."""
    counts = page.locator(".yl-tabs .yl-count").all_inner_texts()
    return counts[0], counts


def test_old_loans_move_by_two_people_and_the_report_is_kept(person: Any, url: str) -> None:
    officer = person("authority_officer")
    compare(officer, "（2015-01-01起）", "（2021-07-01起）")
    in_force, counts = sums(officer)
    assert int(counts[1]) + int(counts[2]) == int(in_force) > 0
    assert int(counts[1]) > 0
    address = propose(officer, "转入新方案")
    expect(officer.get_by_text("由您提议，须由另一人复核")).to_have_count(1)
    assert officer.get_by_role("button", name="提交复核意见").count() == 0
    first = officer.locator("#each").locator("xpath=../..").locator("tbody a").first
    enrolment = str(first.get_attribute("href"))

    checker = person("authority_checker")
    checker.locator("main table a", has_text="新旧方案衔接").first.click()
    checker.wait_for_url("**/moves/*/")
    assert checker.url == address
    checker.get_by_label("执行").check()
    checker.get_by_role("button", name="提交复核意见").click()
    checker.get_by_text(f"已执行：{counts[1]}笔转入新方案").wait_for()
    assert sums(checker) == (in_force, counts)  # the report is what was proposed

    checker.goto(f"{url}{enrolment}")
    expect(checker.get_by_text("转入新方案")).not_to_have_count(0)
    checker.goto(f"{url}/zh-hans/moves/")
    assert checker.locator("select[name=from] option", has_text="（2015-01-01起）").count() == int(counts[2] != "0")


def test_a_proposal_is_turned_down_with_its_reason(person: Any, url: str) -> None:
    officer = person("authority_officer")
    compare(officer, "（2019-01-01起）", "（2021-07-01起）")
    address = propose(officer, "保留（按原办法）")
    manager = person("manager_checker", "en")
    manager.goto(address.replace("/zh-hans/", "/en/"))
    manager.get_by_label("Turn it down").check()
    manager.get_by_role("button", name="Submit the decision").click()
    assert "POOL.ENROLMENT.NOTE" in manager.locator("[role=alert]").inner_text()
    manager.get_by_label("Turn it down").check()
    manager.get_by_label("Note (a reason").fill("The approval is missing.")
    manager.get_by_role("button", name="Submit the decision").click()
    manager.get_by_text("Turned down; no enrolment changed.").wait_for()
    assert "The approval is missing." in manager.locator("aside").inner_text()
    officer.goto(f"{url}/zh-hans/moves/")
    expect(officer.locator("main").get_by_text("已退回")).not_to_have_count(0)
