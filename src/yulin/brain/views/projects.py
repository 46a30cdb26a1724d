"""Pages of approved projects: the list with its sums, one with its source, lists taken in, what a proposal overlaps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yulin.base.errors import YulinError
from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.brain.core import overlap as rules
from yulin.brain.core.policies import STATE_NAMES
from yulin.brain.core.projects import LEVEL_NAMES, STATUS_NAMES
from yulin.brain.forms.projects import OverlapForm, ProjectFileForm
from yulin.brain.models import ApprovedProject
from yulin.brain.selectors import projects as reads
from yulin.brain.selectors.applications import application_page
from yulin.brain.selectors.overlap import overlaps_of, proposal_of
from yulin.brain.selectors.project_policies import policies_for
from yulin.brain.services.projects import take_in_projects
from yulin.kit import documents
from yulin.kit.clock import business_date
from yulin.kit.lists import FORMATS, Column, Filter, Plan, read_listing
from yulin.kit.speech import say, say_refusal
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 50
_UNKNOWN = Text("不明", "Unknown")


@require_safe
@needs(Action.SEE_PROJECTS)
def projects(request: HttpRequest) -> HttpResponseBase:
    """List the approved projects, narrowed by words and facts, with their sums by programme and year."""
    unit, leader = (request.GET.get(name, "").strip()[:100] for name in ("unit", "leader"))
    listing = read_listing(request, reads.projects(unit=unit, leader=leader), _plan(reads.choices()))
    if listing.format in FORMATS:
        return listing.export("yulin-projects")
    context = {
        "listing": listing,
        "totals": reads.totals(listing.rows),
        "unit": unit,
        "leader": leader,
        "find": Text("名称、简介、单位、负责人、编号", "Title, abstract, unit, leader, number"),
        "is_editor": _actor(request).may(Action.EDIT_POLICIES),
    }
    return render(request, "brain/projects.html", context)


def _plan(held: reads.Chosen) -> Plan:
    return Plan(
        columns=(
            Column("number", Text("项目编号", "Project number"), export=lambda one: one.number),
            Column("title", Text("项目名称", "Title"), "title", export=lambda one: one.title),
            Column("programme", Text("计划类别", "Programme"), "programme", export=lambda one: one.programme),
            Column("level", Text("级别", "Level"), export=lambda one: LEVEL_NAMES.get(one.level, "")),
            Column("year", Text("立项年度", "Year"), "year", is_number=True, export=lambda one: one.year),
            Column("amount", Text("立项金额（元）", "Amount (CNY)"), "amount_fen", is_number=True, export=_yuan),
            Column("unit", Text("承担单位", "Unit"), "unit", export=lambda one: one.unit),
            Column("code", Text("统一社会信用代码", "USCC"), export=lambda one: one.unit_code),
            Column("leader", Text("负责人", "Leader"), "leader", export=lambda one: one.leader),
            Column("status", Text("状态", "Status"), export=_status),
            Column("starts", Text("开始日期", "Starts"), export=lambda one: one.starts_on),
            Column("ends", Text("结束日期", "Ends"), export=lambda one: one.ends_on),
            Column("members", Text("成员", "Members"), export=_members),
            Column("abstract", Text("项目简介", "Abstract"), export=lambda one: one.abstract),
            Column("authority", Text("立项部门", "Authority"), export=lambda one: one.authority),
            Column("url", Text("网址", "Address"), export=lambda one: one.url),
            Column("document", Text("来源文件", "Source document"), export=lambda one: one.document),
        ),
        order="-year",
        filters=(
            Filter("programme", Text("计划", "Programme"), "programme", _as_said(held.programmes)),
            Filter("year", Text("年度", "Year"), "year", _as_said(map(str, held.years))),
            Filter("level", Text("级别", "Level"), "level", [(str(key), name) for key, name in LEVEL_NAMES.items()]),
            Filter("status", Text("状态", "Status"), "status",
                   [(str(key), name) for key, (_, name) in STATUS_NAMES.items()]),
            Filter("band", Text("金额", "Amount"), "band",
                   [*((key, name) for key, (name, _, _) in reads.BANDS.items()), (reads.UNKNOWN, _UNKNOWN)]),
        ),
        words=reads.with_words,
    )  # fmt: skip


def _as_said(words: Iterable[str]) -> list[tuple[str, Text]]:
    return [(one, Text(one, one)) for one in words]


def _yuan(project: ApprovedProject) -> str | None:
    return None if project.amount_fen is None else yuan_text(project.amount_fen).replace(",", "")


def _members(project: ApprovedProject) -> str:
    return "、".join(f"{name}（{unit}）" if unit else name for name, unit in project.members)


def _status(project: ApprovedProject) -> Text | str:
    return STATUS_NAMES[project.status][1] if project.status else ""


@require_safe
@needs(Action.SEE_PROJECTS)
def project(request: HttpRequest, project_id: int) -> HttpResponse:
    """Show what a list says of a project, the list and row that say it, and what earlier lists said."""
    actor = _actor(request)
    page = reads.project_page(project_id)
    policies = policies_for(page.project, page.firm.district_code if page.firm else None, business_date())
    context = {
        "page": page,
        "policies": policies,
        "found": policies.found,
        "names": STATE_NAMES,
        "sees_firms": actor.may(Action.SEE_CHECK_UP),
        "sees_namesakes": actor.may(Action.FIND_FIRMS),
        "is_editor": actor.may(Action.EDIT_POLICIES),
    }
    return render(request, "brain/project.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.EDIT_POLICIES)
def desk(request: HttpRequest) -> HttpResponse:
    """Take a list in; show those that were."""
    form = ProjectFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            taken = take_in_projects(actor=_actor(request), name=file.name, content=file.read(), how=form.how)
        except YulinError as refusal:
            form.add_error("file", say_refusal(refusal))
        else:
            if taken.is_again:
                words = Text("这份清单以前已导入，没有重复录入。", "This list was taken in before; nothing was added.")
                messages.info(request, say(words))
            return redirect("brain:project-file", taken.file.pk)
    files = Paginator(reads.project_files(), _SHOWN).get_page(request.GET.get("page"))
    context = {"form": form, "files": files}
    return render(request, "brain/project_desk.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Action.EDIT_POLICIES)
def file(request: HttpRequest, file_id: int) -> HttpResponse:
    """Show what came of a list: what is new, what changed, which rows were refused and why."""
    return render(request, "brain/project_file.html", {"file": reads.project_file(file_id)})


@require_safe
@needs(Action.EDIT_POLICIES)
def document(request: HttpRequest, file_id: int) -> FileResponse:  # noqa: ARG001 - every view is given it
    """Give a list as it was received."""
    found = reads.project_file(file_id)
    return FileResponse(
        documents.open_document(found.sha256), as_attachment=True, filename=found.name,
        content_type="application/octet-stream",
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.SEE_PROJECTS)
def check(request: HttpRequest) -> HttpResponse:
    """Compare a proposal that somebody types with the approved projects; nothing is kept."""
    form = OverlapForm(request.POST or None)
    context = {"form": form, **_overlap_words(request)}
    if request.method == "POST" and form.is_valid():
        context["overlap"] = overlaps_of(form.work)
    return render(request, "brain/overlap_check.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@needs(Action.SEE_APPLICATIONS)
def application_overlap(request: HttpRequest, application_id: int) -> HttpResponse:
    """Compare an application, as its reader sees it, with the approved projects."""
    page = application_page(_actor(request), application_id, business_date())
    context = {
        "application": page.application, "overlap": overlaps_of(proposal_of(page)), **_overlap_words(request),
    }  # fmt: skip
    return render(request, "brain/application_overlap.html", context)


def _overlap_words(request: HttpRequest) -> dict[str, Any]:
    """Return the thresholds as the page states them, and whether namesakes are shown to this reader."""
    return {
        "rules": {
            "stretch": rules.STRETCH, "title_stretch": rules.TITLE_STRETCH, "least": rules.LEAST_SHARED,
            "much": f"{rules.MUCH_BP // 100}%", "some": f"{rules.SOME_BP // 100}%",
            "title": f"{rules.TITLE_BP // 100}%",
        },
        "sees_namesakes": _actor(request).may(Action.SCREEN_APPLICATIONS),
    }  # fmt: skip


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    return actor
