"""Pages of sample audits: whose later instalments wait for one, the samples, one sample with its claims."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.speech import say, speak_in
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.forms.samples import ConclusionForm, FindingForm
from yulin.pool.models import SampleAudit
from yulin.pool.selectors.currencies import currency_of
from yulin.pool.selectors.samples import estimate_of, lines_of, sample_for, samples_visible_to, to_sample
from yulin.pool.services.sampling import close_sample, draw_sample, enter_finding

_SHOWN = 100


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


@needs(Action.SEE_PAYOUTS)
def samples(request: HttpRequest) -> HttpResponse:
    """Show whose later instalments wait for a sample, and draw one; list the samples."""
    actor, refused = _actor(request), None
    if request.method == "POST":
        scheme, bank = request.POST.get("scheme", ""), request.POST.get("bank", "")
        if not actor.may(Action.REVIEW_CLAIMS) or not bank.isdecimal():
            raise Http404
        try:
            return redirect("pool:sample", draw_sample(actor=actor, scheme_id=scheme, bank_id=int(bank)).pk)
        except YulinError as error:
            refused = error
    context = {
        "waiting": to_sample(),
        "rows": samples_visible_to(actor)[:_SHOWN],
        "may_draw": actor.may(Action.REVIEW_CLAIMS),
        "refused": refused,
    }
    return render(request, "pool/samples.html", context, status=422 if refused else 200)


@needs(Action.SEE_PAYOUTS)
def sample(request: HttpRequest, sample_id: int) -> HttpResponse:
    """Show one sample; enter findings, close it."""
    actor = _actor(request)
    found = sample_for(actor, sample_id)
    speak_in(currency_of(found.scheme_id))
    may_work = actor.may(Action.REVIEW_CLAIMS) and found.closed_on is None
    do = request.POST.get("do", "") if may_work else ""
    finding = FindingForm(request.POST if do == "finding" else None)
    conclusion = ConclusionForm(request.POST if do == "close" else None)
    refused: YulinError | None = None
    if request.method == "POST":
        try:
            if _done(actor, found, do, finding, conclusion):
                messages.success(request, say(Text("已登记", "Kept")))
                return redirect("pool:sample", sample_id)
        except YulinError as error:
            refused = error
    context = {
        "sample": found,
        "lines": lines_of(found),
        "estimate": estimate_of(found),
        "rate": f"{float(estimate_of(found).rate) * 100:.2f}%",
        "may_work": may_work,
        "finding": finding,
        "conclusion": conclusion,
        "refused": refused,
    }
    return render(request, "pool/sample.html", context, status=422 if request.method == "POST" else 200)


def _done(actor: Actor, found: SampleAudit, do: str, finding: FindingForm, conclusion: ConclusionForm) -> bool:
    if do == "finding" and finding.is_valid():
        given = finding.cleaned_data
        enter_finding(
            actor=actor, sample_id=found.pk, line_id=given["line"], error_fen=given["error"], finding=given["finding"]
        )
        return True
    if do == "close" and conclusion.is_valid():
        close_sample(actor=actor, sample_id=found.pk, conclusion=conclusion.cleaned_data["conclusion"])
        return True
    if do not in {"finding", "close"}:
        raise Http404
    return False
