"""Every write of one policy: a version proposed, published by another person, returned; a reader's correction answered.

What is published is what search reads: its clauses are texts of the collection `library`, those of the version before
it are taken out in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.db import transaction
from django.db.models import F, Max
from django.urls import reverse

from yulin.base.text import Text
from yulin.brain.core.likeness import sketch
from yulin.brain.core.policies import Ending, Terms
from yulin.brain.core.policy_clauses import clauses_of_parts, searched_text
from yulin.brain.core.policy_reading import PolicyReading
from yulin.brain.core.tidy import tidy
from yulin.brain.enums import CorrectionState, VersionState
from yulin.brain.errors import (
    CorrectionAnsweredError,
    PolicyAlikeError,
    PolicyDatesError,
    PolicyNotFoundError,
    PolicyReasonError,
    PolicyStaleError,
    PolicyStateError,
    PolicyTextError,
    PolicyVariantError,
    SamePersonError,
)
from yulin.brain.models import Collection, Policy, PolicyClause, PolicyCorrection, PolicyVersion, TextDocument
from yulin.brain.selectors.alike import policies_alike
from yulin.brain.selectors.texts import LIBRARY
from yulin.brain.services.guides import start_terms
from yulin.brain.services.texts import keep_texts
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisations_of_kind
from yulin.people.services import notify, record_audit, settle_notices

_ABOUT = "policy_version"
_AT_ONCE = 1_000


@dataclass(frozen=True)
class PolicyEdit:
    """What a person writes of a policy: its facts as they shall stand, its parts in order, and why."""

    title: str
    parts: tuple[tuple[str, str], ...]
    terms: Terms
    document_number: str = ""
    authority: str = ""
    area: str = ""
    domain: str = ""
    url: str = ""
    issued_on: date | None = None
    amount_fen: int | None = None
    general_key: str = ""
    note: str = ""
    apart_from: frozenset[int] = frozenset()  # policies that it is like, and that the person says are others


@transaction.atomic
def propose_version(*, actor: Actor, policy_id: int | None, base: int, edit: PolicyEdit) -> PolicyVersion:
    """Propose what a policy shall say from now on; a new policy where there is none. Another person publishes it.

    `base` is the number of the version that the person started from (0: none).

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.POLICY.STALE where another version was made since, BRAIN.POLICY.DATES,
    BRAIN.POLICY.TEXT, BRAIN.POLICY.VARIANT, BRAIN.POLICY.NOT_FOUND, BRAIN.POLICY.ALIKE where the library has one like
    it that the person has not said to be another.
    Effects: the policy where it is new; the version with its clauses; notices to the authorities; audit row.
    """
    maker_id = _person(actor, Action.EDIT_POLICIES)
    terms = _checked(edit)
    policy = Policy.objects.create(key=_new_key(edit.title)) if policy_id is None else _policy(policy_id)
    last = policy.versions.aggregate(last=Max("number"))["last"] or 0
    if last != base or policy.versions.filter(state=VersionState.PROPOSED.value).exists():
        raise PolicyStaleError(policy=policy.key, found=base, needed=last)
    parts = tuple((part, tidied) for part, said in edit.parts if (tidied := tidy(said)))
    reading = PolicyReading(
        key=policy.key, title=edit.title.strip(), parts=parts, document_number=edit.document_number,
        authority=edit.authority, area=edit.area, domain=edit.domain, url=edit.url, issued_on=edit.issued_on,
        amount_fen=edit.amount_fen, terms=terms,
    )  # fmt: skip
    before = policy.current
    version = version_from(policy, reading, last + 1)
    version.general = _general(policy, edit.general_key)
    version.file, version.place = (before.file, before.place) if before else (None, "")
    version.note, version.made_by_id, version.made_by_name = edit.note.strip()[:600], maker_id, actor.name
    apart = _apart(version, before, edit.apart_from)
    version.save()
    keep_clauses([version])
    _tell_checkers(actor, version)
    facts = {"policy": policy.key, "number": version.number, "note": version.note}
    facts |= {"apart_from": apart} if apart else {}
    record_audit(actor=actor, action="brain.propose_policy", subject=(_ABOUT, version.pk), facts=facts)
    return version


@transaction.atomic
def decide_version(*, actor: Actor, version_id: int, is_published: bool, reason: str = "") -> PolicyVersion:
    """Publish a proposed version, or return it with the reason; never by the person who made it.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.POLICY.SAME_PERSON, BRAIN.POLICY.STATE, BRAIN.POLICY.REASON, BRAIN.POLICY.TEXT.
    Effects: the version's state; where published, the policy's current version and the texts of search; audit row.
    """
    checker_id = _person(actor, Action.PUBLISH_POLICIES)
    version = _proposed(version_id)
    if version.made_by_id == checker_id:
        raise SamePersonError(policy=version.policy.key, name=version.made_by_name)
    settle_notices(about=(_ABOUT, version.pk))
    if is_published:
        publish_now(actor=actor, versions=[version])
        return version
    if not reason.strip():
        raise PolicyReasonError(policy=version.policy.key)
    version.state, version.reason = VersionState.RETURNED.value, reason.strip()[:600]
    _decided(actor, version)
    facts = {"policy": version.policy.key, "number": version.number, "reason": version.reason}
    record_audit(actor=actor, action="brain.return_policy", subject=(_ABOUT, version.pk), facts=facts)
    return version


@transaction.atomic
def publish_file(*, actor: Actor, file_id: int) -> int:
    """Publish every version of a file that waits and holds text, made by another person; return how many.

    What a program read from a scan is left for a person who looks at it alone.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.POLICY.SAME_PERSON.
    Effects: as `publish_now`; one audit row a version.
    """
    checker_id = _person(actor, Action.PUBLISH_POLICIES)
    waiting = list(
        PolicyVersion.objects.select_for_update(of=("self",))
        .select_related("policy")
        .filter(file=file_id, state=VersionState.PROPOSED.value)
        .exclude(text="")
        .exclude(defects__contains=["ocr"])
        .order_by("pk")
    )
    own = next((one for one in waiting if one.made_by_id == checker_id), None)
    if own is not None:
        raise SamePersonError(policy=own.policy.key, name=own.made_by_name)
    publish_now(actor=actor, versions=waiting)
    return len(waiting)


@transaction.atomic
def withdraw_version(*, actor: Actor, version_id: int) -> PolicyVersion:
    """Take one's own proposal back. Raises: PEOPLE.NOT_ALLOWED, BRAIN.POLICY.STATE.

    Effects: the version's state; audit row.
    """
    maker_id = _person(actor, Action.EDIT_POLICIES)
    version = _proposed(version_id)
    if version.made_by_id != maker_id:
        raise NotAllowedError(action=str(Action.EDIT_POLICIES), role=str(actor.role))
    version.state = VersionState.WITHDRAWN.value
    version.save(update_fields=["state"])
    settle_notices(about=(_ABOUT, version.pk))
    facts = {"policy": version.policy.key, "number": version.number}
    record_audit(actor=actor, action="brain.withdraw_policy", subject=(_ABOUT, version.pk), facts=facts)
    return version


def publish_now(*, actor: Actor, versions: Sequence[PolicyVersion]) -> None:
    """Publish proposed versions, in the caller's transaction: the caller has checked who may.

    Raises: BRAIN.POLICY.TEXT for a version without text.
    Effects: the versions' state, their policies' current version and general policy; the texts of search; the library's
    next edition; the terms of what explains new policies; an audit row a version.
    """
    empty = next((one for one in versions if not one.text), None)
    if empty is not None:
        raise PolicyTextError(policy=empty.policy.key)
    collection = _next_edition()
    for one in versions:
        one.state = VersionState.PUBLISHED.value
        _decided(actor, one)
        one.policy.current, one.policy.general_id, one.policy.edition = one, one.general_id, collection.edition
    Policy.objects.bulk_update([one.policy for one in versions], ["current", "general", "edition"])
    _keep_searched(collection, versions)
    start_terms(actor=actor, versions=versions)
    for one in versions:
        facts = {"policy": one.policy.key, "number": one.number, "hash": one.content_hash}
        record_audit(actor=actor, action="brain.publish_policy", subject=(_ABOUT, one.pk), facts=facts)


def version_from(policy: Policy, one: PolicyReading, number: int) -> PolicyVersion:
    """Return a version of what was read or written, not kept yet."""
    return PolicyVersion(
        policy=policy,
        number=number,
        general_id=policy.general_id,
        title=one.title[:300],
        document_number=one.document_number[:200],
        authority=one.authority[:200],
        area=one.area[:120],
        audience=one.audience,
        domain=one.domain[:200],
        url=one.url[:500],
        issued_on=one.issued_on,
        ending=one.terms.ending,
        opens_on=one.terms.opens_on,
        ends_on=one.terms.ends_on,
        used_up_on=one.terms.used_up_on,
        archived_on=one.terms.archived_on,
        amount_fen=one.amount_fen,
        parts=[list(pair) for pair in one.parts],
        text=one.text,
        content_hash=one.content_hash,
        sketch=sketch(one.text),
        sure=dict(one.sure),
        quotes=dict(one.quotes),
        defects=list(one.defects),
        place=one.place,
    )


def keep_clauses(versions: Sequence[PolicyVersion]) -> None:
    """Keep the clauses of new versions, in the caller's transaction."""
    PolicyClause.objects.bulk_create(
        PolicyClause(
            version=version, number=one.number, part=one.part, label=one.label[:30], path=one.path[:120],
            heading=one.heading[:80], start=one.start, end=one.end,
        )
        for version in versions
        for one in clauses_of_parts([(part, text) for part, text in version.parts])
    )  # fmt: skip


