"""Take the pictures of the ten-minute tour from a running demo book, in both languages, into docs/tour.

    python scripts/tour.py --url http://127.0.0.1:8000

It signs in, reads and writes nothing. Each picture is a WebP of one screen; the script ends with 1 when one weighs more
than `LIMIT_BYTES`, so that the README stays light.
"""

from __future__ import annotations

import argparse
import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shots import CHROMIUM, FLAGS, sign_in

OUT = Path(__file__).resolve().parent.parent / "docs" / "tour"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
LIMIT_BYTES = 150_000
QUALITY = 80


@dataclass(frozen=True)
class Stop:
    """One picture of the tour: who looks, how the page is reached, how large the window is."""

    name: str
    role: str
    reach: Callable[[Any, str], None]
    width: int = 1280
    height: int = 860


def page_at(path: str) -> Callable[[Any, str], None]:
    """Return a way to a page by its address."""
    return lambda page, base: page.goto(f"{base}{path}") and None


def definition(page: Any, base: str) -> None:
    """Open the board and press the figure that the newspaper printed differently."""
    page.goto(base)
    page.locator("button[popovertarget=d-pure-credit]").click()


def verdicts(page: Any, base: str) -> None:
    """Open the file that waits on the clerk's home."""
    page.goto(f"{base}home/")
    page.locator("[data-queue] tbody a[href*='/uploads/']").first.click()
    page.wait_for_url("**/uploads/*/")


def answer(page: Any, base: str) -> None:
    """Ask for a loan to the firm of the bank's newest enrolment."""
    page.goto(f"{base}enrolments/?sort=-disbursed")
    page.locator("#listing tbody a").first.click()
    page.wait_for_url("**/enrolments/*/")
    code = page.locator(".yl-head .yl-id").last.inner_text()
    page.goto(f"{base}answers/?scheme=gz-credit-2021&firm_code={code}&amount=480&months=12&security=credit")


def enrolment(page: Any, base: str) -> None:
    """Open the newest enrolment."""
    page.goto(f"{base}enrolments/?sort=-disbursed")
    page.locator("#listing tbody a").first.click()
    page.wait_for_url("**/enrolments/*/")


def filing(page: Any, base: str) -> None:
    """Open the filing that has waited longest."""
    page.goto(f"{base}review/")
    page.locator(".yl-next .btn-primary").click()
    page.wait_for_url("**/enrolments/*/")


STOPS = (
    Stop("1-board", "public", page_at("")),
    Stop("2-definition", "public", definition),
    Stop("3-home", "bank_clerk", page_at("home/"), height=620),
    Stop("4-verdicts", "bank_clerk", verdicts),
    Stop("5-answer", "bank_clerk", answer),
    Stop("6-enrolment", "bank_clerk", enrolment),
    Stop("7-scheme", "authority_checker", page_at("schemes/gz-credit-2021/")),
    Stop("8-review", "manager_clerk", filing),
    Stop("9-list", "public", page_at("lists/2021-12/"), height=620),
    Stop("10-phone", "bank_clerk", answer, width=390, height=844),
)


def main() -> int:
    """Take every picture; return 1 when one is too heavy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    url = parser.parse_args().url.rstrip("/")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - optional dependency

    OUT.mkdir(parents=True, exist_ok=True)
    heavy = 0
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for stop in STOPS:
            context = browser.new_context(viewport={"width": stop.width, "height": stop.height})
            if stop.role != "public" and not sign_in(context, url, stop.role):
                raise SystemExit(f"{url} is no demo book: {stop.role} cannot sign in")
            for short, language in LANGUAGES.items():
                size = _take(context, stop, f"{url}/{language}/", OUT / f"{stop.name}-{short}.webp")
                heavy += size > LIMIT_BYTES
                print(f"{stop.name}-{short}.webp {size:,} bytes")
            context.close()
        browser.close()
    return 1 if heavy else 0


def _take(context: Any, stop: Stop, base: str, place: Path) -> int:
    page = context.new_page()
    stop.reach(page, base)
    page.wait_for_timeout(400)
    session = context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    place.write_bytes(base64.b64decode(shot["data"]))
    page.close()
    return place.stat().st_size


if __name__ == "__main__":
    raise SystemExit(main())
