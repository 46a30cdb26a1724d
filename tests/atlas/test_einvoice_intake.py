"""Digital invoices as a source: one statement an invoice, of who issued or received it; what is bad is set aside."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from yulin.atlas.adapters.shipped_sources import contract_and_content
from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.errors import SchemaDriftError
from yulin.atlas.models import Candidate, Firm, Particular, Receipt
from yulin.atlas.selectors.particulars import AsKnown, panels_of
from yulin.atlas.selectors.quarantine import TOLD, told_quarantine
from yulin.atlas.services import Delivery, ingest_file
from yulin.base.ids import make_uscc
from yulin.kit import clock
from yulin.people.core.actors import SYSTEM_ACTOR

pytestmark = pytest.mark.django_db

SELLER, BUYER = (make_uscc("440114", serial) for serial in (1, 2))
DAY = date(2022, 1, 19)


@pytest.fixture(autouse=True)
def _own_lake(tmp_path: Path, settings: object) -> None:
    settings.YULIN_HOME = tmp_path / "home"


def number(serial: int) -> str:
    return str(24_442_000_000_000_000_000 + serial)


def xml(
    no: str,
    net: int,
    *,
    buyer: str = BUYER,
    day: str = "2021-05-05 10:00:00",
    root: str = "EInvoice",
    late: bool = False,
) -> str:
    """Return an invoice of whole yuan at a rate of 10 %."""
    data = (
        f"<EInvoiceData><SellerInformation><SellerIdNum>{SELLER}</SellerIdNum><SellerName>示例甲有限公司</SellerName>"
        f"</SellerInformation><BuyerInformation><BuyerIdNum>{buyer}</BuyerIdNum><BuyerName>示例乙有限公司</BuyerName>"
        f"</BuyerInformation><BasicInformation><TotalAmWithoutTax>{net}.00</TotalAmWithoutTax>"
        f"<TotalTaxAm>{net // 10}.00</TotalTaxAm>"
        f"<TotalTax-includedAmount>{net + net // 10}.00</TotalTax-includedAmount></BasicInformation></EInvoiceData>"
    )
    tax = f"<TaxSupervisionInfo><InvoiceNumber>{no}</InvoiceNumber><IssueTime>{day}</IssueTime></TaxSupervisionInfo>"
    return f'<?xml version="1.0"?><{root}>{"".join((tax, data) if late else (data, tax))}</{root}>'


FILES = {
    "1.xml": xml(number(1), 1_000),
    "2.xml": xml(number(2), -1_000, day="2021-06-05 09:00:00", root="x:Digital", late=True),
    "3.xml": xml(number(3), 500, buyer=""),
    "cut.xml": xml(number(4), 70)[:-20],
    "note.txt": "no invoice",
    "again/1.xml": xml(number(1), 1_000),
    "other/1.xml": xml(number(1), 2_000),
    "short.xml": xml("123", 40),
}


def packed(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def take(path: Path, source: str, batch_rows: int = 50) -> Receipt:
    contract, content = contract_and_content(source)
    delivery = Delivery(path, date(2021, 12, 31), batch_rows=batch_rows)
    return ingest_file(actor=SYSTEM_ACTOR, contract=contract, content=content, delivery=delivery)[0]


def aside(receipt: Receipt) -> list[tuple[str, str]]:
    told = [dict(zip(TOLD, row, strict=True)) for row in told_quarantine(receipt)]
    return [(row["row"], row["problem"]) for row in told]


def trade(code: str) -> dict[str, Any]:
    firm = Firm.objects.get(identifier=code)
    panels = panels_of(firm, OF_ITSELF, AsKnown(DAY, clock.now()), {}, {})
    panel = next(one for one in panels if one.id == "operations")
    return {one.id: one.value for one in panel.figures}


@pytest.mark.parametrize("batch_rows", [1, 3, 50])
def test_an_archive_of_invoices_is_the_trade_of_who_issued_them(tmp_path: Path, batch_rows: int) -> None:
    receipt = take(packed(tmp_path / "all.zip", FILES), "einvoices-issued", batch_rows)
    counts = (receipt.state, receipt.rows_read, receipt.rows_taken, receipt.rows_repeated, receipt.rows_kept_out)
    assert counts == ("done", 7, 3, 1, 3)
    assert aside(receipt) == [("4", "no_invoice"), ("6", "key_conflict"), ("7", "wrong_form")]
    assert receipt.drift == {}
    found = {one.key: one for one in Particular.objects.filter(receipt=receipt)}
    assert set(found) == {f"sale:{number(serial)}" for serial in (1, 2, 3)}
    red = found[f"sale:{number(2)}"]
    assert red.value == {
        "side": "sale", "number": number(2), "issued_on": "2021-06-05", "partner": BUYER,
        "partner_name": "示例乙有限公司", "net_fen": -100_000, "tax_fen": -10_000, "gross_fen": -110_000,
    }  # fmt: skip
    assert (red.valid_from, "价税合计 -1,100.00" in red.original) == (date(2021, 6, 5), True)
    assert list(Firm.objects.values_list("identifier", "name")) == [(SELLER, "示例甲有限公司")]
    told = trade(SELLER)
    assert (told["sales_net_fen"], told["sales_partners"], told["set_aside"]) == (50_000, 1, 0)


def test_what_cannot_be_read_says_which_file_and_why(tmp_path: Path) -> None:
    receipt = take(packed(tmp_path / "all.zip", FILES), "einvoices-issued")
    told = [dict(zip(TOLD, row, strict=True)) for row in told_quarantine(receipt)]
    assert told[0]["found"] == "all.zip/cut.xml：第1行XML有误或不完整 / the XML is wrong or cut off at line 1"
    assert told[2]["needed"] == "twenty digits"


def test_the_same_archive_is_the_purchases_of_who_received_and_a_buyer_without_a_code_is_no_firm(
    tmp_path: Path,
) -> None:
    receipt = take(packed(tmp_path / "all.zip", FILES), "einvoices-received")
    assert [one for one in aside(receipt) if one[0] == "3"] == [("3", "code_missing")]
    assert set(Particular.objects.values_list("firm__identifier", "key")) == {
        (BUYER, f"purchase:{number(serial)}") for serial in (1, 2)
    }
    assert Particular.objects.filter(value__partner=SELLER).count() == 2
    assert set(Candidate.objects.values_list("firm__identifier", "row")) <= {(BUYER, 3)}


def test_an_invoice_that_the_tax_platform_says_too_counts_once_and_as_it_says(tmp_path: Path) -> None:
    take(packed(tmp_path / "all.zip", {"1.xml": FILES["1.xml"], "3.xml": FILES["3.xml"]}), "einvoices-issued")
    assert trade(SELLER)["sales_net_fen"] == 150_000
    table = tmp_path / "issued.csv"
    head = "统一社会信用代码,发票号码,开票日期,购方识别号,购方名称,金额,税额,价税合计,发票状态"
    table.write_text(f"{head}\n{SELLER},{number(1)},2021-05-05,{BUYER},,1000,100,1100,作废\n", encoding="utf-8")
    take(table, "invoices-issued")
    told = trade(SELLER)
    assert (told["sales_net_fen"], told["set_aside"]) == (50_000, 1)


@pytest.mark.parametrize("name", ["one.xml", "one.csv"])
def test_one_invoice_alone_is_taken_and_twice_changes_nothing(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(FILES["1.xml"], encoding="utf-8-sig")
    first, again = take(path, "einvoices-issued"), take(path, "einvoices-issued")
    assert (first.pk, first.rows_taken, Particular.objects.count()) == (again.pk, 1, 1)


def test_an_ofd_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    parts = {"OFD.xml": "<OFD/>", "Doc_0/Document.xml": "<x/>", "Doc_0/Attachs/OriginalInvoice.xml": FILES["1.xml"]}
    receipt = take(packed(tmp_path / "invoice.bin", parts), "einvoices-issued")
    assert (receipt.rows_read, receipt.rows_taken) == (1, 1)


def test_invoices_are_no_file_of_another_source(tmp_path: Path) -> None:
    with pytest.raises(SchemaDriftError, match="企业名称"):
        take(packed(tmp_path / "all.zip", FILES), "firm-facts")
    assert not Firm.objects.exists()
