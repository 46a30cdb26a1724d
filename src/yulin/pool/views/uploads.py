"""Loan files: dropped, columns named, checked before one's eyes, confirmed, enrolled, and given back with verdicts."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.exchange.adapters.template_files import write_template
from yulin.exchange.core.columns import SURE, ColumnMapping, apply_kept, check_mapping, guess_mapping
from yulin.exchange.core.sheets import Head
from yulin.exchange.enums import STATE_TEXTS, UploadKind, UploadMode, UploadState
from yulin.exchange.selectors import (
    accepted_rows,
    codes_of_upload,
    kept_mappings,
    upload_for,
    uploads_visible_to,
    verdicts_of_upload,
)
from yulin.exchange.services import begin_enrolment, choose_mode, receive_upload, save_mapping
from yulin.exchange.services.receiving import Parcel
from yulin.kit.clock import business_date
from yulin.kit.limits import upload_limit_bytes
from yulin.kit.lists import PER_PAGE, Column, Filter, Plan, read_listing
from yulin.kit.speech import say, speak_in
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.adapters.packs import laws_of
from yulin.pool.core.screening import form_of
from yulin.pool.forms.uploads import (
    UploadForm,
    column_lines,
    date_form_choices,
    field_choices,
    read_mapping,
    read_mode,
    unit_choices,
)
from yulin.pool.selectors.currencies import currency_of
from yulin.pool.selectors.rooms import rooms_for_upload
from yulin.pool.selectors.uploads import form_of_upload, numbers_of_upload, schemes_of_bank
from yulin.pool.services.deferring import defer_check, defer_enrolment, defer_returns
from yulin.pool.services.result_file import result_file

if TYPE_CHECKING:
    from yulin.exchange.models import Upload

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY_BYTES = 4 << 20
_AT_WORK = frozenset({UploadState.RECEIVED, UploadState.CHECKING, UploadState.ENROLLING})
_UPLOADS = (
    Column("file", Text("文件", "File"), "file_name"),
    Column("state", Text("状态", "State"), "state"),
    Column("rows", Text("行数", "Rows"), "rows_total", is_number=True),
    Column("refused", Text("拒绝", "Refused"), "refused_count", is_number=True),
    Column("amount", Text("可入库（万元）", "To enrol (CNY 10,000)"), "enrollable_amount_fen", is_number=True),
    Column("at", Text("上传时间", "Uploaded"), "created_at"),
)
_VERDICTS = (
    Column("place", Text("位置", "Place"), "row"),
    Column("severity", Text("结论", "Verdict"), "severity"),
    Column("firm", Text("企业与借据", "Firm and loan"), "firm_name"),
    Column("amount", Text("金额（万元）", "Amount (CNY 10,000)"), "amount_fen", is_number=True),
    Column("found", Text("发现与下一步", "Found, and what next"), "code"),
)


@needs(Action.SEE_UPLOADS)
def uploads(request: HttpRequest) -> HttpResponse:
    """Show the files of the bank, newest first, and take another."""
    actor = _actor(request)
    may_send = actor.may(Action.ENROL_LOANS) and actor.organisation_id is not None
    form = _upload_form(request, actor) if may_send else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            return _receive(request, actor, form)
    offered = schemes_of_bank(actor.organisation_id, on=business_date()) if may_send else []
    states = [(state.value, STATE_TEXTS[state]) for state in UploadState]
    plan = Plan(
        _UPLOADS, "-at", [Filter("state", Text("状态", "State"), "state", states)], search=("file_name__icontains",)
    )
    listing = read_listing(request, uploads_visible_to(actor).filter(kind=UploadKind.LOANS.value), plan)
    context = {
        "listing": listing,
        "form": form,
        "schemes": offered,
        "other_schemes": [one for one in offered if not one.is_partner],
        "limit_mb": settings.YULIN_UPLOAD_LIMIT_MB,
        "limit_rows": settings.YULIN_UPLOAD_LIMIT_ROWS,
        "sees_all": actor.sees_all_rows,
        "find": Text("文件名", "File name"),
        "nothing": (
            Text("还没有借据文件", "No loan file yet"),
            Text("在右侧上传第一个。", "Upload the first beside this."),
        ),
    }
    return render(request, "pool/uploads.html", context, status=422 if form is not None and form.errors else 200)


def _upload_form(request: HttpRequest, actor: Actor) -> UploadForm:
    offered = schemes_of_bank(actor.organisation_id, on=business_date())
    schemes = [(one.scheme_id, one.title) for one in offered]
    if request.method == "POST":
        return UploadForm(request.POST, request.FILES, schemes=schemes)
    return UploadForm(schemes=schemes)


def _receive(request: HttpRequest, actor: Actor, form: UploadForm) -> HttpResponse:
    file = form.cleaned_data["file"]
    limit = upload_limit_bytes()
    parcel = Parcel(actor.organisation_id or 0, scheme_id=form.cleaned_data["scheme"], mode=read_mode(request.POST))
    with transaction.atomic():
        upload, is_new = receive_upload(
            actor=actor, parcel=parcel, file_name=file.name, content=file, limit_bytes=limit
        )
        if is_new:
            defer_check(actor=actor, upload_id=upload.pk)
    if not is_new:
        messages.info(
            request, say(Text("同一文件已上传过，没有重复登记。", "This file was uploaded before; nothing is doubled."))
        )
    return redirect("pool:upload", upload.pk)


@require_safe
@needs(Action.SEE_UPLOADS)
def upload(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Show where a file stands: at work, columns to name, verdicts to confirm, enrolled, or why it cannot be read."""
    actor = _actor(request)
    one = upload_for(actor, upload_id)
    speak_in(currency_of(one.scheme_id))
    context: dict[str, Any] = {"upload": one, "may_enrol": _may_enrol(actor, one), "scheme": _scheme_title(one)}
    if one.state in _AT_WORK:
        context |= _progress(one)
    elif one.state == UploadState.MAPPING:
        context |= _mapping_context(one, ColumnMapping.from_json(one.columns))
    elif one.state in {UploadState.CHECKED, UploadState.ENROLLED}:
        context |= {"mapped": _mapped(one), "rooms": rooms_for_upload(one), **_verdict_context(request, one)}
    elif one.state == UploadState.FAILED:
        context["error"] = one.error_texts
    return render(request, "pool/upload.html", context)


