"""A file's way to its verdicts: received once, columns confirmed once, checked again at will, nothing enrolled."""

import io

import pytest
import xlsxwriter
from tests.factories.people import make_actor
from tests.factories.pool import FIRM_CODES, make_bank, make_enrolment, make_law

from yulin.exchange.core.columns import ColumnMapping
from yulin.exchange.enums import UploadKind, UploadMode, UploadState
from yulin.exchange.errors import FileTooLargeError, UploadNotFoundError, UploadStateError
from yulin.exchange.selectors import kept_mappings, upload_for, uploads_visible_to, verdicts_of_upload
from yulin.exchange.services import begin_enrolment, receive_upload, save_mapping
from yulin.exchange.services.receiving import Parcel
from yulin.people.enums import Role
from yulin.pool.services.check_upload import check_upload

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
    "是否高新技术企业",
]


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def line(number, **changes):
    values = [
        "示例企业",
        FIRM_CODES[0],
        f"JJ{number}",
        "2021-08-02",
        "2022-08-02",
        4_800_000,
        4.35,
        "信用",
        "440112",
        "是",
    ]
    return {**dict(zip(HEADS, values, strict=True)), **changes}


def workbook(*lines, heads=HEADS):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("明细")
    page.write_row(0, 0, heads)
    for index, one in enumerate(lines, start=1):
        page.write_row(index, 0, [one.get(head, "") for head in heads])
    book.close()
    return out.getvalue()


def send(bank, actor, content, **parcel):
    upload, is_new = receive_upload(
        actor=actor,
        parcel=Parcel(bank.pk, scheme_id="gz-credit-2021", **parcel),
        file_name="八月放款.xlsx",
        content=content,
        limit_bytes=10_000_000,
    )
    return upload, is_new


def checked(bank, actor, content):
    upload, _ = send(bank, actor, content)
    check_upload(actor=actor, upload_id=upload.pk)
    upload.refresh_from_db()
    if upload.state == UploadState.MAPPING:
        save_mapping(actor=actor, upload_id=upload.pk, mapping=ColumnMapping.from_json(upload.columns))
        check_upload(actor=actor, upload_id=upload.pk)
        upload.refresh_from_db()
    return upload


def test_same_content_is_the_same_upload():
    bank, actor = make_bank()
    content = workbook(line(1))
    first, second = send(bank, actor, content), send(bank, actor, content)
    assert (first[0].pk, first[1], second[1]) == (second[0].pk, True, False)
    other, other_actor = make_bank()
    assert send(other, other_actor, content)[0].pk != first[0].pk


def test_file_over_the_limit_is_refused():
    bank, actor = make_bank()
    with pytest.raises(FileTooLargeError):
        receive_upload(actor=actor, parcel=Parcel(bank.pk), file_name="f.xlsx", content=b"x" * 11, limit_bytes=10)


def test_first_file_waits_for_its_columns_and_the_next_does_not():
    make_law()
    bank, actor = make_bank()
    upload, _ = send(bank, actor, workbook(line(1)))
    check_upload(actor=actor, upload_id=upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.sheet_name, upload.head_row) == ("mapping", "明细", 1)
    assert upload.preview == [
        ["示例企业", FIRM_CODES[0], "JJ1", "2021-08-02", "2022-08-02", "4800000", "4.35", "信用", "440112", "是"]
    ]
    save_mapping(actor=actor, upload_id=upload.pk, mapping=ColumnMapping.from_json(upload.columns))
    check_upload(actor=actor, upload_id=upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.rows_total, upload.accepted_count) == ("checked", 1, 1)
    second, _ = send(bank, actor, workbook(line(2)))
    check_upload(actor=actor, upload_id=second.pk)
    second.refresh_from_db()
    assert second.state == "checked"


def test_the_preview_shows_no_personal_number():
    make_law()
    bank, actor = make_bank()
    upload, _ = send(bank, actor, workbook(line(1, 证件号码="362322198709086409")))
    check_upload(actor=actor, upload_id=upload.pk)
    upload.refresh_from_db()
    assert upload.preview[0][1] == "362*************09"