def _next_edition() -> Collection:
    """Return the library at its next edition; until the transaction ends nobody else publishes.

    So editions are committed in their order: who has seen one has seen all before it.
    """
    collection, _ = Collection.objects.get_or_create(name=LIBRARY)
    Collection.objects.filter(pk=collection.pk).update(edition=F("edition") + 1)
    collection.refresh_from_db()
    return collection


def _keep_searched(collection: Collection, versions: Sequence[PolicyVersion]) -> None:
    """Let search read the clauses of these versions in place of those that their policies had before."""
    policies = [one.policy_id for one in versions]
    texts: dict[str, str] = {}
    named: dict[tuple[int, int], str] = {}
    for version in versions:
        for one in clauses_of_parts([(part, text) for part, text in version.parts]):
            if not one.is_heading:
                docid = f"{version.policy.key}#{one.number}"
                texts[docid] = searched_text(version.title, one, version.text)
                named[version.pk, one.number] = docid
    before = TextDocument.objects.filter(clause__version__policy__in=policies)
    gone = [pk for pk, docid in before.values_list("pk", "docid") if docid not in texts]
    TextDocument.objects.filter(pk__in=gone).delete()
    PolicyClause.objects.filter(version__policy__in=policies, searched__isnull=False).update(searched=None)
    numbers: dict[str, int] = {}
    rows = iter(texts.items())
    while batch := dict(islice(rows, _AT_ONCE)):
        keep_texts(collection, batch)
        numbers.update(collection.documents.filter(docid__in=batch).values_list("docid", "pk"))
    clauses = [
        clause
        for clause in PolicyClause.objects.filter(version__in=[one.pk for one in versions])
        if (clause.version_id, clause.number) in named
    ]
    for clause in clauses:
        clause.searched_id = numbers[named[clause.version_id, clause.number]]
    PolicyClause.objects.bulk_update(clauses, ["searched"], batch_size=_AT_ONCE)


