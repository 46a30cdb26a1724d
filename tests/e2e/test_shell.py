"""The frame of every page: languages, roles, keyboard, narrow screens."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.e2e.areas import areas_of

from yulin.people.enums import Role

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROLES = (
    "bank_clerk",
    "bank_manager",
    "manager_clerk",
    "manager_checker",
    "authority_officer",
    "authority_checker",
    "district_officer",
    "guarantor_officer",
    "firm_user",
    "auditor",
    "operator",
)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_has_a_home_with_one_next_action_that_leads_somewhere(person: Any, role: str) -> None:
    page = person(str(Role(role)))
    expect(page.locator("h1")).to_have_count(1)
    action = page.locator(".yl-next .btn-primary")
    expect(action).to_have_count(1)
    expect(page.locator("main .btn-primary")).to_have_count(1)
    action.click()
    page.wait_for_load_state()
    expect(page.locator("h1")).to_have_count(1)
    assert "500" not in page.title()


def test_the_language_switch_keeps_the_page(person: Any) -> None:
    page = person("public")
    page.goto("banks/?security=credit")
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/en/banks/?security=credit")
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_skip_link_is_first_and_leads_to_the_content(person: Any) -> None:
    page = person("public")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "yl-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_queue_is_walked_by_keyboard(person: Any) -> None:
    page = person("manager_clerk")
    assert page.locator("[data-queue] tbody tr").count() >= 2
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator("[data-queue] tbody tr").nth(1).get_attribute("class") == "yl-here"
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/(claims|enrolments|payouts|packages)/"))


@pytest.mark.parametrize(
    "path", ["", "lists/", "banks/", "verify/", "objections/", "demo/", "accessibility/", "board/lent/"]
)
def test_no_page_scrolls_sideways_at_390(person: Any, path: str) -> None:
    page = person("public", "en", 390)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("role", ["bank_clerk", "manager_clerk", "auditor"])
def test_no_home_scrolls_sideways_at_390(person: Any, role: str) -> None:
    page = person(role, "zh-hans", 390)
    for link in [None, *areas_of(page)]:
        if link:
            page.goto(link)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, link


def test_the_board_prints_with_its_definitions_open(person: Any) -> None:
    page = person("public")
    page.emulate_media(media="print")
    assert not page.locator(".yl-top").is_visible()
    assert page.locator(".yl-demo").is_visible()


def test_every_page_stays_below_300_kilobytes(person: Any) -> None:
    page = person("public")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.reload(wait_until="networkidle")
    assert 0 < sum(sizes) < 300_000
