"""Pages of the radar: a policy's criteria, what one firm can have, who has not applied though entitled."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.brain import services
from yulin.brain.adapters.model_endpoint import model_host
from yulin.brain.core.check_up import Standing
from yulin.brain.core.deadlines import Deadline, calendar_of
from yulin.brain.core.radar import VERDICTS
from yulin.brain.enums import CriteriaState
from yulin.brain.errors import FeedNotFoundError, PolicyNotFoundError
from yulin.brain.forms import CheckForm, CriteriaForm
from yulin.brain.models import PolicyCriteria, RadarRun
from yulin.brain.selectors import radar as reads
from yulin.brain.selectors.calls import calls_under
from yulin.brain.selectors.check_up import firm_to_check, own_firm
from yulin.brain.selectors.library import policy_page
from yulin.brain.services.suggesting import ask_for_criteria
from yulin.kit import clock
from yulin.kit.clock import business_date
from yulin.kit.lists import FORMATS, csv_answer, xlsx_answer
from yulin.kit.speech import say, say_refusal
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role
from yulin.pool.core.names import district_name

_PER_PAGE = 25
_TABS = (
    ("met", "可享受未申报", "Entitled, not applied"),
    ("near", "差一步", "Near"),
    ("unknown", "待查明", "Not known"),
)
_HEADS = (
    Text("企业", "Firm"),
    Text("统一社会信用代码", "USCC"),
    Text("区", "District"),
    Text("政策", "Policy"),
    Text("结论", "Outcome"),
    Text("依据", "Why"),
)


@require_safe
@needs(Action.SEE_CHECK_UP)
def radar(request: HttpRequest) -> HttpResponseBase:
    """Lead a firm to what it can have; show the others who in their area has not applied though entitled."""
    actor, on = _actor(request), business_date()
    if actor.role == Role.FIRM_USER:
        own = own_firm(actor)
        return redirect("brain:firm-radar", own.pk) if own else render(request, "brain/no_firm.html", status=404)
    run = services.ask_for_radar(on=on)
    if run is None:
        return render(request, "brain/radar_waits.html")
    lines = reads.radar_area(actor, run)
    asked = request.GET.get("policy", "")
    opened = next((one for one in lines if str(one.criteria.policy_id) == asked), lines[0] if lines else None)
    standing = _standing(request)
    context = {
        "run": run, "lines": lines, "opened": opened, "standing": standing, "standings": _TABS,
        "is_old": reads.radar_is_old(run, on=on), "district_code": actor.district_code,
        "waiting": reads.waiting_criteria().count(), "is_editor": actor.may(Action.EDIT_POLICIES),
    }  # fmt: skip
    if opened is None:
        return render(request, "brain/radar.html", context)
    if request.GET.get("format") in FORMATS:
        return _sheet(request, run, opened, standing)
    listed = reads.listed_firms(actor, run, opened.criteria.policy_id, standing)
    page = Paginator(listed.ids, _PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "firms": listed.firms(page.object_list)}
    return render(request, "brain/radar.html", context | shown)


def _sheet(request: HttpRequest, run: RadarRun, opened: reads.RadarCount, standing: str) -> HttpResponseBase:
    file_format, policy = request.GET["format"], opened.criteria
    listed = services.export_entitled(
        actor=_actor(request), run=run, policy_id=policy.policy_id, standing=standing, file_format=file_format
    )
    rows = (
        [one.name, one.identifier, district_name(one.district_code), policy.version.title,
         VERDICTS[one.standing][1], one.why]
        for one in listed
    )  # fmt: skip
    answer = xlsx_answer if file_format == "xlsx" else csv_answer
    return answer(f"yulin-radar-{policy.policy_id}-{standing}-{run.on}.{file_format}", _HEADS, rows)


@require_safe
@needs(Action.SEE_CHECK_UP)
def firm_radar(request: HttpRequest, firm_id: int) -> HttpResponse:
    """Show one firm what it can have, what it nearly can, what is not known, and what is not for it, each with why."""
    return _firm_page(request, firm_id)


def _firm_page(request: HttpRequest, firm_id: int, address: str = "") -> HttpResponse:
    actor, on = _actor(request), business_date()
    firm = firm_to_check(actor, firm_id)
    lines = reads.radar_of(firm, on=on)
    groups = [
        (standing.value, VERDICTS[standing], [one for one in lines if one.standing is standing])
        for standing in (Standing.MET, Standing.NEAR, Standing.UNKNOWN, Standing.NOT_MET)
    ]
    known = [one.version.amount_fen for one in groups[0][2] if one.version.amount_fen is not None]
    context = {
        "firm": firm, "on": on, "groups": groups, "count": len(lines), "most_fen": sum(known),
        "unknown_amounts": len(groups[0][2]) - len(known), "by_area": actor.role != Role.FIRM_USER,
        "feed": reads.feed_of(actor), "address": address,
        "calls": calls_under([one.version.policy_id for one in lines if one.standing is not Standing.NOT_MET], on),
    }  # fmt: skip
    return render(request, "brain/firm_radar.html", context)


@require_POST
@needs(Action.SEE_CHECK_UP)
def feed(request: HttpRequest) -> HttpResponse:
    """Make the person's calendar address, shown once, or take it back."""
    actor = _actor(request)
    firm = own_firm(actor)
    if firm is None:
        return render(request, "brain/no_firm.html", status=404)
    if request.POST.get("act") == "revoke":
        services.revoke_feed(actor=actor)
        messages.success(request, say(Text("日历地址已撤销。", "The calendar address is taken back.")))
        return redirect("brain:firm-radar", firm.pk)
    token = services.make_feed(actor=actor)
    address = request.build_absolute_uri(reverse("brain:radar-feed", args=[token]))
    return _firm_page(request, firm.pk, address)


