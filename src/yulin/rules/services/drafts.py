"""Every write of drafts that are being written: start, save, submit, return, publish, withdraw.

One person writes a draft, another publishes it. A save that was based on an older text is refused, not merged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.urls import reverse

from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisations_of_kind
from yulin.people.services import notify, record_audit, settle_notices
from yulin.rules.adapters.shipped import shipped_vocabulary
from yulin.rules.core.defects import collect_defects
from yulin.rules.core.load import load_pack
from yulin.rules.core.pack import Pack
from yulin.rules.enums import DraftState, PackState
from yulin.rules.errors import (
    DraftDatesError,
    DraftDefectsError,
    DraftNotOpenError,
    DraftReasonError,
    DraftStaleError,
    DraftUnchangedError,
    UnknownDraftError,
)
from yulin.rules.models import DraftStep, PackDraft, PublishedPack
from yulin.rules.selectors import version_to_start_from
from yulin.rules.services.publishing import (
    draft_pack,
    person_who_may,
    publish_pack,
    refuse_failing_cases,
    withdraw_draft,
)

BLANK = """id: title-
kind: title
title: {zh: , en: }
document:
authority: {zh: , en: }
effective: {from: }
verified: no
conditions:
  first: {clause: , that: , text: {zh: , en: }}
outcome: {met: conditions}
"""
_ABOUT = "pack_draft"


@transaction.atomic
def start_draft(*, actor: Actor, base_key: str = "") -> PackDraft:
    """Begin a draft from a version that rules here, or from a blank.

    Raises: PEOPLE.NOT_ALLOWED, RULES.PACK.UNKNOWN.
    Effects: one `PackDraft` with its first step; audit row.
    """
    maker_id = person_who_may(actor, Action.DRAFT_PACK)
    texts: dict[str, str] = {"pack.yaml": BLANK, "cases.yaml": ""}
    draft = PackDraft(base_key=base_key, made_by_id=maker_id, organisation_id=actor.organisation_id, content=texts)
    if base_key:
        base = version_to_start_from(base_key)
        draft.content = {"cases.yaml": "", **base.pack.texts}
        draft.manager_values = dict(base.row.manager_values) if base.row else {}
    _name(draft)
    draft.save()
    _record(actor, draft, "start")
    return draft


@transaction.atomic
def save_draft(*, actor: Actor, draft_id: int, lock: int, texts: Mapping[str, str]) -> PackDraft:
    """Keep what its maker wrote, with or without defects.

    Raises: RULES.DRAFT.STALE where it was saved since `lock` was read, RULES.DRAFT.STATE, PEOPLE.NOT_ALLOWED.
    Effects: the draft's text and lock; audit row.
    """
    draft = _own(actor, draft_id)
    if draft.lock != lock:
        raise DraftStaleError(draft=draft.pk, found=lock, needed=draft.lock)
    draft.content, draft.lock, draft.saved_at = dict(texts), lock + 1, clock.now()
    _name(draft)
    draft.save()
    record_audit(actor=actor, action="rules.save_pack_draft", subject=(_ABOUT, draft.pk), facts={"lock": draft.lock})
    return draft


@transaction.atomic
def submit_draft(*, actor: Actor, draft_id: int) -> PackDraft:
    """Hand a draft that holds to the second person.

    Raises: RULES.DRAFT.DEFECTS, RULES.PACK.CASES_FAIL, RULES.DRAFT.UNCHANGED, RULES.DRAFT.STATE, PEOPLE.NOT_ALLOWED.
    Effects: one `PublishedPack` in draft, the draft's state and step, notices to the authorities; audit rows.
    """
    draft = _own(actor, draft_id)
    pack = _holding(draft)
    refuse_failing_cases(pack.id, files_of(draft), draft.manager_values)
    known = PublishedPack.objects.exclude(state=PackState.WITHDRAWN.value)
    if known.filter(pack_id=pack.id, version=pack.version, manager_values=draft.manager_values).exists():
        raise DraftUnchangedError(draft=draft.pk, pack_id=pack.id)
    draft.submission = draft_pack(actor=actor, texts=files_of(draft), manager_values=draft.manager_values)
    draft.state = DraftState.SUBMITTED.value
    draft.save()
    _record(actor, draft, "submit")
    title = Text("核对规则草案：%(title)s", "Check the draft law: %(title)s").with_values(title=pack.title)
    settle_notices(about=(_ABOUT, draft.pk))
    for organisation in organisations_of_kind(OrganisationKind.AUTHORITY):
        notify(
            actor=actor, organisation_id=organisation.pk, kind="rules.draft", title=title, path=_path(draft),
            about=(_ABOUT, draft.pk),
        )  # fmt: skip
    return draft


@transaction.atomic
def return_draft(*, actor: Actor, draft_id: int, reason: str) -> PackDraft:
    """Give a submitted draft back to its maker with the reason.

    Raises: RULES.DRAFT.REASON, RULES.DRAFT.STATE, PEOPLE.NOT_ALLOWED.
    Effects: the submission is withdrawn, the draft open again with a step, a notice to its maker; audit rows.
    """
    person_who_may(actor, Action.PUBLISH_PACK)
    draft = _locked(draft_id, DraftState.SUBMITTED)
    if not reason.strip():
        raise DraftReasonError(draft=draft.pk)
    _take_back(actor, draft)
    draft.state = DraftState.OPEN.value
    draft.save()
    _record(actor, draft, "return", reason.strip())
    settle_notices(about=(_ABOUT, draft.pk))
    if draft.organisation_id is not None:
        title = Text("更正被退回的规则草案：%(title)s", "Mend the draft law that was returned: %(title)s")
        notify(
            actor=actor, organisation_id=draft.organisation_id, user_id=draft.made_by_id, kind="rules.draft",
            title=title.with_values(title=draft.title), body=Text(reason, reason), path=_path(draft),
            about=(_ABOUT, draft.pk),
        )  # fmt: skip
    return draft


@transaction.atomic
def publish_draft(*, actor: Actor, draft_id: int, first: date, until: date | None) -> PackDraft:
    """Make a submitted draft law, by a person who did not write it and who states its days from the approval.

    Raises: RULES.DRAFT.DATES, RULES.DRAFT.STATE, and what `publish_pack` raises.
    Effects: as `publish_pack`; the draft's state and step; audit row.
    """
    person_who_may(actor, Action.PUBLISH_PACK)
    draft = _locked(draft_id, DraftState.SUBMITTED)
    submission = _submission(draft)
    if (first, until) != (submission.effective_from, submission.effective_until):
        needed = _days(submission.effective_from, submission.effective_until)
        raise DraftDatesError(draft=draft.pk, found=_days(first, until), needed=needed)
    publish_pack(actor=actor, draft_id=submission.pk)
    draft.state = DraftState.PUBLISHED.value
    draft.save()
    _record(actor, draft, "publish")
    settle_notices(about=(_ABOUT, draft.pk))
    return draft


@transaction.atomic
def withdraw_pack_draft(*, actor: Actor, draft_id: int) -> PackDraft:
    """Give a draft up; its text and steps are kept.

    Raises: RULES.DRAFT.STATE, PEOPLE.NOT_ALLOWED.
    Effects: the draft's state and step; its submission, if any, is withdrawn; audit rows.
    """
    draft = _own(actor, draft_id, DraftState.OPEN, DraftState.SUBMITTED)
    if draft.state == DraftState.SUBMITTED.value:
        _take_back(actor, draft)
    draft.state = DraftState.WITHDRAWN.value
    draft.save()
    _record(actor, draft, "withdraw")
    settle_notices(about=(_ABOUT, draft.pk))
    return draft


def files_of(draft: PackDraft) -> dict[str, str]:
    """Return the files of a draft that hold something; the law always does, were it only its absence."""
    return {name: text for name, text in draft.content.items() if name == "pack.yaml" or text.strip()}


def _holding(draft: PackDraft) -> Pack:
    texts, vocabulary = files_of(draft), shipped_vocabulary()
    defects = collect_defects(texts, vocabulary, draft.manager_values or None)
    if defects:
        raise DraftDefectsError(draft=draft.pk, count=len(defects), first=defects[0].place)
    return load_pack(texts, vocabulary, draft.manager_values or None)


def _name(draft: PackDraft) -> None:
    """Let a draft be called what its text says, where its text can be read."""
    texts = files_of(draft)
    if collect_defects(texts, shipped_vocabulary(), draft.manager_values or None):
        return
    pack = load_pack(texts, shipped_vocabulary(), draft.manager_values or None)
    draft.pack_id, draft.title_zh, draft.title_en = pack.id, pack.title.zh, pack.title.en


def _take_back(actor: Actor, draft: PackDraft) -> None:
    withdraw_draft(actor=actor, draft_id=_submission(draft).pk)
    draft.submission = None


def _submission(draft: PackDraft) -> PublishedPack:
    if draft.submission is None:
        raise DraftNotOpenError(draft=draft.pk, found=draft.state, needed=DraftState.SUBMITTED.value)
    return draft.submission


def _own(actor: Actor, draft_id: int, *states: DraftState) -> PackDraft:
    maker_id = person_who_may(actor, Action.DRAFT_PACK)
    draft = _locked(draft_id, *(states or (DraftState.OPEN,)))
    if draft.made_by_id != maker_id:
        raise NotAllowedError(action=str(Action.DRAFT_PACK), role=str(actor.role))
    return draft


def _locked(draft_id: int, *states: DraftState) -> PackDraft:
    draft = PackDraft.objects.select_for_update(of=("self",)).select_related("submission").filter(pk=draft_id).first()
    if draft is None:
        raise UnknownDraftError(draft_id)
    if draft.state not in states:
        raise DraftNotOpenError(draft=draft.pk, found=draft.state, needed=" / ".join(states))
    return draft


def _record(actor: Actor, draft: PackDraft, act: str, note: str = "") -> None:
    action = Action.PUBLISH_PACK if act in {"return", "publish"} else Action.DRAFT_PACK
    person_id = person_who_may(actor, action)
    DraftStep.objects.create(draft=draft, act=act, by_id=person_id, note=note[:600])
    facts = {"pack": draft.pack_id, "base": draft.base_key, "lock": draft.lock, "note": note}
    record_audit(actor=actor, action=f"rules.{act}_pack_draft", subject=(_ABOUT, draft.pk), facts=facts)


def _days(first: date, until: date | None) -> str:
    return f"{first} … {until or ''}".strip()


def _path(draft: PackDraft) -> str:
    return reverse("rules:draft", args=[draft.pk])
