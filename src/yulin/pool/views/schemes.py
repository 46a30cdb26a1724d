"""Schemes as law: the list of what is published, one version article by article, and its text as published."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yulin.kit.clock import business_date
from yulin.people.enums import Action
from yulin.pool.selectors.schemes import scheme_page, scheme_rows, scheme_text


@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """Show every published scheme version; the law is public."""
    rows = scheme_rows(today=business_date())
    states = {state: sum(row.state == state for row in rows) for state in ("now", "ahead", "ended")}
    may_see_moves = request.actor.may(Action.SEE_MOVES)  # type: ignore[attr-defined]  # set by the middleware
    return render(request, "pool/schemes.html", {"rows": rows, "states": states, "may_see_moves": may_see_moves})


@require_safe
def scheme(request: HttpRequest, pack_id: str) -> HttpResponse:
    """Show one version of a scheme as law; `?version=` for one that is not in force today."""
    page = scheme_page(pack_id, today=business_date(), published_id=_asked_version(request))
    pack = page.law.pack
    actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    context = {"page": page, "pack": pack, "scheme": pack.scheme, "may_draft": actor.may(Action.DRAFT_PACK)}
    may_ask = actor.may(Action.ASK_PRE_LOAN_ANSWER)
    context["may_ask"] = may_ask and page.state == "now" and pack.scheme.on_top_of is None
    return render(request, "pool/scheme.html", context)


@require_safe
def text(request: HttpRequest, pack_id: str, name: str) -> HttpResponse:
    """Give one file of a version as it was published."""
    content = scheme_text(pack_id, name, today=business_date(), published_id=_asked_version(request))
    response = HttpResponse(content, content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{pack_id}-{name}"'
    return response


def _asked_version(request: HttpRequest) -> int | None:
    asked = request.GET.get("version", "")
    return int(asked) if asked.isdecimal() and len(asked) < 10 else None
