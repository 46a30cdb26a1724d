"""A day that a form shows is one that a browser reads: in Chinese Django writes 2022/01/19, and the field is empty."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "yulin"


def day_fields_without_their_form(tree: ast.AST) -> list[int]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    days = [one for one in calls if ast.unparse(one.func).rpartition(".")[2] == "DateInput"]
    return [one.lineno for one in days if not any(part.arg == "format" for part in one.keywords)]


def test_each_day_field_writes_its_day_as_browsers_read_it() -> None:
    found = {
        f"{file.relative_to(SOURCE)}:{line}"
        for file in SOURCE.rglob("*.py")
        for line in day_fields_without_their_form(ast.parse(file.read_text(encoding="utf-8")))
    }
    assert found == set()


def test_a_day_field_without_its_form_is_found() -> None:
    assert day_fields_without_their_form(ast.parse("a = forms.DateInput(attrs={'type': 'date'})")) == [1]
