"""The clauses of a policy: each part of its text split where a number begins one, so that each can be named and linked.

Invariant: clauses are numbered from 1 through the whole text, follow one another and cover it, blanks aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yulin.brain.core.clauses import clauses_of
from yulin.brain.core.policies import PART_NAMES, whole_text

_HEADING = 40
SEARCHED = frozenset(
    {"purpose", "operations", "amount", "audience", "conditions", "process", "forms", "schedule", "contact", "body",
     "tools", "basis", "validation", "staff", "project_length", "firm_age", "projects", "profiles", "natures",
     "territories", "funders"}
)  # fmt: skip


@dataclass(frozen=True)
class PolicyClause:
    """One clause: its number, its part, its own mark under others, its place in the whole text, and what it is under.

    `context` is what its words mean only under: the headings above it. A clause that only says a heading of others is
    `is_heading`; search reads it with those others.
    """

    number: int
    part: str
    label: str
    path: str
    heading: str
    start: int
    end: int
    context: str
    is_heading: bool


def clauses_of_parts(parts: Sequence[tuple[str, str]]) -> list[PolicyClause]:
    r"""Return the clauses of a policy's parts.

    >>> found = clauses_of_parts([("operations", "1．标准\n（1）给予贴息。\n（2）三年。"), ("contact", "某局")])
    >>> [(one.number, one.part, one.label, one.context, one.is_heading) for one in found][:2]
    [(1, 'operations', '1．', '', True), (2, 'operations', '（1）', '1．标准', False)]
    """
    whole, placed = whole_text(parts)
    found: list[PolicyClause] = []
    for place in placed:
        text = whole[place.start : place.end]
        clauses = clauses_of(text)
        above: list[str] = []
        for at, one in enumerate(clauses):
            depth = len(one.path.split())
            said = text[one.start : one.end].strip()
            below = clauses[at + 1] if at + 1 < len(clauses) else None
            is_heading = len(said) <= _HEADING and below is not None and len(below.path.split()) > depth
            found.append(
                PolicyClause(
                    number=len(found) + 1,
                    part=place.part,
                    label=one.label,
                    path=one.path,
                    heading=one.heading,
                    start=place.start + one.start,
                    end=place.start + one.end,
                    context=" ".join(above[:depth]),
                    is_heading=is_heading,
                )
            )
            above = [*above[:depth], one.heading]
    return found


def searched_text(title: str, clause: PolicyClause, text: str) -> str:
    """Return what search reads of a clause: its policy, its part and the headings above it stand before its words."""
    name = PART_NAMES[clause.part].zh if clause.part in PART_NAMES else ""
    head = " ".join(filter(None, (title, "" if clause.part == "body" else name, clause.context)))
    return f"{head}\n{text[clause.start : clause.end].strip()}"


def title_in(searched: str) -> str:
    r"""Return what stands before a clause's words in what search reads of it; of a text of one line, the line.

    >>> title_in("贷款贴息办法 支持标准\n给予贴息。")
    '贷款贴息办法 支持标准'
    """
    return searched.partition("\n")[0]