def _may_enrol(actor: Actor, one: Upload) -> bool:
    return actor.may(Action.ENROL_LOANS) and actor.organisation_id == one.bank_id


def _scheme_title(one: Upload) -> Text | None:
    laws = laws_of(one.scheme_id) if one.scheme_id else []
    return laws[-1].pack.title if laws else None


def _progress(one: Upload) -> dict[str, Any]:
    total = max(one.rows_total, 1)
    done = min(one.rows_done, total)
    return {"done": done, "total": total, "rest": total - done, "has_total": one.rows_total > 0}


def _mapped(one: Upload) -> list[tuple[Text, str]]:
    form = form_of_upload(one.kind, one.scheme_id)
    lines = column_lines(ColumnMapping.from_json(one.columns), [], sure_from=SURE)
    return [
        (form.fields[line.choice.field].label, f"{line.letters} {line.choice.head}")
        for line in lines
        if line.choice.field in form.fields
    ]


def _verdict_context(request: HttpRequest, one: Upload) -> dict[str, Any]:
    accepted = _accepted(request, one) if request.GET.get("severity") == "accepted" else None
    return {
        "accepted": accepted,
        "listing": _verdict_listing(request, one),
        "asked": request.GET.get("severity", ""),
        "to_see": one.refused_count + one.warned_count,
        "seconds": f"{one.check_milliseconds / 1000:.1f}",
        "is_stopped": one.mode == UploadMode.WHOLE_FILE and one.refused_count > 0,
        "find": Text("企业、借据号、单元格", "Firm, loan number, cell"),
        "nothing": (
            Text("没有需要看的行", "No row needs a look"),
            Text("每一行都按原样接受。", "Every row is accepted as it is."),
        ),
    }


def _accepted(request: HttpRequest, one: Upload) -> Page[Any] | None:
    """Return a page of the rows that no finding concerns, with their confirmation numbers once they are enrolled."""
    rows = accepted_rows(one, words=request.GET.get("q", "").strip())
    if rows is None:
        return None
    page: Page[Any] = Paginator(range(rows.height), PER_PAGE).get_page(request.GET.get("page"))
    numbers = numbers_of_upload(one.pk) if one.state == UploadState.ENROLLED else {}
    shown = rows.slice(page.start_index() - 1 if len(rows) else 0, PER_PAGE)
    page.object_list = [{**line, "number": numbers.get(line["row"], "")} for line in shown.iter_rows(named=True)]
    return page


def _verdict_listing(request: HttpRequest, one: Upload) -> Any:
    severities = [("refused", Text("拒绝", "Refused")), ("warned", Text("提醒", "Warned"))]
    codes = [(code, Text(f"{code}（{rows}）", f"{code} ({rows})")) for code, rows in codes_of_upload(one)]
    filters = [
        Filter("severity", Text("结论", "Verdict"), "severity", severities),
        Filter("code", Text("问题", "Problem"), "code", codes),
    ]
    plan = Plan(
        _VERDICTS, "severity", filters, search=("firm_name__icontains", "loan_number__icontains", "cell__iexact")
    )
    return read_listing(request, verdicts_of_upload(one), plan)


