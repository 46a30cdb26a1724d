"""Errors as public API: a stable code, typed facts, a sentence and a hint.

The sentence names the thing, the value found, the value needed and the rule; the hint says what to do next, and blames
nobody. The same code stands in the log, in the API envelope, on the screen and in `docs/errors.md`.
"""

from __future__ import annotations

from typing import Any, ClassVar

from yulin.base.text import Text


class YulinError(Exception):
    """What Yulin refuses, in words a person can act on.

    Subclasses set `code` and build the two sentences in `__init__` from typed facts.
    """

    code: ClassVar[str] = "BASE.ERROR"

    def __init__(self, message: str | Text, hint: str | Text = "", **facts: Any) -> None:
        super().__init__(str(message))
        self.message = message
        self.hint = hint
        self.facts = facts

    def __str__(self) -> str:
        """Return the sentence, the hint and the code on one line."""
        return " ".join(part for part in (str(self.message), str(self.hint), f"[{self.code}]") if part)

    def envelope(self, language: str = "zh-hans") -> dict[str, str]:
        """Return the error as the command line and the API give it."""
        return {"code": self.code, "message": _said(self.message, language), "hint": _said(self.hint, language)}


def _said(text: str | Text, language: str) -> str:
    return text.in_language(language) if isinstance(text, Text) else text
