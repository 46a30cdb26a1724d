"""Pages of drafts: the list, the editor with what is wrong beside it, and the second person's decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.speech import say, say_refusal
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.rules import services
from yulin.rules.adapters.trade import all_remarks, cases_run
from yulin.rules.core.law_diff import Kind, differences
from yulin.rules.core.names import ACT_NAMES, CHANGE_NAMES, DRAFT_NAMES
from yulin.rules.enums import DraftState
from yulin.rules.errors import DraftStaleError
from yulin.rules.forms import DraftDecisionForm, DraftTextForm
from yulin.rules.models import PackDraft
from yulin.rules.selectors import (
    DraftReading,
    LawVersion,
    pack_draft,
    pack_drafts,
    reading_of,
    versions_to_start_from,
)
from yulin.rules.views.laws import changed_rows

_FILES = (("pack.yaml", "law"), ("cases.yaml", "cases"))


@require_safe
@needs(Action.DRAFT_PACK)
def draft_list(request: HttpRequest) -> HttpResponse:
    """Show every draft, those that were given up too, and let one begin from a version."""
    drafts = [(one, DRAFT_NAMES[one.state]) for one in pack_drafts()]
    return render(request, "rules/drafts.html", {"drafts": drafts, "versions": versions_to_start_from(),
                                                 "chosen": request.GET.get("base", "")})  # fmt: skip


@require_POST
@needs(Action.DRAFT_PACK)
def start(request: HttpRequest) -> HttpResponse:
    """Begin a draft and open it."""
    draft = services.start_draft(actor=_actor(request), base_key=request.POST.get("base", ""))
    return redirect("rules:draft", draft.pk)


@require_safe
@needs(Action.DRAFT_PACK)
def draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Show a draft: to its maker to write in, to others to read, to the second person to decide."""
    return _shown(request, pack_draft(draft_id))


@require_POST
@needs(Action.DRAFT_PACK)
def save(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Keep the text; `act=submit` hands it on as well. What was written is shown again where it is not kept."""
    one = pack_draft(draft_id)
    form = DraftTextForm(request.POST)
    if not form.is_valid():
        return _shown(request, one, form=form, status=422)
    try:
        services.save_draft(actor=_actor(request), draft_id=one.pk, lock=form.cleaned_data["lock"], texts=form.texts())
    except DraftStaleError as stale:
        return _shown(request, pack_draft(draft_id), form=form, refusal=stale, status=409)
    if request.POST.get("act") != "submit":
        messages.success(request, say(Text("已保存。", "Saved.")))
        return redirect("rules:draft", one.pk)
    return _submitted(request, one)


@require_POST
@needs(Action.DRAFT_PACK)
def check(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Say what is wrong with a text that is still being written; nothing is kept."""
    one = pack_draft(draft_id)
    form = DraftTextForm(request.POST)
    texts = form.texts() if form.is_valid() else dict(one.content)
    reading = reading_of(one, texts)
    context = {"reading": reading, "draft": one, "is_live": True, "files": _files(texts, reading)}
    return render(request, "rules/_draft_defects.html", context)


@require_POST
@needs(Action.DRAFT_PACK)
def withdraw(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Give a draft up; it stays in the list."""
    pack_draft(draft_id)
    services.withdraw_pack_draft(actor=_actor(request), draft_id=draft_id)
    messages.success(request, say(Text("草案已撤回，文本与经过留存。", "Withdrawn; its text and steps are kept.")))
    return redirect("rules:draft", draft_id)


@require_POST
@needs(Action.PUBLISH_PACK)
def decide(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Publish a submitted draft, or return it with the reason."""
    one, form = pack_draft(draft_id), DraftDecisionForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            if given["decision"] == "publish":
                services.publish_draft(
                    actor=_actor(request), draft_id=draft_id, first=given["first"], until=given["until"]
                )
            else:
                services.return_draft(actor=_actor(request), draft_id=draft_id, reason=given["reason"])
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, say(DRAFT_NAMES[pack_draft(draft_id).state][1]))
            return redirect("rules:draft", draft_id)
    return _shown(request, one, decision=form, status=422)


def _submitted(request: HttpRequest, one: PackDraft) -> HttpResponse:
    try:
        services.submit_draft(actor=_actor(request), draft_id=one.pk)
    except YulinError as refusal:
        return _shown(request, pack_draft(one.pk), refusal=refusal, status=422)
    messages.success(request, say(Text("已提交，由另一人复核发布。", "Submitted; another person publishes it.")))
    return redirect("rules:draft", one.pk)


def _shown(
    request: HttpRequest,
    one: PackDraft,
    *,
    form: DraftTextForm | None = None,
    decision: DraftDecisionForm | None = None,
    refusal: YulinError | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = _actor(request)
    is_own = one.made_by_id == actor.user_id
    is_stale = isinstance(refusal, DraftStaleError)
    texts = form.texts() if form is not None and form.is_valid() else dict(one.content)
    reading = reading_of(one, texts)
    waits = one.state == DraftState.SUBMITTED.value
    context = {
        "draft": one, "state": DRAFT_NAMES[one.state], "reading": reading, "files": _files(texts, reading),
        "newer": _files(one.content, reading_of(one)) if is_stale else (), "refusal": refusal, "form": form,
        "may_write": is_own and one.state == DraftState.OPEN.value,
        "may_withdraw": is_own and one.state in {DraftState.OPEN.value, DraftState.SUBMITTED.value},
        "waits_for_another": is_own and waits,
        "decision": (decision or DraftDecisionForm()) if waits and not is_own and actor.may(Action.PUBLISH_PACK)
        else None,
        "steps": [(ACT_NAMES[step.act], step) for step in one.steps.all()],
        **_beside(one, reading),
    }  # fmt: skip
    return render(request, "rules/draft.html", context, status=status)


def _beside(one: PackDraft, reading: DraftReading) -> dict[str, Any]:
    """Return what stands beside a text that holds: its cases, the linter's remarks, what differs from the base."""
    if reading.pack is None:
        return {}
    results = cases_run(reading.pack.texts, one.manager_values)
    found: dict[str, Any] = {
        "cases": len(results),
        "failing": [each for each in results if not each.holds],
        "remarks": all_remarks(reading.pack),
        "version": LawVersion(reading.pack, draft_id=one.pk),
    }
    if reading.base:
        moved = differences(reading.base.pack, reading.pack)
        counts = {kind: sum(each.kind is kind for each in moved) for kind in Kind}
        found |= {
            "rows": changed_rows(reading.base.pack, reading.pack, moved),
            "counts": [(CHANGE_NAMES[kind], count) for kind, count in counts.items() if count],
        }
    return found


def _files(texts: dict[str, str], reading: DraftReading) -> list[dict[str, Any]]:
    """Return each file with its lines, those with a defect marked."""
    files = []
    for name, field in _FILES:
        text = texts.get(name, "")
        wrong = {each.line for each in reading.defects if each.file == name}
        lines = [(number, number in wrong) for number in range(1, text.count("\n") + 2)]
        files.append({"name": name, "field": field, "text": text, "lines": lines, "rows": len(lines)})
    return files


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
