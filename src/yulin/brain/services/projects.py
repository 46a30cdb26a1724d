"""Lists of approved projects taken in: kept by hash, read row by row, each row whole or not at all.

The same list read the same way adds nothing. A list that says otherwise of a project makes a further row and leaves the
former; a row that cannot be read stands in the report with its code.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import Any

import polars as pl
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from yulin.atlas.core.name_folding import fold_names
from yulin.brain.adapters.project_files import ProjectSheet, read_columns, read_project_file
from yulin.brain.core.overlap import prints
from yulin.brain.core.passages import folded
from yulin.brain.core.project_words import marks_of, words_of
from yulin.brain.core.projects import Fault, ProjectReading, Usual, read_project
from yulin.brain.models import ApprovedProject, ProjectFile
from yulin.kit import documents
from yulin.kit.limits import upload_limit_bytes
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit

_LOCK = 7_008_001  # one list at a time: two that name one project would else make two first rows of it
_AT_ONCE = 1_000
_MOST_FAULTS = 500
_INDEXES = ("project_prints", "project_marks", "project_names")  # written in bulk, then looked up in whole


@dataclass(frozen=True)
class ProjectHow:
    """How a list is read: heads that a person names (`head=field`, a line each), and what holds for all its rows."""

    columns: str = ""
    usual: Usual = field(default=Usual())


@dataclass(frozen=True)
class TakenProjects:
    """A list that was taken in; `is_again` where it had been, read the same way, and nothing was done."""

    file: ProjectFile
    is_again: bool


@dataclass
class _Report:
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    by_code: Counter[str] = field(default_factory=Counter)
    faults: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, row: int, faults: Iterable[Fault]) -> None:
        """Note why a row is not taken in; of very many the first are listed, all are counted."""
        self.refused += 1
        for one in faults:
            self.by_code[one.code] += 1
            if len(self.faults) < _MOST_FAULTS:
                self.faults.append({"row": row, **asdict(one)})


@dataclass(frozen=True)
class _Row:
    """A row that is read: its number in the list, what it says, and by what it is found; arrays as they are written."""

    number: int
    reading: ProjectReading
    names: list[str]
    prints: str
    words: str
    marks: str


@dataclass
class _Kept:
    """What came of the rows that were read; counted apart, as rows are read beside the writing."""

    new: int = 0
    changed: int = 0
    same: int = 0


_AS_SAID = ProjectHow()


@transaction.atomic
def take_in_projects(*, actor: Actor, name: str, content: bytes, how: ProjectHow = _AS_SAID) -> TakenProjects:
    """Take the approved projects of a list in.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.PROJECT.FILE, BRAIN.PROJECT.COLUMNS, BRAIN.PROJECT.PERSONAL_ID, FILE.*,
    KIT.UPLOAD.TOO_LARGE.
    Effects: the document by its hash; the list's row with its report; one row a project that is new or changed, the
    former row of a changed one no longer current; audit row.
    """
    if not actor.may(Action.EDIT_POLICIES):
        raise NotAllowedError(action=str(Action.EDIT_POLICIES), role=str(actor.role))
    sheet = read_project_file(name, content, how.columns)
    choices = {"columns": read_columns(how.columns), **{key: said for key, said in asdict(how.usual).items() if said}}
    sha256 = hashlib.sha256(content).hexdigest()
    choices_hash = hashlib.sha256(f"{sha256} {json.dumps(choices, sort_keys=True)}".encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    known = ProjectFile.objects.filter(choices_hash=choices_hash).first()
    if known is not None:
        return TakenProjects(known, is_again=True)
    documents.store(content, limit_bytes=upload_limit_bytes(), name=name)
    file = ProjectFile.objects.create(
        name=name[-255:], sha256=sha256, form=sheet.form, choices=choices, choices_hash=choices_hash,
        made_by_id=actor.user_id, made_by_name=actor.name,
    )  # fmt: skip
    report = _keep(file, sheet, how.usual)
    file.report = {**vars(report), "by_code": dict(report.by_code)}
    file.save(update_fields=["report"])
    facts = {"file": name[-200:], "sha256": sha256, "new": report.new, "changed": report.changed,
             "same": report.same, "refused": report.refused}  # fmt: skip
    record_audit(actor=actor, action="brain.take_in_projects", subject=("project_file", file.pk), facts=facts)
    return TakenProjects(file, is_again=False)


def _keep(file: ProjectFile, sheet: ProjectSheet, usual: Usual) -> _Report:
    """Keep the rows of a list, some at a time: while the database writes some, the next are read beside it."""
    report, kept = _Report(), _Kept()
    usual = replace(usual, amount_unit=sheet.amount_unit or usual.amount_unit)
    read = _read(sheet, usual, report)

    def some() -> list[_Row]:
        return [_row(number, one) for number, one in islice(read, _AT_ONCE)]

    with ThreadPoolExecutor(max_workers=1) as beside:
        coming = beside.submit(some)
        while part := coming.result():
            coming = beside.submit(some)
            _keep_part(file, part, kept)
    report.new, report.changed, report.same = kept.new, kept.changed, report.same + kept.same
    if report.new or report.changed:
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(f"gin_clean_pending_list('{name}')" for name in _INDEXES))
    return report


def _read(sheet: ProjectSheet, usual: Usual, report: _Report) -> Iterator[tuple[int, ProjectReading]]:
    """Yield the rows that hold, each project once; a second row of one that says otherwise is refused."""
    seen: dict[str, str] = {}
    for row, cells in sheet.rows():
        reading, faults = read_project(cells, usual)
        if reading is None:
            report.refuse(row, faults)
            continue
        before = seen.get(reading.key)
        if before is None:
            seen[reading.key] = reading.content_hash
            yield row, reading
        elif before == reading.content_hash:
            report.same += 1
        else:
            report.refuse(row, [Fault("double", "title", reading.title[:60])])


def _row(number: int, one: ProjectReading) -> _Row:
    """Return a row with everything that is worked out of what it says alone."""
    people = (one.leader, *(name for name, _ in one.members))
    words = words_of(getattr(one, name) for name in _SEARCHED)
    names = sorted({folded(name)[:120] for name in people if name})
    return _Row(number, one, names, _array(prints(one.title, one.abstract)), words, _array(marks_of(words)))


def _keep_part(file: ProjectFile, part: list[_Row], kept: _Kept) -> None:
    keys = [row.reading.key for row in part]
    current = {one.key: one for one in ApprovedProject.objects.filter(key__in=keys, is_current=True).only(
        "key", "version", "content_hash")}  # fmt: skip
    fresh = [row for row in part if _differs(current.get(row.reading.key), row.reading)]
    kept.same += len(part) - len(fresh)
    old = [current[row.reading.key].pk for row in fresh if row.reading.key in current]
    kept.changed += len(old)
    kept.new += len(fresh) - len(old)
    if not fresh:
        return
    ApprovedProject.objects.filter(pk__in=old).update(is_current=False)
    units = fold_names(pl.Series([row.reading.unit for row in fresh], dtype=pl.String))
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row, unit in zip(fresh, units, strict=True):
            copy.write_row(_values(file, row, unit, current.get(row.reading.key)))


def _differs(current: ApprovedProject | None, one: ProjectReading) -> bool:
    return current is None or current.content_hash != one.content_hash


def _values(file: ProjectFile, row: _Row, unit: str, before: ApprovedProject | None) -> list[Any]:
    """Return what is written of a row, in the order of `_COLUMNS`."""
    one = row.reading
    return [
        file.pk, row.number, one.key, before.version + 1 if before else 1, True, one.content_hash,
        folded(one.title)[:300], unit[:300], Jsonb([list(each) for each in one.members]),
        row.names, row.prints, row.words, row.marks, *(getattr(one, name) for name in _AS_READ),
    ]  # fmt: skip


def _array(numbers: list[int]) -> str:
    """Return numbers as the database reads an array: the driver takes six times as long, a join twice."""
    return f"{{{str(numbers)[1:-1]}}}"


_SEARCHED = ("title", "abstract", "programme", "number", "unit", "leader")
_AS_READ = ("number", "title", "programme", "level", "year", "amount_fen", "unit", "unit_code", "leader", "status",
            "starts_on", "ends_on", "abstract", "authority", "document", "url")  # fmt: skip
_COLUMNS = ("file_id", "row", "key", "version", "is_current", "content_hash", "title_folded", "unit_folded", "members",
            "names", "prints", "words", "marks", *_AS_READ)  # fmt: skip
_COPY = f"COPY brain_approvedproject ({', '.join(map(json.dumps, _COLUMNS))}) FROM STDIN"
