"""The page of a projection: several years of a scheme's fund under stated assumptions, and the first that lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yulin.kit.clock import business_date
from yulin.kit.speech import speak_in
from yulin.people.adapters.guards import needs
from yulin.people.enums import Action
from yulin.pool.adapters.packs import published_laws
from yulin.pool.core.deciding import Law
from yulin.pool.core.projection import PlannedYear, ProjectedYear, first_shortfall, project
from yulin.pool.forms.projection import YEARS, OpeningForm, YearSet
from yulin.pool.selectors.projection import ProjectionStart, projection_start, schemes_by_outstanding


@dataclass(frozen=True)
class Line:
    """One year as the page shows it."""

    year: int
    planned: PlannedYear
    projected: ProjectedYear


@require_safe
@needs(Action.SEE_PROJECTION)
def projection(request: HttpRequest) -> HttpResponse:
    """Show a scheme's fund over the next years; the assumptions stand in the address, so that a link keeps them."""
    today = business_date()
    schemes = _schemes()
    if not schemes:
        return render(request, "pool/projection.html", {"schemes": []})
    asked = request.GET.get("scheme") or next(iter(schemes))
    law = schemes.get(asked)
    if law is None:
        raise Http404
    speak_in(law.pack.currency)
    start = projection_start(law, today=today)
    is_sent = "years-TOTAL_FORMS" in request.GET
    opening = OpeningForm(request.GET if is_sent else None, initial={"opening": start.opening_fen})
    years = YearSet(request.GET if is_sent else None, prefix="years", initial=_assumed(start))
    lines, status = _lines(start, opening, years, today.year, is_sent=is_sent)
    context = {
        "schemes": list(schemes.values()), "law": law, "start": start, "opening": opening, "years": years,
        "numbered": list(zip(range(today.year, today.year + YEARS), years, strict=False)), "lines": lines,
        "short": first_shortfall(line.projected for line in lines), "asked": asked,
    }  # fmt: skip
    return render(request, "pool/projection.html", context, status=status)


def _schemes() -> dict[str, Law]:
    """Return the schemes with layers, each in the version that ruled last; those with the largest balances first."""
    today = business_date()
    found = {law.pack.id: law for law in published_laws() if law.effective_from <= today and law.pack.scheme.layers}
    own = [name for name in schemes_by_outstanding() if name in found]
    return {name: found[name] for name in [*own, *(name for name in found if name not in own)]}


def _assumed(start: ProjectionStart) -> list[dict[str, Any]]:
    """Return what the form starts with: everything goes on as it stands today."""
    year = {
        "outstanding": start.outstanding_fen, "claim_rate": f"{start.claim_rate_bp / 100:.2f}", "interest": 0,
        "administration": 0, "paid_in": 0, "multiple": 1,
    }  # fmt: skip
    return [year] * YEARS


def _lines(start: ProjectionStart, opening: Any, years: Any, first: int, *, is_sent: bool) -> tuple[list[Line], int]:
    if not is_sent:
        year = PlannedYear(0, start.outstanding_fen, 1, start.claim_rate_bp, 0)
        return _projected(start.opening_fen, [year] * YEARS, first), 200
    if not (opening.is_valid() and years.is_valid()):
        return [], 422
    return _projected(opening.cleaned_data["opening"], [form.year() for form in years], first), 200


def _projected(opening_fen: int, planned: list[PlannedYear], first: int) -> list[Line]:
    return [
        Line(first + place, year, found)
        for place, (year, found) in enumerate(zip(planned, project(opening_fen, planned), strict=True))
    ]
