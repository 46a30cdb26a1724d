"""The portrait on a phone: folded into its parts, each with its count; an address opens its part, a print opens all."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OPEN = "document.querySelectorAll('main details.yl-fold[open]').length"
ALL = "document.querySelectorAll('main details.yl-fold').length"


def test_a_portrait_is_read_on_a_phone(person: Any) -> None:
    page = person("auditor", "zh-hans", 390)
    page.goto("firms/6550/")
    parts = page.evaluate(ALL)
    assert (page.evaluate(OPEN), parts > 10) == (1, True)
    assert page.evaluate("document.documentElement.scrollHeight") < 4_000
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("link", name="资产画像").click()
    assert page.locator("details.yl-fold:has(> summary #panel-assets)").evaluate("part => part.open")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(OPEN) == parts
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(OPEN) == 2
    wide = person("auditor", "en", 1280)
    wide.goto("firms/6550/")
    assert wide.evaluate(OPEN) == wide.evaluate(ALL) == parts
