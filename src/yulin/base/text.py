"""Text in the two languages that every screen, letter and message speaks: Chinese first, English complete."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

OWN_CURRENCY = "CNY"

_CHOICE = re.compile(r"\{(\w+):([^|{}]*)\|([^|{}]*)\}")
_AMOUNT_ZH = re.compile(r"(%\(\w+\)s|-?\d[\d,]*(?:\.\d+)?)(万|亿)?元")
_UNIT_ZH = re.compile(r"(?<![\u4e00-\u9fff])(万|亿)?元(?![\u4e00-\u9fff])")


@dataclass(frozen=True)
class Text:
    """One sentence in Chinese and in English, side by side so that neither can be forgotten.

    >>> Text("共%(n)s笔", "%(n)s loans").with_values(n=3).in_language("en")
    '3 loans'

    A place `{name:one|many}` says the first word where the value called `name` is 1, else the second.

    >>> Text("共%(n)s笔", "%(n)s {n:loan|loans}").with_values(n=1).in_language("en")
    '1 loan'
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
        return Text(self.zh % _in("zh", values), numbered(self.en, values) % _in("en", values))

    def in_currency(self, currency: str) -> Text:
        """Return the sentence with its amounts in another currency than the yuan.

        >>> Text("还剩%(left)s元", "CNY %(left)s left").with_values(left="1,000.00").in_currency("USD")
        Text(zh='还剩USD 1,000.00', en='USD 1,000.00 left')
        >>> Text("金额（万元）", "Amount (CNY 10,000)").in_currency("EUR")
        Text(zh='金额（万EUR）', en='Amount (EUR 10,000)')
        """
        return self if currency == OWN_CURRENCY else _in_currency(self, currency)


@lru_cache(maxsize=4096)
def _in_currency(text: Text, currency: str) -> Text:
    zh = _AMOUNT_ZH.sub(rf"{currency} \1\2", text.zh)
    return Text(_UNIT_ZH.sub(rf"\1{currency}", zh), text.en.replace(OWN_CURRENCY, currency))


def numbered(sentence: str, values: Mapping[str, Any]) -> str:
    """Return an English sentence with each place `{name:one|many}` decided by its value.

    >>> numbered("{n:is|are} enrolled", {"n": "1"}), numbered("{n:row|rows}", {"n": 0})
    ('is enrolled', 'rows')
    """
    return _CHOICE.sub(lambda found: found[2] if str(values.get(found[1])) == "1" else found[3], sentence)


def _in(language: str, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.in_language(language) if isinstance(value, Text) else value for name, value in values.items()}
