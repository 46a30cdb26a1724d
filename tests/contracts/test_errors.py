"""Every error code stands in docs/errors.md with its meaning, and no other."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))


def test_the_page_is_what_the_classes_say() -> None:
    import errors

    assert (ROOT / "docs" / "errors.md").read_text(encoding="utf-8") == errors.page(), "Run: python scripts/errors.py"


def test_each_code_has_one_class() -> None:
    import errors

    codes = [error.code for error in errors.defining_classes()]
    assert sorted(codes) == sorted(set(codes))
