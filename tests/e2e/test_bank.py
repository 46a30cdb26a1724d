"""J1: a bank's clerk confirms the rows of a checked file and holds confirmation numbers minutes later."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_from_home_to_confirmation_numbers(person: Any) -> None:
    page = person("bank_clerk")
    page.locator("table a[href*='/uploads/']").first.click()
    page.wait_for_url("**/uploads/*/")
    page.get_by_role("button", name=re.compile("确认.*入库")).click()
    page.get_by_text(re.compile("GZ21-2022-")).first.wait_for(timeout=60_000)
    page.goto("enrolments/?sort=-number")
    assert "GZ21-2022-" in page.locator("#listing").inner_text()
