"""Pages of the library, open to everybody: the list and its search, one policy by clause, versions, documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from yulin.base.text import Text
from yulin.brain import services
from yulin.brain.core.policies import AUDIENCES, STATE_NAMES
from yulin.brain.enums import VersionState
from yulin.brain.errors import PolicyNotFoundError
from yulin.brain.forms import AnswerForm, CheckForm, CorrectionForm, GuideForm
from yulin.brain.models import Policy
from yulin.brain.selectors import library as reads
from yulin.brain.selectors.alike import alike_while_waiting
from yulin.brain.selectors.calls import calls_under
from yulin.brain.selectors.guides import guides_of, term_of
from yulin.brain.selectors.scans import scan_of
from yulin.kit import documents
from yulin.kit.clock import business_date
from yulin.kit.lists import FORMATS, Column, Filter, Plan, read_listing
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_FIRST = 10  # policies that answer are shown at first
_ENDS = (("30", 30), ("90", 90), ("365", 365))
_ISSUED = (("1", 1), ("3", 3), ("5", 5))
_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
    "json": "application/json",
}


@require_safe
def library(request: HttpRequest) -> HttpResponseBase:
    """List the policies with their state today; a question is answered by clauses, or with "not known"."""
    today, actor = business_date(), _actor(request)
    place = request.GET.get("area", "")
    areas = reads.areas()
    rows = reads.library(today, place if place in areas else "")
    listing = read_listing(request, rows, _plan(today, areas))
    if listing.format in FORMATS:
        return listing.export("yulin-policies")
    shown = replace(listing, has_search=True)
    searched = listing.rows if listing.chosen else None
    first = 0 if request.GET.get("all") else _FIRST
    found = reads.search_library(listing.query, searched, today, first=first) if listing.query else None
    context = {
        "listing": shown,
        "found": found,
        "names": STATE_NAMES,
        "find": Text("问一句话，如：发明专利资助多少", "Ask in your own words, in Chinese"),
        "is_editor": actor.may(Action.EDIT_POLICIES),
        "may_save": actor.user_id is not None and actor.may(Action.SEE_NOTICES),
        "saved": urlencode({"q": listing.query} | {one.filter.key: one.chosen for one in listing.chosen}),
    }
    return render(request, "brain/policies.html", context)


def _plan(today: date, areas: list[str]) -> Plan:
    return Plan(
        columns=(
            Column("title", Text("政策", "Policy"), "current__title", export=lambda one: one.current.title),
            Column("number", Text("发文字号", "Document number"), export=lambda one: one.current.document_number),
            Column("authority", Text("发文机构", "Authority"), "current__authority",
                   export=lambda one: one.current.authority),
            Column("area", Text("地区", "Area"), "current__area", export=lambda one: one.current.area or "全国"),
            Column("amount", Text("最高金额（元）", "Most paid (CNY)"), "current__amount_fen", is_number=True,
                   export=_yuan),
            Column("state", Text("状态", "State"), export=lambda one: STATE_NAMES[one.now][1]),
            Column("ends", Text("截止日", "Ends"), "current__ends_on", export=lambda one: one.current.ends_on),
            Column("issued", Text("发布日期", "Issued"), "current__issued_on",
                   export=lambda one: one.current.issued_on),
        ),
        order="-issued",
        filters=(
            # The place has narrowed the rows before; here it only has to be shown as chosen.
            Filter("area", Text("地区", "Area"), "pk__isnull",
                   [(one, Text(one.replace("/", " "), one.replace("/", " "))) for one in areas], lambda _: False),
            Filter("audience", Text("对象", "Audience"), f"{reads.AUDIENCE}__regex",
                   [(key, name) for key, (name, _) in AUDIENCES.items()], lambda key: AUDIENCES[key][1]),
            Filter("state", Text("状态", "State"), "now", [(key, name) for key, (_, name) in STATE_NAMES.items()]),
            Filter("ends", Text("截止", "Ends"), "current__ends_on__range",
                   [(key, Text("%(n)s天内", "within %(n)s {n:day|days}").with_values(n=days)) for key, days in _ENDS],
                   lambda key: (today, today + timedelta(days=int(key)))),
            Filter("issued", Text("发布", "Issued"), "current__issued_on__gte",
                   [(key, Text("近%(n)s年", "last %(n)s {n:year|years}").with_values(n=years))
                    for key, years in _ISSUED],
                   lambda key: today - timedelta(days=365 * int(key))),
        ),
    )  # fmt: skip


def _yuan(policy: Policy) -> str | None:
    fen = policy.current.amount_fen if policy.current else None
    return None if fen is None else f"{fen // 100}.{fen % 100:02d}"


@require_safe
def policy(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Show a policy as it rules: clause by clause, with its source, its versions, its state and why."""
    is_editor = _actor(request).may(Action.EDIT_POLICIES)
    return shown_policy(request, reads.policy_page(policy_id, business_date(), is_editor=is_editor))


