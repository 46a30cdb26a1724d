"""A loan file shaped as the SBA publishes its 7(a) loans: no identifier of the borrower, days as SAS counts them."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

HEADS = (
    "LoanNr_ChkDgt",
    "Name",
    "City",
    "State",
    "Bank",
    "NAICS",
    "ApprovalDate",
    "Term",
    "NoEmp",
    "ChgOffDate",
    "DisbursementDate",
    "DisbursementGross",
    "BalanceGross",
    "MIS_Status",
    "ChgOffPrinGr",
    "GrAppv",
    "SBA_Appv",
    "daysterm",
)
_numbers = count(9_000_000_001)


def sas_day(day: date) -> int:
    """Return a day as SAS counts it."""
    return (day - date(1960, 1, 1)).days


def sba_loan(**cells: Any) -> dict[str, Any]:
    """Return one row that enrols: 30,000 dollars lent on 30 April 2001 for 36 months, half of it guaranteed."""
    return {
        "LoanNr_ChkDgt": next(_numbers),
        "Name": "EXAMPLE MACHINE WORKS",
        "City": "SAMPLETON",
        "State": "CA",
        "Bank": "EXAMPLE BANK",
        "NAICS": 333517,
        "ApprovalDate": sas_day(date(2001, 4, 9)),
        "Term": 36,
        "NoEmp": 4,
        "ChgOffDate": "",
        "DisbursementDate": sas_day(date(2001, 4, 30)),
        "DisbursementGross": 32_812,
        "BalanceGross": 0,
        "MIS_Status": "P I F",
        "ChgOffPrinGr": 0,
        "GrAppv": 30_000,
        "SBA_Appv": 15_000,
        "daysterm": 1_080,
    } | cells


def sba_file(*loans: dict[str, Any], heads: tuple[str, ...] = HEADS) -> bytes:
    """Return rows as the CSV file, with a byte order mark as published."""
    lines = [",".join(heads), *(",".join(str(loan[head]) for head in heads) for loan in loans)]
    return ("\ufeff" + "\n".join(lines) + "\n").encode()
