"""Pages of audit packs: ask for one, see it being made, download it."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.documents import open_document
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.adapters.packs import published_laws
from yulin.pool.errors import AuditPackNotFoundError
from yulin.pool.forms.audit_packs import AuditPackForm
from yulin.pool.selectors.audit_packs import audit_pack_ready
from yulin.pool.selectors.audit_packs import audit_packs as packs_asked_for
from yulin.pool.services.audit_packs.make_audit_pack import ask_for_audit_pack

_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.MAKE_AUDIT_PACKS)
def audit_packs(request: HttpRequest) -> HttpResponse:
    """Ask for an audit pack; below, those that were asked for, the newest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    schemes = {law.pack.id: law.pack.title for law in published_laws()}
    data = request.POST if request.method == "POST" else None
    form = AuditPackForm(data, schemes=schemes, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_audit_pack(actor=actor, scope=form.scope())
        except YulinError as error:
            form.add_error(None, say(error.message) if isinstance(error.message, Text) else error.message)
        else:
            return redirect("pool:audit-packs")
    return render(request, "pool/audit_packs.html", {"form": form, **_list()})


@require_safe
@needs(Action.MAKE_AUDIT_PACKS)
def audit_packs_list(request: HttpRequest) -> HttpResponse:
    """Give the list alone, which asks again for itself while a pack is in the making."""
    return render(request, "pool/audit_packs_list.html", _list())


@require_safe
@needs(Action.MAKE_AUDIT_PACKS)
def audit_pack(_request: HttpRequest, pack_id: int) -> FileResponse:
    """Hand a pack over. Raises: `POOL.AUDIT_PACK.NOT_FOUND`."""
    found = audit_pack_ready(pack_id)
    if found is None:
        raise AuditPackNotFoundError(pack=pack_id)
    return FileResponse(open_document(found.sha256), as_attachment=True, filename=found.asked.file_name)


def _list() -> dict[str, object]:
    packs = packs_asked_for()[:_SHOWN]
    return {"packs": packs, "is_working": any(one.is_in_the_making for one in packs)}
