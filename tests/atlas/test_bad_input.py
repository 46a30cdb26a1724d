"""Files as they really come: each is refused or its bad rows are set aside with what is needed; the rest is taken."""

from __future__ import annotations

import argparse
import csv
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.factories.people import make_demo_book

from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.core.quarantine import refusal_of
from yulin.atlas.enums import Problem
from yulin.atlas.errors import SchemaDriftError, SourceFileError
from yulin.atlas.errors.lake import FileOfTomorrowError
from yulin.atlas.models import Firm, Particular, Receipt, Statement
from yulin.atlas.selectors.particulars import AsKnown, panels_of
from yulin.base.errors import YulinError
from yulin.base.ids import make_uscc
from yulin.cli.atlas_invoices import read_and_portray
from yulin.cli.atlas_sources import ingest_path, write_quarantine_table

pytestmark = pytest.mark.django_db

CODES = [make_uscc("440113", serial) for serial in range(60)]
FACTS = "统一社会信用代码,企业名称,职工总数\n"
REGISTER = "企业名称,统一社会信用代码,注册日期\n"
HOLDINGS = "统一社会信用代码,股东代码,股东名称,持股比例\n"
INVOICES = "统一社会信用代码,发票号码,开票日期,购方识别号,金额,税额,价税合计\n"


@pytest.fixture(autouse=True)
def _own_lake(tmp_path: Path, settings: object) -> None:
    settings.YULIN_HOME = tmp_path / "home"


def fact(at: int, staff: str = "40", name: str = "") -> str:
    return f"{CODES[at]},{name or f'示例{at}有限公司'},{staff}\n"


def take(path: Path, content: str | bytes, source: str = "firm-facts") -> dict[str, Any]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return ingest_path(source, path)


def aside(answer: dict[str, Any], tmp_path: Path) -> list[tuple[str, str, str, str, str]]:
    """Return row, column, problem, found and needed of what is in quarantine; each also says what to do next."""
    out = tmp_path / "aside.csv"
    write_quarantine_table(answer["receipt"], out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        csv.field_size_limit(1 << 25)
        rows = list(csv.DictReader(file))
    assert all(row["next_zh"] and row["next"] and row["needed_zh"] for row in rows)
    assert bool(rows) == ("next" in answer)
    return [(row["row"], row["column"], row["problem"], row["found"], row["needed"]) for row in rows]


def taken() -> set[str]:
    return set(Firm.objects.values_list("identifier", flat=True))


def test_parquet_that_is_cut_short_or_damaged_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"统一社会信用代码": CODES, "企业名称": ["示例"] * 60, "职工总数": range(60)}).write_parquet(path)
    whole = path.read_bytes()
    middle = len(whole) // 3
    for content in (whole[:-30], whole[:200], b"PAR1 and no table", whole[:9] + b"\xff" * middle + whole[9 + middle :]):
        with pytest.raises(SourceFileError) as caught:
            take(path, content)
        assert (caught.value.code, caught.value.facts["file"]) == ("ATLAS.SOURCE.FILE", "a.parquet")
    assert (taken(), Statement.objects.count()) == (set(), 0)
    assert take(path, whole)["taken"] == 60


def test_lines_in_another_encoding_are_set_aside_readably(tmp_path: Path) -> None:
    content = (FACTS + fact(0)).encode() + fact(1).encode("gb18030") + fact(2).encode() + b"\xff\xfe\x00x\n"
    answer = take(tmp_path / "a.csv", content)
    needed = "the encoding of the file's other lines: utf-8"
    assert aside(answer, tmp_path) == [
        ("3", "", "encoding", fact(1).strip(), needed),
        ("5", "", "encoding", "\\xff\\xfe\x00x", needed),
    ]
    assert taken() == {CODES[0], CODES[2]}


