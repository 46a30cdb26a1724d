"""Bad input through a bank's whole way: a clear error with its code and cell, and nothing half-written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from tests.factories.people import make_demo_book
from tests.factories.pool import FIRM_CODES, make_bank, make_law

from yulin.atlas.models import Firm
from yulin.exchange.core.columns import ColumnMapping
from yulin.exchange.enums import UploadMode
from yulin.exchange.models import Upload, UploadVerdict
from yulin.exchange.selectors import upload_for
from yulin.exchange.services import receive_upload, save_mapping
from yulin.exchange.services.receiving import Parcel
from yulin.people.core.actors import Actor
from yulin.pool.models import CreditLine, Enrolment, LimitUse
from yulin.pool.services.check_upload import check_upload
from yulin.pool.services.enrol_upload import enrol_upload

pytestmark = pytest.mark.django_db
HEADS = [
    "客户名称",
    "证件号码",
    "借据编号",
    "发放日期",
    "到期日期",
    "发放金额",
    "年利率",
    "担保方式",
    "注册地区划",
    "是否高企",
]
CODE, NUMBER, LENT, AMOUNT = (HEADS.index(head) for head in ("证件号码", "借据编号", "发放日期", "发放金额"))
_FULL_WIDTH = {ord(char): ord(char) + 0xFEE0 for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ,."}


@pytest.fixture(autouse=True)
def _book(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    make_demo_book(date(2022, 1, 19))
    make_law()


@pytest.fixture
def clerk() -> Actor:
    return make_bank()[1]


def line(serial: int) -> list[Any]:
    """Return one row that enrols, of a firm of its own."""
    code = FIRM_CODES[serial]
    return ["示例企业", code, f"JJ{serial}", "2021-08-02", "2022-08-02", 4_800_000, 4.35, "信用", "440112", "是"]


def workbook(fill: Callable[[Any, Any], None]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("明细")
    page.write_row(0, 0, HEADS)
    for serial in range(8):
        page.write_row(serial + 1, 0, line(serial))
    fill(book, page)
    book.close()
    return out.getvalue()


def sent(clerk: Actor, content: bytes, name: str = "loans.xlsx", mode: UploadMode = UploadMode.VALID_ROWS) -> Upload:
    """Send a file and check it, its columns taken as they are guessed."""
    parcel = Parcel(clerk.organisation_id or 0, scheme_id="gz-credit-2021", mode=mode)
    upload, _ = receive_upload(actor=clerk, parcel=parcel, file_name=name, content=content, limit_bytes=10_000_000)
    check_upload(actor=clerk, upload_id=upload.pk)
    upload = upload_for(clerk, upload.pk)
    if upload.state == "mapping":
        save_mapping(actor=clerk, upload_id=upload.pk, mapping=ColumnMapping.from_json(upload.columns))
        check_upload(actor=clerk, upload_id=upload.pk)
    return upload_for(clerk, upload.pk)


def written() -> dict[str, int]:
    """Return how many rows the book holds of whatever an enrolment writes."""
    return {model.__name__: model.objects.count() for model in (Firm, CreditLine, Enrolment, LimitUse)}


NOTHING = {"Firm": 0, "CreditLine": 0, "Enrolment": 0, "LimitUse": 0}


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 50_000_000)
    return out.getvalue()


def _merged_head(book: Any, page: Any) -> None:
    page.merge_range(0, 0, 0, 1, "企业", book.add_format())


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (lambda: b"", "loans.csv", "FILE.EMPTY"),
        (lambda: workbook(_merged_head), "loans.xlsx", "FILE.HEAD.MERGED"),
        (_bomb, "loans.xlsx", "FILE.UNPACKS_TOO_LARGE"),
        (
            lambda: ("客戶名稱,統一編號,發放金額\n廣東示範電腦軟體,1,2\n" * 30).encode("big5"),
            "loans.csv",
            "FILE.ENCODING",
        ),
        (lambda: workbook(lambda *_: None)[:-300], "loans.xlsx", "FILE.DAMAGED"),
        (lambda: b"%PDF-1.7", "loans.xlsx", "FILE.NOT_A_WORKBOOK"),
    ],
    ids=["empty", "merged head", "zip bomb", "wrong encoding", "cut", "a PDF"],
)
def test_a_file_that_cannot_be_read_writes_nothing(
    clerk: Actor, content: Callable[[], bytes], name: str, code: str
) -> None:
    upload = sent(clerk, content(), name)
    found, message, hint = upload.error_texts or ("", None, None)
    assert (upload.state, found) == ("failed", code)
    assert message
    assert message.zh != message.en
    assert hint
    assert not UploadVerdict.objects.exists()
    assert written() == NOTHING


def _hostile(book: Any, page: Any) -> None:
    """Make rows 2 to 7 wrong, each in a way of its own; rows 8 and 9 hold."""
    page.write_number(1, CODE, 915300007194052520)
    page.write_string(2, CODE, "11010519491231002X")
    page.write_datetime(3, LENT, datetime(1900, 1, 5), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001 - cells have no zone
    page.write_formula(4, AMOUNT, "=2400000*2", None, 4_800_000)
    page.write_number(5, AMOUNT, 30_000_000.01)
    page.write_string(6, LENT, "2021-06-30")
    page.write_string(7, CODE, f" {FIRM_CODES[6][:9]} {FIRM_CODES[6][9:].lower()} ".translate(_FULL_WIDTH))
    page.write_string(8, AMOUNT, "480万")


HOSTILE = {
    2: ("B2", "FILE.ID.NUMERIC"),
    3: ("B3", "FILE.ID.PERSONAL"),
    4: ("D4", "FILE.DATE.OUT_OF_RANGE"),
    5: ("F5", "FILE.CELL.FORMULA"),
    6: ("F6", "POOL.LIMIT.FIRM_YEAR"),
    7: ("D7", "POOL.SCHEME.NOT_IN_FORCE"),
}


def test_rows_that_are_wrong_are_refused_with_cell_and_code_and_the_others_enrol(clerk: Actor) -> None:
    upload = sent(clerk, workbook(_hostile))
    refused = UploadVerdict.objects.filter(upload=upload, severity="refused").values_list("row", "cell", "code")
    assert {row: (cell, code) for row, cell, code in refused} == HOSTILE
    warned = UploadVerdict.objects.filter(upload=upload, severity="warned").values_list("cell", "code")
    assert list(warned) == [("F9", "FILE.UNIT.GUESSED")]
    result = enrol_upload(actor=clerk, upload_id=upload.pk)
    assert (result["enrolled"], result["refused"]) == (2, 6)
    found = Enrolment.objects.order_by("upload_row").values_list("firm_code", "loan_amount_fen")
    assert list(found) == [(FIRM_CODES[6], 480_000_000), (FIRM_CODES[7], 480_000_000)]


def test_in_whole_file_mode_they_stop_all(clerk: Actor) -> None:
    upload = sent(clerk, workbook(_hostile), mode=UploadMode.WHOLE_FILE)
    assert enrol_upload(actor=clerk, upload_id=upload.pk)["enrolled"] == 0
    assert written() == NOTHING


def test_the_same_file_twice_is_one_upload_and_one_enrolment_a_loan(clerk: Actor) -> None:
    content = workbook(lambda *_: None)
    first = sent(clerk, content)
    enrol_upload(actor=clerk, upload_id=first.pk)
    before = written()
    again, is_new = receive_upload(
        actor=clerk,
        parcel=Parcel(clerk.organisation_id or 0, scheme_id="gz-credit-2021"),
        file_name="another name.xlsx",
        content=content,
        limit_bytes=10_000_000,
    )
    enrol_upload(actor=clerk, upload_id=again.pk)
    assert (again.pk, is_new, written()) == (first.pk, False, before)