@require_safe
def version(request: HttpRequest, policy_id: int, number: int) -> HttpResponse:
    """Show one version, with what it changed; a proposal only to editors."""
    is_editor = _actor(request).may(Action.EDIT_POLICIES)
    page = reads.policy_page(policy_id, business_date(), number=number, is_editor=is_editor)
    return shown_policy(request, page)


@require_safe
def document(request: HttpRequest, policy_id: int) -> FileResponse:
    """Give the document that a policy was read from, as it was received."""
    page = reads.policy_page(policy_id, business_date(), is_editor=_actor(request).may(Action.EDIT_POLICIES))
    file = page.version.file
    if file is None:
        raise PolicyNotFoundError(policy=policy_id)
    # Never shown in place: a page that a bureau published may hold scripts.
    kind = _TYPES.get(file.form, "application/octet-stream")
    return FileResponse(documents.open_document(file.sha256), as_attachment=True, filename=file.name, content_type=kind)


@require_POST
@needs(Action.SUGGEST_CORRECTIONS)
def correct(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Keep what a reader says is wrong."""
    page = reads.policy_page(policy_id, business_date())
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return shown_policy(request, page, correction=form, status=422)
    said = form.cleaned_data
    services.suggest_correction(
        actor=_actor(request),
        version_id=page.version.pk,
        said=said["said"],
        clause=said["clause"],
        source=said["source"],
    )
    messages.success(request, say(Text("已提交，科技局会答复您。", "Sent; the authority will answer you.")))
    return redirect("brain:policy", policy_id)


def shown_policy(
    request: HttpRequest,
    page: reads.PolicyPage,
    *,
    correction: CorrectionForm | None = None,
    check: CheckForm | None = None,
    guide: GuideForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a version's page with the forms that its reader may use."""
    actor = _actor(request)
    is_proposed = page.version.state == VersionState.PROPOSED.value
    is_own = page.version.made_by_id is not None and page.version.made_by_id == actor.user_id
    is_editor = actor.may(Action.EDIT_POLICIES)
    context: dict[str, Any] = {
        "page": page,
        "version": page.version,
        "policy": page.policy,
        "is_editor": is_editor,
        "is_proposed": is_proposed,
        "is_own": is_own,
        "may_suggest": actor.may(Action.SUGGEST_CORRECTIONS) and page.is_current,
        "correction": correction or CorrectionForm(initial={"clause": request.GET.get("clause") or None}),
        "check": check or CheckForm(),
        "may_check": is_proposed and not is_own and actor.may(Action.PUBLISH_POLICIES),
        "alike": alike_while_waiting(page.version) if is_editor else [],
        "answer": AnswerForm(),
        "calls": calls_under([page.policy.pk], page.today).get(page.policy.pk, []) if page.is_current else [],
        "guides": guides_of(page.policy.pk, page.version.pk) if page.is_current else [],
        "guide_term": term_of(page.policy.pk) if is_editor and page.is_current else None,
        "guide": guide or GuideForm(),
        "scan": scan_of(page.version.file) if is_editor and is_proposed and page.version.needs_text else None,
    }
    return render(request, "brain/policy.html", context, status=status)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    return actor
