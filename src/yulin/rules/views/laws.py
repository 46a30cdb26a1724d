"""Titles, classes, boards and rates as law: the list, one version row by row, and two versions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yulin.kit.clock import business_date
from yulin.people.enums import Action
from yulin.rules.core.articles import DECISION_NAMES, SECTIONS, articles, marks_of
from yulin.rules.core.law_diff import Difference, Kind, differences
from yulin.rules.core.linter import lint_versions
from yulin.rules.core.names import CHANGE_NAMES, KIND_NAMES, part_name
from yulin.rules.core.pack import Pack
from yulin.rules.core.reading import case_results, named, remark_rows
from yulin.rules.errors import UnknownPackError
from yulin.rules.selectors import LawVersion, law_version, law_versions, versions_of_law

_ORDER = {"now": 0, "ahead": 1, "ended": 2}


@require_safe
def law_list(request: HttpRequest) -> HttpResponse:
    """Show every version of every law that is no scheme; the law is public."""
    today = business_date()
    kinds = list(KIND_NAMES)
    versions = sorted(
        law_versions(),
        key=lambda one: (kinds.index(one.pack.kind), _ORDER[one.state_on(today)], one.pack.id, one.pack.effective_from),
    )
    rows = [(one, one.state_on(today), marks_of(one.pack)) for one in versions]
    groups = [(KIND_NAMES[kind], list(each)) for kind, each in groupby(rows, key=lambda row: row[0].pack.kind)]
    states = {state: sum(row[1] == state for row in rows) for state in _ORDER}
    context = {"groups": groups, "count": len(rows), "states": states}
    return render(request, "rules/laws.html", context)


@require_safe
def law(request: HttpRequest, pack_id: str) -> HttpResponse:
    """Show one version row by row; `?version=` for one that is not in force today."""
    today = business_date()
    version, versions = _asked(request, pack_id)
    pack = version.pack
    results = case_results(version.as_written)
    context = {
        "version": version,
        "pack": pack,
        "state": version.state_on(today),
        "chapters": [
            (SECTIONS[section], list(each)) for section, each in groupby(articles(pack), key=lambda one: one.section)
        ],
        "marks": marks_of(pack),
        "decisions": [(DECISION_NAMES[key], days) for key, days in pack.applies_to.items()],
        "remarks": remark_rows(pack),
        "seams": [named(one, {}) for one in lint_versions(each.pack for each in versions)],
        "cases": len(results),
        "failing": [each for each in results if not each.holds],
        "versions": [(one, one.state_on(today)) for one in versions],
        "before": _before(version, versions),
        "may_draft": _may(request, Action.DRAFT_PACK),
    }
    return render(request, "rules/law.html", context)


@require_safe
def text(request: HttpRequest, pack_id: str, name: str) -> HttpResponse:
    """Give one file of a version as it was published or ships."""
    version, _ = _asked(request, pack_id)
    if name not in version.pack.texts:
        raise UnknownPackError(f"{pack_id}/{name}", version.pack.texts)
    response = HttpResponse(version.pack.texts[name], content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{pack_id}-{name}"'
    return response


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Show what differs between two versions, article by article."""
    old, new = law_version(request.GET.get("old", "")), law_version(request.GET.get("new", ""))
    found = differences(old.pack, new.pack)
    counts = {kind: sum(each.kind is kind for each in found) for kind in Kind}
    context: dict[str, Any] = {
        "old": old,
        "new": new,
        "rows": changed_rows(old.pack, new.pack, found),
        "counts": [(CHANGE_NAMES[kind], count) for kind, count in counts.items() if count],
        "versions": versions_of_law(new.pack.id),
        "may_see_effect": _may(request, Action.SEE_HOME),
    }
    return render(request, "rules/compare.html", context)


def changed_rows(old: Pack, new: Pack, found: Sequence[Difference]) -> list[dict[str, Any]]:
    """Return the rows that differ: one that came or went as a whole, of the others each part that moved."""
    before, after = ({one.row.id: one for one in articles(pack)} for pack in (old, new))
    rows = []
    for each in found:
        whole = {Kind.ADDED: after, Kind.REMOVED: before}.get(each.kind, {}).get(each.row)
        rows.append(
            {
                "one": each,
                "name": CHANGE_NAMES[each.kind],
                "about": each.new_text or each.old_text or SECTIONS.get(each.row.partition(".")[0]),
                "article": whole,
                "parts": () if whole else [(part_name(part.path or each.row), part) for part in each.parts],
            }
        )
    return rows


def _asked(request: HttpRequest, pack_id: str) -> tuple[LawVersion, tuple[LawVersion, ...]]:
    """Return the version asked for, else the one in force, else the latest; and all versions of the law."""
    versions = versions_of_law(pack_id)
    own = [one for one in versions if one.pack.id == pack_id]
    key = request.GET.get("version", "")
    if key:
        asked = next((one for one in own if one.key == key), None)
        if asked is None:
            raise UnknownPackError(key, (one.key for one in own))
        return asked, versions
    today = business_date()
    return next((one for one in own if one.state_on(today) == "now"), own[-1]), versions


def _before(version: LawVersion, versions: tuple[LawVersion, ...]) -> LawVersion | None:
    place = versions.index(version)
    return versions[place - 1] if place else None


def _may(request: HttpRequest, action: Action) -> bool:
    return bool(request.actor.may(action))  # type: ignore[attr-defined]  # set by the middleware
