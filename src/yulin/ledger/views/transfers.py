"""One transfer with its reversal, and the holds that are open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.lists import Column, Filter, Plan, read_listing
from yulin.kit.speech import amount_beside, say, say_refusal, speak_in
from yulin.ledger.forms import ReversalForm
from yulin.ledger.models import Account, Hold
from yulin.ledger.selectors import (
    TransferStory,
    accounts_of_holds,
    currency_of_account,
    holds_visible_to,
    transfer_story,
)
from yulin.ledger.services import preview_reversal, reverse_transfer
from yulin.ledger.services.reversing import ReversalEffect
from yulin.ledger.views.accounts import actor_of
from yulin.people.adapters.guards import needs
from yulin.people.enums import Action

_DUE = (
    ("-1", Text("已过期", "Past their last day")),
    ("7", Text("7天内到期", "Within 7 days")),
    ("30", Text("30天内到期", "Within 30 days")),
    ("90", Text("90天内到期", "Within 90 days")),
)


@require_safe
@needs(Action.SEE_LEDGER)
def holds(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show the holds from which something is left, those that expire first in front."""
    today = business_date()
    due = Filter("due", Text("到期", "Last day"), "expires_on__lte", _DUE, lambda days: today + timedelta(int(days)))
    accounts: dict[int, Account] = {}
    plan = Plan(_hold_columns(accounts), "until", (due,), ("transfer__key__icontains",))
    listing = read_listing(request, holds_visible_to(actor_of(request)), plan)
    accounts.update(accounts_of_holds(listing.rows))
    if listing.format:
        return listing.export(f"yulin-holds-{today}")
    context = {
        "listing": listing,
        "rows": [
            (row, accounts[row.transfer.debit_id], accounts[row.transfer.credit_id], _days_left(row, today))
            for row in listing.page
        ],
        "find": Text("冻结编号", "key of a hold"),
        "nothing": {
            "title": Text("没有未了冻结", "No open hold"),
            "text": Text("预留的金额都已拨付或解除。", "Everything reserved was paid or released."),
        },
    }
    return render(request, "ledger/holds.html", context)


def _hold_columns(accounts: Mapping[int, Account]) -> tuple[Column, ...]:
    """Return the columns of the list; `accounts` is filled once the rows are known."""
    return (
        Column("hold", Text("冻结", "Hold"), "transfer__key", export=lambda row: row.transfer.key),
        Column("from", Text("付出账户", "From"), export=lambda row: accounts[row.transfer.debit_id].code),
        Column("to", Text("收入账户", "To"), export=lambda row: accounts[row.transfer.credit_id].code),
        Column("rest", Text("尚余（元）", "Left (CNY)"), "rest_fen", True, lambda row: _rest(row, accounts)),
        Column("since", Text("冻结日", "Held since"), "transfer__value_on", export=lambda row: row.transfer.value_on),
        Column("until", Text("到期日", "Last day"), "expires_on", export=lambda row: row.expires_on),
    )


def _rest(row: Hold, accounts: Mapping[int, Account]) -> str:
    return amount_beside(row.rest_fen, accounts[row.transfer.debit_id].currency)  # type: ignore[attr-defined]  # annotated


def _days_left(hold: Hold, today: date) -> int | None:
    return (hold.expires_on - today).days if hold.expires_on else None


@require_safe
@needs(Action.SEE_LEDGER)
def transfer(request: HttpRequest, number: int) -> HttpResponse:
    """Show one transfer with what hangs on it, and to whom it falls, the form of its reversal."""
    return _shown(request, transfer_story(actor_of(request), number), None, None)


@require_POST
@needs(Action.CORRECT_LEDGER)
def reverse(request: HttpRequest, number: int) -> HttpResponse:
    """Preview a reversal, or book it."""
    actor = actor_of(request)
    story = transfer_story(actor, number)
    speak_in(currency_of_account(story.transfer.debit))
    form = ReversalForm(request.POST)
    effects = None
    if form.is_valid():
        asked = {"key": story.transfer.key, "reason": form.cleaned_data["reason"]}
        try:
            if request.POST.get("act") != "reverse":
                effects = preview_reversal(actor=actor, value_on=form.cleaned_data["value_on"], **asked)
            else:
                reverse_transfer(actor=actor, value_on=form.cleaned_data["value_on"], **asked)
                messages.success(request, say(Text("已冲正。", "Reversed.")))
                return redirect("ledger:transfer", number)
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
    return _shown(request, story, form, effects)


def _shown(
    request: HttpRequest, story: TransferStory, form: ReversalForm | None, effects: list[ReversalEffect] | None
) -> HttpResponse:
    actor = actor_of(request)
    one = story.transfer
    speak_in(currency_of_account(one.debit))
    is_own = one.actor_user_id is not None and one.actor_user_id == actor.user_id
    may_reverse = story.may_be_reversed and actor.may(Action.CORRECT_LEDGER)
    if may_reverse and not is_own and form is None:
        form = ReversalForm(initial={"value_on": business_date()})
    context = {
        "story": story,
        "transfer": one,
        "facts": sorted(one.facts.items()),
        "form": form if may_reverse and not is_own else None,
        "is_own": may_reverse and is_own,
        "effects": effects,
    }
    return render(request, "ledger/transfer.html", context, status=422 if form and form.errors else 200)
