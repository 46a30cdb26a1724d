"""The editors' desk: files taken in, versions that wait for a second person, readers' corrections, the editor."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.brain import services
from yulin.brain.adapters.policy_files import How
from yulin.brain.core.guides import GUIDE_NAMES, GuideKind
from yulin.brain.errors import GuideTextError, PolicyAlikeError, PolicyStaleError
from yulin.brain.forms import AnswerForm, CheckForm, GuideForm, PolicyEditForm, PolicyFileForm
from yulin.brain.selectors import library as reads
from yulin.brain.selectors.guides import guides_owed
from yulin.brain.selectors.radar import waiting_criteria
from yulin.brain.selectors.scans import proposals_of, scan_of
from yulin.brain.views.library import shown_policy
from yulin.kit.clock import business_date
from yulin.kit.speech import say, say_refusal
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.EDIT_POLICIES)
def desk(request: HttpRequest) -> HttpResponse:
    """Show what waits; take a file in."""
    form = PolicyFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            taken = services.take_in_policies(
                actor=_actor(request),
                name=said["file"].name,
                content=said["file"].read(),
                source=said["source"],
                how=How(said["profile"], said["area"].strip("/ ")),
            )
        except YulinError as refusal:
            form.add_error("file", say_refusal(refusal))
        else:
            return redirect("brain:policy-file", taken.file.pk)
    context = {
        "form": form,
        "proposals": Paginator(reads.proposals(), _SHOWN).get_page(request.GET.get("page")),
        "corrections": reads.open_corrections()[:_SHOWN],
        "files": reads.policy_files()[:_SHOWN],
        "criteria": waiting_criteria()[:_SHOWN],
        "criteria_count": waiting_criteria().count(),
        "answer": AnswerForm(),
        "guides": guides_owed(),
        "today": business_date(),
    }
    return render(request, "brain/policy_desk.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Action.EDIT_POLICIES)
def file(request: HttpRequest, file_id: int) -> HttpResponse:
    """Show what came of a file, and let a second person publish what waits of it."""
    found = reads.policy_file(file_id)
    actor = _actor(request)
    waiting = list(reads.proposals(file_id))
    near, numbers = found.report.get("nearly_same", []), found.report.get("same_number", [])
    keys = {one[side] for one in near for side in ("one", "other")} | {
        key for one in numbers for key in one["policies"]
    }
    context = {
        "file": found,
        "named": reads.named_policies(keys),
        "waiting": waiting,
        "before": proposals_of(found.report.get("waiting", [])),
        "ready": sum(not (one.needs_text or one.is_scanned) for one in waiting),
        "may_publish": actor.may(Action.PUBLISH_POLICIES) and found.made_by_id != actor.user_id,
        "is_own": found.made_by_id == actor.user_id,
        "scan": scan_of(found),
    }
    return render(request, "brain/policy_file.html", context)


@require_POST
@needs(Action.PUBLISH_POLICIES)
def publish(request: HttpRequest, file_id: int) -> HttpResponse:
    """Publish every version of a file that waits and holds text."""
    count = services.publish_file(actor=_actor(request), file_id=reads.policy_file(file_id).pk)
    words = Text("已发布%(n)s项政策。", "%(n)s {n:policy|policies} published.").with_values(n=count)
    messages.success(request, say(words))
    return redirect("brain:policy-file", file_id)


@require_POST
@needs(Action.EDIT_POLICIES)
def scan(request: HttpRequest, file_id: int) -> HttpResponse:
    """Put the reading of a scanned document into the queue."""
    services.ask_for_scan(actor=_actor(request), file_id=file_id)
    messages.success(request, say(Text("已开始识别。", "It is being read.")))
    return redirect("brain:policy-file", file_id)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.EDIT_POLICIES)
def new(request: HttpRequest) -> HttpResponse:
    """Write a policy that is not in the library yet."""
    form = PolicyEditForm(request.POST or None, initial={"base": 0})
    return _edited(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.EDIT_POLICIES)
def edit(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Write what a policy shall say from now on; another person publishes it."""
    page = reads.policy_page(policy_id, business_date(), is_editor=True)
    start = {"base": page.versions[0].number}
    form = PolicyEditForm(request.POST or None, version=page.version, initial=start)
    return _edited(request, form, page)


