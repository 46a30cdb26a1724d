"""Every setting stands in docs/settings.md, and nothing stands there that is not one."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "yulin"
READ = re.compile(r'(?:read_\w+|environ\.get|getenv)\(\s*"((?:YULIN_|DATABASE_)\w+)"')


def settings_in_code() -> set[str]:
    return {name for file in SOURCE.rglob("*.py") for name in READ.findall(file.read_text())}


def settings_in_docs() -> set[str]:
    return set(re.findall(r"`((?:YULIN_|DATABASE_)\w+)`", (ROOT / "docs" / "settings.md").read_text()))


def test_the_page_lists_each_setting_and_no_other() -> None:
    assert settings_in_docs() == settings_in_code()
