"""The page of the simulator: a few numbers of a scheme changed, and what the past would have come to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.lists import csv_answer
from yulin.kit.speech import FEN_PER_WAN, say, scaled, speak_in
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.adapters.packs import laws_of, published_laws
from yulin.pool.core.deciding import Law
from yulin.pool.core.simulation.scenario import YEARS
from yulin.pool.forms.simulations import DraftTextForm, SimulationForm
from yulin.pool.selectors import simulation_shown as shown
from yulin.pool.selectors.currencies import currency_of
from yulin.pool.services.simulations import Simulated, keep_draft_text, simulate_scheme

_CLAIMS_SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.SIMULATE_SCHEMES)
def simulation(request: HttpRequest) -> HttpResponse | FileResponse:
    """Ask what a draft would have cost, and show it as chart and table; `?format=csv` gives it claim by claim.

    A drafted text that is sent is kept, and the question goes on under its hash.
    """
    schemes = {law.pack.id: law.pack.title for law in published_laws()}
    text_form = DraftTextForm(request.POST or None, request.FILES or None, schemes=schemes, auto_id="text_%s")
    refused: YulinError | None = None
    if text_form.is_valid():
        try:
            return redirect(f"{request.path}?{_with_text(request, text_form)}")
        except YulinError as error:
            refused = error
    context = {"text_form": text_form, "refused": refused}
    return _shown(request, schemes, context, status=422 if request.method == "POST" else 200)


def _with_text(request: HttpRequest, form: DraftTextForm) -> str:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    scheme, file = form.cleaned_data["scheme"], form.cleaned_data["file"]
    sha256, pack = keep_draft_text(actor=actor, scheme_id=scheme, name=file.name, content=file.read())
    said = Text("以上传的“%(title)s”为底稿", "The uploaded “%(title)s” is what the simulation starts from")
    messages.success(request, say(said.with_values(title=pack.title)))
    return urlencode({"scheme": scheme, "years": YEARS, "text": sha256})


def _shown(
    request: HttpRequest, schemes: Mapping[str, Text], context: dict[str, Any], *, status: int
) -> HttpResponse | FileResponse:
    asked = request.GET.get("scheme", "")
    chosen = asked if asked in schemes else next(iter(schemes), "")
    speak_in(currency_of(chosen))
    versions = shown.version_choices(chosen)
    is_asked = "scheme" in request.GET
    form = SimulationForm(request.GET if is_asked else None, schemes=schemes, versions=versions)
    context |= {"form": form, "is_asked": is_asked, "has_schemes": bool(schemes)}
    if is_asked and form.is_valid():
        found = _simulated(request, form, chosen)
        if request.GET.get("format") == "csv":
            rows = shown.sheet_rows(found.simulation)
            return csv_answer(f"yulin-simulation-{chosen}.csv", shown.sheet_heads(found.simulation), rows)
        context |= _context(found)
    return render(request, "pool/simulation.html", context, status=status)


def _simulated(request: HttpRequest, form: SimulationForm, scheme_id: str) -> Simulated:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    law = laws_of(scheme_id)[-1]
    scenario = form.scenario(party=_first_layer(law), breakers=[one.id for one in law.pack.scheme.breakers])
    return simulate_scheme(actor=actor, scenario=scenario, today=business_date())


def _first_layer(law: Law) -> str:
    layers = law.pack.scheme.layers
    return next((party for party, layer in layers.items() if not layer.by_district), next(iter(layers), "city"))


def _context(found: Simulated) -> dict[str, Any]:
    effects, layers = found.effects, shown.layer_rows(found.effects)
    return {
        "found": found,
        "effects": effects,
        "layers": layers,
        "layers_head": Text("承担方", "Party"),
        "groups": (
            (Text("银行与担保机构", "Banks and guarantors"), shown.bank_rows(effects)),
            (Text("区", "Districts"), shown.district_rows(effects)),
            (Text("企业规模", "Sizes of firms"), shown.class_rows(effects)),
        ),
        "fired": shown.fired_rows(found.simulation, found.law.pack.title),
        "changed": shown.claim_rows(found.simulation, _CLAIMS_SHOWN),
        "charts": {"layers": _chart(layers)},
        "chart_label": _chart_label(layers),
    }


def _chart(rows: list[shown.EffectRow]) -> dict[str, Any]:
    """Return the option of two bars for each party: as booked, and as drafted, in 万元."""
    series = (
        (Text("已记", "booked"), [row.effect.booked_fen for row in rows]),
        (Text("模拟", "drafted"), [row.effect.drafted_fen for row in rows]),
    )
    return {
        "grid": {"top": 24},
        "xAxis": {"type": "category", "data": [say(row.name) for row in rows]},
        "yAxis": {"type": "value", "min": 0},
        "series": [
            {
                "type": "bar",
                "name": say(name),
                "barMaxWidth": 40,
                "data": [_datum(fen) for fen in amounts],
                "label": {"show": True, "position": "top"},
            }
            for name, amounts in series
        ],
    }


def _datum(fen: int) -> dict[str, Any]:
    return {"value": fen / FEN_PER_WAN, "label": {"formatter": scaled(fen, FEN_PER_WAN)}}


def _chart_label(rows: list[shown.EffectRow]) -> Text:
    """Return what the chart says to those who do not see it."""
    amounts = [[scaled(fen, FEN_PER_WAN) for fen in (row.effect.booked_fen, row.effect.drafted_fen)] for row in rows]
    zh = "；".join(f"{row.name.zh}由{old}到{new}" for row, (old, new) in zip(rows, amounts, strict=True))
    en = "; ".join(f"{row.name.en} from {old} to {new}" for row, (old, new) in zip(rows, amounts, strict=True))
    return Text(f"各方承担，万元：{zh}", f"What each party bears, CNY 10,000: {en}")
