"""Each worked example of the pool's money is reproduced by a test that names its id."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
# Of sharing, fees, caps, recoveries, deadlines, breakers, interest, write-off, assignment, projection and statistics.
# Codes of firms (section 4) have tests of their own beside `base.ids`.
PRINTED = "01 02 03 05 06 08 11 12 13 14 15 16a 16b 16c 16d 17 18 20 21 22 23"
DERIVED = "01 02 03 03T 04 05 06 07 08 09 09b 10 11 12 16a 16b 16c 19 21 22"
TRAPS = "03 04 05"
EXAMPLES = [
    f"{kind}-{number}"
    for kind, numbers in {"P": PRINTED, "R": DERIVED, "T": TRAPS}.items()
    for number in numbers.split()
]
ID = re.compile(r"(?<![a-z])(?P<kind>[prt])[-_]?(?P<number>\d\d)(?P<part>[a-dt]?)(?![a-z0-9])")
CASE = re.compile(r"^- \{example: (?P<id>[\w-]+), ", re.MULTILINE)


def ids_in(text: str) -> set[str]:
    return {f"{one['kind']}-{one['number']}{one['part']}" for one in ID.finditer(text.lower())}


def named_by_tests() -> set[str]:
    """Return the ids in names and docstrings of test functions, and those of cases in YAML."""
    found: set[str] = set()
    for file in TESTS.rglob("test_*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found |= ids_in(f"{node.name} {ast.get_docstring(node) or ''}")
    for file in TESTS.rglob("*.yaml"):
        found |= {case["id"].lower() for case in CASE.finditer(file.read_text(encoding="utf-8"))}
    return found


@pytest.fixture(scope="module")
def named() -> set[str]:
    return named_by_tests()


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_test_names_the_example(example: str, named: set[str]) -> None:
    assert example.lower() in named


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("test_p_16c_a_sale", {"p-16c"}),
        ("test_r09b_the_whole", {"r-09b"}),
        ("R-03T, the cliff; P-12.", {"r-03t", "p-12"}),
        ("loan AP-123 of 2020, http_500", set()),
    ],
)
def test_an_id_is_read_from_names_and_sentences(text: str, ids: set[str]) -> None:
    assert ids_in(text) == ids
