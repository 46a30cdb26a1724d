"""Lists on screens: search, filters, sorting, pages and export of one queryset, all of them in the address.

Invariant: only named columns sort and only named fields filter, so an address can ask nothing else of the database.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from io import TextIOWrapper
from operator import or_
from tempfile import SpooledTemporaryFile
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import FileResponse, HttpRequest

from yulin.base.text import Text
from yulin.kit.speech import say

PER_PAGE = 50
COUNTED = 10_000
FORMATS = ("csv", "xlsx")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Column:
    """One column: its head, how it is sorted, what an export says of a row, and its head there where it differs."""

    key: str
    head: Text
    order: str = ""
    is_number: bool = False
    export: Callable[[Any], Any] | None = None
    sheet_head: Text | None = None


@dataclass(frozen=True)
class Filter:
    """One select of the filter bar: which field it narrows and what can be chosen."""

    key: str
    label: Text
    lookup: str
    options: Sequence[tuple[str, Text]]
    as_value: Callable[[str], Any] = str


@dataclass(frozen=True)
class Head:
    """A column's head as shown: which sort a press asks for, and how the list is sorted now."""

    column: Column
    next_sort: str
    aria_sort: str


@dataclass(frozen=True)
class Choice:
    """A filter as shown: its options, what is chosen."""

    filter: Filter
    chosen: str

    @property
    def label(self) -> Text:
        """What is chosen, in words."""
        return next(
            (name for value, name in self.filter.options if value == self.chosen), Text(self.chosen, self.chosen)
        )


@dataclass(frozen=True)
class Listing:
    """One page of a list with everything that the template shows around it."""

    rows: QuerySet[Any, Any]
    heads: list[Head]
    choices: list[Choice]
    query: str
    has_search: bool
    columns: Sequence[Column] = field(default=())
    format: str = ""
    asked_page: str | None = None

    @cached_property
    def page(self) -> Page[Any]:
        """The page asked for, read when it is shown: a search may show something else."""
        return BoundedPaginator(self.rows, PER_PAGE).get_page(self.asked_page)

    @property
    def chosen(self) -> list[Choice]:
        """The filters that narrow the list now."""
        return [choice for choice in self.choices if choice.chosen]

    @property
    def is_narrowed(self) -> bool:
        """Whether a search or a filter is on."""
        return bool(self.query or self.chosen)

    def export(self, name: str) -> FileResponse:
        """Return all rows of the list, not only this page, as a sheet: CSV, or XLSX where the address asks for it."""
        columns = [column for column in self.columns if column.export]
        lines = ([column.export(row) for column in columns if column.export] for row in _stream(self.rows))
        answer = xlsx_answer if self.format == "xlsx" else csv_answer
        stem = name.removesuffix(".csv").removesuffix(".xlsx")
        return answer(f"{stem}.{self.format or 'csv'}", [column.sheet_head or column.head for column in columns], lines)


@dataclass(frozen=True)
class Plan:
    """What a list can do: its columns, the first order, its filters, the fields that are searched.

    `tie` puts rows in order that sort alike, so that no row stands on two pages. `words` is a search of the list's own.
    """

    columns: Sequence[Column]
    order: str
    filters: Sequence[Filter] = ()
    search: Sequence[str] = ()
    tie: str = "pk"
    words: Callable[[QuerySet[Any, Any], str], QuerySet[Any, Any]] | None = None


def read_listing(request: HttpRequest, rows: QuerySet[Any, Any], plan: Plan) -> Listing:
    """Return the page of `rows` that the address asks for: `q`, one word per filter, `sort` (`-`: down), `page`."""
    asked: Mapping[str, str] = request.GET.dict()
    query = asked.get("q", "").strip()
    if query and plan.words is not None:
        rows = plan.words(rows, query)
    elif query and plan.search:
        rows = rows.filter(reduce(or_, (Q(**{lookup: query}) for lookup in plan.search)))
    choices = [Choice(each, _allowed(each, asked.get(each.key, ""))) for each in plan.filters]
    for choice in choices:
        if choice.chosen:
            rows = rows.filter(**{choice.filter.lookup: choice.filter.as_value(choice.chosen)})
    sort = asked.get("sort", "") or plan.order
    orders = {column.key: column.order for column in plan.columns if column.order}
    if sort.lstrip("-") not in orders:
        sort = plan.order
    rows = rows.order_by(*_ordering(orders[sort.lstrip("-")], plan.tie, is_down=sort.startswith("-")))
    heads = [_head(column, sort) for column in plan.columns]
    wanted = asked.get("format", "")
    file_format = wanted if wanted in FORMATS else ""
    has_search = bool(plan.search or plan.words)
    return Listing(rows, heads, choices, query, has_search, plan.columns, file_format, asked.get("page"))


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # Django's takes no type when it runs
    """Pages of a list that may be long: it counts to `COUNTED` rows and no further, so that a page stays quick.

    Who needs a row beyond narrows the list or exports it.
    """

    @cached_property
    def count(self) -> int:
        """How many rows there are, up to `COUNTED`."""
        return min(self._counted, COUNTED)

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than were counted."""
        return self._counted > COUNTED

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: COUNTED + 1].count())


def csv_answer(name: str, heads: Iterable[Any], rows: Iterable[Iterable[Any]]) -> FileResponse:
    """Return a sheet in UTF-8 with a mark in front, so that spreadsheets read Chinese; no text becomes a formula.

    All rows are read before the answer starts, so that they are read within the reach of the request.
    """
    sheet = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES, mode="w+b")  # noqa: SIM115 - the answer closes it
    text = TextIOWrapper(sheet, encoding="utf-8", newline="", write_through=True)
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([say(head) for head in heads])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    text.detach()
    sheet.seek(0)
    return FileResponse(sheet, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def xlsx_answer(name: str, heads: Iterable[Any], rows: Iterable[Iterable[Any]]) -> FileResponse:
    """Return a workbook of one sheet, written row by row; amounts and codes stay what they are, texts stay texts."""
    import xlsxwriter  # noqa: PLC0415 - slow import

    file = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES, mode="w+b")  # noqa: SIM115 - the answer closes it
    safely = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, safely | {"default_date_format": "yyyy-mm-dd", "remove_timezone": True}) as book:
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for column, head in enumerate(heads):
            sheet.write_string(0, column, say(head), bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, column, say(cell) if isinstance(cell, Text) else cell)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=_XLSX)


def harmless(cell: Any) -> Any:
    """Return a cell as CSV may hold it: a text that a spreadsheet would take for a formula gets a mark in front."""
    if cell is None:
        return ""
    text = say(cell)
    return f"'{text}" if isinstance(cell, str | Text) and text[:1] in {"=", "+", "-", "@"} else text


def _stream(rows: QuerySet[Any, Any]) -> Iterator[Any]:
    return rows.iterator(chunk_size=2000)


def _allowed(one: Filter, value: str) -> str:
    return value if any(value == option for option, _ in one.options) else ""


def _ordering(order: str, tie: str, *, is_down: bool) -> tuple[str, str]:
    down = "-" if is_down else ""
    return f"{down}{order}", f"{down}{tie}"


def _head(column: Column, sort: str) -> Head:
    is_sorted = sort.lstrip("-") == column.key
    is_down = sort.startswith("-")
    next_sort = column.key if (is_sorted and is_down) or (not is_sorted and not column.is_number) else f"-{column.key}"
    return Head(
        column, next_sort if column.order else "", ("descending" if is_down else "ascending") if is_sorted else ""
    )
