"""What the pages of an area read: the last run over all firms, its counts, and the firms of one standing to one title.

Who may not see firms sees counts only, and small counts not exactly: a number of one or two is a firm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

import polars as pl
from django.core.paginator import Page, Paginator

from yulin.atlas.selectors import facts_of, firms, last_statement_id
from yulin.atlas.selectors.portrait import source_title
from yulin.base.text import Text
from yulin.brain.adapters.area_tables import kept_table
from yulin.brain.core.area import AreaTitle, firms_listed, needed_columns, open_columns, short_columns
from yulin.brain.core.check_up import Line, line_of, titles_on
from yulin.brain.core.shown import Lack, TitleRow, lack_of, requirement_text, title_row, way_text
from yulin.brain.models import AreaRun
from yulin.brain.selectors.check_up import by_public_names, title_packs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role
from yulin.pool.core.words import cited_clause, joined
from yulin.rules.core.pack import Pack
from yulin.rules.core.requirements import Requirement, requirements_of

PER_PAGE = 25
FEW = 5  # a smaller count is not shown exactly to those who may not see the firms


def latest_run() -> AreaRun | None:
    """Return the last run over all firms, or None before the first."""
    return AreaRun.objects.order_by("-computed_at").first()


def is_old(run: AreaRun | None, *, on: date) -> bool:
    """Tell whether a run no longer says what would be found now: another day, other rules, or newer statements."""
    return run is None or run.on != on or run.packs != versions_on(on) or run.last_statement != last_statement_id()


def area_packs(on: date) -> list[Pack]:
    """Return the titles that are asked of every firm on a day."""
    return titles_on(title_packs(), on)


def versions_on(on: date) -> dict[str, str]:
    """Return the versions of the titles that are asked of every firm on a day."""
    return {pack.id: pack.version for pack in area_packs(on)}


@dataclass(frozen=True)
class AreaQuery:
    """What a reader asks of an area: a title, a standing to it, and whom of these one requirement concerns."""

    title: str = ""
    standing: str = "near"
    requirement: str = ""
    page: str = ""


@dataclass(frozen=True)
class AreaLine:
    """One title over the area of the reader."""

    pack: Pack
    counts: AreaTitle


@dataclass(frozen=True)
class Group:
    """The firms that one requirement concerns: who lacks it, or for whom it is open."""

    requirement: Requirement
    text: Text
    clause: Text
    source: Text
    firms: int


@dataclass(frozen=True)
class AreaFirm:
    """One firm of a list: what it lacks, in its own unit, and the cheapest way where there is a short one."""

    pk: int
    name: str
    identifier: str
    district_code: str | None
    row: TitleRow
    requirements: Sequence[Requirement]
    lack: Lack
    way: Text


@dataclass(frozen=True)
class Area:
    """How the firms of an area stand to every title, as of a run; the list shows those of one standing to one title."""

    run: AreaRun
    district_code: str | None
    sees_firms: bool
    firms: int
    lines: Sequence[AreaLine]
    opened: AreaLine
    query: AreaQuery
    groups: Sequence[Group]
    page: Page[AreaFirm] | None

    @property
    def requirement(self) -> Group | None:
        """The group to which the list is narrowed."""
        return next((one for one in self.groups if one.requirement.key == self.query.requirement), None)


def area_of(actor: Actor, run: AreaRun, query: AreaQuery) -> Area:
    """Return the firms of the actor's district, or of the whole book, by title, standing and requirement."""
    district, packs = _district(actor), area_packs(run.on)
    lines = [AreaLine(pack, _counts(run, pack, district)) for pack in packs if pack.id in run.titles]
    usual = next((one for one in reversed(lines) if one.counts.near), lines[-1])
    opened = next((one for one in lines if one.pack.id == query.title), usual)
    groups = _groups(opened, query.standing, run.on)
    sees_firms = actor.may(Action.SEE_CHECK_UP)
    found = Area(
        run=run,
        district_code=district,
        sees_firms=sees_firms,
        firms=sum(n for code, n in run.firms.items() if district in {None, code}),
        lines=lines,
        opened=opened,
        query=query,
        groups=groups,
        page=None,
    )
    if not sees_firms:
        return found
    return Area(**{**vars(found), "page": _page(found)})


