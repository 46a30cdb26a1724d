"""Pages of benefits paid without an application: the batches, one with its firms, one firm's award, objections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.brain.core.award_claims import ClaimState, asked_fields
from yulin.brain.core.awards import AwardState, BatchState
from yulin.brain.errors import AwardClaimError, AwardNotFoundError
from yulin.brain.forms.awards import AwardAnswerForm, BatchForm, ClaimForm, PayeeForm, VerifyForm
from yulin.brain.forms.contracts import PaymentForm
from yulin.brain.forms.policies import CheckForm
from yulin.brain.forms.reviews import PublicObjectionForm
from yulin.brain.selectors import awards as reads
from yulin.brain.selectors.bank_orders import AWARD, free_awards, last_orders, may_name_anew
from yulin.brain.services import awarding as services
from yulin.brain.services import claiming_awards as claiming
from yulin.brain.services import paying_awards as paying
from yulin.brain.services.listing_awards import ask_for_batch
from yulin.brain.views.reviews import is_too_often
from yulin.kit.clock import business_date
from yulin.kit.problems import status_of
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.speech import say, say_refusal
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.rules.adapters.shipped import shipped_vocabulary

_SHOWN = 50
_REPLIES = (AwardState.NOTICED, AwardState.ACCEPTED, AwardState.DECLINED)


@require_safe
def awards(request: HttpRequest) -> HttpResponse:
    """List the batches; the authority sees which policies can be paid so, and why others cannot."""
    return _list(request)


def _list(request: HttpRequest, form: BatchForm | None = None) -> HttpResponse:
    actor, today = _actor(request), business_date()
    page = Paginator(reads.batches_visible_to(actor), _SHOWN).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page": page, "today": today, "own": reads.own_awards(actor)}
    context["claims"] = reads.claims_shown(actor)
    context["own_gaps"] = reads.own_gaps(actor)
    if actor.may(Action.DECIDE_APPLICATIONS):
        candidates = reads.award_candidates(today)
        context |= {"candidates": candidates, "form": form or _form(None, candidates)}
        context["listings"] = reads.open_listings()
    return render(request, "brain/awards.html", context, status=422 if form and form.errors else 200)


def _form(data: Any, candidates: list[reads.Candidate]) -> BatchForm:
    policies = [(one.criteria.policy_id, one.criteria.version.title) for one in candidates if not one.why_not]
    return BatchForm(data, policies=policies, today=business_date())


@require_POST
@needs(Action.DECIDE_APPLICATIONS)
def propose(request: HttpRequest) -> HttpResponse:
    """Ask for the list of the firms of a policy; it is made in the background."""
    form = _form(request.POST, reads.award_candidates(business_date()))
    if form.is_valid():
        policy_id = int(form.cleaned_data["policy"])
        try:
            made = ask_for_batch(actor=_actor(request), policy_id=policy_id, terms=form.terms)
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            return redirect("brain:award-listing", made.pk)
    return _list(request, form)


@require_safe
@needs(Action.DECIDE_APPLICATIONS)
def listing(request: HttpRequest, listing_id: int) -> HttpResponse:
    """Show how far a list is that is being made, or why there is none; one that is made leads to its batch."""
    found = reads.listing_for(listing_id)
    if found.batch_id is None:
        return render(request, "brain/award_listing.html", {"listing": found, "refusal": reads.refusal_of(found)})
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": reverse("brain:award-batch", args=[found.batch_id])})
    return redirect("brain:award-batch", found.batch_id)


@require_safe
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show one batch: who is on it, by what, and apart of whom something is open."""
    return _batch(request, batch_id)


def _batch(
    request: HttpRequest, batch_id: int, check: CheckForm | None = None, refusal: YulinError | None = None
) -> HttpResponse:
    actor, today = _actor(request), business_date()
    found = reads.batch_for(actor, batch_id)
    sees_all = reads.sees_all(actor)
    waits, is_own = found.state == BatchState.PROPOSED, found.made_by_id == actor.user_id
    with scope(EVERYTHING):
        page = Paginator(reads.awards_of(found), _SHOWN).get_page(request.GET.get("page"))
        awards_shown = list(page.object_list)
        gaps = Paginator(reads.gaps_of(found), _SHOWN).get_page(request.GET.get("gaps")) if sees_all else None
        gaps_shown = [reads.gap_shown(one) for one in gaps.object_list] if gaps else []
        to_pay = free_awards(found) if actor.may(Action.PAY_GRANTS) else 0
        hands = list(reads.releasable(found).values_list("first_release_by", flat=True)) if sees_all else []
    context = {
        "batch": found, "page": page, "awards": awards_shown, "gaps": gaps, "gaps_shown": gaps_shown,
        "sees_all": sees_all, "waits": waits, "is_own": is_own, "check": check or CheckForm(),
        "may_check": waits and not is_own and actor.may(Action.CONFIRM_APPLICATIONS),
        "is_open": found.notice_until is not None and today <= found.notice_until, "refusal": refusal,
        "releasable": len(hands), "own_released": sum(one == actor.user_id for one in hands),
        "may_release": actor.may(Action.DECIDE_APPLICATIONS), "to_pay": to_pay,
    }  # fmt: skip
    status = status_of(refusal.code) if refusal else 422 if check and check.errors else 200
    return render(request, "brain/award_batch.html", context, status=status)


