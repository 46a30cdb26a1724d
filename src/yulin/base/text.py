"""Text in the two languages that every screen, letter and message speaks: Chinese first, English complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Text:
    """One sentence in Chinese and in English, side by side so that neither can be forgotten.

    >>> Text("共%(n)s笔", "%(n)s loans").with_values(n=3).in_language("en")
    '3 loans'
    """

    zh: str
    en: str

    def __str__(self) -> str:
        """Return the Chinese sentence."""
        return self.zh

    def in_language(self, language: str) -> str:
        """Return the sentence in `language` (a code such as `zh-hans` or `en`)."""
        return self.en if language.startswith("en") else self.zh

    def with_values(self, **values: Any) -> Text:
        """Return the sentence with `%(name)s` places filled in both languages; a `Text` value speaks each in turn."""
        return Text(self.zh % _in("zh", values), self.en % _in("en", values))


def _in(language: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.in_language(language) if isinstance(value, Text) else value for name, value in values.items()}
