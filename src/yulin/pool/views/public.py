"""Pages for everybody: partner banks and their products, the monthly lists, verification of letters, objections.

What is published stands in `pool.selectors.public`; the pages read with the reach of all rows and show only that.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.lists import Column, Filter, Plan, read_listing
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.speech import amount_beside, say
from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import Actor
from yulin.pool.core.claims.signed_sheet import printed_code, typed_code
from yulin.pool.core.names import district_name
from yulin.pool.core.public import NoticeClock, month_of, normalised_code, notice_clock
from yulin.pool.enums import ClaimState
from yulin.pool.forms.objections import ObjectionForm
from yulin.pool.selectors import public
from yulin.pool.selectors.currencies import with_currency
from yulin.pool.selectors.notices import claim_notices
from yulin.pool.services.objections import file_objection

OBJECTIONS_AN_HOUR = 5
_LONGEST_CODE = 80


def banks(request: HttpRequest) -> HttpResponse:
    """Show the partner banks, their technology units and what they offer, also by one form of security."""
    with scope(EVERYTHING):
        offers = public.partner_offers(on=business_date())
    securities = sorted(set().union(*(offer.securities for offer in offers)))
    chosen = request.GET.get("security", "")
    if chosen in securities:
        offers = [offer.only(chosen) for offer in offers if chosen in offer.securities]
    context = {
        "offers": offers,
        "securities": securities,
        "chosen": chosen,
        "product_count": sum(len(offer.products) for offer in offers),
    }
    return render(request, "pool/public_banks.html", context)


def lists(request: HttpRequest) -> HttpResponse:
    """Lead to the list of the latest month that has one; of a search, to the latest that has what was typed."""
    words = request.GET.get("q", "").strip()[:120]
    with scope(EVERYTHING):
        found = public.latest_list_month(today=business_date(), words=words) if words else None
        latest = found or public.latest_list_month(today=business_date())
    if latest is None:
        return render(request, "pool/public_list_empty.html")
    address = reverse("pool:public-list", args=[f"{latest:%Y-%m}"])
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{address}?{query}" if query else address)


def monthly_list(request: HttpRequest, month: str) -> HttpResponse | FileResponse:
    """Show the loans confirmed in one month: firm, bank, district, amount. Open to objections for some working days."""
    first = month_of(month)
    today = business_date()
    if first is None or first > today:
        raise Http404
    with scope(EVERYTHING):
        listing = read_listing(
            request,
            with_currency(public.listed_enrolments(first)),
            Plan(
                _LIST_COLUMNS,
                "confirmed",
                filters=_list_filters(first),
                search=("firm_name__icontains", "number__iexact"),
            ),
        )
        if listing.format:
            return listing.export(f"yulin-list-{first:%Y-%m}.csv")
        context = {
            "month": first,
            "listing": listing,
            "sums": public.list_sums(first),
            "clock": _clock(first, today),
            "objection_workdays": settings.YULIN_OBJECTION_WORKDAYS,
            "answer_workdays": settings.YULIN_ANSWER_WORKDAYS,
            "months": _months(first, today),
            "month_name": f"{first:%B %Y}",
            "before": public.month_before_with_list(first),
            "after": public.month_after_with_list(first, today=today),
            "find": Text("企业名称或确认编号", "firm or confirmation number"),
            "nothing": {
                "title": Text("这个月没有确认入库的贷款", "No loan was enrolled in this month"),
                "text": Text("从旁边的月份进入有名单的月份。", "Choose a month with a list beside."),
            },
        }
        return render(request, "pool/public_list.html", context)


def notices(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show the compensation that is on public notice, each claim with the last day of objections, and past notices."""
    today = business_date()
    with scope(EVERYTHING):
        rows = claim_notices(today=today)
        listing = read_listing(request, rows, Plan(_NOTICE_COLUMNS, "-until", _NOTICE_FILTERS, _NOTICE_SEARCH))
        if listing.format:
            return listing.export(f"yulin-compensation-notices-{today}.csv")
        context = {
            "listing": listing,
            "today": today,
            "running": rows.filter(state=ClaimState.NOTICED.value).count(),
            "answer_workdays": settings.YULIN_ANSWER_WORKDAYS,
            "find": Text("企业名称或申请编号", "firm or claim"),
            "nothing": {
                "title": Text("没有公示中的补偿", "No compensation is on public notice"),
                "text": Text("补偿审定后在这里公示，期满才拨付。", "Decided claims stand here before they are paid."),
            },
        }
        return render(request, "pool/public_notices.html", context)


def verify(request: HttpRequest) -> HttpResponse:
    """Ask for the code of a letter, or the number and code of a settlement sheet."""
    asked = request.GET.get("code", "")
    sheet = typed_code(asked[:_LONGEST_CODE])
    if sheet:
        return redirect("pool:verified-sheet", *sheet)
    code = normalised_code(asked)
    if code:
        return redirect("pool:verified", code=code)
    return render(request, "pool/public_verify.html", {"code": "", "found": None, "is_asked": False})


