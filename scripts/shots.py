"""Take a picture of each page in both languages at 1280 and 390 pixels, from a running demo book.

    python scripts/shots.py --url http://127.0.0.1:8000 --out shots

Also prints what a picture does not show: sideways scroll, errors in the console, bytes transferred.
"""

from __future__ import annotations

import argparse
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yulin.people.core.rights import ROLE_NAMES
from yulin.people.enums import Role

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (1280, 390)
PUBLIC = {
    "board": "",
    "board-list": "board/hnte/",
    "lists": "lists/",
    "banks": "banks/",
    "verify": "verify/",
    "verify-none": "verify/ZZZZZZZZ/",
    "objection": "objections/",
    "demo": "demo/",
    "sign-in": "account/login/",
    "accessibility": "accessibility/",
    "not-found": "no-such-page/",
}
# What a role sees is found on its pages: every area, its own menu, and the first thing on each list.
ROLES = (
    "bank_clerk",
    "bank_manager",
    "manager_clerk",
    "manager_checker",
    "authority_checker",
    "district_officer",
    "guarantor_officer",
    "firm_user",
    "auditor",
    "operator",
)


@dataclass
class Findings:
    """What is wrong with the pages, line by line."""

    lines: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Keep and print one finding."""
        self.lines.append(text)
        print(text, flush=True)


def main() -> int:
    """Take the pictures; return 1 when a page is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("shots"))
    parser.add_argument("--only", default="", help="take only pages whose name contains this")
    parser.add_argument("--role", default="", help="take only this role's pages (public for the open ones)")
    arguments = parser.parse_args()
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - optional dependency

    arguments.out.mkdir(parents=True, exist_ok=True)
    findings = Findings()
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for language in ("zh-hans", "en"):
            if arguments.role in ("", "public"):
                _take(browser, arguments, language, "public", PUBLIC, findings)
            for role in ROLES:
                if arguments.role in ("", role):
                    _take(browser, arguments, language, role, {}, findings)
        browser.close()
    print(f"{len(findings.lines)} findings")
    return 1 if findings.lines else 0


def _take(
    browser: Any, arguments: argparse.Namespace, language: str, role: str, pages: dict[str, str], findings: Findings
) -> None:
    context = browser.new_context(locale="zh-CN" if language.startswith("zh") else "en-GB")
    if role != "public" and not sign_in(context, arguments.url, role):
        findings.note(f"{role}: not on the demo page")
        return
    for name, path in (pages or pages_of(context, f"{arguments.url}/{language}/")).items():
        if arguments.only and arguments.only not in name:
            continue
        for width in WIDTHS:
            _shot(
                context,
                f"{arguments.url}/{language}/{path}",
                arguments.out / f"{role}-{name}-{language[:2]}-{width}.png",
                width,
                findings,
            )
    context.close()


def pages_of(context: Any, base: str) -> dict[str, str]:
    """Return what the person signed in can open by one press from home, and by one more from a list, by name."""
    page = context.new_page()
    page.goto(f"{base}home/")
    paths: list[str] = []
    rows = ".yl-nav a, .yl-role ul a"
    waiting = page.locator(rows).evaluate_all("links => links.map(link => link.href)")
    while waiting:
        path = waiting.pop(0).removeprefix(base)
        if path in paths or "/account/" in path:
            continue
        paths.append(path)
        page.goto(f"{base}{path}")
        waiting += page.locator(rows).evaluate_all("links => links.map(link => link.href)")
    for path in list(paths):
        page.goto(f"{base}{path}")
        first = page.locator("main table tbody a[href^='/']").first
        if first.count():
            paths.append(first.evaluate("link => link.href").removeprefix(base))
    page.close()
    return {re.sub(r"\W+", "-", path).strip("-") or "board": path for path in paths}


def sign_in(context: Any, url: str, role: str) -> bool:
    """Sign in as the first demo user of a role; tell whether there is one."""
    page = context.new_page()
    page.goto(f"{url}/zh-hans/demo/")
    button = page.locator(f"button[aria-label*='（{ROLE_NAMES[Role(role)].zh}）']").first
    if not button.count():
        return False
    button.click()
    page.wait_for_load_state()
    page.close()
    return True


def _shot(context: Any, address: str, place: Path, width: int, findings: Findings) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.on("pageerror", lambda error: findings.note(f"{place.stem}: {error}"))
    page.on(
        "console",
        lambda said: (
            findings.note(f"{place.stem}: {said.text}") if said.type == "error" and "404" not in said.text else None
        ),
    )
    answer = page.goto(address)
    page.wait_for_timeout(250)
    page.screenshot(path=place, full_page=True)
    if answer.status >= 500:
        findings.note(f"{place.stem}: status {answer.status}")
    reach = page.evaluate("document.documentElement.scrollWidth")
    if reach > width:
        findings.note(f"{place.stem}: {reach} pixels wide")
    page.close()


if __name__ == "__main__":
    raise SystemExit(main())
