"""`yulin <area> <verb>`: everything the screens do in bulk, and what runs an instance.

A command's module is imported when the command is asked for: a small command must not wait for Django.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from importlib.util import find_spec

import yulin
from yulin.base.errors import YulinError

COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("yulin.cli.up", "run the whole instance"),
    "prepare": ("yulin.cli.up", "bring database and static files to this version"),
    "doctor": ("yulin.cli.doctor", "look at the machine and the instance, and say what to do"),
    "base": ("yulin.cli.base", "identifiers and working days"),
    "people": ("yulin.cli.people", "organisations, people and the audit trail"),
    "rules": ("yulin.cli.rules", "packs: show, check, assess"),
    "ledger": ("yulin.cli.ledger", "accounts, statements, and whether the book holds"),
    "exchange": ("yulin.cli.exchange", "files: check, enrol"),
    "atlas": ("yulin.cli.atlas", "firms: sources, names"),
    "pool": ("yulin.cli.pool", "schemes: settle, enrol, report"),
    "brain": ("yulin.cli.brain", "policies: take texts in, search them"),
    "demo": ("yulin.cli.demo", "the demo book"),
}
"""First word → (the module whose `register(subparsers)` adds it, one line of help). A new area adds its line here."""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command that the words name and return its exit status."""
    words = list(sys.argv[1:] if words is None else words)
    parser = _parser(words[0] if words else "")
    if not words:
        parser.print_help()
        return 2
    arguments = parser.parse_args(words)
    try:
        return int(arguments.run(arguments) or 0)
    except YulinError as error:
        print(_said(error), file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130


def _parser(first_word: str) -> argparse.ArgumentParser:
    """Return a parser that knows every command by name, and the one asked for in full."""
    parser = argparse.ArgumentParser(
        prog="yulin", description="Yulin 雨林, a technology-finance platform.", epilog="yulin COMMAND --help says more."
    )
    parser.add_argument("--version", action="version", version=f"yulin {yulin.__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked_for = COMMANDS.get(first_word)
    if asked_for and find_spec(asked_for[0]):
        importlib.import_module(asked_for[0]).register(subparsers)
    for name, (module, about) in COMMANDS.items():
        if name not in subparsers.choices and find_spec(module):
            subparsers.add_parser(name, help=about)
    return parser


def _said(error: YulinError) -> str:
    from yulin.cli.instance import shell_language  # noqa: PLC0415 - slow import

    said = error.envelope(shell_language())
    return f"{said['message']} {said['hint']} [{said['code']}]"


if __name__ == "__main__":
    sys.exit(main())
