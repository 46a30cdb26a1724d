"""A bank's file from sending to confirmation numbers: verdicts kept, sent twice changes nothing, one row stops all."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.people import make_demo_book
from tests.factories.pool import LOAN_HEADS, WAN, enrol, loan, make_bank, make_law, send, sheet_of

from yulin.exchange.enums import UploadMode
from yulin.exchange.models import UploadVerdict
from yulin.pool.errors import UploadNotReadyError
from yulin.pool.models import Enrolment
from yulin.pool.services.enrol_upload import enrol_upload

pytestmark = pytest.mark.django_db
SCHEME = {"scheme_id": "gz-credit-2021"}


@pytest.fixture(autouse=True)
def _january() -> None:
    make_demo_book(date(2022, 1, 19))


@pytest.fixture
def law():
    return make_law()


def test_file_becomes_enrolments_with_numbers(law):
    _, clerk = make_bank()
    upload = send(clerk, sheet_of([loan(), loan(has_valid_hnte=None)], LOAN_HEADS), **SCHEME)
    assert (upload.state, upload.enrollable_count) == ("checked", 2)
    result = enrol_upload(actor=clerk, upload_id=upload.pk)
    assert result == {
        "rows": 2,
        "enrolled": 2,
        "confirmed": 1,
        "conditional": 0,
        "to_review": 1,
        "unchanged": 0,
        "refused": 0,
        "amount_fen": 960 * WAN,
        "first_number": "GZ21-2022-0000001",
        "last_number": "GZ21-2022-0000001",
    }
    upload.refresh_from_db()
    assert (upload.state, upload.result) == ("enrolled", result)
    assert list(Enrolment.objects.order_by("upload_row").values_list("upload_row", "state")) == [
        (2, "active"),
        (3, "submitted"),
    ]


def test_enrolling_twice_answers_the_same_and_changes_nothing(law):
    _, clerk = make_bank()
    content = sheet_of([loan(), loan()], LOAN_HEADS)
    upload = send(clerk, content, **SCHEME)
    first = enrol_upload(actor=clerk, upload_id=upload.pk)
    assert enrol_upload(actor=clerk, upload_id=upload.pk) == first
    assert send(clerk, content, **SCHEME).pk == upload.pk
    assert Enrolment.objects.count() == 2


def test_another_file_with_the_same_rows_is_unchanged(law):
    _, clerk = make_bank()
    rows = [loan(), loan()]
    enrol_upload(actor=clerk, upload_id=send(clerk, sheet_of(rows, LOAN_HEADS), **SCHEME).pk)
    again = send(clerk, sheet_of([*rows, loan()], LOAN_HEADS), **SCHEME)
    result = enrol_upload(actor=clerk, upload_id=again.pk)
    assert (result["enrolled"], result["unchanged"]) == (1, 2)
    assert Enrolment.objects.count() == 3


def test_book_decides_anew_and_keeps_its_verdict(law):
    _, clerk = make_bank()
    _, other = make_bank()
    row = loan()
    upload = send(clerk, sheet_of([row, loan()], LOAN_HEADS), **SCHEME)
    enrol(other, law, row)
    result = enrol_upload(actor=clerk, upload_id=upload.pk)
    assert (result["enrolled"], result["refused"]) == (1, 1)
    verdict = UploadVerdict.objects.get(upload=upload, code="POOL.DUPLICATE.LOAN")
    assert (verdict.row, verdict.cell, verdict.loan_number) == (2, "D2", row["loan_number"])


def test_whole_file_mode_is_stopped_by_a_row_that_reading_refuses(law):
    _, clerk = make_bank()
    content = sheet_of([loan(), loan(firm_code="123456789012345678901")], LOAN_HEADS)
    upload = send(clerk, content, mode=UploadMode.WHOLE_FILE, **SCHEME)
    result = enrol_upload(actor=clerk, upload_id=upload.pk)
    assert result["enrolled"] == 0
    assert not Enrolment.objects.exists()
    upload.refresh_from_db()
    assert upload.state == "checked"


def test_file_that_was_not_checked_is_not_enrolled(law):
    _, clerk = make_bank()
    upload = send(clerk, sheet_of([loan()], LOAN_HEADS), **SCHEME)
    type(upload).objects.filter(pk=upload.pk).update(state="mapping")
    with pytest.raises(UploadNotReadyError):
        enrol_upload(actor=clerk, upload_id=upload.pk)
