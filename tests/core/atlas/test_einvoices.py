"""Digital invoices out of XML, zip and OFD: every form read, every bad one named, no bomb unpacked."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from yulin.atlas.adapters.einvoices import EInvoice, read_einvoice, read_einvoices
from yulin.atlas.adapters.invoice_tables import read_invoice_table, table_of
from yulin.atlas.errors import EInvoiceUnreadableError, InvoiceColumnsError

SELLER, BUYER = "91440112YL0000012M", "91440112YL0000020G"
SUPERVISION = (
    "<TaxSupervisionInfo><InvoiceNumber>24442000000000000001</InvoiceNumber>"
    "<IssueTime>2024-05-02 10:00:00</IssueTime></TaxSupervisionInfo>"
)


def xml(
    amounts: tuple[str, str, str] = ("5.45", "0.16", "5.61"),
    root: str = "EInvoice",
    buyer: str = BUYER,
    *,
    late: bool = False,
) -> bytes:
    net, tax, gross = amounts
    data = (
        f"<EInvoiceData><SellerInformation><SellerIdNum>{SELLER}</SellerIdNum><SellerName>甲</SellerName>"
        f"</SellerInformation><BuyerInformation><BuyerIdNum>{buyer}</BuyerIdNum><BuyerName>乙</BuyerName>"
        f"</BuyerInformation><BasicInformation><TotalAmWithoutTax>{net}</TotalAmWithoutTax><TotalTaxAm>{tax}"
        f"</TotalTaxAm><TotalTax-includedAmount>{gross}</TotalTax-includedAmount></BasicInformation></EInvoiceData>"
    )
    blocks = (SUPERVISION, data) if late else (data, SUPERVISION)
    return f'<?xml version="1.0" encoding="UTF-8"?><{root}>{"".join(blocks)}</{root}>'.encode()


def zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize("content", [xml(), xml(late=True), xml(root="x:DigitalInvoice").replace(b"<x:", b"<x:", 1)])
def test_blocks_come_in_any_order_and_the_root_bears_any_name(content: bytes) -> None:
    found = read_einvoice(content, "a.xml")
    assert found == EInvoice("24442000000000000001", date(2024, 5, 2), SELLER, "甲", BUYER, "乙", 545, 16, 561)


def test_a_red_invoice_is_negative_and_a_person_may_have_no_identifier() -> None:
    found = read_einvoice(xml(("-849.56", "-110.44", "-960.00"), buyer=""), "a.xml")
    assert (found.net_fen, found.gross_fen, found.buyer_id) == (-84956, -96000, "")
    assert table_of([found], SELLER)[0]["partner"].to_list() == ["乙"]


def test_an_archive_is_read_and_what_is_bad_in_it_is_named() -> None:
    ofd = zipped({"Doc_0/OriginalInvoice.xml": xml(), "Doc_0/Other.xml": b"<x/>"})
    archive = zipped(
        {"a.xml": xml(), "b.xml": b"<EInvoice>", "c.txt": b"note", "d.ofd": ofd, "e.zip": zipped({"a.xml": xml()})}
    )
    found = list(read_einvoices(archive, "all.zip"))
    assert [type(one) for one in found] == [
        EInvoice, EInvoiceUnreadableError, EInvoice, EInvoiceUnreadableError,
    ]  # fmt: skip
    assert "all.zip/b.xml" in str(found[1])


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><EInvoice>&b;</EInvoice>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><EInvoice>&a;</EInvoice>'


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (BOMB, "DOCTYPE"),
        (OUTSIDE, "DOCTYPE"),
        (xml()[:-20], "line 1"),
        (b"", "line 1"),
        (xml().replace(b'"UTF-8"', b'"GB18030"'), "UTF-8 is needed"),
        (xml().replace(b'"UTF-8"', b'"none-such"'), "UTF-8 is needed"),
        (xml() + b" " * 4 * 2**20, "more than 4194304 bytes"),
        (xml(("abc", "0.16", "5.61")), "TotalAmWithoutTax is “abc”"),
        (xml(("", "0.16", "5.61")), "TotalAmWithoutTax is “”"),
        (xml(("5.455", "0.16", "5.61")), "TotalAmWithoutTax is “5.455”"),
        (xml().replace(b"2024-05-02 10:00:00", b"yesterday"), "yesterday"),
        (xml().replace(b"24442000000000000001", b"N1"), "the invoice number is “N1”"),
        (b"PK\x03\x04broken", "damaged"),
        (zipped({"a.txt": b""}), "0 invoice files"),
        (zipped({"a.xml": b" " * (4 * 2**20 + 1)}), "unpacks to more"),
    ],
)
def test_what_cannot_be_read_says_where(content: bytes, where: str) -> None:
    (found,) = read_einvoices(content, "a.xml")
    assert isinstance(found, EInvoiceUnreadableError)
    assert where in found.message.en


def test_packed_content_that_is_damaged_is_named_and_the_rest_is_read() -> None:
    whole = zipped({"a.xml": xml(), "b.xml": xml()})
    content = whole.index(b"a.xml") + len("a.xml")
    for damaged in (b"\xff" * 8, b"\x00" * 8):
        found = list(read_einvoices(whole[:content] + damaged + whole[content + 8 :], "all.zip"))
        assert [type(one) for one in found] == [EInvoiceUnreadableError, EInvoice]
        assert "all.zip/a.xml" in str(found[0])


def test_invoices_between_others_are_left_out_and_counted() -> None:
    found = read_einvoice(xml(), "a.xml")
    sale, of_others = table_of([found, found], SELLER)
    assert (sale["side"].to_list(), sale["partner"].to_list(), of_others) == (["sale"] * 2, [BUYER] * 2, 0)
    assert table_of([found], BUYER)[0]["side"].to_list() == ["purchase"]
    assert table_of([found], "91440112YL0000039A")[1] == 1


HEAD = "企业代号,发票号码,开票日期,购方单位代号,金额,税额,价税合计,发票状态\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_is_read_in_both_encodings_and_every_form_of_day_and_amount(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "sales.csv"
    rows = (
        'E1,1,2024/5/2,B1,100.5,13,113.5,有效发票\nE1,2,2024年5月3日,B1,"1,000.00",0,abc, 作废发票\nE1,3,x,B1,1,0,1,\n'
    )
    path.write_text(HEAD + rows, encoding=encoding)
    found = read_invoice_table(path)
    assert found["issued_on"].to_list() == [date(2024, 5, 2), date(2024, 5, 3), None]
    assert found["net_fen"].to_list() == [100_50, 1000_00, 1_00]
    assert found["gross_fen"].to_list() == [113_50, None, 1_00]
    assert found["is_void"].to_list() == [False, True, False]
    assert found["side"].unique().to_list() == ["sale"]


def test_a_table_without_a_needed_column_names_it(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("企业代号,发票号码,金额\nE1,1,100\n", encoding="utf-8")
    with pytest.raises(InvoiceColumnsError, match="开票日期、税额、价税合计、购方单位代号 / 销方单位代号"):
        read_invoice_table(path)
