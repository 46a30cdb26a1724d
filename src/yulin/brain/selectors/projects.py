"""Every read of approved projects: the list and its sums, one with its source, what a proposal may overlap with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When
from django.db.models.fields import CharField

from yulin.atlas.selectors import firm_by_code, firms_named
from yulin.base.text import Text
from yulin.brain.core.passages import folded
from yulin.brain.core.project_words import is_decided, looked_up
from yulin.brain.errors import ProjectNotFoundError
from yulin.brain.models import ApprovedProject, ProjectFile

_WAN_FEN = 1_000_000
BANDS: dict[str, tuple[Text, int, int | None]] = {
    "to50": (Text("50万元以下", "below CNY 500,000"), 0, 50 * _WAN_FEN),
    "to100": (Text("50万至100万元", "CNY 500,000 to 1 million"), 50 * _WAN_FEN, 100 * _WAN_FEN),
    "to500": (Text("100万至500万元", "CNY 1 to 5 million"), 100 * _WAN_FEN, 500 * _WAN_FEN),
    "over500": (Text("500万元以上", "CNY 5 million and more"), 500 * _WAN_FEN, None),
}
"""Ranges of amounts that can be chosen; each begins with its lower bound and ends before its upper one."""
UNKNOWN = "unknown"
_HEAVY = ("prints", "names", "words", "marks")
_MOST_TOTALS = 60


def projects(*, unit: str = "", leader: str = "") -> QuerySet[ApprovedProject]:
    """Return the projects as they stand now, each with its range of amounts; of a unit or a leader by words."""
    rows = ApprovedProject.objects.filter(is_current=True).defer(*_HEAVY)
    if unit:
        rows = rows.filter(Q(unit__icontains=unit) | Q(unit_code=unit.upper()))
    if leader:
        rows = rows.filter(leader__icontains=leader)
    return rows.annotate(band=_band())


def with_words(rows: QuerySet[ApprovedProject], said: str) -> QuerySet[ApprovedProject]:
    """Return the projects of which a column holds some words: their marks are looked up, then the words are read."""
    wanted = folded(said)
    marks = looked_up(wanted)
    if marks:
        rows = rows.filter(marks__contains=marks)
    return rows if is_decided(wanted) else rows.filter(words__contains=wanted)


def _band() -> Case:
    whens = [
        When(Q(amount_fen__gte=least) & (Q(amount_fen__lt=most) if most else Q()), then=Value(key))
        for key, (_, least, most) in BANDS.items()
    ]
    return Case(*whens, default=Value(UNKNOWN), output_field=CharField())


@dataclass(frozen=True)
class Chosen:
    """What the list can be narrowed to: the programmes and years that it holds."""

    programmes: tuple[str, ...]
    years: tuple[int, ...]


def choices() -> Chosen:
    """Return the programmes and the years of the projects, in two queries."""
    rows = ApprovedProject.objects.filter(is_current=True).order_by()
    programmes = rows.exclude(programme="").values_list("programme", flat=True).distinct()
    years = {year for year in rows.values_list("year", flat=True).distinct() if year is not None}
    return Chosen(tuple(sorted(programmes)), tuple(sorted(years, reverse=True)))


@dataclass(frozen=True)
class Total:
    """The projects of a programme in a year: how many, what is known of their amounts, of how many nothing is."""

    programme: str
    year: int | None
    count: int
    amount_fen: int | None
    unknown: int


@dataclass(frozen=True)
class Totals:
    """Sums over a list by programme and year, the newest first, and over all of it."""

    rows: tuple[Total, ...]
    whole: Total
    is_cut: bool


def totals(rows: QuerySet[ApprovedProject]) -> Totals:
    """Return the sums of a list, in one query; of very many programmes the first are shown, the whole counts all."""
    grouped = rows.order_by().values("programme", "year").annotate(
        unknown=Count("id", filter=Q(amount_fen=None)), count=Count("id"), amount_fen=Sum("amount_fen")
    )  # fmt: skip
    found = [Total(**one) for one in grouped]
    found.sort(key=lambda one: (-(one.year or 0), one.programme))
    known = [one.amount_fen for one in found if one.amount_fen is not None]
    whole = Total("", None, sum(one.count for one in found), sum(known) if known else None,
                  sum(one.unknown for one in found))  # fmt: skip
    return Totals(tuple(found[:_MOST_TOTALS]), whole, len(found) > _MOST_TOTALS)


@dataclass(frozen=True)
class ProjectPage:
    """One row of a list with everything that its page shows."""

    project: ApprovedProject

    @cached_property
    def firm(self) -> Any:
        """The firm of the book that the unit's code leads to."""
        return firm_by_code(self.project.unit_code) if self.project.unit_code else None

    @cached_property
    def namesakes(self) -> list[Any]:
        """Firms of the book with the unit's name, where no code says which; none of them is confirmed."""
        return [] if self.project.unit_code else firms_named(self.project.unit)

    @cached_property
    def versions(self) -> list[ApprovedProject]:
        """Every row of this project, the newest first."""
        rows = ApprovedProject.objects.filter(key=self.project.key).select_related("file")
        return list(rows.defer(*_HEAVY).order_by("-version"))

    @property
    def current(self) -> ApprovedProject:
        """The row that stands now."""
        return next(one for one in self.versions if one.is_current)

    @cached_property
    def others(self) -> list[ApprovedProject]:
        """Other projects of the unit: by its code, without one by its name."""
        return list(of_unit([self.project.unit_code], self.project.unit_folded).exclude(key=self.project.key)[:12])


def of_unit(codes: Iterable[str], unit_folded: str = "") -> QuerySet[ApprovedProject]:
    """Return the projects of a unit by any of its codes; by name only where there is no code."""
    known = [code for code in codes if code]
    rows = ApprovedProject.objects.filter(is_current=True).defer(*_HEAVY).order_by("-year", "-pk")
    return rows.filter(unit_code__in=known) if known else rows.filter(unit_folded=unit_folded, unit_code="")


def project_page(project_id: int) -> ProjectPage:
    """Return a project with its source. Raises: BRAIN.PROJECT.NOT_FOUND."""
    found = ApprovedProject.objects.select_related("file").filter(pk=project_id).first()
    if found is None:
        raise ProjectNotFoundError(project=project_id)
    return ProjectPage(found)


def project_files() -> QuerySet[ProjectFile]:
    """Return the lists that were taken in, the newest first."""
    return ProjectFile.objects.order_by("-pk")


def project_file(file_id: int) -> ProjectFile:
    """Return a list that was taken in. Raises: BRAIN.PROJECT.NOT_FOUND."""
    found = ProjectFile.objects.filter(pk=file_id).first()
    if found is None:
        raise ProjectNotFoundError(project=file_id)
    return found
