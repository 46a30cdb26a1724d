"""`yulin exchange enrol FILE`: from the shell to confirmation numbers, on real transactions."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.factories.people import make_demo_book
from tests.factories.pool import LOAN_HEADS, WAN, loan, make_bank, make_law, sheet_of

from yulin.cli.__main__ import main
from yulin.exchange.models import Upload
from yulin.people.models import AuditEntry
from yulin.pool.models import Enrolment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def bank(settings: Any, tmp_path: Path) -> str:
    settings.MEDIA_ROOT = tmp_path / "files"
    make_demo_book(date(2022, 1, 19))
    make_law()
    return str(make_bank()[0].code)


def written(folder: Path, *loans: dict[str, Any]) -> Path:
    path = folder / "loans.csv"
    path.write_bytes(sheet_of(list(loans), LOAN_HEADS))
    return path


def enrol(path: Path, bank: str, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    status = main(["exchange", "enrol", str(path), "--bank", bank, "--scheme", "gz-credit-2021", *words])
    return status, json.loads(capsys.readouterr().out)


def test_a_file_gets_its_numbers_and_a_second_time_the_same_answer(
    bank: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    over = loan(loan_amount_fen=3_000 * WAN + 1)
    path = written(tmp_path, loan(), loan(has_valid_hnte=None), over)
    status, first = enrol(path, bank, capsys)
    assert status == 0
    assert (first["is_new"], first["rows"], first["refused"]) == (True, 3, 1)
    enrolment = first["enrolment"]
    assert (enrolment["confirmed"], enrolment["to_review"], enrolment["refused"]) == (1, 1, 1)
    assert enrolment["first_number"] == "GZ21-2022-0000001"
    entries = AuditEntry.objects.count()
    status, again = enrol(path, bank, capsys)
    assert (status, again["is_new"], again["enrolment"]) == (0, False, enrolment)
    assert Enrolment.objects.count() == 2
    assert set(AuditEntry.objects.order_by("id")[entries:].values_list("action", flat=True)) <= {
        "exchange.receive_upload"
    }


def test_a_dry_run_enrols_nothing(bank: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, answer = enrol(written(tmp_path, loan()), bank, capsys, "--dry-run")
    assert (status, answer["accepted"]) == (0, 1)
    assert "enrolment" not in answer
    assert not Enrolment.objects.exists()
    assert Upload.objects.get().state == "checked"


def test_one_refused_row_stops_the_whole_file_where_that_is_asked(
    bank: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, loan(), loan(firm_code="110105194912310021"))
    status, answer = enrol(path, bank, capsys, "--whole-file")
    assert (status, answer["refused"], answer["enrolment"]["enrolled"]) == (0, 1, 0)
    assert not Enrolment.objects.exists()


def test_a_broken_file_and_an_unknown_bank_are_errors_with_their_codes(
    bank: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "loans.xlsx"
    broken.write_bytes(b"%PDF-1.7")
    status, answer = enrol(broken, bank, capsys)
    assert (status, answer["error"]["code"]) == (1, "FILE.NOT_A_WORKBOOK")
    status, answer = enrol(written(tmp_path, loan()), "NOBODY", capsys)
    assert (status, answer["error"]["code"]) == (1, "FILE.BANK.UNKNOWN")
    assert not Enrolment.objects.exists()


def test_a_file_of_200_mb_is_refused_and_not_kept(
    bank: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    large = tmp_path / "loans.xlsx"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    status, answer = enrol(large, bank, capsys)
    assert (status, answer["error"]["code"]) == (1, "FILE.TOO_LARGE")
    assert not Upload.objects.exists()
    assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
