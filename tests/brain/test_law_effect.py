"""A change of law on the firms of the book: counts both ways, firms with reasons for who may see them, sheets."""

from __future__ import annotations

import pytest
from tests.brain.test_check_up_pages import make_firm, text
from tests.factories.people import TODAY, make_client, make_demo_book, make_organisation
from tests.rules.test_law_pages import LAW, changed, publish

from yulin.people.enums import OrganisationKind, Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


def address(language: str = "zh-hans", more: str = "") -> str:
    row = publish(changed(staff=90))
    return f"/{language}/law-effect/?old={LAW}@shipped&new={LAW}@{row.pk}{more}"


WELL = {"rd_expense_fen": 500_000_000, "staff_count": 100, "tech_staff_count": 60}


def test_a_firm_that_loses_is_named_with_the_condition_that_fails():
    loses = make_firm("91440100YLAAAAAA1X", **WELL)
    small = make_firm("91440100YLBBBBBB2X", **WELL | {"staff_count": 90})
    page = text(make_client(Role.AUTHORITY_OFFICER).get(address(more="&move=loses")))
    assert "可认定 → 未达到：1家" in page
    assert loses.name in page
    assert small.name not in page
    assert "现值100，要求≤90" in page
    assert "现值100，要求≤500" in page


def test_who_may_not_see_firms_sees_counts_only_and_no_small_one():
    loses = make_firm("91440100YLAAAAAA1X", **WELL)
    at = address(more="&move=loses")
    bank = make_client(Role.BANK_CLERK)
    page = text(bank.get(at))
    assert loses.name not in page
    assert "&lt;5" in page
    assert "少于5家" in page
    assert bank.get(f"{at}&format=csv").status_code == 403


def test_a_district_sees_its_own_firms_only():
    here = make_firm("91440100YLAAAAAA1X", **WELL)
    there = make_firm("91440100YLBBBBBB2X", district="440106", **WELL)
    page = text(
        make_client(Role.DISTRICT_OFFICER, make_organisation(OrganisationKind.DISTRICT)).get(
            address(more="&move=loses")
        )
    )
    assert here.name in page
    assert there.name not in page


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_list_goes_to_a_sheet(file_format):
    firm = make_firm("91440100YLAAAAAA1X", **WELL)
    answer = make_client(Role.AUDITOR).get(address("en", f"&format={file_format}"))
    content = b"".join(answer.streaming_content)
    if file_format == "csv":
        lines = content.decode("utf-8-sig").splitlines()
        assert lines[0].startswith("Firm,USCC,Change")
        assert [line.split(",")[0] for line in lines[1:]] == [firm.name]
        assert "now 100, needed ≤90" in lines[1]
    else:
        assert content.startswith(b"PK")


def test_a_law_that_decides_nothing_says_so():
    page = text(make_client(Role.AUTHORITY_OFFICER).get("/en/law-effect/?old=rate-lpr@shipped&new=rate-lpr@shipped"))
    assert "answers nothing of a firm" in page
