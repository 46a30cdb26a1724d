"""Accounts as each role sees its own, and the statement of any of them as a page, a sheet and a PDF."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.letters import make_letter
from yulin.kit.lists import PER_PAGE, BoundedPaginator, Column, Filter, Plan, csv_answer, read_listing
from yulin.kit.speech import amount_beside, speak_in
from yulin.ledger.core.accounts import KIND_NAMES
from yulin.ledger.core.transfers import subject_of
from yulin.ledger.forms import BalanceForm, PeriodForm
from yulin.ledger.selectors import (
    ROW_HEADS,
    Statement,
    account_for,
    account_scheme_ids,
    accounts_visible_to,
    balance,
    currency_of_account,
    layer_rooms,
    open_holds,
    statement_facts,
    statement_of,
    with_currency,
)
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

if TYPE_CHECKING:
    from yulin.ledger.models import Account, Transfer

_HOLDS_SHOWN = 8
_COLUMNS = (
    Column("account", Text("账户", "Account"), "code", export=lambda row: row.code),
    Column("name", Text("名称", "Name"), export=lambda row: row.name),
    Column("kind", Text("种类", "Kind"), "kind", export=lambda row: row.kind_name),
    Column("posted", Text("余额（元）", "Balance (CNY)"), "posted_fen", True, lambda row: _amount(row, row.posted_fen)),
    Column(
        "held",
        Text("冻结待付（元）", "Held, to pay (CNY)"),
        "held_out_fen",
        True,
        lambda row: _amount(row, row.held_out_fen),
    ),
    Column(
        "held_in",
        Text("冻结待收（元）", "Held, to get (CNY)"),
        "held_in_fen",
        True,
        lambda row: _amount(row, row.held_in_fen),
    ),
    Column("available", Text("可用（元）", "Available (CNY)"), "", True, lambda row: _amount(row, row.available_fen)),
)
# Where a transfer leads to, by what its key names: the address belongs to another area, its name is all that is known.
_PAGES = {
    "claim": (Action.SEE_CLAIMS, "pool:claim"),
    "enrolment": (Action.SEE_ENROLMENTS, "pool:enrolment"),
}
# A page shows the code under the name, which says the kind.
_SHOWN = tuple(column for column in _COLUMNS if column.key not in {"name", "kind"})


def _amount(row: Account, fen: int) -> str:
    return amount_beside(fen, row.currency)  # type: ignore[attr-defined]  # annotated by `with_currency`


@dataclass(frozen=True)
class _Asked:
    """A statement as the address asks for it, with the form that says so."""

    statement: Statement
    form: PeriodForm

    @property
    def query(self) -> str:
        """The days, for links to the sheet and the PDF."""
        given = {name: value for name, value in self.form.data.items() if name in self.form.fields and value}
        return "&".join(f"{name}={value}" for name, value in given.items()) if self.form.is_valid() else ""


@require_safe
@needs(Action.SEE_LEDGER)
def accounts(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show the accounts that are the reader's business."""
    rows = with_currency(accounts_visible_to(actor_of(request)))
    filters = (
        Filter("kind", Text("种类", "Kind"), "kind", [(str(kind), name) for kind, name in KIND_NAMES.items()]),
        Filter(
            "scheme", Text("方案", "Scheme"), "scheme_id", [(one, Text(one, one)) for one in account_scheme_ids(rows)]
        ),
    )
    search = ("code__icontains", "name_zh__icontains", "name_en__icontains")
    is_export = request.GET.get("format") in {"csv", "xlsx"}
    listing = read_listing(request, rows, Plan(_COLUMNS if is_export else _SHOWN, "account", filters, search))
    if is_export:
        return listing.export(f"yulin-accounts-{business_date()}")
    context = {
        "listing": listing,
        "rooms": layer_rooms(),
        "sees_periods": actor_of(request).may(Action.SEE_PERIODS),
        "find": Text("账户", "account"),
        "nothing": {
            "title": Text("还没有账户", "No account yet"),
            "text": Text(
                "方案开始运行后，各分险层的账户列在这里。", "The accounts of each layer appear once a scheme runs."
            ),
        },
    }
    return render(request, "ledger/accounts.html", context)


@require_safe
@needs(Action.SEE_LEDGER)
def account(request: HttpRequest, code: str) -> HttpResponse:
    """Show the statement of one account, newest first, and what stood on it on a day as once known."""
    actor, asked = actor_of(request), _asked(request, code)
    statement = asked.statement
    speak_in(currency_of_account(statement.account))
    page: Page[Any] = BoundedPaginator(statement.transfers, PER_PAGE).get_page(request.GET.get("page"))
    first = max(page.start_index() - 1, 0)
    back = BalanceForm(request.GET if request.GET.get("on") or request.GET.get("known_on") else None)
    holds = open_holds(code)
    context = {
        "account": statement.account,
        "asked": asked,
        "page": page,
        "lines": [(line, _page_of(actor, line.transfer)) for line in statement.newest_lines(first, PER_PAGE)],
        "back": back,
        "found": _balance_then(code, back),
        "holds": [(hold, _page_of(actor, hold.transfer)) for hold in holds[:_HOLDS_SHOWN]],
        "hold_count": holds.count(),
    }
    return render(request, "ledger/account.html", context)


@require_safe
@needs(Action.SEE_LEDGER)
def statement_csv(request: HttpRequest, code: str) -> FileResponse:
    """Give the statement as a sheet, oldest first, written line by line."""
    statement = _asked(request, code).statement
    speak_in(currency_of_account(statement.account))
    return csv_answer(f"yulin-statement-{_stem(code)}.csv", ROW_HEADS, (line.cells() for line in statement.lines()))


@require_safe
@needs(Action.SEE_LEDGER)
def statement_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """Give the statement as a PDF, oldest first."""
    facts = statement_facts(_asked(request, code).statement, today=business_date())
    answer = HttpResponse(make_letter("ledger/statement", facts), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="yulin-statement-{_stem(code)}.pdf"'
    return answer


def _asked(request: HttpRequest, code: str) -> _Asked:
    found = account_for(actor_of(request), code)
    form = PeriodForm(request.GET)
    days: dict[str, date | None] = form.cleaned_data if form.is_valid() else {}
    last = days.get("last")
    return _Asked(statement_of(found, days.get("since"), last + timedelta(1) if last else None), form)


def _page_of(actor: Actor, transfer: Transfer) -> str:
    """Return the address of the page that a transfer is for, where its key names one that the reader may see."""
    subject = subject_of(transfer.key)
    action, name = _PAGES.get(subject[0], (None, "")) if subject else (None, "")
    return reverse(name, args=[subject[1]]) if subject and action and actor.may(action) else ""


def _balance_then(code: str, form: BalanceForm) -> Any:
    if not form.is_bound or not form.is_valid():
        return None
    known_on: date | None = form.cleaned_data["known_on"]
    known_at = (
        datetime.combine(known_on + timedelta(1), datetime.min.time(), timezone.get_current_timezone())
        if known_on
        else None
    )
    return balance(code, form.cleaned_data["on"], known_at)


def _stem(code: str) -> str:
    return "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in code)


def actor_of(request: HttpRequest) -> Actor:
    """Return who is reading, as the guard of the page found out."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