def _edited(request: HttpRequest, form: PolicyEditForm, page: reads.PolicyPage | None) -> HttpResponse:
    status, stale = 200, False
    alike: Sequence[object] = ()
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                version = services.propose_version(
                    actor=_actor(request),
                    policy_id=page.policy.pk if page else None,
                    base=form.cleaned_data["base"],
                    edit=form.edit,
                )
            except PolicyAlikeError as refusal:
                status, alike = 409, refusal.alike
                form.add_error(None, say_refusal(refusal))
            except YulinError as refusal:
                stale = isinstance(refusal, PolicyStaleError)
                status = 409 if stale else 422
                form.add_error(None, say_refusal(refusal))
            else:
                messages.success(
                    request, say(Text("已提交，由另一人复核发布。", "Submitted; another person publishes it."))
                )
                return redirect("brain:policy-version", version.policy_id, version.number)
    context = {"form": form, "page": page, "is_stale": stale, "alike": alike}
    return render(request, "brain/policy_edit.html", context, status=status)


@require_POST
@needs(Action.PUBLISH_POLICIES)
def decide(request: HttpRequest, version_id: int) -> HttpResponse:
    """Publish a proposed version, or return it with the reason."""
    version = reads.version_for(version_id)
    form = CheckForm(request.POST)
    if form.is_valid():
        is_published = form.cleaned_data["verdict"] == "publish"
        try:
            services.decide_version(
                actor=_actor(request),
                version_id=version_id,
                is_published=is_published,
                reason=form.cleaned_data["reason"],
            )
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            said = (
                Text("已发布，即时生效。", "Published; it rules at once.")
                if is_published
                else Text("已退回。", "Returned.")
            )
            messages.success(request, say(said))
            return redirect("brain:policy-version", version.policy_id, version.number)
    page = reads.policy_page(version.policy_id, business_date(), number=version.number, is_editor=True)
    return shown_policy(request, page, check=form, status=422)


@require_POST
@needs(Action.EDIT_POLICIES)
def withdraw(request: HttpRequest, version_id: int) -> HttpResponse:
    """Take one's own proposal back; it stays among the versions."""
    version = services.withdraw_version(actor=_actor(request), version_id=reads.version_for(version_id).pk)
    messages.success(request, say(Text("已撤回，留存备查。", "Withdrawn; it is kept.")))
    return redirect("brain:policy-version", version.policy_id, version.number)


@require_POST
@needs(Action.EDIT_POLICIES)
def answer(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Answer a reader's correction."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, say(Text("答复没有写。", "The answer is missing.")))
        return redirect("brain:policy-desk")
    kept = services.answer_correction(
        actor=_actor(request),
        correction_id=correction_id,
        is_taken=form.cleaned_data["verdict"] == "taken",
        answer=form.cleaned_data["answer"],
    )
    messages.success(request, say(Text("已答复。", "Answered.")))
    return redirect("brain:policy", kept.version.policy_id)


@require_POST
@needs(Action.EDIT_POLICIES)
def guide(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Publish the guide to a policy, or the manual of how it is applied for."""
    form = GuideForm(request.POST)
    if form.is_valid():
        kind = GuideKind(form.cleaned_data["kind"])
        try:
            services.publish_guide(
                actor=_actor(request), policy_id=policy_id, kind=kind, text=form.cleaned_data["text"]
            )
        except GuideTextError as refusal:
            form.add_error("text", say_refusal(refusal))
        else:
            words = Text("已发布%(kind)s。", "Published: %(kind)s.").with_values(kind=GUIDE_NAMES[kind])
            messages.success(request, say(words))
            return redirect(f"{reverse('brain:policy', args=[policy_id])}#guides")
    page = reads.policy_page(policy_id, business_date(), is_editor=True)
    return shown_policy(request, page, guide=form, status=422)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
