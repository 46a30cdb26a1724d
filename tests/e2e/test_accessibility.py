"""Every page by the rules of axe-core (WCAG 2.2 A and AA, order of headings, landmarks), in both languages.

The pages are found as a person finds them: the public ones by name, then for each role every area of its navigation,
its own menu, and the first thing on each list. A page that another role has shown already is not asked again.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.areas import links_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = """async () => {
  const options = {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
    rules: Object.fromEntries(
      ["heading-order", "page-has-heading-one", "region", "landmark-unique", "empty-table-header"]
        .map(rule => [rule, { enabled: true }])),
    resultTypes: ["violations"],
  };
  const { violations } = await axe.run(document, options);
  return violations.flatMap(one => one.nodes.slice(0, 3).map(node => `${one.id} at ${node.target.join(" ")}`));
}"""
PUBLIC = (
    "",
    "board/lent/",
    "board/hnte/",
    "board/units/",
    "lists/",
    "banks/",
    "schemes/",
    "schemes/gz-credit-2021/",
    "verify/",
    "verify/ZZZZZZZZ/",
    "objections/",
    "demo/",
    "account/login/",
    "accessibility/",
    "no-such-page/",
)
ROLES = (
    "bank_clerk", "bank_manager", "manager_clerk", "authority_checker", "district_officer", "guarantor_officer",
    "insurer_officer", "firm_user", "auditor",
)  # fmt: skip
ANSWERED = "answers/?scheme=gz-credit-2021&amount=480&months=12&security=credit&fact-district_code=440112"


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        pytest.fail(f"{AXE} is missing: run `make assets`, or `npm ci`")
    return AXE.read_text(encoding="utf-8")


def shape(address: str) -> str:
    """Return what kind of page an address is: without its numbers and its language."""
    path = re.sub(r"^https?://[^/]+/[^/]+/", "", address)
    return re.sub(r"\d+(-\d\d)?|GZ[\w-]+|gz-[\w-]+|\?.*", "#", path)


def faults_here(page: Any, axe: str) -> list[str]:
    """Return what is wrong with the page that is open, each fault with its place."""
    page.evaluate(axe)
    return [f"{page.url}: {fault}" for fault in page.evaluate(RULES)]


def walk(page: Any, role: str, seen: set[str], axe: str) -> list[str]:
    """Open what a role reaches from its home by one press, and the first thing on each list; return the faults."""
    areas = page.locator(".yl-role ul a").evaluate_all("links => links.map(link => link.href)")
    waiting = [page.url, *areas]
    waiting += [page.url.replace("home/", ANSWERED)] if role == "bank_clerk" else []
    faults: list[str] = []
    while waiting:
        address = waiting.pop(0)
        kind = f"{role} home" if address.endswith("/home/") else shape(address)
        if kind in seen or "/account/" in address:
            continue
        seen.add(kind)
        page.goto(address)
        faults += faults_here(page, axe)
        found = [area for area in links_of(page) if area not in areas]
        areas += found
        waiting += found
        first = page.locator("main table tbody a[href^='/']").first
        if address in areas and first.count():
            waiting.append(first.evaluate("link => link.href"))
    return faults


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_public_pages_keep_the_rules(person: Any, axe: str, url: str, language: str) -> None:
    page = person("public", language)
    faults: list[str] = []
    for path in PUBLIC:
        page.goto(f"{url}/{language}/{path}")
        faults += faults_here(page, axe)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_behind_the_sign_in_keep_the_rules(person: Any, axe: str, language: str) -> None:
    seen = {shape(f"http://x/en/{path}") for path in PUBLIC}
    public_count = len(seen)
    faults = [fault for role in ROLES for fault in walk(person(role, language), role, seen, axe)]
    assert not faults, "\n".join(faults)
    assert len(seen) > public_count + len(ROLES) + 10


@pytest.mark.parametrize("role", ["public", "bank_clerk", "manager_clerk"])
def test_narrow_pages_keep_the_rules(person: Any, axe: str, role: str) -> None:
    page = person(role, "zh-hans", 390)
    faults = faults_here(page, axe)
    for address in links_of(page)[1:5]:
        page.goto(address)
        faults += faults_here(page, axe)
    assert not faults, "\n".join(faults)


def test_the_focus_is_seen_wherever_the_keyboard_goes(person: Any) -> None:
    page = person("bank_clerk")
    rings = []
    for _ in range(20):
        page.keyboard.press("Tab")
        rings.append(
            page.evaluate(
                "() => { const style = getComputedStyle(document.activeElement);"
                " return [style.outlineStyle, parseFloat(style.outlineWidth) >= 3]; }"
            )
        )
    assert rings == [["solid", True]] * 20
