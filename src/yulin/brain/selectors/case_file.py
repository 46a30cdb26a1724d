"""What a firm's case file is made of, each part as its own area lets the reader see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from yulin.atlas.core.particulars import day_of, kind_of
from yulin.atlas.enums import ParticularKind
from yulin.base.text import Text
from yulin.brain.core.awards import BatchState
from yulin.brain.core.case_file import CaseKind, Entry, in_order, kind_of_event
from yulin.brain.models import Award
from yulin.brain.selectors.applications import applications_visible_to
from yulin.brain.selectors.awards import sees_all
from yulin.brain.selectors.check_up import own_firm
from yulin.brain.selectors.projects import of_unit
from yulin.kit.clock import date_in_zone
from yulin.kit.row_security import EVERYTHING, current_scope, scope
from yulin.people.enums import Action
from yulin.pool.selectors.claims import claims_visible_to
from yulin.pool.selectors.enrolments import enrolments_visible_to
from yulin.pool.selectors.home import loans_of_firm

if TYPE_CHECKING:
    from yulin.atlas.core.statements import Said
    from yulin.atlas.models import Firm
    from yulin.atlas.selectors.portrait import Portrait
    from yulin.people.core.actors import Actor

_KINDS = {
    ParticularKind.TALENT: (CaseKind.TALENT, "granted_on"),
    ParticularKind.POLICY_RECEIVED: (CaseKind.POLICY, "granted_on"),
    ParticularKind.HONOUR: (CaseKind.HONOUR, "granted_on"),
    ParticularKind.LOAN: (CaseKind.LOAN, "begins_on"),
    ParticularKind.EVENT: (CaseKind.EVENT, "happened_on"),
}
_BUREAU = Text("申报受理", "Applications")


def case_file(actor: Actor, firm: Firm, portrait: Portrait) -> list[Entry]:
    """Return everything of a firm that the actor may see, the latest first; `portrait` is the actor's own reading."""
    parts = (_loans(actor, firm), _claims(actor, firm), _applications(actor, firm), _awards(actor, firm))
    return in_order([*(one for part in parts for one in part), *_projects(actor, portrait), *_told(portrait)])


def _loans(actor: Actor, firm: Firm) -> Iterator[Entry]:
    opens = actor.may(Action.SEE_ENROLMENTS)
    own = own_firm(actor)
    rows = loans_of_firm(actor) if own else enrolments_visible_to(actor)
    with scope(EVERYTHING if own else current_scope()):  # of its own loans a firm sees what are its banks' rows
        found = list(rows.filter(firm_id=firm.pk).exclude(state="draft").select_related("bank"))
    for one in found:
        title = Text("入库贷款 %(no)s", "Enrolled loan %(no)s").with_values(no=one.number or one.loan_number)
        path = reverse("pool:enrolment", args=[one.pk]) if opens else ""
        yield Entry(CaseKind.LOAN, one.disbursed_on, title, one.bank.name, one.loan_amount_fen, path)


def _claims(actor: Actor, firm: Firm) -> Iterator[Entry]:
    rows = claims_visible_to(actor).filter(enrolment__firm_id=firm.pk).select_related("bank")
    for one in rows:
        title = Text("补偿申请 %(no)s", "Claim %(no)s").with_values(no=str(one))
        yield Entry(CaseKind.LOAN, one.defaulted_on, title, one.bank.name, None, reverse("pool:claim", args=[one.pk]))


def _applications(actor: Actor, firm: Firm) -> Iterator[Entry]:
    rows = (
        applications_visible_to(actor).filter(firm_id=firm.pk).prefetch_related("submissions", "helpers__organisation")
    )
    for one in rows:
        path = reverse("brain:application", args=[one.pk])
        days = [each.submitted_on for each in one.submissions.all()]
        title = Text("申报 %(no)s", "Application %(no)s").with_values(no=one.number)
        yield Entry(CaseKind.POLICY, max(days, default=None), title, _BUREAU, None, path)  # a draft has no day yet
        for helper in one.helpers.all():
            said = Text("协助申报 %(no)s", "Helps with application %(no)s").with_values(no=one.number)
            yield Entry(CaseKind.SERVICE, date_in_zone(helper.made_at), said, helper.organisation.name, None, path)


def _awards(actor: Actor, firm: Firm) -> Iterator[Entry]:
    own = own_firm(actor)
    if not sees_all(actor) and (own is None or own.pk != firm.pk):
        return
    with scope(EVERYTHING):
        rows = Award.objects.filter(firm_id=firm.pk).select_related("batch__policy__current")
        rows = rows if sees_all(actor) else rows.filter(batch__state=BatchState.NOTICED.value)
        for one in rows:
            title = Text("免申即享 %(period)s", "Paid without an application, %(period)s").with_values(
                period=one.period
            )
            path = reverse("brain:award", args=[one.pk])
            yield Entry(CaseKind.POLICY, one.paid_on or one.batch.made_on, title, _BUREAU, one.amount_fen, path)


def _projects(actor: Actor, portrait: Portrait) -> Iterator[Entry]:
    if not actor.may(Action.SEE_PROJECTS):
        return
    for one in of_unit(portrait.codes):
        on = one.starts_on or (date(one.year, 1, 1) if one.year else None)
        path = reverse("brain:project", args=[one.pk])
        told_by = Text(one.authority or one.document, one.authority or one.document)
        yield Entry(CaseKind.CONVERSION, on, Text(one.title, one.title), told_by, one.amount_fen, path)


def _told(portrait: Portrait) -> Iterator[Entry]:
    """Yield what sources list of the firm, as the panels of its portrait do."""
    for panel in portrait.panels:
        for said in {one.fact: one for table in panel.tables for row in table.rows for one in row.rests_on}.values():
            known = _KINDS.get(kind_of(said))
            if known is None:
                continue
            kind, field = known
            title = _title(said)
            kind = kind_of_event(title) if kind is CaseKind.EVENT else kind
            path = f"{reverse('atlas:portrait', args=[portrait.firm.pk])}#panel-{panel.id}"
            words, told_by = Text(title, title), portrait.source_name(said.source)
            yield Entry(kind, day_of(said, field), words, told_by, said.value.get("amount_fen"), path)


def _title(said: Said) -> str:
    value = said.value
    parts = (value.get("title") or value.get("programme") or value.get("type"), value.get("name"), value.get("number"))
    return " · ".join(str(one) for one in parts if one)
