"""The page of auditors' yearly certificates on recoveries: what is owed, what was filed, filing one."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.documents import open_document
from yulin.kit.limits import upload_limit_bytes
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.errors import CertificateNotFoundError
from yulin.pool.forms.recoveries import CertificateForm
from yulin.pool.selectors.certificates import CertificateTask, certificate_for, certificate_tasks
from yulin.pool.services.recoveries.file_certificate import file_certificate


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


@needs(Action.SEE_RECOVERIES)
def certificates(request: HttpRequest) -> HttpResponse:
    """Show the years to be certified, overdue ones first, and take a lender's certificate."""
    actor, today = _actor(request), business_date()
    tasks = certificate_tasks(actor, today=today)
    form = None
    if actor.may(Action.ENTER_RECOVERIES) and not actor.sees_all_rows and tasks:
        data = (request.POST, request.FILES) if request.method == "POST" else ()
        form = CertificateForm(*data, years=[(one.mark, say(_year(one))) for one in tasks])
        if request.method == "POST" and _filed(request, actor, form):
            return redirect("pool:certificates")
    open_tasks = [one for one in tasks if one.is_open]
    context = {
        "open": open_tasks,
        "overdue": [one for one in open_tasks if one.year.is_overdue(today)],
        "filed": [one for one in tasks if not one.is_open],
        "today": today,
        "form": form,
        "is_lender": not actor.sees_all_rows,
    }
    return render(request, "pool/certificates.html", context, status=422 if form and form.errors else 200)


def _filed(request: HttpRequest, actor: Actor, form: CertificateForm) -> bool:
    if not form.is_valid():
        return False
    scheme_id, as_of = form.key()
    try:
        file_certificate(
            actor=actor, scheme_id=scheme_id, as_of=as_of, certified=form.certified(), limit_bytes=upload_limit_bytes()
        )
    except YulinError as error:
        form.add_error(None, f"{say(error.message)} {say(error.hint)} [{error.code}]")
        return False
    messages.success(request, say(Text("审计证明已提交。", "The certificate is filed.")))
    return True


def _year(task: CertificateTask) -> Text:
    word = Text("截至%(day)s，%(scheme)s", "Year to %(day)s, %(scheme)s")
    return word.with_values(scheme=task.scheme, day=task.year.as_of)


@needs(Action.SEE_RECOVERIES)
def paper(request: HttpRequest, certificate_id: int) -> FileResponse:
    """Give a certificate back as it was sent."""
    kept = certificate_for(_actor(request), certificate_id)
    if kept is None:
        raise CertificateNotFoundError(certificate=certificate_id)
    return FileResponse(open_document(kept.sha256), as_attachment=True, filename=kept.file_name)
