"""Every write of a firm's application: begun pre-filled, typed in by several, papers, advisers, submitted, withdrawn.

What is typed is kept in the transaction that answers it. Two people who type in one field at once lose nothing: the
second one's words are laid beside the first one's until somebody settles it (`core/shared_fields.py`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.core.files import File
from django.db import transaction

from yulin.atlas.selectors.rights import own_firm_of
from yulin.base.dates import day_text
from yulin.base.text import Text
from yulin.brain.core.application_states import EDITABLE, STATE_WORDS, ApplicationState, AppStep
from yulin.brain.core.call_forms import CallForm, FormField, read_value
from yulin.brain.core.shared_fields import Saving, Typed, saving, together
from yulin.brain.core.windows import Phase, why_missed, why_phase
from yulin.brain.errors import (
    AdviserError,
    ApplicationIncompleteError,
    ApplicationNotFoundError,
    ApplicationOnceError,
    ApplicationStateError,
    CallShutError,
)
from yulin.brain.models import (
    Application,
    ApplicationField,
    ApplicationHelper,
    ApplicationPaper,
    Call,
    FieldEdit,
    Submission,
)
from yulin.brain.selectors.applications import (
    ATTACH,
    HELPER_RIGHTS,
    SEE,
    SUBMIT,
    WRITE,
    application_for,
    lacking,
    open_differences,
    papers_of,
    prefilled,
    rights_on,
    values_of,
)
from yulin.brain.selectors.calls import call_for
from yulin.brain.services._applications import (
    Why,
    ask_bureau,
    audit,
    keep_event,
    locked,
    person,
    take_step,
    tell,
)
from yulin.kit import clock, documents
from yulin.kit.limits import upload_limit_bytes
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisations_of_kind
from yulin.pool.services._steps import draw_from_series


@dataclass(frozen=True)
class Saved:
    """What became of typed words: kept, the same, or laid beside those that stand."""

    outcome: Saving
    row: ApplicationField | None
    edit: FieldEdit | None = None


def start_application(*, actor: Actor, call_id: int) -> Application:
    """Begin a firm's application under an open call, pre-filled from its portrait and from its earlier draft.

    Effects: the application; its pre-filled fields, each with source and day; one event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.FIRM.NOT_FOUND`, `BRAIN.CALL.NOT_FOUND`, `.SHUT`, `BRAIN.APPLICATION.ONCE`.
    """
    maker_id = person(actor, Action.APPLY)
    call, firm, today = call_for(actor, call_id), own_firm_of(actor), clock.business_date()
    if call.window.phase(today) is not Phase.OPEN:
        raise CallShutError(call=call.title_zh, why=why_phase(call.window, today))
    with transaction.atomic(), scope(EVERYTHING):
        Call.objects.select_for_update().get(pk=call.pk)  # two of a firm's people at once begin one application
        rows = Application.objects.filter(call=call, firm=firm)
        standing = rows.exclude(state=ApplicationState.WITHDRAWN.value).first()
        if standing is not None:
            raise ApplicationOnceError(call=call.title_zh, number=standing.number)
        made = Application.objects.create(
            call=call, firm=firm, house_id=actor.organisation_id or 0, made_by_id=maker_id, made_by_name=actor.name,
            number=draw_from_series("SQ", today.year, 1)[0],
        )  # fmt: skip
        _prefill(actor, made, call)
        keep_event(actor, made, "start")
        audit(actor, made, "start", {"call": call.number})
    return made


def _prefill(actor: Actor, made: Application, call: Call) -> None:
    """Fill a new application: what the portrait says, then what the firm wrote under an earlier call of the policy."""
    form = call.asks
    said = prefilled(form, made.firm_id, clock.business_date())
    rows = [
        ApplicationField(
            application=made, field=field_id, value=one.value, fact=one.fact, source=one.source, source_on=one.on,
            edited_by_id=actor.user_id, edited_by_name=actor.name,
        )
        for field_id, one in said.items()
    ]  # fmt: skip
    earlier = (
        Application.objects.filter(firm=made.firm, call__policy=call.policy_id).exclude(pk=made.pk).order_by("-pk")
    ).first()
    if earlier is not None:
        kinds = {one.id: one.kind for one in earlier.call.asks.fields}
        rows += [
            ApplicationField(
                application=made, field=one.field, value=one.value, source=earlier.number,
                source_on=clock.date_in_zone(one.edited_at), edited_by_id=actor.user_id, edited_by_name=actor.name,
            )
            for one in earlier.values.all()
            if one.field not in said and (here := form.field(one.field)) and kinds.get(one.field) == here.kind
        ]  # fmt: skip
    ApplicationField.objects.bulk_create(rows)
    FieldEdit.objects.bulk_create(_edit(actor, made, one.field, one.value, 0, 1) for one in rows)


def save_field(*, actor: Actor, application_id: int, field_id: str, said: str, base: int) -> Saved:
    """Keep what somebody typed in a field, on the version `base` of it (0: on nothing).

    Effects: the field's next version, or the words beside it; one edit; one event where they stand beside; audit row.
    Raises: `BRAIN.APPLICATION.NOT_FOUND`, `.STATE`, `.VALUE`, `BRAIN.CALL.SHUT`, `PEOPLE.NOT_ALLOWED`.
    """
    seen = _may(actor, application_id, WRITE, Action.WRITE_APPLICATIONS)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        _check_open(application)
        field = _field(application, field_id)
        value = read_value(field, said)
        row = ApplicationField.objects.filter(application=application, field=field_id).first()
        outcome = saving(row.version if row else 0, row.value if row else None, Typed(value, base))
        if outcome is Saving.SAME:
            return Saved(outcome, row)
        if outcome is Saving.BESIDE and _is_settled(actor, application, field_id, value, base):
            return Saved(Saving.SAME, row)
        if outcome is Saving.BESIDE:
            edit = _laid_beside(actor, application, field_id, value, base)
            keep_event(actor, application, "beside", Why(note=str(field.label)))
            audit(actor, application, "beside", {"field": field_id, "base": base})
            return Saved(outcome, row, edit)
        row = _written(actor, application, row, field_id, value)
        audit(actor, application, "edit", {"field": field_id, "version": row.version})
    return Saved(outcome, row)


def _is_settled(actor: Actor, application: Application, field_id: str, value: Any, base: int) -> bool:
    """Tell whether these very words stood beside already and somebody settled them: a left field sends again."""
    typed = application.edits.filter(field=field_id, made_by=actor.user_id, base=base, value=value)
    return typed.filter(version__isnull=True, settled_at__isnull=False).exists()


def _laid_beside(actor: Actor, application: Application, field_id: str, value: Any, base: int) -> FieldEdit:
    """Lay words beside those that stand; what the same person typed on the way to them is settled by them."""
    standing = open_differences(application).filter(field=field_id, made_by=actor.user_id, base=base)
    same = standing.filter(value=value).first()
    if same is not None:
        return same
    standing.update(settled_at=clock.now(), settled_by_name=actor.name)
    edit = _edit(actor, application, field_id, value, base, None)
    edit.save()
    return edit


def settle_difference(*, actor: Actor, application_id: int, edit_id: int, choice: str) -> Saved:
    """Settle words that stand beside a field's value: `theirs` keeps what stands, `mine` puts them in its place.

    `both` writes one below the other, where the field holds text; whatever is chosen, nothing is deleted.

    Effects: the field's next version where it changes; the edit settled; one event; audit row.
    Raises: as `save_field`.
    """
    seen = _may(actor, application_id, WRITE, Action.WRITE_APPLICATIONS)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        _check_open(application)
        edit = open_differences(application).filter(pk=edit_id).first()
        if edit is None:
            raise ApplicationNotFoundError(application=edit_id)
        field = _field(application, edit.field)
        row = ApplicationField.objects.filter(application=application, field=edit.field).first()
        value = _chosen(field, row.value if row else None, edit.value, choice)
        edit.settled_at, edit.settled_by_name = clock.now(), actor.name
        edit.save(update_fields=["settled_at", "settled_by_name"])
        if row is None or row.value != value:
            row = _written(actor, application, row, edit.field, value)
        keep_event(actor, application, "settle", Why(note=str(field.label)))
        audit(actor, application, "settle", {"field": edit.field, "choice": choice, "edit": edit.pk})
    return Saved(Saving.KEPT, row, edit)


def _chosen(field: FormField, standing: Any, beside: Any, choice: str) -> Any:
    if choice == "both" and isinstance(standing, str) and isinstance(beside, str):
        return read_value(field, together(standing, beside))
    return beside if choice == "mine" else standing


def attach_paper(
    *, actor: Actor, application_id: int, kind: str, name: str, content: bytes | IO[bytes] | File[bytes]
) -> ApplicationPaper:
    """Attach a paper of a kind that the call asks for; its content is kept by hash.

    Effects: the document; the attachment; one event; audit row.
    Raises: `BRAIN.APPLICATION.NOT_FOUND`, `.STATE`, `BRAIN.CALL.SHUT`, `KIT.UPLOAD.TOO_LARGE`, `PEOPLE.NOT_ALLOWED`.
    """
    seen = _may(actor, application_id, ATTACH, Action.WRITE_APPLICATIONS)
    form = seen.call.asks
    if kind not in {one.id for one in form.papers}:
        raise ApplicationNotFoundError(application=kind)
    sha256 = documents.store(content, limit_bytes=upload_limit_bytes(), name=name)
    with documents.open_document(sha256) as kept:
        size = kept.seek(0, 2)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        _check_open(application)
        same = application.papers.filter(kind=kind, sha256=sha256, removed_at__isnull=True).first()
        if same is not None:
            return same
        paper = ApplicationPaper.objects.create(
            application=application, kind=kind, name=name[-255:], sha256=sha256, size_bytes=size,
            made_by_id=actor.user_id, made_by_name=actor.name,
        )  # fmt: skip
        keep_event(actor, application, "attach", Why(note=paper.name))
        audit(actor, application, "attach", {"kind": kind, "sha256": sha256, "name": paper.name})
    return paper


def detach_paper(*, actor: Actor, application_id: int, paper_id: int) -> None:
    """Take a paper away from a draft; that it was there stays on record.

    Effects: the attachment; one event; audit row. Raises: as `attach_paper`.
    """
    seen = _may(actor, application_id, ATTACH, Action.WRITE_APPLICATIONS)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        _check_open(application)
        paper = application.papers.filter(pk=paper_id, removed_at__isnull=True).first()
        if paper is None:
            raise ApplicationNotFoundError(application=paper_id)
        paper.removed_at, paper.removed_by_name = clock.now(), actor.name
        paper.save(update_fields=["removed_at", "removed_by_name"])
        keep_event(actor, application, "detach", Why(note=paper.name))
        audit(actor, application, "detach", {"kind": paper.kind, "sha256": paper.sha256})


def invite_helper(*, actor: Actor, application_id: int, organisation_id: int, rights: Sequence[str]) -> None:
    """Let a service body see an application, and write or attach where the firm says so; never submit.

    Effects: the helper; a notice to it; one event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `.ADVISER`.
    """
    seen = _may(actor, application_id, SUBMIT, Action.APPLY)
    adviser = organisations_of_kind(OrganisationKind.SERVICE_BODY).filter(pk=organisation_id).first()
    given = [SEE, *(one for one in (WRITE, ATTACH) if one in rights)]
    if adviser is None or not set(rights) <= set(HELPER_RIGHTS):
        raise AdviserError(found=str(organisation_id))
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        if application.helpers.filter(organisation=adviser.pk, revoked_at__isnull=True).exists():
            raise AdviserError(found=adviser.name_zh)
        ApplicationHelper.objects.create(
            application=application, house_id=application.house_id, organisation_id=adviser.pk, rights=given,
            made_by_name=actor.name,
        )  # fmt: skip
        keep_event(actor, application, "invite", Why(note=adviser.name_zh))
        audit(actor, application, "invite", {"organisation": adviser.pk, "rights": given})
        tell(actor, application, adviser.pk, Text("请协助填写申报%(number)s", "Help with application %(number)s"))


def revoke_helper(*, actor: Actor, application_id: int, helper_id: int) -> None:
    """Shut an adviser out at once. Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`.

    Effects: the helper; one event; audit row.
    """
    seen = _may(actor, application_id, SUBMIT, Action.APPLY)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        helper = application.helpers.filter(pk=helper_id, revoked_at__isnull=True).first()
        if helper is None:
            raise ApplicationNotFoundError(application=helper_id)
        helper.revoked_at, helper.revoked_by_name = clock.now(), actor.name
        helper.save(update_fields=["revoked_at", "revoked_by_name"])
        keep_event(actor, application, "revoke", Why(note=helper.organisation.name_zh))
        audit(actor, application, "revoke", {"organisation": helper.organisation_id})


def submit_application(*, actor: Actor, application_id: int) -> Submission:
    """Submit a whole application: its content is written down with its hash, and a receipt is given.

    Within the days of grace it is taken and marked late; a returned one is taken until the day set for it.

    Effects: one submission; the application submitted; one event; a notice to the authorities; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `.STATE`, `.INCOMPLETE`, `BRAIN.CALL.SHUT`.
    """
    submitter = person(actor, Action.APPLY)
    seen = _may(actor, application_id, SUBMIT, Action.APPLY)
    with transaction.atomic(), scope(EVERYTHING):
        application = locked(seen.pk)
        _check_open(application)
        form = application.call.asks
        lack = [label for _, label in lacking(application, form)]
        if lack:
            raise ApplicationIncompleteError(number=application.number, lacking=lack)
        content = _content(application, form)
        today = clock.business_date()
        made = Submission.objects.create(
            application=application, turn=application.submissions.count() + 1, content=content,
            content_hash=content_hash(content), receipt=draw_from_series("HZ", today.year, 1)[0], submitted_on=today,
            submitted_at=clock.now(), submitted_by_id=submitter, submitted_by_name=actor.name,
        )  # fmt: skip
        take_step(actor, application, AppStep.SUBMIT, Why(note=made.receipt), returned_until=None)
        ask_bureau(actor, application, Text("形式审查%(number)s：%(firm)s", "Screen %(number)s: %(firm)s"))
    return made


def withdraw_application(*, actor: Actor, application_id: int, reason: str) -> None:
    """Withdraw an application that nobody has taken on yet; another can be begun while the call is open.

    Effects: the application; one event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`, `.STATE`, `BRAIN.REVIEW.REASON`.
    """
    seen = _may(actor, application_id, SUBMIT, Action.APPLY)
    with transaction.atomic(), scope(EVERYTHING):
        take_step(actor, locked(seen.pk), AppStep.WITHDRAW, Why(note=reason))


def content_hash(content: dict[str, Any]) -> str:
    """Return the SHA-256 of a submission's content as anybody can compute it: JSON, keys in order, no spaces."""
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _content(application: Application, form: CallForm) -> dict[str, Any]:
    values = values_of(application)
    return {
        "application": application.number,
        "call": application.call.number,
        "firm": application.firm.identifier,
        "values": {one.id: values.get(one.id) for one in form.fields},
        "papers": [{"kind": one.kind, "name": one.name, "sha256": one.sha256} for one in papers_of(application)],
    }


def _may(actor: Actor, application_id: int, right: str, action: Action) -> Application:
    """Return an application that the actor sees and has a right on. Raises: `PEOPLE.NOT_ALLOWED`, `.NOT_FOUND`."""
    person(actor, action)
    application = application_for(actor, application_id)
    if right not in rights_on(actor, application):
        raise NotAllowedError(action=str(action), role=str(actor.role))
    return application


def _check_open(application: Application) -> None:
    """Refuse to change an application that is not open. Raises: `BRAIN.APPLICATION.STATE`, `BRAIN.CALL.SHUT`."""
    state, today = ApplicationState(application.state), clock.business_date()
    if state not in EDITABLE:
        raise ApplicationStateError(
            number=application.number, found=STATE_WORDS[state][1], needed=STATE_WORDS[ApplicationState.DRAFT][1]
        )
    call, until = application.call, application.returned_until
    if state is ApplicationState.RETURNED:
        if until is not None and today > until:
            why = Text("补正期限%(day)s已过", "it could be completed until %(day)s").with_values(day=day_text(until))
            raise CallShutError(call=call.title_zh, why=why)
        return
    if not call.window.takes(today):
        raise CallShutError(call=call.title_zh, why=why_missed(call.window))


def _field(application: Application, field_id: str) -> FormField:
    field = application.call.asks.field(field_id)
    if field is None:
        raise ApplicationNotFoundError(application=field_id)
    return field


def _written(
    actor: Actor, application: Application, row: ApplicationField | None, field_id: str, value: Any
) -> ApplicationField:
    """Write the next version of a field; what a person wrote has no source any more."""
    row = row or ApplicationField(application=application, field=field_id, version=0)
    base = row.version
    row.value, row.version, row.fact, row.source, row.source_on = value, base + 1, "", "", None
    row.edited_by_id, row.edited_by_name, row.edited_at = actor.user_id, actor.name, clock.now()
    row.save()
    _edit(actor, application, field_id, value, base, row.version).save()
    return row


def _edit(
    actor: Actor, application: Application, field_id: str, value: Any, base: int, version: int | None
) -> FieldEdit:
    return FieldEdit(
        application=application, field=field_id, value=value, base=base, version=version,
        made_by_id=actor.user_id, made_by_name=actor.name,
    )  # fmt: skip
