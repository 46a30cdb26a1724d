"""Scanned documents read by a program: asked for by a person, read in the background, checked by another person.

What was read becomes a version of its policy that waits, marked as read by a program and with how sure it is; the
version without text gives way to it. Nothing of it is published without a person who looked at it alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.urls import reverse

from yulin.base.text import Text
from yulin.brain.adapters.policy_files import How, read_scanned
from yulin.brain.adapters.scanned import missing_engine, scanned_pages
from yulin.brain.core.ocr_words import DOUBTFUL, ScannedPage, how_sure
from yulin.brain.enums import VersionState
from yulin.brain.errors import ScanUnreadableError
from yulin.brain.models import PolicyFile, PolicyVersion
from yulin.brain.selectors.library import policy_file, scanned_version
from yulin.brain.services.policies import keep_clauses, version_from
from yulin.kit import clock, documents
from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import notify, record_audit

_NOTHING_TO_READ = Text("没有等待识别的扫描件", "no scanned page of it waits to be read")
_READ_BY_PROGRAM = "ocr"


@transaction.atomic
def ask_for_scan(*, actor: Actor, file_id: int) -> PolicyFile:
    """Put the reading of a scanned document into the queue; while it waits it is not asked for again.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.POLICY.NOT_FOUND, BRAIN.SCAN.UNREADABLE where no program can read it here or
    nothing waits to be read.
    Effects: what the file says of its reading; a task; audit row.
    """
    if not actor.may(Action.EDIT_POLICIES) or actor.user_id is None:
        raise NotAllowedError(action=str(Action.EDIT_POLICIES), role=str(actor.role))
    file = _locked(file_id)
    if scanned_version(file_id) is None:
        raise ScanUnreadableError(name=file.name, why=_NOTHING_TO_READ)
    missing = missing_engine()
    if missing is not None:
        raise ScanUnreadableError(name=file.name, why=missing)
    if file.report.get("scan", {}).get("state") != "waits":
        _note(
            file, state="waits", by=actor.user_id, by_name=actor.name, house=actor.organisation_id,
            asked_at=clock.now().isoformat(),
        )  # fmt: skip
        record_audit(actor=actor, action="brain.ask_for_scan", subject=("policy_file", file.pk))
    defer("brain.read_scan", lock=f"brain.read_scan:{file_id}", once_as=f"brain.read_scan:{file_id}", file_id=file_id)
    return file


def read_scan(*, actor: Actor, file_id: int) -> PolicyVersion | None:
    """Read a scanned document that was asked for, and return its policy's version; None where there is nothing to do.

    Effects: a version in the place of the one without text, made by who asked, or the reason why not; a notice; audit
    row.
    """
    file = policy_file(file_id)
    if file.report.get("scan", {}).get("state") != "waits" or scanned_version(file_id) is None:
        return None
    try:
        pages = list(scanned_pages(documents.read_document(file.sha256), file.name))
    except ScanUnreadableError as refusal:
        return _failed(actor, file_id, refusal.why)
    if not any(one.text.strip() for one in pages):
        return _failed(actor, file_id, Text("没有识别出文字", "no text was found in it"))
    return _kept(actor, file_id, pages)


@transaction.atomic
def _failed(actor: Actor, file_id: int, why: Text) -> None:
    file = _locked(file_id)
    _note(file, state="failed", zh=why.zh, en=why.en)
    title = Text("扫描件未能识别：%(name)s", "The scan could not be read: %(name)s")
    _tell(actor, file, title, reverse("brain:policy-file", args=[file_id]))
    record_audit(actor=actor, action="brain.fail_scan", subject=("policy_file", file_id), facts={"why": why.zh})


@transaction.atomic
def _kept(actor: Actor, file_id: int, pages: list[ScannedPage]) -> PolicyVersion | None:
    file = _locked(file_id)
    empty = scanned_version(file_id)
    asked = file.report.get("scan", {})
    if empty is None or asked.get("state") != "waits":
        return None
    reading = read_scanned(file.name, [one.text for one in pages], How(area=file.area, known_on=clock.business_date()))
    sure = how_sure(pages)
    reading = replace(
        reading, sure={**reading.sure, "text": sure}, defects=(_READ_BY_PROGRAM, *reading.defects), place=empty.place
    )
    version = version_from(empty.policy, reading, empty.policy.versions.count() + 1)
    version.title = version.title or empty.title
    version.file, version.made_by_id, version.made_by_name = file, asked["by"], asked["by_name"]
    empty.state = VersionState.WITHDRAWN.value
    empty.save(update_fields=["state"])
    version.save()
    keep_clauses([version])
    doubtful = [number for number, one in enumerate(pages, 1) if one.sure < DOUBTFUL]
    _note(file, state="done", sure=sure, doubtful=doubtful, version=version.pk)
    title = Text("复核识别出的文字：%(name)s", "Check the text of the scan: %(name)s")
    _tell(actor, file, title, reverse("brain:policy-version", args=[version.policy_id, version.number]))
    facts: dict[str, Any] = {"sure": sure, "pages": len(pages), "doubtful": doubtful[:20]}
    record_audit(actor=actor, action="brain.read_scan", subject=("policy_version", version.pk), facts=facts)
    return version


def _tell(actor: Actor, file: PolicyFile, title: Text, path: str) -> None:
    """Tell the organisation of whoever asked: another of its people checks what was read."""
    house = file.report["scan"]["house"]
    notify(actor=actor, organisation_id=house, kind="brain.scan", title=title.with_values(name=file.name), path=path)


def _locked(file_id: int) -> PolicyFile:
    policy_file(file_id)
    return PolicyFile.objects.select_for_update().get(pk=file_id)


def _note(file: PolicyFile, **said: Any) -> None:
    file.report = {**file.report, "scan": {**file.report.get("scan", {}), **said}}
    file.save(update_fields=["report"])