@transaction.atomic
def suggest_correction(
    *, actor: Actor, version_id: int, said: str, clause: int | None = None, source: str = ""
) -> PolicyCorrection:
    """Keep what a reader says is wrong on a policy's page. Raises: PEOPLE.NOT_ALLOWED, BRAIN.POLICY.NOT_FOUND.

    Effects: the correction; notices to the authorities; audit row.
    """
    maker_id = _person(actor, Action.SUGGEST_CORRECTIONS)
    version = PolicyVersion.objects.select_related("policy").filter(pk=version_id).first()
    if version is None or not said.strip():
        raise PolicyNotFoundError(policy=version_id)
    kept = PolicyCorrection.objects.create(
        version=version, clause=clause, said=said.strip()[:1000], source=source.strip()[:500], made_by_id=maker_id,
        made_by_name=actor.name, organisation_id=actor.organisation_id,
    )  # fmt: skip
    title = Text("答复更正建议：%(title)s", "Answer the suggested correction: %(title)s").with_values(
        title=version.title
    )
    for organisation in organisations_of_kind(OrganisationKind.AUTHORITY):
        notify(
            actor=actor, organisation_id=organisation.pk, kind="brain.correction", title=title,
            path=f"{reverse('brain:policy', args=[version.policy_id])}#corrections", about=("correction", kept.pk),
        )  # fmt: skip
    facts = {"policy": version.policy.key, "clause": clause, "said": kept.said}
    record_audit(actor=actor, action="brain.suggest_correction", subject=("correction", kept.pk), facts=facts)
    return kept


