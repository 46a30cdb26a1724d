"""Yes-or-no questions about a firm: answered from its facts, proved by commitments, without any value.

A commitment is the SHA-256 of a random nonce and a statement: it says nothing of the value, and whoever is shown nonce
and statement later sees that it was this statement that the answer rested on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yulin.atlas.core.statements import Said
from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.rules.core.assess import assess
from yulin.rules.core.load import load_pack
from yulin.rules.core.pack import Pack
from yulin.rules.core.vocabulary import Vocabulary

ANSWERS = "answers"  # the class of facts that a firm opens to be asked about without showing a value


@dataclass(frozen=True)
class Question:
    """One question: its words, and the rule that answers it."""

    id: str
    title: Text
    that: str
    pack: Pack


@dataclass(frozen=True)
class Answered:
    """Yes (met), no (not met) or unknown; which facts are missing; what is said, of any year, about those asked for."""

    outcome: Outcome
    missing: tuple[str, ...]
    used: tuple[Said, ...]


def read_question(name: str, title: Sequence[str], that: str, vocabulary: Vocabulary) -> Question:
    """Return a question; its expression is checked as that of a pack is. **Raises**: `RULES.EXPRESSION.*`."""
    condition = {"clause": name, "text": {"zh": title[0], "en": title[1]}, "that": that}
    content = {
        "id": name,
        "kind": "policy",
        "title": {"zh": title[0], "en": title[1]},
        "document": name,
        "effective": {"from": "2000-01-01"},
        "verified": "yes",
        "conditions": {"asked": condition},
        "outcome": {"clause": name, "met": "conditions", "text": list(title)},
    }
    # JSON is YAML, so that what is quoted here is what is read there; the day is a day, not a text.
    text = json.dumps(content, ensure_ascii=False).replace('"2000-01-01"', "2000-01-01")
    return Question(name, Text(title[0], title[1]), that, load_pack({"pack.yaml": text}, vocabulary))


def answer(question: Question, facts: Mapping[str, Said], on: date) -> Answered:
    """Return the answer on a day from what counts about a firm."""
    found = assess(question.pack, {name: said.value for name, said in facts.items()}, on)
    wanted = {fact for finding in found.findings for fact in finding.facts}
    used = (said for name, said in sorted(facts.items()) if name in wanted or name.rpartition("_")[0] in wanted)
    return Answered(found.outcome, found.missing, tuple(used))


def commitment(nonce: str, said: Said) -> str:
    """Return the commitment to a statement under a nonce.

    >>> from datetime import UTC, datetime
    >>> said = Said("staff_count", 41, "bank", date(2021, 1, 1), None, datetime(2021, 2, 1, tzinfo=UTC))
    >>> commitment("00", said) == commitment("00", said), commitment("00", said) == commitment("01", said)
    (True, False)
    """
    words = [nonce, said.fact, said.value, said.source, said.valid_from.isoformat(), said.known_at.isoformat()]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