@require_safe
@needs(Action.SEE_UPLOADS)
def progress(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Give the progress of a file at work; once the work is done the page loads itself anew."""
    one = upload_for(_actor(request), upload_id)
    if one.state not in _AT_WORK:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return render(request, "pool/upload_progress.html", {"upload": one, **_progress(one)})


@needs(Action.ENROL_LOANS)
def columns(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Name the columns of a file, or correct them; the names are kept for the bank's next file."""
    actor = _actor(request)
    one = _own(actor, upload_id)
    speak_in(currency_of(one.scheme_id))
    guess = ColumnMapping.from_json(one.columns) if one.columns else ColumnMapping(())
    context = {"upload": one, "may_enrol": True, "scheme": _scheme_title(one)}
    if request.method != "POST":
        return render(request, "pool/upload.html", {**context, **_mapping_context(one, guess), "is_correcting": True})
    form = form_of_upload(one.kind, one.scheme_id)
    mapping = read_mapping(request.POST, guess, form)
    try:
        check_mapping(mapping, form, one.file_name)
    except YulinError as error:
        context |= _mapping_context(one, mapping) | {"mapping_error": error, "is_correcting": True}
        return render(request, "pool/upload.html", context, status=422)
    with transaction.atomic():
        save_mapping(actor=actor, upload_id=one.pk, mapping=mapping)
        defer_check(actor=actor, upload_id=one.pk)
    return redirect("pool:upload", one.pk)


def _mapping_context(one: Upload, mapping: ColumnMapping) -> dict[str, Any]:
    form = form_of_upload(one.kind, one.scheme_id)
    heads = tuple(column.head for column in mapping.columns)
    kept = kept_mappings(one.bank_id, one.kind)
    guess = guess_mapping(Head(0, heads), form)
    sure = {column.head: column.confidence for column in guess.columns}
    lines = column_lines(mapping, one.preview, sure_from=SURE)
    return {
        "lines": lines,
        "unsure": [line for line in lines if line.choice.field and sure.get(line.choice.head, SURE) < SURE],
        "is_mapping": True,
        "field_choices": field_choices(form),
        "unit_choices": unit_choices(),
        "date_forms": date_form_choices(),
        "date_form": mapping.date_form.value,
        "preview": one.preview,
        "heads": heads,
        "had_mapping": bool(kept) and all(apply_kept(each, Head(0, heads), form) is None for each in kept),
    }


@require_POST
@needs(Action.ENROL_LOANS)
def mode(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Choose whether one refused row stops the whole file."""
    actor = _actor(request)
    choose_mode(actor=actor, upload_id=_own(actor, upload_id).pk, mode=read_mode(request.POST))
    return redirect("pool:upload", upload_id)


@require_POST
@needs(Action.ENROL_LOANS)
def enrol(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Enrol the rows that passed, in the background."""
    actor = _actor(request)
    one = _own(actor, upload_id)
    if one.state == UploadState.CHECKED:
        with transaction.atomic():
            begin_enrolment(actor=actor, upload_id=one.pk)
            start = defer_returns if one.kind == UploadKind.RETURNS else defer_enrolment
            start(actor=actor, upload_id=one.pk)
    return redirect("pool:upload", one.pk)


@require_safe
@needs(Action.SEE_UPLOADS)
def result(request: HttpRequest, upload_id: int) -> FileResponse:
    """Give the file back with verdicts, reasons and confirmation numbers behind its own columns."""
    actor = _actor(request)
    upload_for(actor, upload_id)
    file = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES, mode="w+b")  # noqa: SIM115 - the answer closes it
    try:
        name = result_file(actor=actor, upload_id=upload_id, target=file, language=_language())
    except YulinError:
        file.close()
        raise
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=_XLSX)


@require_safe
@needs(Action.SEE_UPLOADS)
def template(request: HttpRequest, scheme_id: str) -> FileResponse:  # noqa: ARG001 - Django passes it
    """Give the empty file of a scheme, to be filled in."""
    laws = laws_of(scheme_id)
    if not laws:
        raise Http404
    file = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES, mode="w+b")  # noqa: SIM115 - the answer closes it
    write_template(file, form_of(laws), laws[-1].pack.title, _language())
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"yulin-{scheme_id}.xlsx", content_type=_XLSX)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor


def _own(actor: Actor, upload_id: int) -> Upload:
    one = upload_for(actor, upload_id)
    if one.bank_id != actor.organisation_id:
        raise Http404
    return one


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh-hans"
