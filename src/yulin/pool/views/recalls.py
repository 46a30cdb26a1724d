"""The page of compensation that is asked back: what was paid, what is owed with interest, and how it came back."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.speech import full_amount, say, speak_in
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.core.claims.clawback import Clawback
from yulin.pool.core.words import party_word
from yulin.pool.forms.recalls import RecallForm
from yulin.pool.forms.recoveries import RemittanceForm
from yulin.pool.selectors.claims import claim_for
from yulin.pool.selectors.currencies import currency_under
from yulin.pool.selectors.recalls import is_recallable, paid_fen, payments_of, standing_recall, waiting_fen
from yulin.pool.selectors.recoveries import recallable_fen
from yulin.pool.services.claims.recalling import owed_back, recall_claim, record_repayment
from yulin.pool.views.speaking import speaks_of


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


@require_safe
@needs(Action.SEE_CLAIMS)
def recall(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Show what was paid on a claim and what of it was asked back."""
    return _page(request, claim_id)


@require_POST
@needs(Action.DECIDE_CLAIMS)
@speaks_of("claim_id")
def ask(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Preview what would be owed, or ask it back."""
    form, owed = RecallForm(request.POST), None
    if form.is_valid():
        try:
            if request.POST.get("act") == "ask":
                done = recall_claim(actor=_actor(request), claim_id=claim_id, asking=form.asking())
                said = Text("已追回，银行应退%(sum)s。", "Asked back: the bank owes %(sum)s.")
                messages.success(request, say(said.with_values(sum=full_amount(done.total_fen))))
                return redirect("pool:claim-recall", claim_id)
            owed = owed_back(claim_for(_actor(request), claim_id), form.asking(), today=business_date())
        except YulinError as error:
            form.add_error(None, _refused(error))
    return _page(request, claim_id, owed=owed, form=form)


@require_POST
@needs(Action.MATCH_REMITTANCES)
@speaks_of("claim_id")
def repay(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Record that what was asked back came in."""
    form = RemittanceForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            record_repayment(
                actor=_actor(request), claim_id=claim_id, on=given["on"], amount_fen=given["amount"],
                reference=given["reference"].strip(),
            )  # fmt: skip
        except YulinError as error:
            form.add_error(None, _refused(error))
        else:
            messages.success(request, say(Text("已登记退回。", "The repayment is recorded.")))
            return redirect("pool:claim-recall", claim_id)
    return _page(request, claim_id, repayment=form)


def _page(request: HttpRequest, claim_id: int, *, owed: Clawback | None = None, **forms: Form) -> HttpResponse:
    actor = _actor(request)
    claim = claim_for(actor, claim_id)
    speak_in(currency_under(claim.pack_id))
    standing = standing_recall(claim)
    paid = payments_of(claim)
    may_ask = standing is None and is_recallable(claim) and actor.may(Action.DECIDE_CLAIMS)
    may_repay = standing is not None and standing.repaid_on is None and actor.may(Action.MATCH_REMITTANCES)
    context = {
        "claim": claim,
        "recall": standing,
        "paid_fen": paid_fen(claim),
        "payments": [(party_word(one.party), one.on, one.fen) for one in paid],
        "waiting_fen": waiting_fen(claim) if may_ask else 0,
        "most_fen": recallable_fen(claim) if may_ask else 0,
        "owed": owed,
        "form": (forms.get("form") or RecallForm()) if may_ask else None,
        "repayment": (forms.get("repayment") or RemittanceForm(initial={"on": business_date()})) if may_repay else None,
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "pool/recall.html", context, status=status)


def _refused(error: YulinError) -> str:
    return f"{say(error.message)} {say(error.hint)} [{error.code}]"