@transaction.atomic
def answer_correction(*, actor: Actor, correction_id: int, is_taken: bool, answer: str) -> PolicyCorrection:
    """Answer a reader: taken (the edit is a version of its own) or declined, with the reason.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.POLICY.CORRECTION, BRAIN.POLICY.REASON.
    Effects: the correction's answer; a notice to the reader; audit row.
    """
    person_id = _person(actor, Action.EDIT_POLICIES)
    kept = (
        PolicyCorrection.objects.select_for_update(of=("self",))
        .select_related("version__policy")
        .filter(pk=correction_id)
        .first()
    )
    if kept is None or kept.state != CorrectionState.OPEN.value:
        raise CorrectionAnsweredError(correction=correction_id)
    if not answer.strip():
        raise PolicyReasonError(policy=kept.version.policy.key)
    kept.state = CorrectionState.TAKEN.value if is_taken else CorrectionState.DECLINED.value
    kept.answer, kept.answered_by_id, kept.answered_by_name = answer.strip()[:1000], person_id, actor.name
    kept.answered_at = clock.now()
    kept.save()
    settle_notices(about=("correction", kept.pk))
    if kept.organisation_id is not None:
        title = Text("更正建议已答复：%(title)s", "Your correction is answered: %(title)s")
        notify(
            actor=actor, organisation_id=kept.organisation_id, user_id=kept.made_by_id, kind="brain.correction",
            title=title.with_values(title=kept.version.title), body=Text(kept.answer, kept.answer),
            path=f"{reverse('brain:policy', args=[kept.version.policy_id])}#corrections",
        )  # fmt: skip
    facts = {"policy": kept.version.policy.key, "state": kept.state, "answer": kept.answer}
    record_audit(actor=actor, action="brain.answer_correction", subject=("correction", kept.pk), facts=facts)
    return kept


def _checked(edit: PolicyEdit) -> Terms:
    if not edit.title.strip() or not any(text.strip() for _, text in edit.parts):
        raise PolicyTextError(policy=edit.title)
    terms = edit.terms
    if (terms.ending == Ending.DATED) != (terms.ends_on is not None):
        raise PolicyDatesError(policy=edit.title, found=f"{terms.ending} {terms.ends_on or ''}".strip())
    first = terms.opens_on or edit.issued_on
    if terms.ends_on is not None and first is not None and terms.ends_on < first:
        raise PolicyDatesError(policy=edit.title, found=f"{first} – {terms.ends_on}")
    return terms


def _apart(version: PolicyVersion, before: PolicyVersion | None, said: frozenset[int]) -> list[str]:
    """Return the keys of the policies that a version is like and its writer says are others.

    What the version before was like already is not asked again.
    """
    known = {one.policy_id for one in policies_alike(before)} if before else set()
    alike = [one for one in policies_alike(version) if one.policy_id not in known]
    if any(one.policy_id not in said for one in alike):
        raise PolicyAlikeError(policy=version.title, alike=alike)
    return sorted({one.key for one in alike})


def _general(policy: Policy, key: str) -> Policy | None:
    """Return the policy of which another is to be a local variant: one that is no variant itself."""
    if not key.strip():
        return None
    found = Policy.objects.filter(key=key.strip()).first()
    if found is None or found.pk == policy.pk or found.general_id is not None or policy.variants.exists():
        raise PolicyVariantError(policy=policy.key, found=key.strip())
    return found


def _new_key(title: str) -> str:
    stem, number = f"library:{title.strip()[:120]}", 1
    key = stem
    while Policy.objects.filter(key=key).exists():
        number += 1
        key = f"{stem}~{number}"
    return key


def _policy(policy_id: int) -> Policy:
    found = Policy.objects.select_for_update(of=("self",)).select_related("current__file").filter(pk=policy_id).first()
    if found is None:
        raise PolicyNotFoundError(policy=policy_id)
    return found


def _proposed(version_id: int) -> PolicyVersion:
    found = PolicyVersion.objects.select_for_update(of=("self",)).select_related("policy").filter(pk=version_id).first()
    if found is None:
        raise PolicyNotFoundError(policy=version_id)
    if found.state != VersionState.PROPOSED.value:
        raise PolicyStateError(policy=found.policy.key, found=found.state)
    return found


def _decided(actor: Actor, version: PolicyVersion) -> None:
    version.checked_by_id, version.checked_by_name = actor.user_id, actor.name
    version.checked_at = clock.now()
    version.save(update_fields=["state", "checked_by", "checked_by_name", "checked_at", "reason"])


def _tell_checkers(actor: Actor, version: PolicyVersion) -> None:
    title = Text("复核政策：%(title)s", "Check the policy: %(title)s").with_values(title=version.title)
    for organisation in organisations_of_kind(OrganisationKind.AUTHORITY):
        notify(
            actor=actor, organisation_id=organisation.pk, kind="brain.policy", title=title,
            path=reverse("brain:policy-version", args=[version.policy_id, version.number]),
            about=(_ABOUT, version.pk),
        )  # fmt: skip


def _person(actor: Actor, action: Action) -> int:
    if not actor.may(action) or actor.user_id is None:
        raise NotAllowedError(action=str(action), role=str(actor.role))
    return actor.user_id
