"""Write docs/errors.md from the error classes and the tables of reasons.

python scripts/errors.py
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import yulin
from yulin.base.errors import YulinError
from yulin.base.text import Text

PAGE = Path(__file__).resolve().parent.parent / "docs" / "errors.md"
HEAD = """# Error codes

One code, one meaning, the same in the log, in the API's envelope, on the screen and in a result file. The sentence that
goes with it names the thing, what was found and what is needed; the hint says what to do next.
This page is written by `scripts/errors.py`.

## Errors

| code | means |
|---|---|
"""
REASONS_HEAD = """
## Findings on rows of a file

| code | | 中文 | English |
|---|---|---|---|
"""
WORDS_HEAD = """
## What settling, pre-loan answers, the cliff report, pages about money and a bank's return file say

| code | 中文 | English |
|---|---|---|
"""
_REASON_TABLES = ("yulin.exchange.core.reasons", "yulin.pool.core.screening", "yulin.pool.core.book_reasons")
_LEFT_OUT = (".migrations", "yulin.settings", "yulin.cli.__main__", "yulin.urls")


def page() -> str:
    """Return the page as it should stand."""
    errors = "".join(f"| `{code}` | {meaning} |\n" for code, meaning in sorted(error_codes().items()))
    return (
        HEAD
        + errors
        + REASONS_HEAD
        + "".join(f"{line}\n" for line in reason_lines())
        + (WORDS_HEAD + "".join(f"{line}\n" for line in word_lines()))
    )


def error_codes() -> dict[str, str]:
    """Return what each code means: the first line of its class."""
    return {error.code: (error.__doc__ or "").strip().splitlines()[0] for error in defining_classes()}


def defining_classes() -> list[type[YulinError]]:
    """Return the classes that bring a code of their own; a class below one speaks under its parent's."""
    _import_everything()
    return [error for error in _below(YulinError) if "code" in vars(error)]


def word_lines() -> list[str]:
    """Return one line for each code that settling, answering, the cliff report, pages and a bank's return file say."""
    from yulin.exchange.core.payments import MISFITS  # noqa: PLC0415 - app ready
    from yulin.pool.core.assignment.debts import DEBT_BLOCKS  # noqa: PLC0415 - app ready
    from yulin.pool.core.codes import NOTES, REFUSALS, REMARKS  # noqa: PLC0415 - app ready

    said = sorted({**REFUSALS, **REMARKS, **NOTES, **MISFITS, **DEBT_BLOCKS}.items())
    return [f"| `{code}` | {_plain(text, 'zh')} | {_plain(text, 'en')} |" for code, text in said]


def reason_lines() -> list[str]:
    """Return one line of the table for each reason that a row of a file may get."""
    from yulin.exchange.core.verdicts import Reason  # noqa: PLC0415 - app ready

    found: dict[str, Reason] = {}
    for name in _REASON_TABLES:
        for value in vars(importlib.import_module(name)).values():
            held = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
            found.update({reason.code: reason for reason in held if isinstance(reason, Reason)})
    return [
        f"| `{code}` | {reason.severity} | {_plain(reason.message, 'zh')} | {_plain(reason.message, 'en')} |"
        for code, reason in sorted(found.items())
    ]


def _plain(text: Text, language: str) -> str:
    return text.in_language(language).replace("%%", "%").replace("|", "/")


def _below(parent: type[YulinError]) -> Iterator[type[YulinError]]:
    for error in parent.__subclasses__():
        if error.__module__.startswith("yulin."):
            yield error
            yield from _below(error)


def _import_everything() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yulin.settings.base")
    import django  # noqa: PLC0415 - app ready

    django.setup()
    for module in pkgutil.walk_packages(yulin.__path__, "yulin."):
        if not any(part in module.name for part in _LEFT_OUT):
            importlib.import_module(module.name)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="yulin-errors-") as home:
        os.environ.setdefault("YULIN_HOME", home)
        PAGE.write_text(page(), encoding="utf-8")
