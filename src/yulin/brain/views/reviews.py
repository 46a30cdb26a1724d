"""Steps of a review from an application's page, its letter; the experts' register; the public notice of grants."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.brain.core.application_states import AppStep
from yulin.brain.errors import ApplicationNotFoundError
from yulin.brain.forms.applications import ReasonForm
from yulin.brain.forms.reviews import (
    AppealAnswerForm,
    AppealForm,
    ConfirmForm,
    ExpertForm,
    OutcomeForm,
    PublicObjectionForm,
    ScoreForm,
    ScreeningForm,
    VoteForm,
)
from yulin.brain.selectors.application_letters import decision_letter
from yulin.brain.selectors.applications import application_for
from yulin.brain.selectors.reviews import expert_by_number, experts, grant_for, grants, letter_by_code
from yulin.brain.services import reviewing as services
from yulin.brain.services.experts import keep_expert
from yulin.brain.views.applications import shown_application
from yulin.kit.clock import business_date
from yulin.kit.letters import make_letter
from yulin.kit.problems import status_of
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.speech import is_english, say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 50
_OBJECTIONS_AN_HOUR = 5


def _step(request: HttpRequest, application_id: int, form: Form, do: Callable[[], object], said: Text) -> HttpResponse:
    """Take a step that a form asks for; what is refused is said on the application's page, with the form as it was."""
    application_for(_actor(request), application_id)
    if form.is_valid():
        try:
            do()
        except ApplicationNotFoundError:
            raise
        except YulinError as refusal:
            status = status_of(refusal.code)
            return shown_application(request, application_id, refusal=refusal, status=status, sent=form)
        messages.success(request, say(said))
        return redirect("brain:application", application_id)
    return shown_application(request, application_id, status=422, sent=form)