def test_a_utf16_text_is_read_and_one_that_breaks_off_is_refused(tmp_path: Path) -> None:
    content = (FACTS + fact(0) + fact(1)).encode("utf-16")
    assert take(tmp_path / "a.csv", content)["taken"] == 2
    with pytest.raises(SourceFileError, match="UTF-16"):
        take(tmp_path / "b.csv", content[:-1])


def test_cells_of_ten_megabytes_are_set_aside_with_their_beginning(tmp_path: Path) -> None:
    huge = "9" * 10_000_000
    answer = take(tmp_path / "a.csv", FACTS + fact(0, staff=huge) + fact(1, name=huge) + fact(2))
    found = f"{'9' * 200}…（10000000个字符）"
    assert aside(answer, tmp_path) == [
        ("2", "职工总数", "too_long", found, "at most 2000 characters"),
        ("3", "企业名称", "too_long", found, "at most 300 characters"),
    ]
    assert (taken(), (tmp_path / "aside.csv").stat().st_size < 50_000) == ({CODES[0], CODES[2]}, True)


def test_one_key_with_two_values_keeps_the_first_and_names_it(tmp_path: Path) -> None:
    answer = take(tmp_path / "a.csv", FACTS + fact(0) + fact(1) + fact(0, staff="41") + fact(0))
    needed = "what the first row of the same key says (number of that row): 2"
    assert aside(answer, tmp_path) == [("4", "统一社会信用代码", "key_conflict", CODES[0], needed)]
    assert (answer["taken"], answer["repeated"]) == (2, 1)
    assert sorted(Statement.objects.values_list("value", flat=True)) == [40, 40]


@pytest.mark.parametrize(
    ("source", "content", "column"),
    [
        (
            "register-extract",
            f"{REGISTER}未来有限公司,{CODES[0]},2099-01-01\n当今有限公司,{CODES[1]},2019-01-01\n",
            "注册日期",
        ),
        (
            "invoices-issued",
            f"{INVOICES}{CODES[0]},7,2099-01-01,P,100,13,113\n{CODES[1]},8,2021-01-01,P,100,13,113\n",
            "开票日期",
        ),
    ],
)  # fmt: skip
def test_a_day_in_the_future_is_set_aside(tmp_path: Path, source: str, content: str, column: str) -> None:
    answer = take(tmp_path / "a.csv", content, source)
    needed = "a day not after the one on which the file was taken in"
    assert aside(answer, tmp_path) == [("2", column, "in_future", "2099-01-01", needed)]
    assert CODES[1] in taken()


def test_a_file_of_a_day_that_has_not_come_is_refused_whole_and_one_of_today_is_taken(tmp_path: Path) -> None:
    make_demo_book(date(2022, 1, 19))
    path = tmp_path / "a.csv"
    path.write_text(FACTS + fact(0), encoding="utf-8")
    with pytest.raises(FileOfTomorrowError, match="2022-01-20") as caught:
        ingest_path("firm-facts", path, date(2022, 1, 20))
    assert caught.value.code == "ATLAS.SOURCE.AS_OF"
    assert (taken(), Receipt.objects.count()) == (set(), 0)
    assert ingest_path("firm-facts", path, date(2022, 1, 19))["taken"] == 1


def test_a_code_that_changes_hands_is_set_aside_with_whose_it_is(tmp_path: Path) -> None:
    take(tmp_path / "a.csv", f"{REGISTER}广州示例甲科技有限公司,{CODES[0]},2010-01-01\n", "register-extract")
    later = f"{REGISTER}深圳丙丁贸易有限公司,{CODES[0]},2020-05-05\n示例乙有限公司,{CODES[1]},2019-01-01\n"
    answer = take(tmp_path / "b.csv", later, "register-extract")
    found = f"{CODES[0]}: 深圳丙丁贸易有限公司 (2020-05-05)"
    needed = "the firm that the code is registered for: 广州示例甲科技有限公司 (2010-01-01)"
    assert aside(answer, tmp_path) == [("2", "", "code_changes_hands", found, needed)]
    assert dict(Firm.objects.values_list("identifier", "name")) == {
        CODES[0]: "广州示例甲科技有限公司", CODES[1]: "示例乙有限公司"
    }  # fmt: skip


