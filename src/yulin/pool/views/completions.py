"""What the manager adds to an enrolment that lacks it: the firm's district at filing, the guarantor of its loan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms import Form
from django.http import Http404

from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import organisations_of_kind
from yulin.pool.enums import Mode
from yulin.pool.forms.review import DistrictForm, GuarantorForm
from yulin.pool.selectors.enrolment_page import EnrolmentPage
from yulin.pool.services.complete_district import complete_district
from yulin.pool.services.name_guarantor import name_guarantor

_CLOSED = frozenset({"draft", "revoked", "closed"})
SAID = {
    "district": Text("已补充注册地区划并确定比例。", "The district is added, the ratio is set."),
    "guarantor": Text("已补充担保机构。", "The guarantor is named."),
}


def completions(actor: Actor, page: EnrolmentPage, given: Mapping[str, Any]) -> dict[str, Form]:
    """Return the forms for what an enrolment lacks, or those that were sent; a draft is completed by its bank."""
    enrolment = page.enrolment
    if enrolment.state in _CLOSED or not actor.may(Action.CONFIRM_ENROLMENTS):
        return {}
    start = {"version": enrolment.version}
    found: dict[str, Form] = {}
    if not enrolment.district_code:
        found["district_form"] = given.get("district") or completion_form("district", initial=start)
    if enrolment.mode == Mode.GUARANTEE and enrolment.guarantor_id is None:
        found["guarantor_form"] = given.get("guarantor") or completion_form("guarantor", initial=start)
    return found


def completion_form(what: str, data: Any = None, **more: Any) -> DistrictForm | GuarantorForm:
    """Return the form of one thing that can be added."""
    if what == "district":
        return DistrictForm(data, **more)
    if what == "guarantor":
        known = [(str(one.pk), one.name) for one in organisations_of_kind(OrganisationKind.GUARANTOR)]
        return GuarantorForm(data, guarantors=known, **more)
    raise Http404


def complete(actor: Actor, enrolment_id: int, form: DistrictForm | GuarantorForm) -> None:
    """Carry a valid form out."""
    if isinstance(form, GuarantorForm):
        name_guarantor(actor=actor, enrolment_id=enrolment_id, **form.named())
    else:
        complete_district(actor=actor, enrolment_id=enrolment_id, **form.cleaned_data)
