"""`yulin exchange check FILE`: every row's verdict from the shell, without a database."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.factories.sba import sas_day, sba_file, sba_loan

from yulin.cli.__main__ import main
from yulin.demo.bank_file import WRONG_KINDS, FilePlan, write_bank_file

CODE_OF_WRONG = {
    "code_in_number_cell": "FILE.ID.NUMERIC",
    "code_check": "FILE.ID.CHECK",
    "personal_id": "FILE.ID.PERSONAL",
    "amount_over_limit": "POOL.LIMIT.FIRM_YEAR",
    "amount_missing": "FILE.CELL.EMPTY",
    "amount_zero": "FILE.AMOUNT.NOT_POSITIVE",
    "amount_negative": "FILE.AMOUNT.NOT_POSITIVE",
    "date_impossible": "FILE.DATE.IMPOSSIBLE",
    "due_before_disbursed": "FILE.DATE.ORDER",
    "term_over_limit": "POOL.LIMIT.TENOR",
    "rate_impossible": "FILE.RATE.OUT_OF_RANGE",
    "loan_number_missing": "FILE.CELL.EMPTY",
    "loan_number_twice": "POOL.DUPLICATE.IN_FILE",
}
SBA = ["--scheme", "us-sba-7a"]


def check(path: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    status = main(["exchange", "check", str(path), *(words or ("--scheme", "gz-credit-2021"))])
    return status, json.loads(capsys.readouterr().out)


def refused(answer: Any) -> dict[int, str]:
    return {one["row"]: one["code"] for one in answer["verdicts"] if one["severity"] == "refused"}


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_every_wrong_row_is_refused_for_its_reason_and_no_other(
    tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"loans.{suffix}"
    wrong = write_bank_file(path, FilePlan(rows=300, wrong=len(WRONG_KINDS)))
    status, answer = check(path, capsys)
    assert status == 0
    assert refused(answer) == {row.row: CODE_OF_WRONG[row.kind] for row in wrong}
    assert (answer["rows"], answer["refused"]) == (300, len(WRONG_KINDS))
    assert answer["accepted"] + answer["warned"] == 300 - len(WRONG_KINDS)


def test_a_unit_in_the_cell_is_understood_and_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "loans.xlsx"
    write_bank_file(path, FilePlan(rows=300))
    _, answer = check(path, capsys)
    warned = Counter(one["code"] for one in answer["verdicts"])
    assert warned["FILE.UNIT.GUESSED"] > 0
    (one, *_) = [one for one in answer["verdicts"] if one["code"] == "FILE.UNIT.GUESSED"]
    assert (one["cell"], one["severity"]) == (f"H{one['row']}", "warned")
    assert "万" in one["message_zh"]


def test_a_file_that_cannot_be_read_is_an_error_with_its_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "loans.xlsx"
    path.write_bytes(b"%PDF-1.7")
    status, answer = check(path, capsys)
    assert status == 1
    assert answer["error"]["code"] == "FILE.NOT_A_WORKBOOK"


def test_a_scheme_that_is_not_there_names_the_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "loans.xlsx"
    write_bank_file(path, FilePlan(rows=2))
    status, answer = check(path, capsys, "--scheme", "gz-credit-2012")
    assert status == 1
    assert answer["error"]["code"] == "RULES.PACK.UNKNOWN"
    assert answer["error"]["hint"] == "Did you mean “gz-credit-2025”?"


def test_a_file_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exchange", "check", str(tmp_path / "no.csv"), "--scheme", "gz-credit-2021"]) == 2
    assert "no.csv: No such file" in capsys.readouterr().err


def test_sba_days_count_from_1960_and_borrowers_need_no_identifier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        sba_loan(),
        sba_loan(MIS_Status="CHGOFF", ChgOffDate=sas_day(date(2003, 2, 1)), ChgOffPrinGr=12_000),
        sba_loan(DisbursementDate=sas_day(date(1997, 4, 30))),
        sba_loan(DisbursementDate=""),
        sba_loan(DisbursementDate="30APR2001"),
        sba_loan(Term=0),
        sba_loan(GrAppv=5_000_000.01),
        sba_loan(GrAppv="$1,250,000.00", SBA_Appv="$937,500.00"),
    ]
    path = tmp_path / "loans.csv"
    path.write_bytes(
        sba_file(*rows).replace(b"$1,250,000.00", b'"$1,250,000.00"').replace(b"$937,500.00", b'"$937,500.00"')
    )
    status, answer = check(path, capsys, *SBA)
    assert status == 0
    assert refused(answer) == {
        4: "POOL.SCHEME.NOT_IN_FORCE",
        5: "FILE.CELL.EMPTY",
        6: "FILE.DATE.UNREADABLE",
        7: "FILE.DATE.ORDER",
        8: "POOL.LIMIT.LOAN",
    }
    assert answer["accepted"] == 3