@require_POST
@needs(Action.SCREEN_APPLICATIONS)
def screen(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take an application on, return it or refuse it."""
    form = ScreeningForm(request.POST)

    def do() -> None:
        said = form.cleaned_data
        services.screen_application(
            actor=_actor(request), application_id=application_id, verdict=AppStep(said["verdict"]), why=form.why,
            until=said["until"],
        )  # fmt: skip

    return _step(
        request, application_id, form, do, Text("形式审查已记录，申报单位已收到通知。", "Screened; the firm is told.")
    )


@require_POST
@needs(Action.SCREEN_APPLICATIONS)
def draw(request: HttpRequest, application_id: int) -> HttpResponse:
    """Draw the experts."""

    def do() -> None:
        services.draw_experts(actor=_actor(request), application_id=application_id)

    return _step(
        request,
        application_id,
        Form(request.POST),
        do,
        Text("已抽取，专家已收到通知。", "Drawn; the experts are told."),
    )


@require_POST
@needs(Action.SCORE_APPLICATIONS)
def recuse(request: HttpRequest, application_id: int) -> HttpResponse:
    """Stand aside."""
    form = ReasonForm(request.POST)

    def do() -> None:
        services.recuse(actor=_actor(request), application_id=application_id, why=form.cleaned_data["reason"])

    application_for(_actor(request), application_id)
    if not form.is_valid():
        return shown_application(request, application_id, status=422, sent=form)
    do()
    messages.success(request, say(Text("已回避，另行抽取专家。", "You stand aside; another expert is drawn.")))
    return redirect("brain:applications")


@require_POST
@needs(Action.SCORE_APPLICATIONS)
def score(request: HttpRequest, application_id: int) -> HttpResponse:
    """Give points."""
    found = application_for(_actor(request), application_id)
    form = ScoreForm(found.call.asks.criteria, request.POST)

    def do() -> None:
        services.score_application(
            actor=_actor(request), application_id=application_id, points=form.points, words=form.cleaned_data["words"]
        )

    return _step(request, application_id, form, do, Text("评分已提交，不再更改。", "Your score is in and stays."))


@require_POST
@needs(Action.SCORE_APPLICATIONS)
def vote(request: HttpRequest, application_id: int) -> HttpResponse:
    """Vote."""
    form = VoteForm(request.POST)

    def do() -> None:
        services.vote_on(actor=_actor(request), application_id=application_id, vote=form.chosen)

    return _step(request, application_id, form, do, Text("表决已记录。", "Your vote is in."))


@require_POST
@needs(Action.DECIDE_APPLICATIONS)
def decide(request: HttpRequest, application_id: int) -> HttpResponse:
    """Propose an outcome."""
    form = OutcomeForm(request.POST)

    def do() -> None:
        services.propose_outcome(actor=_actor(request), application_id=application_id, outcome=form.outcome)

    return _step(
        request, application_id, form, do, Text("已拟定，由另一人复核。", "Proposed; another person confirms.")
    )


@require_POST
@needs(Action.CONFIRM_APPLICATIONS)
def confirm(request: HttpRequest, application_id: int) -> HttpResponse:
    """Confirm an outcome, or send it back."""
    form = ConfirmForm(request.POST)

    def do() -> None:
        said = form.cleaned_data
        services.confirm_outcome(
            actor=_actor(request), application_id=application_id, is_confirmed=said["verdict"] == "confirm",
            reason=said["reason"],
        )  # fmt: skip

    return _step(request, application_id, form, do, Text("复核已记录。", "Your decision is recorded."))


@require_POST
@needs(Action.APPLY)
def appeal(request: HttpRequest, application_id: int) -> HttpResponse:
    """Appeal as the firm."""
    form = AppealForm(request.POST)

    def do() -> None:
        services.file_appeal(actor=_actor(request), application_id=application_id, words=form.cleaned_data["words"])

    return _step(request, application_id, form, do, Text("申诉已提交。", "Your appeal is filed."))


@require_POST
@needs(Action.CONFIRM_APPLICATIONS)
def answer(request: HttpRequest, application_id: int, appeal_id: int) -> HttpResponse:
    """Answer an appeal or an objection."""
    form = AppealAnswerForm(request.POST)

    def do() -> None:
        said = form.cleaned_data
        services.answer_appeal(
            actor=_actor(request), appeal_id=appeal_id, is_upheld=said["verdict"] == "upheld", answer=said["answer"]
        )

    return _step(request, application_id, form, do, Text("已答复。", "Answered."))


@never_cache
@require_safe
@needs(Action.SEE_APPLICATIONS)
def letter(request: HttpRequest, application_id: int, turn: int) -> HttpResponse:
    """Give the letter of a confirmed decision as PDF."""
    found = application_for(_actor(request), application_id)
    decision = found.decisions.filter(turn=turn, confirmed_on__isnull=False).first()
    if decision is None:
        raise ApplicationNotFoundError(application=turn)
    facts = decision_letter(decision, language="en" if is_english() else "zh")
    answer = HttpResponse(make_letter("brain/application", facts), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{decision.letter}.pdf"'
    return answer


@require_safe
@needs(Action.EDIT_EXPERTS)
def expert_register(request: HttpRequest) -> HttpResponse:
    """List the experts."""
    page = Paginator(experts(), _SHOWN).get_page(request.GET.get("page"))
    return render(request, "brain/experts.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.EDIT_EXPERTS)
def expert(request: HttpRequest, number: str) -> HttpResponse:
    """Enter an expert (`new`), or write anew what is known of one."""
    found = None if number == "new" else expert_by_number(number)
    form = ExpertForm(request.POST or None, today=business_date(), expert=found)
    if request.method == "POST" and form.is_valid():
        made = keep_expert(actor=_actor(request), membership_id=int(form.cleaned_data["person"]), facts=form.facts)
        words = Text("专家%(number)s已保存。", "Expert %(number)s is kept.").with_values(number=made.number)
        messages.success(request, say(words))
        return redirect("brain:experts")
    context = {"form": form, "expert": found}
    return render(request, "brain/expert.html", context, status=422 if form.errors else 200)


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """Show everybody the grants under public notice and those before; say whether a letter is genuine."""
    code = request.GET.get("code", "").strip().upper()[:40]
    context = {
        "page": Paginator(grants(business_date()), _SHOWN).get_page(request.GET.get("page")),
        "code": code,
        "found": letter_by_code(code),
    }
    return render(request, "brain/grants.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, application_id: int) -> HttpResponse:
    """Take what anybody says against a grant within the days of its notice."""
    found = grant_for(application_id, business_date())
    form = PublicObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["address"] or is_too_often(request):
            form.add_error(None, say(Text("一小时内已提交5件。稍后再提。", "Five within an hour. Try again later.")))
        else:
            said = form.cleaned_data
            with scope(EVERYTHING):
                made = services.file_appeal(
                    actor=_actor(request), application_id=application_id, words=said["words"], name=said["name"],
                    contact=said["contact"],
                )  # fmt: skip
            words = Text("已收到，%(day)s前答复。", "Received; answered by %(day)s.")
            messages.success(request, say(words.with_values(day=made.due_on.isoformat())))
            return redirect("brain:grants")
    return render(
        request, "brain/grant_objection.html", {"form": form, "one": found}, status=422 if form.errors else 200
    )


def is_too_often(request: HttpRequest) -> bool:
    """Tell whether an address has sent more objections within an hour than one does."""
    key = f"grant-objections:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, timeout=3600)
    return cache.incr(key) > _OBJECTIONS_AN_HOUR


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    return actor
