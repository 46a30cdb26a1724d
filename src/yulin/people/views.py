"""Pages of people: demo sign-in, switching roles, notices, the calendar, the organisation's people, the audit trail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.speech import say
from yulin.people import selectors, services
from yulin.people.adapters.calendar import work_calendar
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.core.rights import KIND_NAMES, KIND_TASKS, ROLE_NAMES
from yulin.people.enums import Action, OrganisationKind, Role
from yulin.people.errors import NotADemoBookError
from yulin.people.forms import CalendarDayForm, FirstPasswordForm, NewPersonForm

PER_PAGE = 50
FIRST_YEAR, LAST_YEAR = 2004, 2100
SIGN_IN_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _actor(request: HttpRequest) -> Actor:
    return cast("Actor", request.actor)  # type: ignore[attr-defined]  # set by ActorMiddleware


def _safe_next(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if is_ours else ""


@require_http_methods(["GET", "POST"])
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """List the demo users by kind; a press signs in as one. It exists on demo books only."""
    if not selectors.the_book().is_demo:
        raise NotADemoBookError
    held = selectors.demo_memberships(on=clock.business_date())
    if request.method == "POST":
        chosen = next((one for one in held if str(one.pk) == request.POST.get("membership")), None)
        if chosen is None:
            raise Http404
        login(request, chosen.user, backend=SIGN_IN_BACKEND)
        services.switch_role(actor=selectors.actor_in(chosen, chosen.user), membership_id=chosen.pk)
        return redirect(_safe_next(request) or reverse("web:home"))
    kinds: dict[str, dict[str, Any]] = {}
    for one in held:
        kind = OrganisationKind(one.organisation_kind)
        seats = kinds.setdefault(
            str(kind), {"code": str(kind), "name": KIND_NAMES[kind], "task": KIND_TASKS.get(kind), "seats": []}
        )["seats"]
        seats.append(
            {
                "membership_id": one.pk,
                "organisation": one.organisation,
                "unit": Text(one.unit_zh, one.unit_en or one.unit_zh) if one.unit_zh else None,
                "role": ROLE_NAMES[Role(one.role)],
                "person": one.user.name_in_both,
            }
        )
    return render(request, "people/demo_sign_in.html", {"kinds": list(kinds.values()), "next": _safe_next(request)})


@needs(Action.SEE_HOME)
@require_POST
def switch_role(request: HttpRequest) -> HttpResponse:
    """Take another of one's roles and go to its home."""
    asked = request.POST.get("membership", "")
    services.switch_role(actor=_actor(request), membership_id=int(asked) if asked.isdigit() else 0)
    return redirect("web:home")


@needs(Action.SEE_NOTICES)
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """List the notices of one's organisation."""
    page = Paginator(selectors.notices_for(_actor(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "people/notices.html", {"notices": page.object_list, "page": page})


@needs(Action.SEE_NOTICES)
@require_POST
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    actor = _actor(request)
    notice = selectors.notices_for(actor).filter(pk=notice_id).first()
    if notice is None:
        raise Http404
    services.mark_notice_read(actor=actor, notice_id=notice_id)
    return redirect(notice.path or "people:notices")


@needs(Action.EDIT_CALENDAR)
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Show what the authority set for a year, and set one more day."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdigit() and FIRST_YEAR <= int(asked) <= LAST_YEAR else clock.business_date().year
    form = CalendarDayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        day: date = form.cleaned_data["day"]
        services.set_calendar_day(
            actor=_actor(request), day=day, is_workday=form.cleaned_data["is_workday"], note=form.cleaned_data["note"]
        )
        messages.success(request, say(Text(f"已设定{day:%Y-%m-%d}", f"{day:%Y-%m-%d} is set")))
        return redirect(f"{request.path}?year={day.year}")
    years = work_calendar().years
    context = {
        "form": form,
        "days": selectors.calendar_days(year),
        "year": year,
        "year_before": year - 1,
        "year_after": year + 1,
        "last_year": max(years),
        "is_announced": year in years,
    }
    return render(request, "people/calendar.html", context, status=422 if form.errors else 200)


@needs(Action.EDIT_CALENDAR)
@require_POST
def announce_year(request: HttpRequest, year: int) -> HttpResponse:
    """Say that a year's days are entered in full."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404
    services.announce_calendar_year(actor=_actor(request), year=year, document=request.POST.get("document", "")[:200])
    return redirect(f"{reverse('people:calendar')}?year={year}")


@needs(Action.MANAGE_USERS)
@require_http_methods(["GET", "POST"])
def users(request: HttpRequest) -> HttpResponse:
    """List the people of one's organisation and add one."""
    actor = _actor(request)
    form = NewPersonForm(request.POST or None, kind=actor.kind)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_person(
                actor=actor,
                username=form.cleaned_data["username"],
                name=form.cleaned_data["name"],
                role=Role(form.cleaned_data["role"]),
                password=form.cleaned_data["password"],
            )
        except YulinError as refusal:
            form.add_error("username", say(refusal.message))
        else:
            messages.success(request, say(Text("已加入本机构", "Added to this organisation")))
            return redirect("people:users")
    context = {
        "form": form,
        "seats": selectors.seats_of(actor),
        "organisation": selectors.organisation(actor.organisation_id or 0),
    }
    return render(request, "people/users.html", context, status=422 if form.errors else 200)


@needs(Action.MANAGE_USERS)
@require_POST
def end_role(request: HttpRequest, membership_id: int) -> HttpResponse:
    """End the role of a person of one's organisation, from today on."""
    actor = _actor(request)
    if not selectors.seats_of(actor).filter(pk=membership_id).exclude(user_id=actor.user_id or 0).exists():
        raise Http404
    services.end_membership(actor=actor, membership_id=membership_id, on=clock.business_date())
    return redirect("people:users")


@needs(Action.MANAGE_USERS)
@require_http_methods(["GET", "POST"])
def first_password(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Give a person of one's organisation a new password."""
    actor = _actor(request)
    seat = selectors.seats_of(actor).filter(pk=membership_id).first()
    if seat is None:
        raise Http404
    form = FirstPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.set_first_password(actor=actor, membership_id=seat.pk, password=form.cleaned_data["password"])
        messages.success(
            request, say(Text(f"{seat.user.name}的密码已重置", f"The password of {seat.user.name} is new"))
        )
        return redirect("people:users")
    return render(request, "people/password.html", {"form": form, "seat": seat}, status=422 if form.errors else 200)


@needs(Action.SEE_AUDIT)
@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """List the audit trail, newest first."""
    action, subject = request.GET.get("action", "").strip(), request.GET.get("subject", "").strip()
    entries = selectors.audit_trail(action=action, subject=subject)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    state = selectors.seal_state()
    context = {
        "page": page,
        "asked_action": action,
        "asked_subject": subject,
        "seal_number": state.last_number,
        "tail_count": state.unsealed_count,
    }
    return render(request, "people/audit.html", context)


@needs(Action.SEE_AUDIT)
@require_GET
def audit_lines(_request: HttpRequest) -> StreamingHttpResponse:
    """Export the sealed trail as JSON lines: each entry with its seal and place, so that anyone can recompute it."""

    def lines() -> Iterator[str]:
        for line in selectors.audit_export():
            yield json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n"

    headers = {"Content-Disposition": 'attachment; filename="yulin-audit.jsonl"'}
    return StreamingHttpResponse(lines(), content_type="application/jsonl; charset=utf-8", headers=headers)
