"""Every command of the shell stands in docs/commands.md, and no other."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from yulin.cli.__main__ import COMMANDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"


def verbs(words: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield words
    for action in below:
        for name, child in action.choices.items():
            yield from verbs(f"{words} {name}", child)


def test_the_page_names_each_command_and_no_other() -> None:
    parser = argparse.ArgumentParser(prog="yulin")
    subparsers = parser.add_subparsers()
    for module in sorted({module for module, _ in COMMANDS.values()}):
        if find_spec(module):
            importlib.import_module(module).register(subparsers)
    on_page = re.findall(r"^\| `(yulin(?: [a-z][a-z-]*)+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(on_page) == sorted(verbs("yulin", parser)), "Run: python scripts/commands.py"
