from __future__ import annotations

import contextlib
import io

import openpyxl
import pytest
from django.http import FileResponse
from django.test import RequestFactory
from tests.factories.people import make_organisation

from yulin.base.text import Text
from yulin.kit import lists
from yulin.kit.lists import Column, Filter, Listing, Plan, read_listing
from yulin.people.enums import OrganisationKind
from yulin.people.models import Organisation

pytestmark = pytest.mark.django_db

PLAN = Plan(
    columns=[
        Column("code", Text("代码", "Code"), "code", export=lambda row: row.code),
        Column("name", Text("名称", "Name"), "name_zh", export=lambda row: row.name),
        Column("id", Text("编号", "No."), export=lambda row: row.pk),
    ],
    order="code",
    filters=[Filter("kind", Text("类别", "Kind"), "kind", [("bank", Text("银行", "Bank"))])],
    search=["name_zh__icontains"],
)


@pytest.fixture(autouse=True)
def _organisations() -> None:
    for code, name in (("B2", "乙银行"), ("B1", "=1+1"), ("B3", "丙银行")):
        make_organisation(OrganisationKind.BANK, code, name=name)
    make_organisation(OrganisationKind.DISTRICT, "D1", name="黄埔区")


def listing(query: str = "") -> Listing:
    return read_listing(RequestFactory().get(f"/?{query}"), Organisation.objects.all(), PLAN)


def codes(query: str) -> list[str]:
    return [row.code for row in listing(query).page.object_list]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["B1", "B2", "B3", "D1"]),
        ("sort=-code", ["D1", "B3", "B2", "B1"]),
        ("sort=password", ["B1", "B2", "B3", "D1"]),
        ("sort=id", ["B1", "B2", "B3", "D1"]),
        ("kind=bank", ["B1", "B2", "B3"]),
        ("kind=bank' OR 1=1", ["B1", "B2", "B3", "D1"]),
        ("q=银行", ["B2", "B3"]),
        ("page=99", ["B1", "B2", "B3", "D1"]),
    ],
)
def test_address_asks_for_named_columns_and_filters_only(query: str, found: list[str]) -> None:
    assert codes(query) == found


def body(answer: FileResponse) -> bytes:
    with contextlib.closing(answer):
        return b"".join(answer.streaming_content)


def test_count_stops_where_it_gets_long(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (listing().page.paginator.count, listing().page.paginator.is_cut) == (4, False)
    monkeypatch.setattr(lists, "COUNTED", 3)
    assert (listing().page.paginator.count, listing().page.paginator.is_cut) == (3, True)


def test_csv_is_read_by_spreadsheets_and_runs_no_formula() -> None:
    content = body(listing("format=csv&kind=bank").export("banks.csv")).decode("utf-8-sig")
    lines = content.split("\r\n")
    assert lines[0] == "代码,名称,编号"
    assert lines[1].startswith("B1,'=1+1,")


def test_workbook_keeps_numbers_and_runs_no_formula() -> None:
    answer = listing("format=xlsx&kind=bank").export("banks.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="banks.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(body(answer))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == ["代码", "名称", "编号"]
    assert (sheet["B2"].value, sheet["B2"].data_type) == ("=1+1", "s")
    assert sheet["C2"].data_type == "n"
