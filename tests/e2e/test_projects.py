"""From a list to the evidence in the browser: taken in, found, opened; a proposal and an application are compared."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LIST = (
    "项目编号,项目名称,计划类别,年度,级别,立项金额（万元）,承担单位,负责人,状态,项目简介\n"
    "E-1,示例潮间带养殖监测浮标,示例海洋专项,2021,市级,66,示例海洋研究所,示例路人,在研,"
    "布设溶解氧与叶绿素浮标，太阳能供电，数据每刻钟回传岸站，赤潮前兆提前三天报警。\n"
    "E-2,示例坏行,示例海洋专项,去年,市级,1,示例海洋研究所,,,\n"
)


def test_a_list_is_taken_in_found_and_a_proposal_compared(person: Any, tmp_path: Any) -> None:
    officer, firm = person("authority_officer"), person("firm_user")
    sheet = tmp_path / "示例海洋清单.csv"
    sheet.write_text(LIST, encoding="utf-8")
    for _ in range(2):  # the second time adds nothing
        officer.goto("projects/desk/")
        officer.get_by_label("立项清单").set_input_files(sheet)
        officer.get_by_role("button", name="导入清单").click()
        officer.get_by_text("新增1项，变化0项，未变0项，未收1行").wait_for()
    assert "年度不是四位年份" in officer.locator("tbody tr").first.inner_text()

    firm.goto("projects/")
    firm.get_by_label("名称、简介、单位、负责人、编号").fill("养殖监测浮标")
    with firm.expect_response(lambda answer: "q=" in answer.url):
        firm.keyboard.press("Enter")
    firm.get_by_text("1项，已知金额合计").wait_for()
    firm.get_by_role("link", name="示例潮间带养殖监测浮标").click()
    firm.get_by_text("示例海洋清单.csv").first.wait_for()
    assert "第2行" in firm.locator("aside").last.inner_text()

    firm.goto("projects/check/")
    firm.get_by_label("项目名称").fill("示例滩涂水质浮标")
    firm.get_by_label("研究内容或摘要").fill("拟布设溶解氧与叶绿素浮标，太阳能供电，数据每刻钟回传岸站，另建展示平台。")
    firm.get_by_label("人员").fill("示例路人（示例海洋研究所）")
    firm.get_by_role("button", name="比对").click()
    found = firm.locator("#found")
    found.get_by_text("内容重合").wait_for()
    assert "示例路人" in found.inner_text()
    assert firm.locator("#found mark").first.inner_text() == "布设溶解氧与叶绿素浮标，太阳能供电，数据每刻钟回传岸站"


def test_the_reviewer_and_the_firm_see_what_an_application_overlaps_with(person: Any) -> None:
    officer = person("authority_officer")
    officer.goto("applications/")
    officer.locator("tbody a").last.click()
    card = officer.locator("#overlap")
    card.get_by_text("示例光学检测模组研制及验证").wait_for()
    card.get_by_role("link", name="逐项对照").click()
    officer.get_by_text("同一单位（统一社会信用代码相同）").first.wait_for()
    expect(officer.locator("#found mark")).not_to_have_count(0)
    officer.get_by_role("heading", name="仅同名，未确认").wait_for()