@require_safe
def radar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """Give the calendar to whoever holds its address; a program that asks has no session."""
    on = business_date()
    try:
        opened = reads.opened_feed(token, on=on)
    except FeedNotFoundError as refusal:
        return HttpResponse(f"{say(refusal.message)} [{refusal.code}]", status=404, content_type="text/plain")
    answer = HttpResponse(
        calendar_of(_calendar_name(opened), _deadlines(request, opened), clock.now()),
        content_type="text/calendar; charset=utf-8",
    )
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _calendar_name(opened: reads.Feed) -> str:
    return say(Text("政策截止日 · %(firm)s", "Policy deadlines · %(firm)s").with_values(firm=opened.firm.name))


def _deadlines(request: HttpRequest, opened: reads.Feed) -> list[Deadline]:
    """Return the ends of policies, and the last days of calls under them that the firm has not applied to."""
    of_policies = [
        Deadline(
            uid=f"policy-{one.version.policy_id}-{one.version.ends_on}",
            on=one.version.ends_on,
            title=say(Text("截止：%(title)s", "Ends: %(title)s").with_values(title=one.version.title)),
            said=f"{say(one.verdict[1])} {say(one.why)}".strip(),
            url=request.build_absolute_uri(reverse("brain:policy", args=[one.version.policy_id])),
        )
        for one in opened.lines
        if one.version.ends_on is not None
    ]
    of_calls = [
        Deadline(
            uid=f"call-{shown.call.pk}-{shown.taken_on}",
            on=shown.taken_on,
            title=say(Text("申报截止：%(title)s", "Applications close: %(title)s").with_values(title=shown.call.title)),
            said=f"{say(line.verdict[1])} {say(shown.why)}",
            url=request.build_absolute_uri(reverse("brain:call", args=[shown.call.pk])),
        )
        for line, shown in opened.calls
    ]
    return of_policies + of_calls


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.EDIT_POLICIES)
def criteria(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Show what a policy asks as rules with their words, let a person mend them, another confirm."""
    return _criteria_page(request, policy_id)


def _criteria_page(request: HttpRequest, policy_id: int, check: CheckForm | None = None) -> HttpResponse:
    actor = _actor(request)
    page = policy_page(policy_id, business_date(), is_editor=True)
    sets = reads.criteria_sets(page.policy)
    shown = next((one for one in sets if one.state in {"proposed", "confirmed"}), sets[0] if sets else None)
    is_edit = request.method == "POST" and check is None
    number = sets[0].number if sets else 0
    form = CriteriaForm(request.POST if is_edit else None, shown.criteria if shown else [], number)
    if is_edit and form.is_valid():
        try:
            services.propose_criteria(
                actor=actor, version_id=page.version.pk, base=form.cleaned_data["base"], rows=form.criteria,
                note=form.cleaned_data["note"],
            )  # fmt: skip
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, say(Text("已提交，由另一人确认。", "Submitted; another person confirms it.")))
            return redirect("brain:criteria", policy_id)
    waits = shown is not None and shown.state == CriteriaState.PROPOSED.value
    is_own = shown is not None and shown.made_by_id is not None and shown.made_by_id == actor.user_id
    context = {
        "page": page, "policy": page.policy, "version": page.version, "sets": sets, "shown": shown, "form": form,
        "check": check or CheckForm(), "waits": waits, "is_own": is_own,
        "may_check": waits and not is_own and actor.may(Action.PUBLISH_POLICIES), "model_host": model_host(),
    }  # fmt: skip
    bad = form.errors or (check is not None and check.errors)
    return render(request, "brain/criteria.html", context, status=422 if bad else 200)


@require_POST
@needs(Action.EDIT_POLICIES)
def suggest(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Ask the model outside to propose criteria."""
    ask_for_criteria(actor=_actor(request), policy_id=policy_id)
    said = Text(
        "已询问外部模型；结果成为待确认的一稿，未成时通知您。", "Asked; the result is a set that waits, or a notice."
    )
    messages.success(request, say(said))
    return redirect("brain:criteria", policy_id)


@require_POST
@needs(Action.PUBLISH_POLICIES)
def decide_criteria(request: HttpRequest, criteria_id: int) -> HttpResponse:
    """Confirm criteria, or return them with the reason."""
    kept = PolicyCriteria.objects.filter(pk=criteria_id).first()
    if kept is None:
        raise PolicyNotFoundError(policy=criteria_id)
    form = CheckForm(request.POST)
    if form.is_valid():
        is_confirmed = form.cleaned_data["verdict"] == "publish"
        try:
            services.decide_criteria(
                actor=_actor(request), criteria_id=criteria_id, is_confirmed=is_confirmed,
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            yes = Text("已确认，正在后台匹配全部企业。", "Confirmed; all firms are being matched in the background.")
            messages.success(request, say(yes if is_confirmed else Text("已退回。", "Returned.")))
            return redirect("brain:criteria", kept.policy_id)
    return _criteria_page(request, kept.policy_id, check=form)


def _standing(request: HttpRequest) -> str:
    asked = request.GET.get("standing", "")
    return asked if asked in {key for key, _, _ in _TABS} else "met"


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
