"""Pages of monthly returns: the months, and one month bank by bank with the loans whose line is missing."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from yulin.base.text import Text
from yulin.exchange.enums import UploadKind
from yulin.exchange.services import receive_upload
from yulin.exchange.services.receiving import Parcel
from yulin.kit.clock import business_date
from yulin.kit.limits import upload_limit_bytes
from yulin.kit.lists import Column, Plan, csv_answer, read_listing
from yulin.kit.speech import amount_beside
from yulin.people.adapters.calendar import work_calendar
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.core.fund_use import FLAG_NAMES, UseFlag
from yulin.pool.core.public import month_of
from yulin.pool.forms.returns import ReturnFileForm
from yulin.pool.selectors.currencies import with_currency
from yulin.pool.selectors.fund_use import flagged_loans
from yulin.pool.selectors.returns import (
    bank_months,
    due_day,
    last_full_months,
    missing_in,
    month_counts,
    return_files,
)
from yulin.pool.services.deferring import defer_check

_MONTHS = 12
_FLAGS_SHOWN = 200
_USE_HEADS = (
    Text("企业名称", "Firm"),
    Text("银行", "Bank"),
    Text("借据号", "Loan"),
    Text("确认编号", "Confirmation"),
    Text("情形", "Pattern"),
    Text("月报", "Return"),
    Text("依据", "Reason"),
)
_COLUMNS = (
    Column("firm", Text("企业与借据", "Firm and loan"), "firm_name", export=lambda row: row.firm_name),
    Column("bank", Text("银行", "Bank"), "bank_id", export=lambda row: row.bank.name),
    Column("loan", Text("借据号", "Loan number"), "loan_number", export=lambda row: row.loan_number),
    Column("last", Text("最近月报", "Last return"), "last_return_month", export=lambda row: row.last_return_month),
    Column(
        "outstanding",
        Text("余额（万元）", "Outstanding (CNY 10,000)"),
        "outstanding_fen",
        is_number=True,
        export=lambda row: amount_beside(row.outstanding_fen, row.currency),
        sheet_head=Text("余额（元）", "Outstanding (CNY)"),
    ),
)


@needs(Action.REVIEW_ENROLMENTS)
@require_safe
def fund_use(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show the loans whose returns ask for a second look at the use of their money, each with the reason."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    asked = request.GET.get("flag", "")
    flag = UseFlag(asked) if asked in {one.value for one in UseFlag} else None
    found = flagged_loans(actor, flag=flag)
    if request.GET.get("format") == "csv":
        rows = (
            [one.enrolment.firm_name, one.enrolment.bank.name, one.enrolment.loan_number, one.enrolment.number or "",
             FLAG_NAMES[one.found.flag], f"{one.found.month:%Y-%m}", one.found.reason]
            for one in found
        )  # fmt: skip
        return csv_answer(f"yulin-fund-use-{business_date()}.csv", _USE_HEADS, rows)
    context = {
        "lines": [(one, FLAG_NAMES[one.found.flag]) for one in found[:_FLAGS_SHOWN]],
        "count": len(found),
        "shown": min(len(found), _FLAGS_SHOWN),
        "flags": [(key.value, name) for key, name in FLAG_NAMES.items()],
        "flag": flag.value if flag else "",
    }
    return render(request, "pool/fund_use.html", context)


@needs(Action.SEE_RETURNS)
def returns(request: HttpRequest) -> HttpResponse:
    """Show the last twelve full months: how many loans owe a line, how many lines came, when they were due."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    calendar = work_calendar()
    months = [
        {
            "month": month,
            "owed": owed,
            "came": came,
            "missing": max(owed - came, 0),
            "due": due_day(month, calendar=calendar),
        }
        for month, owed, came in month_counts(actor, last_full_months(business_date(), _MONTHS))
    ]
    context = {
        "months": months,
        "may_file": actor.may(Action.FILE_RETURNS),
        "may_review": actor.may(Action.REVIEW_ENROLMENTS),
    }
    return render(request, "pool/returns.html", context)


@needs(Action.SEE_RETURNS)
def month_return(request: HttpRequest, month: str) -> HttpResponse | FileResponse:
    """Show one month: each bank's lines, late ones marked, and the loans whose line has not come."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    first = month_of(month)
    if first is None or first not in last_full_months(business_date(), 120):
        raise Http404
    calendar = work_calendar()
    form = _file_form(request) if actor.may(Action.FILE_RETURNS) else None
    if request.method == "POST" and form is not None and form.is_valid():
        return _receive(actor, first, form.cleaned_data["file"])
    listing = read_listing(
        request,
        with_currency(missing_in(actor, first)),
        Plan(_COLUMNS, "firm", search=("firm_name__icontains", "loan_number__iexact")),
    )
    if request.GET.get("format") == "csv":
        return listing.export(f"yulin-missing-{first:%Y-%m}.csv")
    due = due_day(first, calendar=calendar)
    banks = bank_months(actor, first, calendar=calendar)
    context = {
        "month": first,
        "banks": banks,
        "is_complete": bool(banks) and not any(one.missing for one in banks),
        "files": return_files(actor, first)[:20],
        "due": due,
        "left": calendar.workdays_left(business_date(), due) if due else None,
        "listing": listing,
        "find": Text("企业或借据号", "firm or loan number"),
        "nothing": {
            "title": Text("没有缺报的借据", "No line is missing"),
            "text": Text("这个月的月报已齐。", "The month is complete."),
        },
        "form": form,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "pool/return_month.html", context, status=status)


def _file_form(request: HttpRequest) -> ReturnFileForm:
    return ReturnFileForm(request.POST, request.FILES) if request.method == "POST" else ReturnFileForm()


def _receive(actor: Actor, month: date, file: UploadedFile[bytes]) -> HttpResponse:
    parcel = Parcel(actor.organisation_id or 0, kind=UploadKind.RETURNS, month=month)
    limit = upload_limit_bytes()
    with transaction.atomic():
        upload, is_new = receive_upload(
            actor=actor, parcel=parcel, file_name=str(file.name), content=file, limit_bytes=limit
        )
        if is_new:
            defer_check(actor=actor, upload_id=upload.pk)
    return redirect("pool:upload", upload.pk)