def test_shares_above_a_whole_and_rings_are_set_aside_and_alarm(tmp_path: Path) -> None:
    rows = [
        f"{CODES[0]},{CODES[1]},示例1有限公司,60%",  # with the next 115 %, in a ring with the third
        f"{CODES[0]},,张三,55%",
        f"{CODES[1]},{CODES[0]},示例0有限公司,80%",
        f"{CODES[1]},,李四,20%",
        f"{CODES[2]},,王五,120%",
    ]
    take(tmp_path / "names.csv", FACTS + fact(0) + fact(1) + fact(2))
    answer = take(tmp_path / "a.csv", HOLDINGS + "\n".join(rows), "holdings")
    assert aside(answer, tmp_path) == [("6", "持股比例", "out_of_bounds", "120%", "0.0001% to 100%")]
    assert Particular.objects.count() == 4
    at = AsKnown(date(2100, 1, 1), Receipt.objects.latest("pk").known_at)
    panels = panels_of(Firm.objects.get(identifier=CODES[1]), OF_ITSELF, at, {}, {})
    panel = next(one for one in panels if one.id == "control")
    (alarm,) = panel.alarms
    assert alarm.sentence.en == (
        "The holdings of 示例0有限公司 are not counted: the shares sum to more than 100%: 115%."
        " Ask the register or the firm for the whole list of holders as it is now; what is mended counts again."
    )
    assert panel.figures[0].says.en == "示例0有限公司"


def _invoices(tmp_path: Path, *files: Path) -> dict[str, Any]:
    out = tmp_path / "aside.parquet"
    return read_and_portray(
        argparse.Namespace(
            files=list(files),
            firm=CODES[0],
            begins_on=date(2021, 1, 1),
            ends_on=date(2022, 1, 1),
            known_on=None,
            out=None,
            set_aside=out,
        )
    )


def _einvoice(number: str, head: str = "") -> str:
    money = "<TotalAmWithoutTax>100</TotalAmWithoutTax><TotalTaxAm>13</TotalTaxAm>"
    return (
        f'<?xml version="1.0"?>{head}<EInvoice><TaxSupervisionInfo><InvoiceNumber>{number}</InvoiceNumber>'
        "<IssueTime>2021-05-05</IssueTime></TaxSupervisionInfo><EInvoiceData><SellerInformation>"
        f"<SellerIdNum>{CODES[0]}</SellerIdNum></SellerInformation><BuyerInformation><BuyerIdNum>B</BuyerIdNum>"
        f"</BuyerInformation><BasicInformation>{money}<TotalTax-includedAmount>113</TotalTax-includedAmount>"
        "</BasicInformation></EInvoiceData></EInvoice>"
    )


