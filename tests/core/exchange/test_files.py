"""Files that are not what they seem get a clear error and nothing is read; quirks of programs are understood."""

import io
import zipfile

import openpyxl
import pytest
import xlsxwriter

from yulin.exchange.adapters.bounds import Bounds
from yulin.exchange.adapters.files import read_bytes, read_path
from yulin.exchange.core.fields import loan_form
from yulin.exchange.core.typing import type_sheet
from yulin.exchange.errors import (
    ArchiveBombError,
    DamagedFileError,
    EncodingError,
    EncryptedWorkbookError,
    FileEmptyError,
    FileTooLargeError,
    NotAWorkbookError,
    OldWorkbookError,
    TooManyCellsError,
)

HEAD = "客户名称,证件号码,借据编号,发放日期,到期日期,发放金额,年利率,担保方式"
LINE = "示例甲,91350100M000100Y43,JJ1,2021-07-05,2022-07-04,5000000,4.35,信用"


def workbook(fill):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    fill(book)
    book.close()
    return out.getvalue()


def two_rows(book, name="放款明细"):
    page = book.add_worksheet(name)
    page.write_row(0, 0, HEAD.split(","))
    page.write_row(1, 0, LINE.split(","))
    return page


def repacked(content, change):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def test_file_over_the_bound_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "big.xlsx"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(FileTooLargeError) as refused:
        read_path(path)
    assert "200 MB" in refused.value.message.en


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"\x00\x00"])
def test_empty_file(content):
    with pytest.raises(FileEmptyError):
        read_bytes(content, "f.csv")


def test_workbook_without_a_filled_cell_is_empty():
    with pytest.raises(FileEmptyError):
        read_bytes(workbook(lambda book: book.add_worksheet()), "f.xlsx")


def test_zip_bomb_renamed_xlsx_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 50_000_000)
    with pytest.raises(ArchiveBombError):
        read_bytes(out.getvalue(), "f.xlsx")


def test_part_that_lies_about_its_size_is_refused():
    content = bytearray(
        repacked(workbook(two_rows), lambda name, part: part + b" " * 100_000 if "sheet1" in name else part)
    )
    name = b"xl/worksheets/sheet1.xml"
    at = content.rindex(name) - 46
    content[at + 24 : at + 28] = (1_000).to_bytes(4, "little")
    with pytest.raises(DamagedFileError):
        read_bytes(bytes(content), "f.xlsx")


def test_cell_far_away_is_refused_before_the_sheet_is_allocated():
    def far(book):
        book.add_worksheet().write(1_048_575, 16_383, "x")

    with pytest.raises(TooManyCellsError):
        read_bytes(workbook(far), "f.xlsx")


def test_more_rows_than_the_bound_are_refused():
    with pytest.raises(TooManyCellsError):
        read_bytes(workbook(two_rows), "f.xlsx", Bounds(rows=1))
    with pytest.raises(TooManyCellsError):
        read_bytes(f"{HEAD}\n{LINE}".encode(), "f.csv", Bounds(rows=1))


def test_old_and_encrypted_workbooks_are_told_apart():
    with pytest.raises(OldWorkbookError):
        read_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "Workbook".encode("utf-16-le"), "f.xls")
    with pytest.raises(EncryptedWorkbookError):
        read_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "f.xlsx")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7", "f.xlsx"),
        (b"a,b\n1,2", "f.xlsx"),
        ("<html><table><tr><td>证件号码</td></tr></table></html>".encode(), "f.xls"),
    ],
)
def test_what_is_no_workbook_is_named(content, name):
    with pytest.raises(NotAWorkbookError):
        read_bytes(content, name)


def test_other_archives_are_named():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(NotAWorkbookError) as refused:
        read_bytes(out.getvalue(), "f.xlsx")
    assert "a Word document" in refused.value.message.en


