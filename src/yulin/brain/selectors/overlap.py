"""What a proposal overlaps with among the approved projects: candidates by one query, each compared by the core.

A proposal is what somebody types, or an application as its reader sees it. Nothing is kept of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import connection

from yulin.atlas.core.name_folding import fold_name
from yulin.brain.core.call_forms import FieldKind
from yulin.brain.core.overlap import Finding, Outcome, Person, Work, check, prints
from yulin.brain.core.passages import folded
from yulin.brain.core.projects import people_in
from yulin.brain.models import ApprovedProject, Policy
from yulin.brain.selectors.applications import ApplicationPage

MOST_BY_TEXT, MOST_BY_NAME = 80, 200
_TITLE, _LEADER, _MEMBERS, _STARTS, _ENDS = "project", "leader", "members", "starts", "ends"
_CANDIDATES = """
WITH alike AS (
  SELECT project.id, count(*) AS shared
  FROM unnest(%(prints)s::int[]) AS asked (print)
  JOIN brain_approvedproject AS project ON project.is_current AND project.prints @> ARRAY[asked.print]
  GROUP BY project.id
)
(SELECT id, true AS by_text, count(*) OVER () > %(by_text)s AS is_cut
  FROM alike ORDER BY shared DESC, id LIMIT %(by_text)s)
UNION ALL
(SELECT id, false, count(*) OVER () > %(by_name)s FROM brain_approvedproject
  WHERE is_current AND (title_folded = %(title)s OR unit_code = %(code)s OR unit_folded = %(unit)s)
  ORDER BY programme = %(programme)s DESC, year DESC NULLS LAST, id LIMIT %(by_name)s)
UNION ALL
(SELECT id, false, count(*) OVER () > %(by_name)s FROM brain_approvedproject
  WHERE is_current AND names && %(names)s::varchar[]
  ORDER BY programme = %(programme)s DESC, year DESC NULLS LAST, id LIMIT %(by_name)s)
"""


@dataclass(frozen=True)
class Found:
    """A project that a proposal overlaps with, resembles or shares a name with, and why."""

    project: ApprovedProject
    finding: Finding


@dataclass(frozen=True)
class OverlapFound:
    """What a check found, the nearest first.

    `is_cut` where more projects share stretches than were compared, `is_cut_by_name` where more are of the same unit,
    title or person: then those of the same programme, and the latest, were compared.
    """

    found: tuple[Found, ...]
    compared: int
    is_cut: bool
    is_cut_by_name: bool = False

    @cached_property
    def near(self) -> tuple[Found, ...]:
        """Those that overlap or resemble."""
        return tuple(one for one in self.found if one.finding.outcome is not Outcome.SAME_NAME)

    @cached_property
    def namesakes(self) -> tuple[Found, ...]:
        """Those that only share a name, which proves nothing."""
        return tuple(one for one in self.found if one.finding.outcome is Outcome.SAME_NAME)

    @property
    def counts(self) -> dict[str, int]:
        """How many of each outcome."""
        outcomes = [one.finding.outcome for one in self.found]
        return {str(each): outcomes.count(each) for each in Outcome}


def overlaps_of(proposal: Work) -> OverlapFound:
    """Return what a proposal overlaps with, in two queries however many projects there are."""
    asked: dict[str, Any] = {
        "prints": prints(proposal.title, proposal.text),
        # What is not said matches nothing: no project has these values.
        "title": folded(proposal.title) or "\x01", "code": proposal.unit_code or "\x01",
        "unit": fold_name(proposal.unit) or "\x01", "names": [folded(one.name) for one in proposal.persons],
        "programme": proposal.programme, "by_text": MOST_BY_TEXT, "by_name": MOST_BY_NAME,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, asked)
        rows = cursor.fetchall()
    projects = {str(one.pk): one for one in ApprovedProject.objects.filter(pk__in={row[0] for row in rows}).defer(
        "prints", "names", "words", "marks")}  # fmt: skip
    findings = check(proposal, map(work_of, projects.values()))
    found = tuple(Found(projects[one.key], one) for one in findings)
    cut = {by_text for _, by_text, is_cut in rows if is_cut}
    return OverlapFound(found, len(projects), True in cut, False in cut)


def work_of(project: ApprovedProject) -> Work:
    """Return a project as it is compared; its leader is of its unit unless the list names another for him."""
    people = [Person(name, unit) for name, unit in project.members]
    if project.leader and not any(one.name == project.leader and one.unit for one in people):
        people.insert(0, Person(project.leader, project.unit))
    return Work(
        str(project.pk), project.title, project.abstract, project.unit, project.unit_code, tuple(people),
        project.programme, project.starts_on, project.ends_on,
    )  # fmt: skip


def proposal_of(page: ApplicationPage) -> Work:
    """Return an application, as its reader sees it, as it is compared: its long texts, its firm, its people."""
    values = {one.field.id: one.value for one in page.fields}
    texts = [one.value for one in page.fields if one.field.kind is FieldKind.LONG and isinstance(one.value, str)]
    firm = page.application.firm
    leader = people_in(str(values.get(_LEADER) or ""))
    people = [Person(name, unit or firm.name) for name, unit in leader[:1]]
    people += [Person(*each) for each in people_in(str(values.get(_MEMBERS) or ""))]
    return Work(
        "", str(values.get(_TITLE) or ""), "\n".join(texts), firm.name,
        firm.identifier if firm.identifier_scheme == "USCC" else "", tuple(people), _programme(page),
        _day(values.get(_STARTS)), _day(values.get(_ENDS)),
    )  # fmt: skip


def _programme(page: ApplicationPage) -> str:
    """Return the policy under which the call was made: what lists name as the programme."""
    policy = Policy.objects.filter(pk=page.application.call.policy_id).values_list("current__title", flat=True)
    return policy.first() or ""


def _day(said: Any) -> date | None:
    return date.fromisoformat(said) if isinstance(said, str) and said else None
