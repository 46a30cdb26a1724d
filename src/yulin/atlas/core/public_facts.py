"""Which facts of a firm are public: a law has that source publish that fact.

Who has no consent of the firm and no legal ground sees these and nothing else. A fact is never public by itself: what
one list publishes, another source may only know in confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from yulin.base.text import Text

_OF_A_YEAR = re.compile(r"_\d{4}$")


@dataclass(frozen=True)
class PublicFacts:
    """Facts that a law has some sources publish."""

    id: str
    title: Text
    law: str
    verified: str
    sources: frozenset[str]
    facts: frozenset[str]

    def holds(self, fact: str, source: str) -> bool:
        """Tell whether a source's value of a fact is public, of any year.

        >>> listed = PublicFacts("list", Text("", ""), "", "no", frozenset({"register"}), frozenset({"name"}))
        >>> listed.holds("name", "register"), listed.holds("name", "bank")
        (True, False)
        """
        return source in self.sources and _OF_A_YEAR.sub("", fact) in self.facts


def is_public(public: Iterable[PublicFacts], fact: str, source: str) -> bool:
    """Tell whether anyone may see what a source says of a fact."""
    return any(one.holds(fact, source) for one in public)
