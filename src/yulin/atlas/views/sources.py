"""Pages of the files of sources: what each brought, what of it is in quarantine and why."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yulin.atlas.core.masking import masked
from yulin.atlas.selectors.quarantine import TOLD, problems_of, receipt_by_id, receipts, sources_taken, told_quarantine
from yulin.atlas.selectors.source_quality import late_alert_of, source_shown
from yulin.atlas.services.quarantining import take_quarantine
from yulin.base.text import Text
from yulin.kit.lists import FORMATS, csv_answer, xlsx_answer
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN, _ROWS = 20, 20


@never_cache
@require_safe
@needs(Action.SEE_FIRMS)
def sources(request: HttpRequest) -> HttpResponseBase:
    """List the files that sources brought: how many rows, how many were taken in, how many are in quarantine."""
    source = request.GET.get("source", "")
    page = Paginator(receipts(source), _SHOWN).get_page(request.GET.get("page"))
    return render(request, "atlas/sources.html", {"page": page, "sources": sources_taken(), "source": source})


@never_cache
@require_safe
@needs(Action.SEE_FIRMS)
def source(request: HttpRequest, code: str) -> HttpResponseBase:
    """Show a source: its terms, what its owner is told, how good each field is and was, its files."""
    shown = source_shown(code)
    if shown is None:
        raise Http404
    late = late_alert_of(shown)
    return render(request, "atlas/source.html", {"shown": shown, "alerts": [*shown.alerts, *([late] if late else [])]})


@dataclass(frozen=True)
class _Row:
    """One row or cell in quarantine, as it is shown: numbers of people masked."""

    row: str
    column: str
    problem: str
    found: str
    needed: Text
    next_step: Text
    raw: str

    @classmethod
    def of(cls, told: tuple[str, ...]) -> _Row:
        one = dict(zip(TOLD, told, strict=True))
        needed, following = Text(one["needed_zh"], one["needed"]), Text(one["next_zh"], one["next"])
        return cls(
            one["row"], one["column"], one["problem"], masked(one["found"]), needed, following, masked(one["raw"])
        )


@never_cache
@require_safe
@needs(Action.SEE_FIRMS)
def quarantine(request: HttpRequest, receipt_id: int) -> HttpResponseBase:
    """Show a file's rows and cells in quarantine: what was found, what is needed, what next; or give the table."""
    found = receipt_by_id(receipt_id)
    if found is None:
        raise Http404
    file_format = request.GET.get("format", "")
    if file_format in FORMATS:
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
        rows = take_quarantine(actor=actor, receipt=found, file_format=file_format)
        answer = xlsx_answer if file_format == "xlsx" else csv_answer
        return answer(f"yulin-quarantine-{found.pk}.{file_format}", TOLD, rows)
    every, problem = told_quarantine(found), request.GET.get("problem", "")
    wanted = [one for one in every if problem in {"", one[TOLD.index("problem")]}]
    page = Paginator(wanted, _ROWS).get_page(request.GET.get("page"))
    shown = [_Row.of(one) for one in page.object_list]
    context = {
        "receipt": found,
        "rows": shown,
        "next_steps": list(dict.fromkeys((one.problem, one.next_step) for one in shown)),
        "page": page,
        "problems": problems_of(every),
        "problem": problem,
        "total": len(every),
    }
    return render(request, "atlas/quarantine.html", context)
