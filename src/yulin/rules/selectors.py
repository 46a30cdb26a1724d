"""Reads of packs that are law in this database."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db import DatabaseError, connection
from django.db.models import QuerySet

from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids, shipped_vocabulary
from yulin.rules.core.defects import Defect, collect_defects
from yulin.rules.core.load import canonical_law, load_pack
from yulin.rules.core.pack import Pack
from yulin.rules.core.versions import in_succession
from yulin.rules.enums import DraftState
from yulin.rules.errors import PackNotInForceError, UnknownDraftError, UnknownPackError
from yulin.rules.models import PackDraft, PublishedPack

_log = logging.getLogger(__name__)
SCHEME = "scheme"
SHIPPED = "shipped"
DRAFT = "draft"
_Key = tuple[int, date | None]  # of a published row: its id and the day on which it ends


def published_packs(kind: str | None = None) -> QuerySet[PublishedPack]:
    """Return every published version, newest first within a pack."""
    packs = PublishedPack.objects.published()
    return packs if kind is None else packs.filter(kind=kind)


def pack_currencies(pack_ids: Iterable[str] | None = None) -> dict[str, str]:
    """Return the currency of each published pack, or of those that are named; all its versions have the same."""
    rows = PublishedPack.objects.published().order_by()
    rows = rows if pack_ids is None else rows.filter(pack_id__in=list(pack_ids))
    return dict(rows.values_list("pack_id", "currency").distinct())


def draft_packs() -> QuerySet[PublishedPack]:
    """Return the drafts that wait for a second person."""
    return PublishedPack.objects.drafts().select_related("made_by")


def published_pack(published_id: int) -> PublishedPack:
    """Return one version by its id. Raises: RULES.PACK.UNKNOWN."""
    found = PublishedPack.objects.filter(pk=published_id).first()
    if found is None:
        raise UnknownPackError(str(published_id), ())
    return found


def pack_in_force(pack_id: str, on: date) -> tuple[PublishedPack, Pack]:
    """Return the version of a pack that is in force on a day, as row and as pack.

    Raises: RULES.PACK.UNKNOWN where no version is published, RULES.PACK.NOT_IN_FORCE where none holds that day.
    """
    versions = list(PublishedPack.objects.published().filter(pack_id=pack_id))
    if not versions:
        raise UnknownPackError(pack_id, PublishedPack.objects.published().values_list("pack_id", flat=True).distinct())
    for version in versions:
        if version.effective_from <= on and (version.effective_until is None or on < version.effective_until):
            return version, loaded_pack(version)
    intervals = "、".join(interval_text(version) for version in versions)
    raise PackNotInForceError(
        Text(
            f"“{pack_id}”在{on}没有生效的版本（已发布：{intervals}）。",
            f"No version of “{pack_id}” is in force on {on} (published: {intervals}).",
        ),
        Text("按放款日选择当日生效的方案。", "Choose the scheme that was in force on the day of the loan."),
        pack=pack_id,
        on=on.isoformat(),
    )


def loaded_pack(version: PublishedPack) -> Pack:
    """Return the pack of a version, loaded once per process: what is published never changes."""
    return _loaded(version.version, json.dumps(version.content), json.dumps(version.manager_values))


def canonical_text(version: PublishedPack) -> bytes:
    """Return a version's law in canonical form: the bytes whose SHA-256 is its version."""
    return canonical_law(version.content, version.manager_values or None)


@lru_cache(maxsize=256)
def _loaded(_version: str, content: str, manager_values: str) -> Pack:
    return load_pack(json.loads(content), shipped_vocabulary(), json.loads(manager_values) or None)


def interval_text(version: PublishedPack) -> str:
    """Return the interval of a version as law writes it: 2021-07-01 … 2025-10-01 (not included)."""
    return f"{version.effective_from} … {version.effective_until or ''}".strip()


# The law of this book: what is published here, and for days before that what ships with Yulin.


