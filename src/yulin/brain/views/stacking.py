"""Which combination of benefits pays a firm most; the law of stacking, proposed by one, checked by another."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.brain.errors import PolicyNotFoundError
from yulin.brain.forms.policies import CheckForm
from yulin.brain.forms.stacking import StackingForm
from yulin.brain.selectors import stacking_law as reads
from yulin.brain.selectors.check_up import firm_to_check
from yulin.brain.selectors.stacking import firm_stack
from yulin.brain.services import stacking as services
from yulin.kit.clock import business_date
from yulin.kit.speech import say, say_refusal
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role


@require_safe
@needs(Action.SEE_CHECK_UP)
def stacking(request: HttpRequest, firm_id: int) -> HttpResponse:
    """Show the best combination for one firm, the runner-up, what is left out under which clause, what stands apart."""
    actor = _actor(request)
    page = firm_stack(firm_to_check(actor, firm_id), on=business_date())
    return render(request, "brain/stacking.html", {"page": page, "by_area": actor.role != Role.FIRM_USER})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.EDIT_POLICIES)
def law(request: HttpRequest) -> HttpResponse:
    """Show the law of stacking and what waits; take a proposal of one of its texts."""
    texts, asked = reads.law_texts(), request.GET.get("key", "")
    opened = texts.get(asked)
    start = {"key": asked, "text": opened.text if opened else "", "base": opened.number if opened else 0}
    form = StackingForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            services.propose_stacking(actor=_actor(request), **form.cleaned_data)
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, say(Text("已提交，由另一人复核。", "Submitted; another person checks it.")))
            return redirect("brain:stacking-law")
    return _law(request, form, status=422 if request.method == "POST" else 200)


@require_POST
@needs(Action.PUBLISH_POLICIES)
def decide(request: HttpRequest, version_id: int) -> HttpResponse:
    """Put a proposed text in force, or return it with the reason."""
    form = CheckForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(each) for errors in form.errors.values() for each in errors))
        return redirect("brain:stacking-law")
    is_published = form.cleaned_data["verdict"] == "publish"
    try:
        services.decide_stacking(
            actor=_actor(request), version_id=version_id, is_published=is_published, reason=form.cleaned_data["reason"]
        )
    except PolicyNotFoundError:
        raise
    except YulinError as refusal:
        messages.error(request, say_refusal(refusal))
    else:
        said = Text("已发布，即时生效。", "In force at once.") if is_published else Text("已退回。", "Returned.")
        messages.success(request, say(said))
    return redirect("brain:stacking-law")


@require_POST
@needs(Action.EDIT_POLICIES)
def withdraw(request: HttpRequest, version_id: int) -> HttpResponse:
    """Take one's own proposal back; it stays among the versions."""
    services.withdraw_stacking(actor=_actor(request), version_id=version_id)
    messages.success(request, say(Text("已撤回，留存备查。", "Withdrawn; it is kept.")))
    return redirect("brain:stacking-law")


def _law(request: HttpRequest, form: StackingForm, *, status: int) -> HttpResponse:
    actor = _actor(request)
    context = {
        "form": form,
        "texts": reads.law_texts().values(),
        "law": reads.stacking_law(),
        "proposals": reads.stacking_proposals(),
        "versions": reads.stacking_versions(),
        "check": CheckForm(),
        "may_check": actor.may(Action.PUBLISH_POLICIES),
        "own_id": actor.user_id,
    }
    return render(request, "brain/stacking_law.html", context, status=status)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
