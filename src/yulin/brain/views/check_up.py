"""Pages of the technology check-up: one firm's, its report on paper, those of an area; what a change of law does."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yulin.atlas.enums import Channel
from yulin.atlas.services.reading import Look, read_portrait
from yulin.base.text import Text
from yulin.brain import services
from yulin.brain.core.case_file import KINDS, how_many
from yulin.brain.core.check_up import Standing
from yulin.brain.core.effect import MOVES
from yulin.brain.forms import WhatIfForm, assumed_facts
from yulin.brain.selectors import check_up as reads
from yulin.brain.selectors.area import Area, AreaQuery, area_of, is_old
from yulin.brain.selectors.area_file import COUNT_HEADS, FIRM_HEADS, count_rows, firm_cells
from yulin.brain.selectors.case_file import case_file as entries_of
from yulin.brain.selectors.effect import effect_for, effect_is_old
from yulin.kit.clock import business_date, now
from yulin.kit.letters import make_letter
from yulin.kit.lists import FORMATS, csv_answer, xlsx_answer
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role
from yulin.pool.selectors.redecisions import redecisions_of_check_up
from yulin.rules.adapters.shipped import shipped_vocabulary
from yulin.rules.selectors import LawVersion, asked_version

_ENTRIES = 50
_TABS = (
    ("near", "差一步", "Near"),
    ("unknown", "未定", "Open"),
    ("met", "可认定", "Qualify"),
    ("not_met", "未达到", "Do not"),
)
_EFFECT_HEADS = (
    Text("企业", "Firm"),
    Text("统一社会信用代码", "USCC"),
    Text("变化", "Change"),
    Text("旧版得分", "Points, old"),
    Text("旧版依据", "Why, old"),
    Text("新版得分", "Points, new"),
    Text("新版依据", "Why, new"),
)


@require_safe
@needs(Action.SEE_AREA_COUNTS)
def check_ups(request: HttpRequest) -> HttpResponseBase:
    """Lead a firm to its own check-up; show the others how the firms of their area stand, or give the list."""
    actor = _actor(request)
    if actor.role == Role.FIRM_USER:
        own = reads.own_firm(actor)
        return redirect("brain:check-up", own.pk) if own else render(request, "brain/no_firm.html", status=404)
    on = business_date()
    run = services.ask_for_area(on=on)
    if run is None:
        return render(request, "brain/area_waits.html")
    asked = request.GET
    query = AreaQuery(asked.get("title", ""), _standing(request), asked.get("step", ""), asked.get("page", ""))
    area = area_of(actor, run, query)
    file_format = asked.get("format", "")
    if file_format in FORMATS:
        return _area_file(actor, area, file_format)
    return render(request, "brain/check_ups.html", {"area": area, "standings": _TABS, "is_old": is_old(run, on=on)})


def _area_file(actor: Actor, area: Area, file_format: str) -> HttpResponseBase:
    """Give the list as a sheet: the firms to those who may see them, else the counts."""
    answer = xlsx_answer if file_format == "xlsx" else csv_answer
    name = f"yulin-{area.opened.pack.id}-{area.query.standing}-{area.run.on}.{file_format}"
    if area.sees_firms:
        firms = services.export_firms(actor=actor, area=area, file_format=file_format)
        return answer(name, FIRM_HEADS, (firm_cells(area, firm) for firm in firms))
    services.export_counts(actor=actor, area=area, file_format=file_format)
    return answer(name, COUNT_HEADS, count_rows(area))


@require_safe
@needs(Action.SEE_CHECK_UP)
def check_up(request: HttpRequest, firm_id: int) -> HttpResponse:
    """Show every title for one firm, one of them opened; what the form assumes is computed at once and never kept."""
    page = _page(request, firm_id)
    form = WhatIfForm(request.GET, page.asked, page.vocabulary, page.said_last)
    form.is_valid()
    context = {
        "page": page,
        "shown": reads.shown_of(page),
        "form": form,
        "is_assumed": bool(page.what_if.changes) or page.what_if.is_next_year,
        "by_area": _actor(request).role != Role.FIRM_USER,
        "redecided": redecisions_of_check_up(firm_id),
    }
    return render(request, "brain/check_up.html", context)


@never_cache
@require_safe
@needs(Action.SEE_CHECK_UP)
def case_file(request: HttpRequest, firm_id: int) -> HttpResponse:
    """Show everything of a firm in one order of days: loans, projects, support, talent, investment, services."""
    actor = _actor(request)
    firm = reads.firm_to_check(actor, firm_id)
    portrait = read_portrait(actor=actor, firm=firm, look=Look(Channel.PAGE, business_date(), now()))
    entries = entries_of(actor, firm, portrait)
    kind = request.GET.get("kind", "")
    context = {
        "firm": firm,
        "counts": [(each, KINDS[each], count) for each, count in how_many(entries)],
        "kind": kind,
        "total": len(entries),
        "page": Paginator([(one, KINDS[one.kind]) for one in entries if kind in {"", one.kind}], _ENTRIES).get_page(
            request.GET.get("page")
        ),
    }
    return render(request, "brain/case_file.html", context)


@require_safe
@needs(Action.SEE_CHECK_UP)
def report(request: HttpRequest, firm_id: int) -> HttpResponse:
    """Give the check-up as PDF in the reader's language, with what was assumed named on it."""
    page = _page(request, firm_id)
    facts = reads.report_facts(page, "en" if get_language() == "en" else "zh")
    answer = HttpResponse(make_letter("brain/check_up", facts), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="yulin-check-up-{page.firm.identifier}.pdf"'
    return answer


@require_safe
@needs(Action.SEE_HOME)
def law_effect(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show how many firms a change of law moves, both ways, and to who may see them which ones and why.

    It is computed in the background; until then the page shows how far that has come.
    """
    actor, on, asked = _actor(request), business_date(), request.GET
    old, new = (asked_version(actor, asked.get(name, "")) for name in ("old", "new"))
    if asked.get("format") in FORMATS:
        return _sheet(request, old, new)
    run = services.ask_for_effect(old=old, new=new, on=on)
    move, page = asked.get("move", ""), asked.get("page")
    found = effect_for(actor, run, old.pack, new.pack, move=move, page=page) if run else None
    context = {"old": old, "new": new, "run": run, "effect": found, "is_old": bool(run and effect_is_old(run, on=on))}
    return render(request, "brain/law_effect.html", context)


def _sheet(request: HttpRequest, old: LawVersion, new: LawVersion) -> FileResponse:
    file_format = request.GET["format"]
    moved = services.export_moved_firms(
        actor=_actor(request),
        packs=(old.pack, new.pack),
        move=request.GET.get("move", ""),
        file_format=file_format,
    )
    rows = (
        [firm.name, firm.identifier, MOVES[move][1], firm.old.points, firm.old.why, firm.new.points, firm.new.why]
        for move, firm in moved
    )
    answer = xlsx_answer if file_format == "xlsx" else csv_answer
    return answer(f"yulin-effect-{new.pack.id}.{file_format}", _EFFECT_HEADS, rows)


def _page(request: HttpRequest, firm_id: int) -> reads.CheckUp:
    vocabulary = shipped_vocabulary()
    firm = reads.firm_to_check(_actor(request), firm_id)
    assumed = WhatIfForm(request.GET, assumed_facts(request.GET, vocabulary), vocabulary, {})
    what_if = reads.WhatIf(assumed.changes, is_next_year="next" in request.GET)
    return reads.check_up_of(firm, on=business_date(), what_if=what_if, title=request.GET.get("title", ""))


def _standing(request: HttpRequest) -> str:
    asked = request.GET.get("standing", "")
    return asked if asked in set(Standing) else Standing.NEAR.value


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
