"""Every property test stands in docs/properties.md as a sentence, and every test named there exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "properties.md"
ROW = re.compile(r"^\| (?P<law>[^|]{20,}) \| `(?P<file>tests/\S+\.py)::(?P<name>\w+)` \|$", re.MULTILINE)


def is_property(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Name | ast.Attribute) and ast.unparse(called).split(".")[-1] == "given"


def properties_in_tests() -> set[str]:
    return {
        f"{file.relative_to(ROOT)}::{outer.name}"
        for file in (ROOT / "tests").rglob("test_*.py")
        for outer in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(outer, ast.FunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.FunctionDef) and any(map(is_property, inner.decorator_list))
    }


def properties_on_the_page() -> list[str]:
    return [f"{row['file']}::{row['name']}" for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))]


def test_the_page_lists_each_property_and_no_other() -> None:
    named = properties_on_the_page()
    assert len(named) == len(set(named))
    assert set(named) == properties_in_tests(), "docs/properties.md: one line a property test, its law as a sentence"


def test_each_row_of_the_page_can_be_read() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if "`tests/" in line]
    assert len(rows) == len(properties_on_the_page())