def test_a_mapping_is_kept_once_and_a_change_is_a_new_version():
    make_law()
    bank, actor = make_bank()
    upload = checked(bank, actor, workbook(line(1)))
    mapping = ColumnMapping.from_json(upload.columns)
    save_mapping(actor=actor, upload_id=upload.pk, mapping=mapping)
    assert len(kept_mappings(bank.pk, UploadKind.LOANS)) == 1
    check_upload(actor=actor, upload_id=upload.pk)
    save_mapping(actor=actor, upload_id=upload.pk, mapping=ColumnMapping(mapping.columns[:-1]))
    assert [len(one.columns) for one in kept_mappings(bank.pk, UploadKind.LOANS)] == [9, 10]


def test_verdicts_say_cell_reason_and_amount():
    make_law()
    bank, actor = make_bank()
    upload = checked(bank, actor, workbook(line(1), line(2, 发放金额="-5"), line(3, 发放金额="480万")))
    assert (upload.accepted_count, upload.warned_count, upload.refused_count) == (1, 1, 1)
    assert (upload.enrollable_count, upload.enrollable_amount_fen) == (2, 960_000_000)
    found = [(v.row, v.cell, v.code, v.severity, v.loan_number) for v in verdicts_of_upload(upload)]
    assert found == [
        (3, "F3", "FILE.AMOUNT.NOT_POSITIVE", "refused", "JJ2"),
        (4, "F4", "FILE.UNIT.GUESSED", "warned", "JJ3"),
    ]
    assert [v.row for v in verdicts_of_upload(upload, words="JJ3")] == [4]
    assert [v.row for v in verdicts_of_upload(upload, words="3")] == [3, 4]


def test_the_book_is_looked_at_before_anything_is_enrolled():
    law = make_law()
    bank, actor = make_bank()
    _other, other_actor = make_bank()
    make_enrolment(other_actor, law, loan_number="JJ1", loan_amount_fen=1_000_000_000)
    make_enrolment(actor, law, loan_number="JJ2", contract_number="HT2", loan_amount_fen=480_000_000)
    upload = checked(
        bank, actor, workbook(line(1), line(2), line(3, 发放金额="15200000.01"), line(4, 发放金额=15_200_000))
    )
    found = [(v.row, v.code) for v in verdicts_of_upload(upload)]
    assert found == [(2, "POOL.DUPLICATE.LOAN"), (4, "POOL.LIMIT.FIRM_YEAR"), (3, "POOL.LOAN.ENROLLED")]
    assert upload.enrollable_count == 1


def test_a_file_that_cannot_be_read_says_why():
    make_law()
    bank, actor = make_bank()
    upload = checked(bank, actor, b"%PDF-1.7")
    code, message, hint = upload.error_texts
    assert (upload.state, code) == ("failed", "FILE.NOT_A_WORKBOOK")
    assert "a PDF" in message.en
    assert hint.zh


def test_sent_again_under_another_scheme_it_is_checked_anew():
    make_law()
    bank, actor = make_bank()
    content = workbook(line(1))
    upload = checked(bank, actor, content)
    again, is_new = receive_upload(
        actor=actor,
        parcel=Parcel(bank.pk, scheme_id="other", mode=UploadMode.WHOLE_FILE),
        file_name="f.xlsx",
        content=content,
        limit_bytes=10_000_000,
    )
    assert (again.pk, is_new, again.state, again.scheme_id) == (upload.pk, True, "received", "other")


def test_an_enrolment_begins_once():
    make_law()
    bank, actor = make_bank()
    upload = checked(bank, actor, workbook(line(1)))
    begin_enrolment(actor=actor, upload_id=upload.pk)
    with pytest.raises(UploadStateError):
        begin_enrolment(actor=actor, upload_id=upload.pk)
    with pytest.raises(UploadStateError):
        check_upload(actor=actor, upload_id=upload.pk)


def test_a_bank_sees_its_own_files_and_the_manager_all():
    bank, actor = make_bank()
    _, stranger = make_bank()
    upload, _ = send(bank, actor, workbook(line(1)))
    assert upload_for(actor, upload.pk).pk == upload.pk
    with pytest.raises(UploadNotFoundError):
        upload_for(stranger, upload.pk)
    assert list(uploads_visible_to(stranger)) == []
    assert [one.pk for one in uploads_visible_to(make_actor(Role.MANAGER_CLERK))] == [upload.pk]