def verified(request: HttpRequest, code: str) -> HttpResponse:
    """Say whether a letter with this code was issued, for whom, and how it stands today."""
    with scope(EVERYTHING):
        found = public.letter_by_code(normalised_code(code))
        context = {"code": code, "found": found, "is_asked": True, "today": business_date()}
        return render(request, "pool/public_verify.html", context, status=200 if found else 404)


def verified_sheet(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Say whether a settlement sheet with this code stands, and the hash by which copies are compared."""
    with scope(EVERYTHING):
        sheet = public.sheet_by_code(number, code)
        context = {"code": printed_code(number, code), "sheet": sheet, "is_asked": True, "today": business_date()}
        return render(request, "pool/public_verify.html", context, status=200 if sheet else 404)


def objection(request: HttpRequest) -> HttpResponse:
    """Take an objection or opinion on what is published; it reaches the manager with a date for the answer."""
    form = ObjectionForm(request.POST or None, initial={"about": request.GET.get("about", "")})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["address"] or _is_too_often(request):
            form.add_error(None, say(Text("一小时内已提交5件。稍后再提。", "Five within an hour. Try again later.")))
        else:
            actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
            with scope(EVERYTHING):
                receipt = file_objection(
                    actor=actor, objection=form.text(), calendar=work_calendar(), today=business_date()
                )
            messages.success(request, say(receipt.message))
            return redirect("pool:objection")
    context = {"form": form, "answer_workdays": settings.YULIN_ANSWER_WORKDAYS}
    return render(request, "pool/public_objection.html", context, status=422 if form.errors else 200)


def _clock(first: date, today: date) -> NoticeClock | None:
    try:
        return notice_clock(first, workdays=settings.YULIN_OBJECTION_WORKDAYS, today=today, calendar=work_calendar())
    except YulinError:  # the year of the deadline is not announced yet
        return None


def _months(first: date, today: date) -> list[dict[str, object]]:
    """Return the twelve months that end with this one, as the tabs of the page."""
    months: list[dict[str, object]] = []
    month = today.replace(day=1)
    for _ in range(12):
        months.append({"address": f"{month:%Y-%m}", "is_current": month == first})
        month = (month - timedelta(days=1)).replace(day=1)
    return months


def _is_too_often(request: HttpRequest) -> bool:
    key = f"objections:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, timeout=3600)
    return cache.incr(key) > OBJECTIONS_AN_HOUR


_LIST_COLUMNS = (
    Column("firm", Text("企业", "Firm"), "firm_name", export=lambda row: row.firm_name),
    Column("number", Text("确认编号", "Confirmation"), "number", export=lambda row: row.number),
    Column("bank", Text("银行", "Bank"), "bank__name_zh", export=lambda row: row.bank.name),
    Column("district", Text("区", "District"), "district_code", export=lambda row: district_name(row.district_code)),
    Column("confirmed", Text("确认日", "Confirmed"), "confirmed_on", export=lambda row: row.confirmed_on),
    Column(
        "amount",
        Text("贷款金额（万元）", "Loan (CNY 10,000)"),
        "loan_amount_fen",
        is_number=True,
        export=lambda row: amount_beside(row.loan_amount_fen, row.currency),
        sheet_head=Text("贷款金额（元）", "Loan (CNY)"),
    ),
)


_NOTICE_COLUMNS = (
    Column("firm", Text("企业", "Firm"), "firm_name", export=lambda row: row.firm_name),
    Column("number", Text("申请编号", "Claim"), "number", export=lambda row: row.number),
    Column("bank", Text("申请机构", "Claimant"), "bank__name_zh", export=lambda row: row.bank.name),
    Column("district", Text("区", "District"), "district_code", export=lambda row: district_name(row.district_code)),
    Column(
        "amount",
        Text("财政补偿（元）", "Public compensation (CNY)"),
        "public_fen",
        is_number=True,
        export=lambda row: amount_beside(row.public_fen, row.currency),
    ),
    Column("from", Text("公示自", "On notice from"), "noticed_on", export=lambda row: row.noticed_on),
    Column("until", Text("公示至", "Until"), "notice_until", export=lambda row: row.notice_until),
)
_NOTICE_FILTERS = (
    Filter(
        "state",
        Text("状态", "State"),
        "state",
        [
            (ClaimState.NOTICED.value, Text("公示中", "on notice")),
            (ClaimState.APPROVED.value, Text("待拨付", "to be paid")),
            (ClaimState.PAID.value, Text("已拨付", "paid")),
        ],
    ),
)
_NOTICE_SEARCH = ("firm_name__icontains", "number__iexact")


def _list_filters(first: date) -> tuple[Filter, ...]:
    return (
        Filter("bank", Text("银行", "Bank"), "bank_id", public.banks_of_list(first), int),
        Filter(
            "district",
            Text("区", "District"),
            "district_code",
            [(code, district_name(code)) for code in public.district_codes_of_list(first)],
        ),
    )