def _district(actor: Actor) -> str | None:
    return actor.district_code if actor.role == Role.DISTRICT_OFFICER else None


def _counts(run: AreaRun, pack: Pack, district: str | None) -> AreaTitle:
    by_district: Mapping[str, Mapping[str, Any]] = run.titles[pack.id]
    own = [AreaTitle(**each) for code, each in by_district.items() if district in {None, code}]
    return reduce(lambda a, b: a + b, own, AreaTitle())


def _groups(line: AreaLine, standing: str, on: date) -> list[Group]:
    """Return the requirements that keep firms from a title, or leave it open, those of most firms first."""
    counts = {"near": line.counts.short, "unknown": line.counts.open}.get(standing, {})
    vocabulary = line.pack.vocabulary
    found = [
        Group(
            each,
            requirement_text(each, vocabulary, on),
            cited_clause(each.row.clause),
            _sources(line.pack, each.slots),
            counts[each.key],
        )
        for each in requirements_of(line.pack)
        if counts.get(each.key)
    ]
    return sorted(found, key=lambda group: -group.firms)


def _sources(pack: Pack, slots: Iterable[str]) -> Text:
    """Return what the sources of some facts are called, each once."""
    names = dict.fromkeys(source for slot in slots if (source := pack.fact(slot).source))
    return joined([source_title(name, None) for name in names], "、", ", ")


def _page(area: Area) -> Page[AreaFirm]:
    rows = listed_rows(area)
    page = Paginator(rows, PER_PAGE).get_page(area.query.page)
    page.object_list = list(firms_of(area, list(page.object_list)))  # type: ignore[arg-type]  # rows become firms
    return page  # type: ignore[return-value]  # now of firms


def listed_rows(area: Area) -> list[dict[str, Any]]:
    """Return firm and requirements of the whole list, the nearest first."""
    pack, table = area.opened.pack, kept_table(area.run.table)
    table = table.select(needed_columns(pack, table.collect_schema().names()))
    if area.district_code is not None:
        table = table.filter(pl.col("district_code") == area.district_code)
    requirement = area.query.requirement if area.requirement else ""
    found = firms_listed(pack, table, area.query.standing, requirement).collect()
    flags = {"near": short_columns(pack), "unknown": open_columns(pack)}.get(area.query.standing, {})
    names = {key: name for key, name in flags.items() if name in found.columns}
    return [
        {"firm_id": row["firm_id"], "keys": _lacking(row, names, requirement, area.query.standing)}
        for row in found.select("firm_id", *names.values()).iter_rows(named=True)
    ]


def _lacking(row: Mapping[str, Any], names: Mapping[str, str], requirement: str, standing: str) -> list[str]:
    """Return the requirements that a firm lacks, the smallest share first, or those that are open."""
    if requirement:
        return [requirement]
    if standing == "unknown":
        return [key for key, name in names.items() if row[name]]
    return sorted((key for key, name in names.items() if row[name] is not None), key=lambda key: row[names[key]])


def firms_of(area: Area, rows: Sequence[Mapping[str, Any]]) -> Iterator[AreaFirm]:
    """Yield the firms of some rows of a list, each with what it lacks, as known when the run was made."""
    ids = [row["firm_id"] for row in rows]
    found, pack, on = firms(ids), area.opened.pack, area.run.on
    said = facts_of(ids, on=on, known_at=area.run.computed_at)
    asked = {each.key: each for each in requirements_of(pack)}
    for row in rows:
        firm = found[row["firm_id"]]
        facts = {name: one.value for name, one in by_public_names(said[firm.pk], pack.vocabulary).items()}
        facts.setdefault("registered_on", firm.registered_on.isoformat() if firm.registered_on else None)
        line = line_of(pack, facts, on, asks=False)
        own = [asked[key] for key in row["keys"]]
        yield AreaFirm(
            firm.pk,
            firm.name,
            firm.identifier,
            firm.district_code,
            title_row(line, None),
            own,
            lack_of(own[0], line.found.findings, pack.vocabulary, on) if own else Lack(Text("—", "—")),
            _way(line),
        )


def _way(line: Line) -> Text:
    return way_text(line.nearest, line.pack.vocabulary) if line.nearest else Text("—", "—")
