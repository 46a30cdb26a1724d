"""Work that waits in the demo book: one bank's checked file, and loans of firms whose facts nobody knows yet.

It is filed by the same services that the screens use, as the banks' own clerks.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from yulin.demo.bank_file import FilePlan, write_bank_file
from yulin.demo.book import SEED, DemoBook
from yulin.demo.rules import demo_actor
from yulin.exchange.core.columns import ColumnMapping
from yulin.exchange.enums import UploadState
from yulin.exchange.selectors import upload_for
from yulin.exchange.services import receive_upload, save_mapping
from yulin.exchange.services.receiving import Parcel
from yulin.people.core.actors import Actor
from yulin.people.enums import Role
from yulin.pool.services.check_upload import check_upload
from yulin.pool.services.enrol_upload import enrol_upload

_SCHEME = "gz-credit-2021"
_LARGEST_FILE = 10_000_000


def file_waiting_loans(book: DemoBook, organisations: dict[str, int]) -> None:
    """File January's loans of two banks: the first has checked its file and not enrolled it, the second has.

    The second bank's firms are new to the book, so that the manager has loans to review.
    """
    names = dict(book.banks.select("code", "name_zh").iter_rows())
    known = book.firms.filter(pl.col("first_year") == pl.col("first_year").max())
    _file(FilePlan(24, 3, "B01", names["B01"], SEED + 1, known), organisations["B01"])
    upload_id, clerk = _file(FilePlan(14, 0, "B02", names["B02"], SEED + 2, None), organisations["B02"])
    enrol_upload(actor=clerk, upload_id=upload_id)


def _file(plan: FilePlan, bank_id: int) -> tuple[int, Actor]:
    clerk = demo_actor(Role.BANK_CLERK, bank_id)
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"{plan.bank_name}借据2022-01.xlsx"
        write_bank_file(path, plan)
        upload, _ = receive_upload(
            actor=clerk,
            parcel=Parcel(bank_id, scheme_id=_SCHEME),
            file_name=path.name,
            content=path.read_bytes(),
            limit_bytes=_LARGEST_FILE,
        )
    check_upload(actor=clerk, upload_id=upload.pk)
    upload = upload_for(clerk, upload.pk)
    if upload.state == UploadState.MAPPING.value:
        save_mapping(actor=clerk, upload_id=upload.pk, mapping=ColumnMapping.from_json(upload.columns))
        check_upload(actor=clerk, upload_id=upload.pk)
    return upload.pk, clerk
