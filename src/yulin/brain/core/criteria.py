"""A policy's criteria as a rule pack: what the rules can decide, and what a person has to look at.

What no rule can read is a row that nobody has verified: in every evaluator it leaves the answer open, so that a firm
is matched only where rules decide everything that the policy asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from yulin.brain.core.criteria_reading import Criterion
from yulin.rules.core.load import load_pack
from yulin.rules.core.pack import Pack
from yulin.rules.core.vocabulary import Vocabulary

_LOOK = "1 == 1"  # stands where a person looks; never asked, for nobody has verified it
_ALWAYS = "2000-01-01"  # the policy's own days say when it is live


@dataclass(frozen=True)
class About:
    """What a policy's pack says of the policy."""

    number: int
    title: str
    document: str


def plain_rows(rows: Iterable[Criterion]) -> list[dict[str, Any]]:
    """Return criteria as plain JSON."""
    return [asdict(one) for one in rows]


def criteria_of(plain: Iterable[Mapping[str, Any]]) -> list[Criterion]:
    """Return criteria from plain JSON."""
    return [Criterion(**one) for one in plain]


def pack_text(about: About, rows: Sequence[Criterion]) -> str:
    """Return the text of the pack that decides a policy's criteria."""
    lines = [
        f"id: {pack_id(about.number)}",
        "kind: policy",
        f"title: {{zh: {_said(about.title)}, en: {_said(about.title)}}}",
        f"document: {_said(about.document or about.title)}",
        f"effective: {{from: {_ALWAYS}}}",
        "verified: yes",
        "conditions:",
    ]
    for number, one in enumerate(rows, 1):
        clause = f"第{one.clause}段" if one.clause else "适用地区"
        text = f"text: {{zh: {_said(one.quote)}, en: {_said(one.quote)}}}"
        rule = f"that: {_said(one.that or _LOOK)}" + (", undefined: not_met" if "/" in one.that else "")
        mark = "" if one.that else ", verified: no"
        lines.append(f"  c{number}: {{clause: {_said(clause)}, {text}, {rule}{mark}}}")
    return "\n".join(lines) + "\n"


def pack_id(policy: int) -> str:
    """Return the id of a policy's pack."""
    return f"policy-{policy}"


def policy_pack(text: str, vocabulary: Vocabulary) -> Pack:
    """Read a policy's pack. Raises: what `load_pack` raises."""
    return load_pack({"pack.yaml": text}, vocabulary)


def _said(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def person_rows(rows: Iterable[Criterion]) -> list[Criterion]:
    """Return what a person has to look at."""
    return [one for one in rows if not one.that]