def test_xml_bombs_are_refused_unread_and_the_rest_of_the_archive_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("24442000000000000009")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bombs = {
        "laughs.xml": _einvoice("&l11;", f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'),
        "outside.xml": _einvoice("&e;", f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'),
        "good.xml": _einvoice("24442000000000000001"),
        "cut.xml": _einvoice("24442000000000000002")[:-20],
    }
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, xml in bombs.items():
            archive.writestr(name, xml)
    answer = _invoices(tmp_path, path)
    assert [(one["code"], one["message"].partition(": ")[2]) for one in answer["unreadable"]] == [
        ("ATLAS.INVOICE.UNREADABLE", "it declares a DOCTYPE, which is not read."),
        ("ATLAS.INVOICE.UNREADABLE", "it declares a DOCTYPE, which is not read."),
        ("ATLAS.INVOICE.UNREADABLE", "the XML is wrong or cut off at line 1."),
    ]
    assert (answer["kept"], answer["portraits"][0]["sales_net_fen"]) == (1, 10_000)
    with pytest.raises(SourceFileError, match="DOCTYPE"):
        take(tmp_path / "laughs.csv", bombs["laughs.xml"], "einvoices-issued")
    answer = take(tmp_path / "every.zip", path.read_bytes(), "einvoices-issued")
    assert [row[2] for row in aside(answer, tmp_path)] == ["no_invoice"] * 3
    assert (answer["taken"], taken()) == (1, {CODES[0]})


def test_a_sale_under_a_paper_and_a_digital_number_counts_once(tmp_path: Path) -> None:
    table = tmp_path / "sales.csv"
    head = "企业代号,发票号码,开票日期,购方单位代号,金额,税额,价税合计,发票状态\n"
    numbers = ("00000001", "24442000000000000001", "00000002")
    rows = [f"{CODES[0]},{number},2021-05-05,B,100,13,113,有效发票" for number in numbers]
    table.write_text(head + "\n".join(rows), encoding="utf-8")
    answer = _invoices(tmp_path, table)
    assert (answer["kept"], answer["set_aside"]) == (2, {"two_numbers": 1})
    out = pl.read_parquet(tmp_path / "aside.parquet")
    assert out.select("number", "reason").rows() == [("00000001", "two_numbers")]


@pytest.mark.parametrize(
    ("name", "content", "error", "says"),
    [
        ("a.csv", FACTS + "".join(fact(at, staff="保密") for at in range(30)), SchemaDriftError, "职工总数"),
        ("a.csv", "甲,乙\n", SchemaDriftError, "企业名称、统一社会信用代码"),
        ("a.csv", "甲,乙\n1,2\n", SchemaDriftError, "企业名称、统一社会信用代码"),
        ("a.xls", "<html><table><tr><td>1</td></tr></table></html>", SourceFileError, "XML"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, YulinError, ".xls"),
        ("a.csv", b"%PDF-1.7", YulinError, "PDF"),
        ("a.xlsx", b"PK\x03\x04 no archive", YulinError, "BadZipFile"),
        ("a.json", "[" * 100_000, SourceFileError, "JSON"),
    ],
)
def test_a_file_that_is_not_what_the_contract_says_is_refused_whole(
    tmp_path: Path, name: str, content: str | bytes, error: type[YulinError], says: str
) -> None:
    with pytest.raises(error) as caught:
        take(tmp_path / name, content)
    assert says in caught.value.envelope("en")["message"]
    assert caught.value.envelope("en")["hint"]
    assert (taken(), Receipt.objects.get().state) == (set(), "stopped")


def test_a_table_without_rows_still_has_to_have_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"甲": []}, schema={"甲": pl.String}).write_parquet(path)
    with pytest.raises(SchemaDriftError):
        ingest_path("firm-facts", path)
    assert take(tmp_path / "b.csv", FACTS)["rows"] == 0


def test_json_objects_that_lie_about_a_text_or_contradict_themselves_are_set_aside(tmp_path: Path) -> None:
    code, name = "统一社会信用代码", "企业名称"
    lines = [
        f'{{"{code}": "{CODES[0]}", "{name}": {{"first": "甲"}}}}',
        f'{{"{code}": "{CODES[1]}", "{name}": "乙", "{name}": "丙"}}',
        f'{{"{code}": "{CODES[2]}", "{name}": "丁\\ud800", "row": 5}}',
    ]
    answer = take(tmp_path / "a.jsonl", "\n".join(lines))
    assert [row[:3] for row in aside(answer, tmp_path)] == [("1", name, "unreadable"), ("2", "", "unreadable")]
    assert dict(Firm.objects.values_list("identifier", "name")) == {CODES[2]: "丁?"}


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_says_what_is_needed_and_what_to_do(problem: Problem) -> None:
    said = refusal_of(problem, None)
    assert all((said.needed.zh, said.needed.en, said.next_step.zh, said.next_step.en))
