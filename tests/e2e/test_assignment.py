"""A debt that has left the balance sheet says whose it is on each day; how it gets there is in `test_journey`."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_active_package_says_whose_the_debts_are_on_each_day(person: Any) -> None:
    bank = person("bank_clerk")
    bank.goto("assignments/?state=active&kind=to_amc")
    bank.locator("#listing tbody tr").last.locator("a").first.click()  # the oldest: other journeys make more
    bank.wait_for_url(re.compile(r"/assignments/\d+/$"))
    rows = bank.locator("section", has=bank.locator("#own")).locator("tbody tr").all_inner_texts()
    assert [re.findall(r"\d{4}-\d\d-\d\d|至今", row) for row in rows] == [
        ["2022-01-06", "2022-01-12"], ["2022-01-13", "至今"],
    ]  # fmt: skip
    bank.locator("section", has=bank.locator("#debts")).locator("tbody a").first.click()
    bank.get_by_role("link", name="追偿回收").last.click()
    note = bank.locator(".yl-note").first.inner_text()
    assert "自2022-01-13起该债权归" in note.replace(" ", "")