@require_POST
@needs(Action.DECIDE_APPLICATIONS)
def release(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Release the confirmed awards of a batch."""
    try:
        count = paying.release_awards(actor=_actor(request), batch_id=batch_id)
    except AwardNotFoundError:
        raise
    except YulinError as refusal:
        return _batch(request, batch_id, refusal=refusal)
    said = Text("已放款%(n)s家；两人放款后交银行。", "%(n)s released; with the bank once two people have.")
    messages.success(request, say(said.with_values(n=count)))
    return redirect("brain:award-batch", batch_id)


@require_POST
@needs(Action.CONFIRM_APPLICATIONS)
def decide(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Put a batch under public notice, or return it with the reason."""
    form = CheckForm(request.POST)
    if form.is_valid():
        is_confirmed = form.cleaned_data["verdict"] == "publish"
        try:
            services.decide_batch(
                actor=_actor(request), batch_id=batch_id, is_confirmed=is_confirmed,
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except AwardNotFoundError:
            raise
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            yes = Text("已公示，企业已收到通知。", "Under notice; the firms are told.")
            messages.success(request, say(yes if is_confirmed else Text("已退回。", "Returned.")))
            return redirect("brain:award-batch", batch_id)
    return _batch(request, batch_id, form)


@require_safe
@needs(Action.SEE_APPLICATIONS)
def award(request: HttpRequest, award_id: int) -> HttpResponse:
    """Show one firm's award with the facts and clauses that decided it."""
    return _award(request, award_id)


def _award(request: HttpRequest, award_id: int, **forms: Form) -> HttpResponse:
    actor, today = _actor(request), business_date()
    page = reads.award_page(actor, award_id)
    one, batch = page.award, page.award.batch
    order = last_orders(AWARD, [one.pk]).get(one.pk)
    account = {"name": one.payee_name or one.firm.name, "account": one.account, "bank_code": one.bank_code}
    context = {
        "one": one, "batch": batch, "facts": page.facts, "objections": page.objections,
        "sees_all": reads.sees_all(actor), "is_own": page.is_own, "answer": AwardAnswerForm(),
        "payee": PayeeForm(initial=account), "decline_form": Form(), "payment": PaymentForm(initial={"on": today}),
        "may_reply": page.is_own
        and ((one.state in _REPLIES and one.first_release_by_id is None) or may_name_anew(one)),
        "order": order,
        "sees_order": actor.may(Action.SEE_GRANT_PAYMENTS),
        "may_pay": actor.may(Action.PAY_GRANTS)
        and one.state == AwardState.RELEASED
        and not (order and order.holds),
        "may_answer": actor.may(Action.CONFIRM_APPLICATIONS)
        and actor.user_id not in {batch.made_by_id, batch.checked_by_id},
        **forms,
    }  # fmt: skip
    has_errors = any(form.errors for form in forms.values())
    return render(request, "brain/award.html", context, status=422 if has_errors else 200)


@require_POST
@needs(Action.APPLY)
def accept(request: HttpRequest, award_id: int) -> HttpResponse:
    """Confirm the account to which the firm's award is paid."""
    form = PayeeForm(request.POST)

    def do() -> None:
        paying.accept_award(actor=_actor(request), award_id=award_id, account=form.payee)

    said = Text("收款账户已确认，公示结束后放款。", "Your account is confirmed; it is released after the notice.")
    return _step(request, award_id, "payee", form, do, said)


@require_POST
@needs(Action.APPLY)
def decline(request: HttpRequest, award_id: int) -> HttpResponse:
    """Decline the firm's award."""

    def do() -> None:
        paying.decline_award(actor=_actor(request), award_id=award_id)

    return _step(request, award_id, "decline_form", Form(request.POST), do, Text("已放弃。", "Declined."))


@require_POST
@needs(Action.DECIDE_APPLICATIONS)
def pay(request: HttpRequest, award_id: int) -> HttpResponse:
    """Keep what the bank says of a payment."""
    form = PaymentForm(request.POST)

    def do() -> None:
        said = form.cleaned_data
        paying.keep_award_payment(actor=_actor(request), award_id=award_id, on=said["on"], reference=said["reference"])

    return _step(request, award_id, "payment", form, do, Text("付款已入账。", "The payment is booked."))


def _step(
    request: HttpRequest, award_id: int, name: str, form: Form, do: Callable[[], object], said: Text
) -> HttpResponse:
    reads.award_for(_actor(request), award_id)
    if form.is_valid():
        try:
            do()
        except AwardNotFoundError:
            raise
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, say(said))
            return redirect("brain:award", award_id)
    return _award(request, award_id, **{name: form})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.SEE_APPLICATIONS)
