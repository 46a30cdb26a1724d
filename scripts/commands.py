"""Write docs/commands.md from what the commands say of themselves.

python scripts/commands.py
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from yulin.cli.__main__ import COMMANDS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "commands.md"
HEAD = """# Commands

`yulin <area> <verb>` does from the shell what the screens do in bulk. A command that needs the database joins the
running instance of `YULIN_HOME`, or starts its database while it runs. `yulin <area> <verb> --help` says more.
This page is written by `scripts/commands.py`.

| command | does |
|---|---|
"""


def commands() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield every command as it is typed, with its parser."""
    seen = set()
    for module, _ in COMMANDS.values():
        if module not in seen and find_spec(module):
            seen.add(module)
            parser = argparse.ArgumentParser(prog="yulin")
            subparsers = parser.add_subparsers()
            importlib.import_module(module).register(subparsers)
            yield from _leaves("yulin", subparsers)


def _leaves(words: str, subparsers: argparse._SubParsersAction) -> Iterator[tuple[str, argparse.ArgumentParser]]:  # type: ignore[type-arg]
    for name, parser in subparsers.choices.items():
        below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]  # noqa: SLF001
        for action in below:
            yield from _leaves(f"{words} {name}", action)
        if not below:
            parser.about = _about(subparsers, name)
            yield f"{words} {name}", parser


def _about(subparsers: argparse._SubParsersAction, name: str) -> str:  # type: ignore[type-arg]
    return next((action.help or "" for action in subparsers._choices_actions if action.dest == name), "")  # noqa: SLF001


def page() -> str:
    """Return the page."""
    rows = []
    for words, parser in commands():
        arguments = [_argument(action) for action in parser._actions if action.dest != "help"]  # noqa: SLF001
        usage = " ".join([words, *arguments]).replace("|", "\\|")
        rows.append(f"| `{usage}` | {parser.about} |")  # type: ignore[attr-defined]
    return HEAD + "\n".join(rows) + "\n"


def _argument(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else str(action.metavar or _choices(action) or action.dest.upper())
    if not action.option_strings:
        return f"{value}…" if action.nargs in ("+", "*") else value
    option = " ".join(part for part in (action.option_strings[-1], value) if part)
    return option if action.required else f"[{option}]"


def _choices(action: argparse.Action) -> str:
    return "|".join(map(str, action.choices)) if action.choices else ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE}")
    sys.exit(0)
