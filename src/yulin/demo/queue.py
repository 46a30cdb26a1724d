"""Work that waits in the demo book: one bank's checked file, and loans of firms whose facts nobody knows yet.

It is filed by the same services that the screens use, as the banks' own clerks or systems, day after day in January.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl
from django.db import connection

from yulin.demo.bank_file import FilePlan, write_bank_file
from yulin.demo.book import SEED, DemoBook
from yulin.demo.people import BANKS_WITH_PEOPLE
from yulin.demo.rules import demo_actor
from yulin.exchange.core.columns import ColumnMapping
from yulin.exchange.enums import UploadState
from yulin.exchange.selectors import upload_for
from yulin.exchange.services import receive_upload, save_mapping
from yulin.exchange.services.receiving import Parcel
from yulin.kit import clock
from yulin.kit.limits import upload_limit_bytes
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.pool.services.check_upload import check_upload
from yulin.pool.services.enrol_upload import enrol_upload

_SCHEME = "gz-credit-2021"
_DATED_UPLOAD = """
UPDATE exchange_upload SET created_at = %(at)s, checked_at = %(at)s, finished_at = %(at)s WHERE id = %(upload)s
"""
_DATED_STEPS = """
UPDATE pool_enrolmentevent SET at = %(at)s
WHERE enrolment_id IN (SELECT id FROM pool_enrolment WHERE upload_id = %(upload)s)
"""


class _Filing(NamedTuple):
    """What one bank files on one day: sound rows, and rows that the manager has to look at."""

    bank: str
    on: date
    rows: int
    waiting: int


_FILINGS = (
    _Filing("B04", date(2022, 1, 10), 6, 3),
    _Filing("B03", date(2022, 1, 12), 4, 4),
    _Filing("B07", date(2022, 1, 14), 2, 3),
    _Filing("B02", date(2022, 1, 17), 14, 5),
)


def file_waiting_loans(book: DemoBook, organisations: Mapping[str, int]) -> None:
    """File January's loans: one bank has checked its file and not enrolled it, others have enrolled theirs.

    The others' firms are new to the book and some lack a fact, so that the manager has loans to review, oldest first.
    """
    names = dict(book.banks.select("code", "name_zh").iter_rows())
    for number, (bank, on, rows, waiting) in enumerate(_FILINGS, 2):
        plan = FilePlan(rows, 0, waiting, on, bank, names[bank], SEED + number)
        with clock.standing_on(on):
            upload_id, clerk = _file(plan, organisations[bank])
            enrol_upload(actor=clerk, upload_id=upload_id)
        _date_back(upload_id, on)
    known = book.firms.filter(pl.col("first_year") == pl.col("first_year").max())
    plan = FilePlan(24, 3, bank_code="B01", bank_name=names["B01"], seed=SEED + 1, known_firms=known)
    _file(plan, organisations["B01"])


def _file(plan: FilePlan, bank_id: int) -> tuple[int, Actor]:
    clerk = _clerk(plan, bank_id)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{plan.bank_name}借据2022-01.xlsx"
        write_bank_file(path, plan)
        upload, _ = receive_upload(
            actor=clerk,
            parcel=Parcel(bank_id, scheme_id=_SCHEME),
            file_name=path.name,
            content=path.read_bytes(),
            limit_bytes=upload_limit_bytes(),
        )
    check_upload(actor=clerk, upload_id=upload.pk)
    upload = upload_for(clerk, upload.pk)
    if upload.state == UploadState.MAPPING.value:
        save_mapping(actor=clerk, upload_id=upload.pk, mapping=ColumnMapping.from_json(upload.columns))
        check_upload(actor=clerk, upload_id=upload.pk)
    return upload.pk, clerk


def _date_back(upload_id: int, on: date) -> None:
    """Let the file and the steps of its loans bear the day on which they were filed, not that of the loading."""
    values: dict[str, int | str] = {"upload": upload_id, "at": f"{on} 10:20:00+08"}
    with connection.cursor() as cursor:
        cursor.execute(_DATED_UPLOAD, values)
        cursor.execute(_DATED_STEPS, values)


def _clerk(plan: FilePlan, bank_id: int) -> Actor:
    """Return who files for a bank: its clerk where the demo has one, else the bank's own system."""
    if plan.bank_code in BANKS_WITH_PEOPLE:
        return demo_actor(Role.BANK_CLERK, bank_id)
    return Actor(None, bank_id, OrganisationKind.BANK, Role.BANK_CLERK, None, f"{plan.bank_name}业务系统")
