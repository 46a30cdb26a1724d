"""Reads of packs that are law in this database."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache

from django.db.models import QuerySet

from yulin.base.text import Text
from yulin.rules.adapters.shipped import shipped_vocabulary
from yulin.rules.core.load import canonical_law, load_pack
from yulin.rules.core.pack import Pack
from yulin.rules.errors import PackNotInForceError, UnknownPackError
from yulin.rules.models import PublishedPack


def published_packs(kind: str | None = None) -> QuerySet[PublishedPack]:
    """Return every published version, newest first within a pack."""
    packs = PublishedPack.objects.published()
    return packs if kind is None else packs.filter(kind=kind)


def draft_packs() -> QuerySet[PublishedPack]:
    """Return the drafts that wait for a second person."""
    return PublishedPack.objects.drafts().select_related("made_by")


def pack_versions(pack_id: str) -> QuerySet[PublishedPack]:
    """Return all versions of a pack, drafts included, newest first."""
    return PublishedPack.objects.filter(pack_id=pack_id).select_related("made_by", "checked_by")


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