@dataclass(frozen=True)
class LawVersion:
    """One version of a pack as it rules in this book; `row` is None for the text that ships and nobody published.

    A draft that is being written stands in its place with its number.
    """

    pack: Pack
    row: PublishedPack | None = None
    draft_id: int | None = None

    @property
    def key(self) -> str:
        """The name under which addresses ask for it."""
        if self.draft_id is not None:
            return f"{self.pack.id}@{DRAFT}-{self.draft_id}"
        return f"{self.pack.id}@{self.row.pk if self.row else SHIPPED}"

    @property
    def as_written(self) -> Pack:
        """The pack with the days of its own text, where a later version has ended it sooner in this book."""
        if self.draft_id is not None:
            return self.pack
        return loaded_pack(self.row) if self.row else shipped_pack(self.pack.id)

    def state_on(self, day: date) -> str:
        """Return whether it rules on a day (`now`), did before (`ended`) or will (`ahead`)."""
        if day < self.pack.effective_from:
            return "ahead"
        return "now" if self.pack.is_in_force(day) else "ended"


def law_versions() -> tuple[LawVersion, ...]:
    """Return every version that rules or ruled in this book, of all packs that are no scheme, by id and start."""
    rows = published_packs().exclude(kind=SCHEME).defer("content").select_related("made_by", "checked_by")
    by_key = {(row.pk, row.effective_until): row for row in rows}
    packs = _law_of_book(tuple(sorted(by_key, key=lambda key: key[0])))
    return tuple(LawVersion(pack, by_key.get(key) if key else None) for pack, key in packs)


def read_all_law() -> None:
    """Read the whole law of this book, in a thread of its own, so that nobody who opens a page waits for it.

    A database that does not answer yet is no defect here: whoever asks first then reads what it publishes.
    """
    for pack_id in shipped_pack_ids():
        shipped_pack(pack_id)
    try:
        law_versions()
    except DatabaseError:
        _log.warning("The published law was not read ahead: the database did not answer.")
    finally:
        connection.close()


def law_packs(kind: str) -> list[Pack]:
    """Return the packs of one kind as they rule in this book, each with the days that it has here."""
    rows = published_packs().exclude(kind=SCHEME).order_by("pk").values_list("pk", "effective_until")
    return [pack for pack, _ in _law_of_book(tuple(rows)) if pack.kind == kind]


def law_version(key: str) -> LawVersion:
    """Return the version that an address asks for. Raises: RULES.PACK.UNKNOWN."""
    versions = law_versions()
    found = next((one for one in versions if one.key == key), None)
    if found is None:
        raise UnknownPackError(key, (one.key for one in versions))
    return found


def versions_of_law(pack_id: str) -> tuple[LawVersion, ...]:
    """Return the versions of the law that a pack belongs to, oldest first: its own and those that follow each other.

    Raises: RULES.PACK.UNKNOWN.
    """
    versions = law_versions()
    known = {one.pack.id for one in versions}
    if pack_id not in known:
        raise UnknownPackError(pack_id, known)
    ids, before = {pack_id}, set[str]()
    while ids != before:
        before = set(ids)
        ids |= {one.pack.replaces for one in versions if one.pack.id in ids and one.pack.replaces in known}
        ids |= {one.pack.id for one in versions if one.pack.replaces in ids}
    return tuple(sorted((one for one in versions if one.pack.id in ids), key=lambda one: one.pack.effective_from))


