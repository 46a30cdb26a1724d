"""Files of policies taken into the library: read, kept by hash, compared with what is there, proposed or published.

A policy whose content is as it was stays; one that changed gets a further version. Nothing that a person proposed and
nobody checked yet is overtaken: the file's version waits then, and is named in the report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from django.db import transaction
from django.db.models import Max

from yulin.brain.adapters.policy_files import How, PolicyFile, read_policy_file
from yulin.brain.core.likeness import NEARLY, likeness
from yulin.brain.core.passages import folded
from yulin.brain.core.policy_reading import PolicyReading
from yulin.brain.enums import VersionState
from yulin.brain.models import Policy, PolicyVersion
from yulin.brain.models import PolicyFile as KeptFile
from yulin.brain.services.policies import keep_clauses, publish_now, version_from
from yulin.kit import clock, documents
from yulin.kit.limits import upload_limit_bytes
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit

_SAID = 200


@dataclass
class Report:
    """What came of a file: how many policies, which were left out and why, which say the same as others."""

    new: int = 0
    changed: int = 0
    same: int = 0
    waiting: list[str] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)
    nearly_same: list[dict[str, Any]] = field(default_factory=list)
    same_number: list[dict[str, Any]] = field(default_factory=list)
    defects: dict[str, list[str]] = field(default_factory=dict)

    def as_facts(self) -> dict[str, Any]:
        """Return the report as plain JSON."""
        return dict(vars(self))


@dataclass(frozen=True)
class TakenIn:
    """A file that was taken in: its row, its report, and the versions made of it."""

    file: KeptFile
    report: Report
    versions: tuple[PolicyVersion, ...]


_AS_FITS = How()


@transaction.atomic
def take_in_policies(
    *, actor: Actor, name: str, content: bytes, source: str = "", how: How = _AS_FITS, is_published: bool = False
) -> TakenIn:
    """Take the policies of a file in, under keys of its source (empty: the file's name).

    Published at once they are only by the system (an operator's command); a person's wait for a second one. A version
    without text (a scanned document) is never published by a file.

    Raises: BRAIN.POLICY.FILE, BRAIN.POLICY.PROFILE, KIT.UPLOAD.TOO_LARGE, PEOPLE.NOT_ALLOWED.
    Effects: the document by its hash; the file's row with its report; policies and versions with clauses; where
    published, the texts of search; audit row.
    """
    if not actor.may(Action.EDIT_POLICIES) or (is_published and actor.user_id is not None):
        raise NotAllowedError(action=str(Action.EDIT_POLICIES), role=str(actor.role))
    sha256 = documents.store(content, limit_bytes=upload_limit_bytes(), name=name)
    read = read_policy_file(name, content, replace(how, known_on=how.known_on or clock.business_date()))
    source = (source or name.rpartition("/")[2].rpartition(".")[0] or name)[:60]
    file = KeptFile.objects.create(
        name=name[-255:], sha256=sha256, form=read.form, profile=read.profile, source=source, area=how.area,
        pages=read.pages, made_by_id=actor.user_id, made_by_name=actor.name,
    )  # fmt: skip
    report, versions = _versions_of(actor, read, file)
    keep_clauses(versions)
    if is_published:
        publish_now(actor=actor, versions=[one for one in versions if one.text])
    file.report = report.as_facts()
    file.save(update_fields=["report"])
    facts = {"file": name[:_SAID], "sha256": sha256, "new": report.new, "changed": report.changed, "same": report.same}
    record_audit(actor=actor, action="brain.take_in_policies", subject=("policy_file", file.pk), facts=facts)
    return TakenIn(file, report, tuple(versions))


def _versions_of(actor: Actor, read: PolicyFile, file: KeptFile) -> tuple[Report, list[PolicyVersion]]:
    report = Report(left_out=[{"title": one.title[:_SAID], "why": one.why} for one in read.left_out])
    by_key = {f"{file.source}:{one.key}"[:200]: one for one in read.readings}
    known = {one.key: one for one in Policy.objects.select_related("current").filter(key__in=by_key)}
    doubles = _exact_doubles(by_key, known)
    for key, other in doubles.items():
        report.left_out.append({"title": by_key[key].title[:_SAID], "why": "double", "of": other})
    wanted = {key: one for key, one in by_key.items() if key not in doubles}
    made = Policy.objects.bulk_create([Policy(key=key) for key in wanted if key not in known])
    policies = known | {one.key: one for one in made}
    numbers = _last_numbers(policies.values())
    proposed = set(
        PolicyVersion.objects.filter(policy__key__in=wanted, state=VersionState.PROPOSED.value).values_list(
            "policy__key", flat=True
        )
    )
    versions = []
    for key, reading in wanted.items():
        policy = policies[key]
        current = policy.current
        if current is not None and current.content_hash == reading.content_hash:
            report.same += 1
        elif key in proposed:
            report.waiting.append(key)
        else:
            report.changed += key in known
            report.new += key not in known
            versions.append(_version(actor, policy, reading, file, numbers.get(policy.pk, 0) + 1))
    _report_likeness(report, versions)
    for one in versions:
        for defect in one.defects:
            report.defects.setdefault(defect, []).append(one.policy.key)
    return report, PolicyVersion.objects.bulk_create(versions)


def _version(actor: Actor, policy: Policy, one: PolicyReading, file: KeptFile, number: int) -> PolicyVersion:
    version = version_from(policy, one, number)
    version.file, version.made_by_id, version.made_by_name = file, actor.user_id, actor.name
    return version


def _exact_doubles(by_key: dict[str, PolicyReading], known: dict[str, Policy]) -> dict[str, str]:
    """Return the keys whose title and text are, blanks aside, those of an earlier key of the file → that key."""
    seen: dict[tuple[str, str], str] = {}
    doubles = {}
    for key, one in by_key.items():
        said = folded(one.title), folded(one.text)
        if said[1] and key not in known and said in seen:
            doubles[key] = seen[said]
        seen.setdefault(said, key)
    return doubles


def _last_numbers(policies: Iterable[Policy]) -> dict[int, int]:
    rows = PolicyVersion.objects.filter(policy__in=list(policies)).values("policy").annotate(last=Max("number"))
    return {row["policy"]: row["last"] for row in rows.order_by()}


def _report_likeness(report: Report, versions: Sequence[PolicyVersion]) -> None:
    """Name the policies that say nearly the same, or have the number of another, of the file or of the library."""
    ours = {one.policy_id for one in versions}
    shared = {number for one in versions for number in one.sketch}
    others = list(
        PolicyVersion.objects.filter(shown_for__isnull=False, sketch__overlap=list(shared))
        .exclude(policy__in=ours)
        .select_related("policy")
    )
    for one, other, share in _pairs([*versions, *others]):
        if one.policy_id in ours or other.policy_id in ours:
            report.nearly_same.append({"one": one.policy.key, "other": other.policy.key, "share": round(share, 2)})
            for each in (one, other):
                if each.policy_id in ours:
                    each.defects = sorted({*each.defects, "nearly_same"})
    numbers: dict[str, set[str]] = defaultdict(set)
    for one in versions:
        if one.document_number:
            numbers[one.document_number].add(one.policy.key)
    rows = PolicyVersion.objects.filter(shown_for__isnull=False, document_number__in=numbers).exclude(policy__in=ours)
    for number, key in rows.values_list("document_number", "policy__key"):
        numbers[number].add(key)
    report.same_number = [
        {"number": number, "policies": sorted(keys)} for number, keys in sorted(numbers.items()) if len(keys) > 1
    ]


def _pairs(versions: Sequence[PolicyVersion]) -> list[tuple[PolicyVersion, PolicyVersion, float]]:
    bands: dict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(versions):
        for number in one.sketch:
            bands[number].append(place)
    near = {pair for places in bands.values() if len(places) > 1 for pair in combinations(places, 2)}
    found = ((versions[a], versions[b], likeness(versions[a].text, versions[b].text)) for a, b in sorted(near))
    return [each for each in found if each[2] >= NEARLY]
