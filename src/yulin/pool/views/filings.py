"""Filing with the body behind the guarantors: what a period holds, as a page and as the file that the body gets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yulin.base.errors import YulinError
from yulin.kit.clock import business_date
from yulin.kit.speech import is_english, say, speak_in
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.adapters.filing_files import filing_csv, filing_name, filing_xlsx
from yulin.pool.core.reguarantee import KIND_NAMES, Filing
from yulin.pool.forms.filings import FilingForm
from yulin.pool.selectors.reguarantee import bodies_by_scheme, filing_for

_SHOWN = 100
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@needs(Action.SEE_PAYOUTS)
def filings(request: HttpRequest) -> HttpResponse:
    """Show what a body is told of a scheme and period; `?format=csv` or `xlsx` gives the file."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    bodies = bodies_by_scheme()
    form = FilingForm(request.GET if "of" in request.GET else None, bodies=bodies, today=business_date())
    filing: Filing | None = None
    if form.is_valid():
        try:
            filing = filing_for(actor, **form.asked())
        except YulinError as error:
            form.add_error(None, f"{say(error.message)} {say(error.hint)} [{error.code}]")
    if filing is not None and request.GET.get("format") in {"csv", "xlsx"}:
        return _file(filing, request.GET["format"])
    if filing is not None:
        speak_in(filing.currency)
    context = {
        "form": form,
        "bodies": bodies,
        "filing": filing,
        "rows": [(row, KIND_NAMES[row.kind]) for row in filing.rows[:_SHOWN]] if filing else [],
        "is_cut": filing is not None and len(filing.rows) > _SHOWN,
    }
    return render(request, "pool/filings.html", context, status=422 if form.errors else 200)


def _file(filing: Filing, ending: str) -> HttpResponse:
    language = "en" if is_english() else "zh-hans"
    content = filing_xlsx(filing, language) if ending == "xlsx" else filing_csv(filing, language)
    answer = HttpResponse(content, content_type=_XLSX if ending == "xlsx" else "text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filing_name(filing, ending)}"'
    return answer
