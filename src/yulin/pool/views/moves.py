"""Keep or move when a scheme is replaced: two versions are compared, one person proposes, another decides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.lists import PER_PAGE, csv_answer, xlsx_answer
from yulin.kit.speech import say, say_refusal, speak_in, yuan
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.deciding import Law
from yulin.pool.core.moving import move_report
from yulin.pool.core.names import MOVE_RULES, MOVE_STATES
from yulin.pool.core.words import VERIFIED, clause_word
from yulin.pool.enums import MoveRule, MoveState
from yulin.pool.errors import MoveDecidedError, NothingToMoveError
from yulin.pool.forms.moves import MoveDecisionForm, MoveForm
from yulin.pool.models import SchemeMove
from yulin.pool.selectors import moves as reads
from yulin.pool.selectors.move_shown import SHOWN, loan_lines, report_shown
from yulin.pool.services.move_enrolments import decide_move, propose_move
from yulin.rules.core.scheme import Replacement

LOANS_PER_PAGE = 20  # the sums stand before, the proposal beside: a page of loans stays short
_HEADS = (
    Text("确认编号", "Confirmation"),
    Text("企业", "Firm"),
    Text("银行", "Bank"),
    Text("入库金额（元）", "Enrolled (CNY)"),
    Text("原分担", "Shares before"),
    Text("新分担", "Shares after"),
    Text("不转入的原因", "Why it stays"),
)


@require_GET
@needs(Action.SEE_MOVES)
def moves(request: HttpRequest) -> HttpResponse:
    """Show the decisions on old enrolments, newest first, and which versions can be compared."""
    page = Paginator(reads.listed_moves(), PER_PAGE).get_page(request.GET.get("page"))
    versions = reads.versions()
    context = {
        "page": page,
        "rows": [(move, MOVE_RULES[move.rule]) for move in page],
        "from_versions": [one for one in versions if one.loans],
        "to_versions": versions,
        "may_propose": _actor(request).may(Action.PROPOSE_MOVE),
    }
    return render(request, "pool/moves.html", context)


@needs(Action.PROPOSE_MOVE)
def preview(request: HttpRequest) -> HttpResponse:
    """Show what would change if the loans of one version moved to another, and propose what becomes of them."""
    old, new, law = reads.law_pair(_key(request, "from"), _key(request, "to"))
    speak_in(old.pack.currency)
    form = MoveForm(request.POST or None, initial={"rule": law.old_loans if law else MoveRule.KEEP.value})
    if request.method == "POST" and form.is_valid():
        try:
            move = propose_move(
                actor=_actor(request),
                from_pack=old.published_id,
                to_pack=new.published_id,
                rule=MoveRule(form.cleaned_data["rule"]),
                note=form.cleaned_data["note"],
            )
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, say(Text("已提议，等待另一人复核。", "Proposed; another person checks it.")))
            return redirect("pool:move", move.pk)
    lines = reads.move_lines(old, new)
    if not lines:
        raise NothingToMoveError(old=old.pack.title, new=new.pack.title)
    report = move_report(MoveRule.MOVE, lines)
    context = {"form": form, "rule_of_law": _rule_of_law(law), **_compared(request, old, new, report)}
    return render(request, "pool/move_preview.html", context, status=422 if form.errors else 200)


@require_GET
@needs(Action.SEE_MOVES)
def move(request: HttpRequest, move_id: int) -> HttpResponse | FileResponse:
    """Show one decision with its report of before and after; the list can be taken along."""
    one = reads.move_for(move_id)
    if request.GET.get("format") in {"csv", "xlsx"}:
        return _exported(one, request.GET["format"])
    return _shown(request, one, MoveDecisionForm())


@require_POST
@needs(Action.MOVE_ENROLMENTS)
def decide(request: HttpRequest, move_id: int) -> HttpResponse:
    """Carry out a proposal, or turn it down."""
    one = reads.move_for(move_id)
    form = MoveDecisionForm(request.POST)
    if form.is_valid():
        try:
            decided = decide_move(
                actor=_actor(request),
                move_id=one.pk,
                is_approved=form.cleaned_data["decision"] == "approve",
                note=form.cleaned_data["note"],
            )
        except MoveDecidedError:
            raise  # the page has no form to say it in
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, say(_outcome(decided)))
            return redirect("pool:move", one.pk)
    return _shown(request, one, form, status=422)


def _outcome(decided: SchemeMove) -> Text:
    if decided.state == MoveState.REFUSED:
        return Text("已退回，没有备案改变。", "Turned down; no enrolment changed.")
    if decided.rule == MoveRule.KEEP:
        return Text("已执行：旧贷款按原办法，没有备案改变。", "Carried out: old loans stay as they are.")
    said = Text("已执行：%(n)s笔转入新方案。", "Carried out: %(n)s {n:loan|loans} moved to the new scheme.")
    return said.with_values(n=decided.report["can_move"])


def _shown(request: HttpRequest, one: SchemeMove, form: MoveDecisionForm, status: int = 200) -> HttpResponse:
    actor = _actor(request)
    old, new = law_by_id(one.from_pack_id), law_by_id(one.to_pack_id)
    speak_in(old.pack.currency)
    waits = one.state == MoveState.PROPOSED
    context = {
        "move": one,
        "form": form if waits and actor.may(Action.MOVE_ENROLMENTS) and one.made_by_id != actor.user_id else None,
        "is_own": waits and one.made_by_id == actor.user_id,
        "waits": waits,
        "state": MOVE_STATES[one.state],
        "rule": MOVE_RULES[one.rule],
        "rule_of_law": _rule_of_law(reads.replacement_between(old, new)),
        **_compared(request, old, new, one.report),
    }
    return render(request, "pool/move.html", context, status=status)


def _compared(request: HttpRequest, old: Law, new: Law, report: dict[str, Any]) -> dict[str, Any]:
    show = request.GET.get("show", "")
    shown = report_shown(report, new.pack, show=show)
    page = Paginator(shown.loans, LOANS_PER_PAGE).get_page(request.GET.get("page"))
    lines = loan_lines(list(page), new.pack)
    show = show if show in SHOWN else ""
    return {"old": old, "new": new, "shown": shown, "page": page, "lines": lines, "show": show}


def _rule_of_law(law: Replacement | None) -> dict[str, Any] | None:
    if law is None:
        return None
    return {
        "says": law.row.text or MOVE_RULES[law.old_loans],
        "clause": clause_word(law.row),
        "verified": VERIFIED[law.row.verified],
        "is_binding": law.row.verified == "yes",
    }


def _exported(one: SchemeMove, file_format: str) -> FileResponse:
    loans = loan_lines(one.report["loans"], law_by_id(one.to_pack_id).pack)
    rows = (
        [loan.number, loan.firm, loan.bank, yuan(loan.amount_fen), loan.before, loan.after, loan.reason]
        for loan in loans
    )
    answer = xlsx_answer if file_format == "xlsx" else csv_answer
    return answer(f"yulin-move-{one.pk}.{file_format}", _HEADS, rows)


def _key(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