@lru_cache(maxsize=8)
def _law_of_book(keys: tuple[_Key, ...]) -> tuple[tuple[Pack, _Key | None], ...]:
    """Return the packs with the keys of their rows, kept until something is published: a published text never changes.

    A version that ships rules here until the first one that was published under its id.
    """
    rows = PublishedPack.objects.in_bulk([pk for pk, _ in keys])
    found: list[tuple[Pack, _Key | None]] = [(_as_it_rules(loaded_pack(rows[key[0]]), key[1]), key) for key in keys]
    own: dict[str, list[Pack]] = {}
    for pack, _ in found:
        own.setdefault(pack.id, []).append(pack)
    for pack in (shipped_pack(pack_id) for pack_id in shipped_pack_ids()):
        if pack.kind == SCHEME:
            continue
        first = min((each.effective_from for each in own.get(pack.id, ())), default=None)
        if first is None:
            found.append((pack, None))
        elif pack.effective_from < first:
            found.append((_as_it_rules(pack, min(first, pack.effective_until or first)), None))
    found.sort(key=lambda each: (each[0].id, each[0].effective_from))
    return tuple(zip(in_succession(pack for pack, _ in found), (key for _, key in found), strict=True))


def _as_it_rules(pack: Pack, until: date | None) -> Pack:
    return pack if until is None or until == pack.effective_until else pack.ending(until)


# The drafts that are being written.


def version_to_start_from(key: str) -> LawVersion:
    """Return a version that a draft may start from: published here, a scheme's too, or as it ships.

    Raises: RULES.PACK.UNKNOWN.
    """
    pack_id, _, which = key.rpartition("@")
    if which == SHIPPED and pack_id in shipped_pack_ids():
        return LawVersion(shipped_pack(pack_id))
    row = published_packs().filter(pk=int(which), pack_id=pack_id).first() if which.isdecimal() else None
    if row is None:
        raise UnknownPackError(key, ())
    return LawVersion(loaded_pack(row), row)


def versions_to_start_from() -> list[LawVersion]:
    """Return what a draft may start from: every law of this book, and the published schemes."""
    schemes = published_packs(SCHEME).order_by("pack_id", "effective_from")
    return [*law_versions(), *(LawVersion(loaded_pack(row), row) for row in schemes)]


def pack_drafts() -> QuerySet[PackDraft]:
    """Return every draft with its maker, the latest first."""
    return PackDraft.objects.select_related("made_by", "submission")


def waiting_drafts() -> QuerySet[PackDraft]:
    """Return the drafts that somebody has to do something about."""
    return pack_drafts().filter(state__in=[DraftState.OPEN.value, DraftState.SUBMITTED.value])


def pack_draft(draft_id: int) -> PackDraft:
    """Return a draft with its steps. Raises: RULES.DRAFT.UNKNOWN."""
    found = pack_drafts().prefetch_related("steps__by").filter(pk=draft_id).first()
    if found is None:
        raise UnknownDraftError(draft_id)
    return found


@dataclass(frozen=True)
class DraftReading:
    """What a draft's text says: its defects, or the pack with the version that it starts from."""

    defects: tuple[Defect, ...]
    pack: Pack | None
    base: LawVersion | None


def reading_of(draft: PackDraft, content: Mapping[str, str] | None = None) -> DraftReading:
    """Return what a draft's text says, or another text in its place."""
    return _read(json.dumps(content or draft.content), json.dumps(draft.manager_values), draft.base_key)


def _read(content: str, manager_values: str, base_key: str) -> DraftReading:
    texts = {name: text for name, text in json.loads(content).items() if name == "pack.yaml" or text.strip()}
    defects = collect_defects(texts, shipped_vocabulary(), json.loads(manager_values) or None)
    pack = None if defects else _loaded("", json.dumps(texts), manager_values)
    return DraftReading(defects, pack, version_to_start_from(base_key) if base_key else None)


def asked_version(actor: Actor, key: str) -> LawVersion:
    """Return the version that an address asks for: of the book, or, to whoever may see drafts, one being written.

    Raises: RULES.PACK.UNKNOWN.
    """
    _, _, which = key.rpartition(f"@{DRAFT}-")
    if which == key or not which.isdecimal():
        return law_version(key)
    draft = PackDraft.objects.filter(pk=int(which)).first() if actor.may(Action.DRAFT_PACK) else None
    pack = reading_of(draft).pack if draft else None
    if draft is None or pack is None:
        raise UnknownPackError(key, ())
    return LawVersion(pack, draft_id=draft.pk)
