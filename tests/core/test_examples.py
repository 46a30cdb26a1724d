"""Every example in a docstring of a core says what the code does."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import yulin

SOURCE = Path(yulin.__file__).parent
CORES = [
    ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
    for folder in (SOURCE / "base", *sorted(SOURCE.glob("*/core")))
    for path in sorted(folder.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


def test_cores_have_examples() -> None:
    assert len(CORES) > 50


@pytest.mark.parametrize("name", CORES)
def test_examples_of_a_core_hold(name: str) -> None:
    assert doctest.testmod(import_module(name)).failed == 0