def test_cut_archive_is_damaged():
    with pytest.raises(DamagedFileError):
        read_bytes(workbook(two_rows)[:-300], "f.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_text_of_every_encoding_and_delimiter(encoding, delimiter):
    text = f"{HEAD}\r\n{LINE}\r\n".replace(",", delimiter)
    typed = type_sheet(read_bytes(text.encode(encoding), "f.csv"), loan_form())
    assert typed.valid.select("firm_name", "loan_amount_fen").rows() == [("示例甲", 500_000_000)]


@pytest.mark.parametrize("encoding", ["big5", "shift_jis"])
def test_text_of_another_encoding_is_refused_with_the_reason(encoding):
    texts = {
        "big5": "客戶名稱,統一編號,發放金額\n廣東示範電腦軟體開發股份有限公司,1,2",
        "shift_jis": "会社名,登録番号,融資金額\n株式会社サンプルソフトウェアの取引,1,2",
    }
    with pytest.raises(EncodingError) as refused:
        read_bytes((texts[encoding] * 20).encode(encoding), "f.csv")
    assert "UTF-8" in refused.value.hint.en


def test_bytes_that_are_no_text_name_the_line():
    with pytest.raises(EncodingError) as refused:
        read_bytes(f"{HEAD}\n".encode() + b"\xff\xff\n", "f.csv")
    assert "line 2" in refused.value.message.en


def test_quoted_formula_of_a_csv_keeps_its_digits_and_a_true_one_is_refused():
    code = '="915300007194052520"'
    sheet = read_bytes(
        f"{HEAD}\n{LINE.replace('91350100M000100Y43', code)}\n{LINE.replace('5000000', '=1+1')}\n".encode(), "f.csv"
    )
    typed = type_sheet(sheet, loan_form())
    assert typed.table.get_column("firm_code").to_list()[0] == "915300007194052520"
    assert typed.findings.select("cell", "code").rows() == [("F3", "FILE.CELL.FORMULA")]


def test_formula_of_a_workbook_is_found_on_the_sheet_that_is_read():
    def fill(book):
        book.add_worksheet("说明")
        page = two_rows(book)
        page.write_formula(1, 5, "=5000000*1", None, 5000000)

    sheet = read_bytes(workbook(fill), "f.xlsx")
    assert (sheet.name, sheet.formulas) == ("放款明细", frozenset({(1, 5)}))


def test_shared_formula_and_openpyxl_files_are_read():
    book = openpyxl.Workbook()
    page = book.active
    page.append(HEAD.split(","))
    page.append(LINE.split(","))
    page["F2"] = "=1000000+1"
    out = io.BytesIO()
    book.save(out)
    assert read_bytes(out.getvalue(), "f.xlsx").formulas == frozenset({(1, 5)})


def test_first_filled_visible_sheet_is_read_and_the_others_named():
    def fill(book):
        book.add_worksheet("空")
        two_rows(book, "藏").hide()
        two_rows(book, "明细")
        two_rows(book, "附表")

    sheet = read_bytes(workbook(fill), "f.xlsx")
    assert sheet.name == "明细"
    assert [remark.en for remark in sheet.remarks] == ["Only sheet “明细” was read; not read: 藏、附表."]


def test_hidden_text_escapes_are_decoded():
    def escaped(name, part):
        return (
            part.replace(b"91350100M000100Y43", b"_x0039_1350100M000100Y43") if name.endswith("Strings.xml") else part
        )

    typed = type_sheet(read_bytes(repacked(workbook(two_rows), escaped), "f.xlsx"), loan_form())
    assert typed.table.get_column("firm_code").to_list() == ["91350100M000100Y43"]


def test_flipped_bits_are_damage():
    content = bytearray(workbook(two_rows))
    at = content.index(b"xl/worksheets/sheet1.xml") + 40
    content[at] ^= 0xFF
    with pytest.raises(DamagedFileError):
        read_bytes(bytes(content), "f.xlsx")