def gap(request: HttpRequest, gap_id: int) -> HttpResponse:
    """Show a firm's short application; the firm says what is missing."""
    return _gap(request, gap_id)


def _gap(request: HttpRequest, gap_id: int, verify: VerifyForm | None = None) -> HttpResponse:
    actor = _actor(request)
    found = reads.gap_for(actor, gap_id)
    claim = reads.claim_of(found)
    may_say = actor.may(Action.APPLY) and (claim is None or claim.state == ClaimState.RETURNED)
    form, refused = None, None
    try:
        form = ClaimForm(
            request.POST if may_say and request.method == "POST" else None, request.FILES or None,
            asked=asked_fields(found.missing, shipped_vocabulary()),
        )  # fmt: skip
    except AwardClaimError as refusal:
        refused = refusal
    if form is not None and form.is_bound and form.is_valid() and _is_submitted(request, found.pk, form):
        return redirect("brain:award-gap", gap_id)
    with scope(EVERYTHING):
        known = reads.known_of(found)
    context = {
        "gap": reads.gap_shown(found), "batch": found.batch, "claim": claim, "known": known, "refused": refused,
        "form": form if may_say and found.missing else None, "given": reads.given_shown(claim) if claim else [],
        "verify": verify or VerifyForm(), "holder": reads.holder_of(claim) if claim else None,
        "may_verify": actor.may(Action.DECIDE_APPLICATIONS) and claim is not None and claim.state == "submitted",
    }  # fmt: skip
    has_errors = (form is not None and form.errors) or (verify is not None and verify.errors)
    return render(request, "brain/award_gap.html", context, status=422 if has_errors else 200)


def _is_submitted(request: HttpRequest, gap_id: int, form: ClaimForm) -> bool:
    paper = form.cleaned_data["paper"]
    try:
        claiming.submit_claim(
            actor=_actor(request), gap_id=gap_id, said=form.said, paper=paper.file, paper_name=paper.name,
        )  # fmt: skip
    except AwardNotFoundError:
        raise
    except YulinError as refusal:
        form.add_error(None, say_refusal(refusal))
        return False
    messages.success(request, say(Text("已提交，60个工作日内兑付。", "Submitted; paid within 60 working days.")))
    return True


@require_POST
@needs(Action.DECIDE_APPLICATIONS)
def verify(request: HttpRequest, gap_id: int) -> HttpResponse:
    """Find right what a firm says, or return it."""
    form = VerifyForm(request.POST)
    if form.is_valid():
        is_right = form.cleaned_data["verdict"] == "right"
        try:
            claiming.verify_claim(
                actor=_actor(request), gap_id=gap_id, is_right=is_right, reason=form.cleaned_data["reason"]
            )
        except AwardNotFoundError:
            raise
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            yes = Text("已核实，列入下一批名单。", "Verified; the next list holds it.")
            messages.success(request, say(yes if is_right else Text("已退回。", "Returned.")))
            return redirect("brain:award-gap", gap_id)
    return _gap(request, gap_id, form)


@require_safe
@needs(Action.SEE_APPLICATIONS)
def proof(request: HttpRequest, gap_id: int) -> FileResponse:
    """Give the proof of a short application as it was received."""
    content, name = claiming.open_proof(actor=_actor(request), gap_id=gap_id)
    # Never shown in place: what a firm uploads may hold scripts.
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/octet-stream")


@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, award_id: int) -> HttpResponse:
    """Take what anybody says against one firm within the days of the notice."""
    found = reads.noticed_award(award_id, business_date())
    form = PublicObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["address"] or is_too_often(request):
            form.add_error(None, say(Text("一小时内已提交5件。稍后再提。", "Five within an hour. Try again later.")))
        else:
            said = form.cleaned_data
            made = services.object_to_award(
                actor=_actor(request), award_id=award_id, words=said["words"], name=said["name"],
                contact=said["contact"],
            )  # fmt: skip
            words = Text("已收到，%(day)s前答复。", "Received; answered by %(day)s.")
            messages.success(request, say(words.with_values(day=made.due_on.isoformat())))
            return redirect("brain:award-batch", found.batch_id)
    return render(
        request, "brain/award_objection.html", {"form": form, "one": found}, status=422 if form.errors else 200
    )


@require_POST
@needs(Action.CONFIRM_APPLICATIONS)
def answer(request: HttpRequest, award_id: int, objection_id: int) -> HttpResponse:
    """Answer an objection."""
    reads.award_for(_actor(request), award_id)
    form = AwardAnswerForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.answer_award_objection(
                actor=_actor(request), objection_id=objection_id, is_upheld=said["verdict"] == "upheld",
                answer=said["answer"],
            )  # fmt: skip
        except AwardNotFoundError:
            raise
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, say(Text("已答复。", "Answered.")))
            return redirect("brain:award", award_id)
    return _award(request, award_id, answer=form)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    return actor
