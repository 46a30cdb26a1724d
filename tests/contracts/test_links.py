"""The pages' links lead somewhere: files exist, and what is named after `#` in a module is defined there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\((?P<path>[^)#\s]*)(?:#(?P<part>[^)\s]+))?\)")
LIMIT_BYTES = 150_000


def links_of(page: Path) -> list[tuple[str, str]]:
    found = [(one["path"], one["part"] or "") for one in LINK.finditer(page.read_text(encoding="utf-8"))]
    return [(path, part) for path, part in found if path and "://" not in path]


def defined_in(module: Path) -> set[str]:
    body = ast.parse(module.read_text(encoding="utf-8")).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = []
    for path, part in links_of(page):
        target = (page.parent / path).resolve()
        is_missing_part = target.suffix == ".py" and part and target.exists() and part not in defined_in(target)
        if not target.exists() or is_missing_part:
            broken.append(f"{path}#{part}")
    assert broken == []


def test_the_trace_names_functions_from_file_to_audit_pack() -> None:
    parts = {part for path, part in links_of(ROOT / "docs" / "trace-a-loan.md") if path.endswith(".py")}
    assert {
        "receive_upload",
        "screen_loans",
        "enrol_table",
        "confirm_enrolment",
        "take_returns",
        "snapshot_board",
        "open_claim",
        "submit_claim",
        "check_claim",
        "decide_claim",
        "release_claims",
        "approve_claim",
        "release_batch",
        "take_answer",
        "enter_recovery",
        "file_certificate",
        "approve_write_off",
        "close_assignments",
        "write_audit_pack",
    } <= parts


def test_each_picture_of_the_tour_is_light_and_shown() -> None:
    pictures = {picture.name for picture in (ROOT / "docs" / "tour").iterdir()}
    shown = {Path(path).name for page in ROOT.glob("README*.md") for path, _ in links_of(page) if "tour" in path}
    assert shown == pictures
    heavy = [name for name in pictures if (ROOT / "docs" / "tour" / name).stat().st_size > LIMIT_BYTES]
    assert heavy == []
