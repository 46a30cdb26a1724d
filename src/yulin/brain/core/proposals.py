"""What a program outside proposes of a policy's criteria: asked with its public text alone, believed in nothing.

Invariant: a proposal stands only where it quotes one clause of the stored text verbatim; what does not is dropped and
counted. It decides nothing: a person mends it, another confirms.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from yulin.brain.core.criteria_reading import UNREAD, Criterion
from yulin.brain.core.policies import whole_text
from yulin.brain.core.policy_clauses import clauses_of_parts

PROPOSED_SURE = 50
MOST_ASKED = 60_000
"""So many characters of a policy are sent."""
MOST_PROPOSED = 200
_LEAST_QUOTE, _MOST_QUOTE, _MOST_RULE = 4, 600, 300
_FENCE = re.compile(r"^\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*$", re.DOTALL)
_TASK = """\
You read one Chinese policy and list what it asks of an applying firm. Answer with JSON only, no other words:
{"criteria": [{"quote": "...", "rule": "..."}]}
quote: words of the text, copied character by character from one paragraph. rule: one comparison that decides it, or ""
where none of these facts can. Amounts: wan(100) for 100万元; shares: 3%; years: on >= registered_on + years(2).
Example: {"quote": "上年度研发费用不低于100万元", "rule": "rd_expense[0] >= wan(100)"}. Facts that may be used: """


@dataclass(frozen=True)
class Proposed:
    """What was proposed and stands, and how many proposals were dropped for a quote that the text does not hold."""

    rows: tuple[Criterion, ...]
    dropped: int


def messages_of(title: str, parts: Sequence[tuple[str, str]], facts: Iterable[str]) -> list[dict[str, str]]:
    """Return what is sent: the task with the names of facts, and the policy's title and text."""
    text = whole_text(parts)[0][:MOST_ASKED]
    return [
        {"role": "system", "content": f"{_TASK}{', '.join(sorted(facts))}."},
        {"role": "user", "content": f"{title}\n\n{text}"},
    ]


def proposals_in(answer: str, parts: Sequence[tuple[str, str]]) -> Proposed | None:
    """Return the proposals of an answer that quote the text; None where the answer is not what was asked for.

    >>> said = '{"criteria": [{"quote": "研发费用不低于100万元", "rule": "x"}, {"quote": "利润不低于1万元"}]}'
    >>> found = proposals_in(said, [("conditions", "企业研发费用不低于100万元。")])
    >>> [(one.quote, one.that) for one in found.rows], found.dropped
    ([('研发费用不低于100万元', 'x')], 1)
    """
    fenced = _FENCE.match(answer)
    try:
        said = json.loads(fenced[1] if fenced else answer)
    except (ValueError, RecursionError):
        return None
    listed = said.get("criteria") if isinstance(said, dict) else None
    if not isinstance(listed, list):
        return None
    rows: dict[tuple[int, int], Criterion] = {}
    dropped = max(len(listed) - MOST_PROPOSED, 0)
    for one in listed[:MOST_PROPOSED]:
        row = _row(one, parts)
        if row is None:
            dropped += 1
        else:
            rows.setdefault((row.start, row.end), row)
    return Proposed(tuple(sorted(rows.values(), key=lambda row: row.start)), dropped)


def _row(one: Any, parts: Sequence[tuple[str, str]]) -> Criterion | None:
    quote = one.get("quote") if isinstance(one, dict) else None
    rule = one.get("rule") if isinstance(one, dict) else None
    if not isinstance(quote, str) or not _LEAST_QUOTE <= len(quote) <= _MOST_QUOTE or "\n" in quote:
        return None
    whole = whole_text(parts)[0]
    for clause in clauses_of_parts(parts):
        at = whole.find(quote, clause.start, clause.end)
        if at >= 0:
            that = " ".join(rule.split()) if isinstance(rule, str) and len(rule) <= _MOST_RULE else ""
            return Criterion(quote, at, at + len(quote), clause.number, that, PROPOSED_SURE if that else UNREAD)
    return None


def put_together(rows: Sequence[Criterion], proposed: Sequence[Criterion]) -> list[Criterion]:
    """Return the rows that stand with what was proposed beside them, in the order of the text.

    A row with a rule stays as it is, and what was proposed of its words goes; one that was left to a person gives way
    to a rule for all of its words.
    """
    ruled = [one for one in rows if one.that]
    new = [one for one in proposed if not any(_overlap(one, row) for row in ruled)]
    replaced = [row for row in rows if not row.that and any(one.that and _covers(one, row) for one in new)]
    stays = [row for row in rows if row not in replaced]
    known = {row.quote for row in stays}
    added = [one for one in new if one.quote not in known]
    return sorted([*stays, *added], key=lambda row: (row.start, row.end))


def _overlap(one: Criterion, other: Criterion) -> bool:
    return one.start < other.end and other.start < one.end


def _covers(one: Criterion, row: Criterion) -> bool:
    return row.end > row.start and one.start <= row.start and row.end <= one.end
