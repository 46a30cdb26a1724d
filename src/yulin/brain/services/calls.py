"""Every write of calls: made by one person, published by another, extended with a reason, never shortened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse

from yulin.base.dates import day_text
from yulin.base.text import Text
from yulin.brain.core.call_forms import CallForm, plain_form, read_form
from yulin.brain.core.windows import Phase, Window, check_window, extended
from yulin.brain.enums import CallState
from yulin.brain.errors import (
    CallFormError,
    CallNotFoundError,
    CallStateError,
    PolicyNotFoundError,
    ReviewHandsError,
    ReviewReasonError,
)
from yulin.brain.models import Application, Call, CallExtension, Policy
from yulin.brain.services._applications import person
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import organisations_of_kind
from yulin.people.services import notify, record_audit, settle_notices
from yulin.pool.services._steps import draw_from_series

_ABOUT = "call"


@dataclass(frozen=True)
class CallTerms:
    """What a person writes of a call."""

    title: Text
    window: Window
    form: CallForm
    expert_count: int = 2
    quorum: int = 2
    notice_workdays: int = 5
    budget_fen: int | None = None
    most_fen: int | None = None


@transaction.atomic
def propose_call(*, actor: Actor, policy_id: int, terms: CallTerms, call_id: int | None = None) -> Call:
    """Write a call under a published policy, or a returned one anew; another person publishes it.

    Effects: the call; notices to the authorities; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.POLICY.NOT_FOUND`, `BRAIN.CALL.DATES`, `.FORM`, `.STATE`, `.NOT_FOUND`.
    """
    maker_id = person(actor, Action.EDIT_CALLS)
    policy = Policy.objects.filter(pk=policy_id, current__isnull=False).first()
    if policy is None:
        raise PolicyNotFoundError(policy=policy_id)
    check_window(terms.window)
    read_form(plain_form(terms.form))  # a form that could not be read again is refused here
    if not terms.title.zh.strip() or terms.quorum > terms.expert_count or terms.quorum < 1:
        raise CallFormError(found=terms.title.zh or "title" if terms.quorum <= terms.expert_count else "quorum")
    call = _locked(call_id) if call_id else Call(policy=policy, number=draw_from_series("TZ", _year(), 1)[0])
    if call.pk and call.state not in {CallState.RETURNED.value, CallState.PROPOSED.value}:
        raise CallStateError(call=call.number, why=Text("已发布，不能再改", "it is published and never changes"))
    call.title_zh, call.title_en = terms.title.zh.strip()[:200], (terms.title.en or terms.title.zh).strip()[:200]
    call.opens_on, call.closes_on = terms.window.opens_on, terms.window.closes_on
    call.grace_days, call.form = terms.window.grace_days, plain_form(terms.form)
    call.expert_count, call.quorum = terms.expert_count, terms.quorum
    call.notice_workdays, call.budget_fen, call.most_fen = terms.notice_workdays, terms.budget_fen, terms.most_fen
    call.state, call.reason = CallState.PROPOSED.value, ""
    call.made_by_id, call.made_by_name = maker_id, actor.name
    call.checked_by, call.checked_by_name, call.checked_at = None, "", None
    call.save()
    for one in organisations_of_kind(OrganisationKind.AUTHORITY):
        notify(
            actor=actor, organisation_id=one.pk, kind="brain.call", about=(_ABOUT, call.pk),
            title=Text("复核申报通知：%(title)s", "Check the call: %(title)s").with_values(title=call.title),
            path=reverse("brain:call", args=[call.pk]),
        )  # fmt: skip
    _audit(actor, call, "propose")
    return call


@transaction.atomic
def decide_call(*, actor: Actor, call_id: int, is_published: bool, reason: str = "") -> Call:
    """Publish a call, or return it with the reason; never by the person who made it.

    Effects: the call; notices done; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.CALL.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.SAME_PERSON`, `.REASON`.
    """
    checker_id = person(actor, Action.PUBLISH_CALLS)
    call = _locked(call_id)
    if call.state != CallState.PROPOSED.value:
        raise CallStateError(call=call.number, why=Text("不在待发布状态", "it does not wait to be published"))
    if call.made_by_id == checker_id:
        raise ReviewHandsError(number=call.number, name=call.made_by_name)
    if not is_published and not reason.strip():
        raise ReviewReasonError(number=call.number)
    call.state = CallState.PUBLISHED.value if is_published else CallState.RETURNED.value
    call.reason = "" if is_published else reason.strip()[:600]
    call.checked_by_id, call.checked_by_name, call.checked_at = checker_id, actor.name, clock.now()
    call.save()
    settle_notices(about=(_ABOUT, call.pk))
    _audit(actor, call, "publish" if is_published else "return")
    return call


@transaction.atomic
def extend_call(*, actor: Actor, call_id: int, until: date, reason: str) -> CallExtension:
    """Let a published call run longer; who has a draft under it is told.

    A call that has shut can be extended too: drafts that were not submitted in time can be submitted again then.

    Effects: one extension; notices to the firms with drafts; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.CALL.NOT_FOUND`, `.DATES`, `.STATE`, `BRAIN.REVIEW.REASON`.
    """
    maker_id = person(actor, Action.PUBLISH_CALLS)
    call = _locked(call_id)
    if call.state != CallState.PUBLISHED.value:
        raise CallStateError(call=call.number, why=Text("尚未发布", "it is not published yet"))
    window, today = extended(call.window, until), clock.business_date()
    if window.phase(today) is Phase.SHUT:
        raise CallStateError(call=call.number, why=Text("延期后的截止日已过", "the new last day has gone by"))
    if not reason.strip():
        raise ReviewReasonError(number=call.number)
    made = CallExtension.objects.create(
        call=call, closes_on=until, reason=reason.strip()[:600], made_by_id=maker_id, made_by_name=actor.name
    )
    with scope(EVERYTHING):
        houses = set(Application.objects.filter(call=call, state="draft").values_list("house_id", "pk"))
    title = Text("申报延期至%(day)s 24:00：%(title)s", "The call now runs to 24:00 on %(day)s: %(title)s")
    for house_id, application_id in sorted(houses):
        notify(
            actor=actor, organisation_id=house_id, kind="brain.call", due_on=until,
            title=title.with_values(title=call.title, day=day_text(until)),
            body=Text(made.reason, made.reason), path=reverse("brain:application", args=[application_id]),
        )  # fmt: skip
    record_audit(
        actor=actor, action="brain.extend_call", subject=(_ABOUT, call.pk),
        facts={"number": call.number, "until": until.isoformat(), "reason": made.reason},
    )  # fmt: skip
    return made


def _locked(call_id: int) -> Call:
    found = Call.objects.select_for_update(of=("self",)).filter(pk=call_id).first()
    if found is None:
        raise CallNotFoundError(call=call_id)
    return found


def _year() -> int:
    return clock.business_date().year


def _audit(actor: Actor, call: Call, what: str) -> None:
    facts = {"number": call.number, "opens_on": call.opens_on.isoformat(), "closes_on": call.closes_on.isoformat()}
    record_audit(
        actor=actor, action=f"brain.{what}_call", subject=(_ABOUT, call.pk), facts=facts | {"reason": call.reason}
    )
