"""Schemes as everybody may read them: which are published, and one version as law.

What a pack says is computed once per version and process: what is published never changes.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from yulin.base.text import Text
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.cliffs import Cliff, Remark, cliffs, remarks
from yulin.pool.core.deciding import Law
from yulin.pool.core.law import Article, law
from yulin.pool.core.scheme_table import Line, area_word, scheme_table
from yulin.pool.core.words import clause_word, party_word
from yulin.pool.models import Partnership
from yulin.rules.core.articles import Marks, marks_among
from yulin.rules.core.pack import Pack
from yulin.rules.errors import UnknownPackError
from yulin.rules.selectors import loaded_pack, published_packs

if TYPE_CHECKING:
    from yulin.rules.models import PublishedPack

KIND = "scheme"


@dataclass(frozen=True)
class SchemeRow:
    """One published version as the list shows it."""

    version: PublishedPack
    authority: Text
    verified: Marks
    state: str  # now | ended | ahead
    is_layer: bool
    is_used: bool  # a bank of this book works under it, or it tops up or replaces one of those


@dataclass(frozen=True)
class Chapter:
    """The articles of one chapter."""

    name: Text
    articles: tuple[Article, ...]


@dataclass(frozen=True)
class CliffRow:
    """A cliff with the mode and the party that it is one of, in words."""

    cliff: Cliff
    mode: Text
    party: Text
    clause: Text


@dataclass(frozen=True)
class SchemePage:
    """One version as law, with everything that stands around it."""

    version: PublishedPack
    law: Law
    state: str
    verified: Marks
    chapters: tuple[Chapter, ...]
    table: tuple[Line, ...]
    cliffs: tuple[CliffRow, ...]
    remarks: tuple[Remark, ...]
    versions: tuple[PublishedPack, ...]
    published: frozenset[str]  # ids of packs that have a page
    layers: tuple[tuple[Text, Pack], ...]  # who may join, by area


def scheme_rows(*, today: date) -> list[SchemeRow]:
    """Return every published scheme version: this book's own first, then those in force, by authority and start."""
    used = set(Partnership.objects.values_list("scheme_id", flat=True).distinct())
    rows = [_row(version, today, used) for version in published_packs(KIND).defer("manager_values")]
    order = {"now": 0, "ahead": 1, "ended": 2}
    return sorted(
        rows,
        key=lambda row: (
            not row.is_used,
            order[row.state],
            row.authority.zh,
            -row.version.effective_from.toordinal(),
        ),
    )


def scheme_page(pack_id: str, *, today: date, published_id: int | None = None) -> SchemePage:
    """Return one version of a scheme as law: the one asked for, else the one in force, else the latest.

    Raises: `RULES.PACK.UNKNOWN`.
    """
    version, versions = _version(pack_id, today, published_id)
    found = law_by_id(version.pk)
    return SchemePage(
        version=version,
        law=found,
        state=state_on(version, today),
        verified=_verified(found.pack),
        chapters=_chapters(found.pack),
        table=scheme_table(found.pack, found.layers, today),
        cliffs=_cliff_rows(found.pack),
        remarks=tuple(one for one in remarks(found.pack) if one.code != "POOL.PACK.CLIFF"),
        versions=tuple(versions),
        published=frozenset(published_packs(KIND).values_list("pack_id", flat=True)),
        layers=tuple((area_word(one.scheme.on_top_of.area), one) for one in found.layers),
    )


def scheme_text(pack_id: str, name: str, *, today: date, published_id: int | None = None) -> str:
    """Return one file of a version as it was published.

    Raises: `RULES.PACK.UNKNOWN`.
    """
    version, _ = _version(pack_id, today, published_id)
    if name not in version.content:
        raise UnknownPackError(f"{pack_id}/{name}", version.content)
    return str(version.content[name])


@lru_cache(maxsize=256)
def articles_of(pack: Pack) -> tuple[Article, ...]:
    """Return a pack as law, article by article; computed once a process, for a pack never changes."""
    return law(pack)


def state_on(version: PublishedPack, today: date) -> str:
    """Return whether a version rules on a day (`now`), ruled before (`ended`) or will (`ahead`)."""
    if today < version.effective_from:
        return "ahead"
    return "ended" if version.effective_until is not None and today >= version.effective_until else "now"


def _version(pack_id: str, today: date, published_id: int | None) -> tuple[PublishedPack, list[PublishedPack]]:
    versions = list(published_packs(KIND).filter(pack_id=pack_id))
    asked = [one for one in versions if one.pk == published_id]
    in_force = [one for one in versions if state_on(one, today) == "now"]
    if not versions or (published_id is not None and not asked):
        raise UnknownPackError(pack_id, published_packs(KIND).values_list("pack_id", flat=True).distinct())
    return (asked or in_force or versions)[0], versions


def _row(version: PublishedPack, today: date, used: AbstractSet[str]) -> SchemeRow:
    pack = loaded_pack(version)
    tops_up, replaces = pack.scheme.on_top_of, pack.scheme.replacement
    return SchemeRow(
        version,
        pack.authority,
        _verified(pack),
        state_on(version, today),
        is_layer=tops_up is not None,
        is_used=pack.id in used
        or (tops_up is not None and not used.isdisjoint(tops_up.packs))
        or (replaces is not None and replaces.pack in used),
    )


def _cliff_rows(pack: Pack) -> tuple[CliffRow, ...]:
    modes = pack.scheme.modes
    return tuple(
        CliffRow(one, modes[one.mode].title, party_word(one.party), clause_word(one.row)) for one in cliffs(pack)
    )


def _verified(pack: Pack) -> Marks:
    return marks_among(article.verified for article in articles_of(pack))


def _chapters(pack: Pack) -> tuple[Chapter, ...]:
    found: dict[Text, list[Article]] = {}
    for article in articles_of(pack):
        found.setdefault(article.chapter, []).append(article)
    return tuple(Chapter(name, tuple(articles)) for name, articles in found.items())
