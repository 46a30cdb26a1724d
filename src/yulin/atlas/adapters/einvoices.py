"""Digital VAT invoices (数电票) as the tax bureau gives them out: XML, alone, in a zip, or inside an OFD.

The root's name varies, the blocks come in any order, the buyer may be a person without an identifier, a red invoice
has negative amounts. What cannot be read is set aside with its reason; the rest of the archive is read. What a file is,
its content decides.

**Source**: features.md F4; worked example P-22 (net + tax = gross, exact).
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO

from yulin.atlas.errors import EInvoiceUnreadableError
from yulin.base.errors import YulinError
from yulin.base.money import parse_fen, yuan_text
from yulin.base.text import Text
from yulin.exchange.adapters.xml_files import parse_xml

_ARCHIVE = b"PK\x03\x04"
_MARK = b"\xef\xbb\xbf"
_BLOCKS = (b"EInvoiceData", b"TaxSupervisionInfo")
_FILES = (".xml", ".zip", ".ofd")
_OFFICE = frozenset({"[Content_Types].xml", "mimetype"})  # a workbook or a document of an office
_OFD = "OFD.xml"
MOST_FILES, MOST_BYTES_EACH, MOST_BYTES = 50_000, 4 * 2**20, 1024 * 2**20
# What the columns are called where invoices are read as rows of a source.
COLUMNS = ("发票号码", "开票日期", "销方识别号", "销方名称", "购方识别号", "购方名称", "金额", "税额", "价税合计")


@dataclass(frozen=True)
class EInvoice:
    """One digital invoice; `buyer_id` is empty for a person who gave none."""

    number: str
    issued_on: date
    seller_id: str
    seller_name: str
    buyer_id: str
    buyer_name: str
    net_fen: int
    tax_fen: int
    gross_fen: int


def read_einvoices(content: bytes, name: str) -> Iterator[EInvoice | EInvoiceUnreadableError]:
    """Yield each invoice of an XML file or of an archive, or why it cannot be read, in the archive's order."""
    yield from _read_from(io.BytesIO(content), name)


def holds_einvoices(path: Path, start: bytes) -> bool:
    """Tell whether a file is a digital invoice or an archive of some; `start` is its beginning."""
    if not start.startswith(_ARCHIVE):
        return start.removeprefix(_MARK).lstrip()[:1] == b"<" and any(block in start for block in _BLOCKS)
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, UnicodeDecodeError):
        return False
    return not names & _OFFICE and any(name.lower().endswith(_FILES) for name in names)


def einvoice_rows(path: Path) -> Iterator[tuple[int, list[str] | EInvoiceUnreadableError]]:
    """Yield each invoice of a file as a row of `COLUMNS` with its place in the file, or why it cannot be read.

    **Raises**: `ATLAS.INVOICE.UNREADABLE` where the file itself cannot be read.
    """
    with path.open("rb") as file:
        for place, found in enumerate(_read_from(file, path.name), 1):
            if isinstance(found, EInvoice):
                yield place, _cells(found)
            elif found.facts["name"] == path.name:
                raise found
            else:
                yield place, found


def _cells(one: EInvoice) -> list[str]:
    parties = (one.seller_id, one.seller_name, one.buyer_id, one.buyer_name)
    return [one.number, one.issued_on.isoformat(), *parties, *map(yuan_text, (one.net_fen, one.tax_fen, one.gross_fen))]


def _read_from(file: BinaryIO, name: str) -> Iterator[EInvoice | EInvoiceUnreadableError]:
    for path, xml in _xml_files(file, name):
        try:
            yield read_einvoice(xml, path) if isinstance(xml, bytes) else xml
        except EInvoiceUnreadableError as error:
            yield error


def read_einvoice(content: bytes, name: str) -> EInvoice:
    """Return the invoice of one XML file. **Raises**: `ATLAS.INVOICE.UNREADABLE`."""
    tree = parse_xml(content, lambda where: EInvoiceUnreadableError(name=name, where=where))
    number = _text(tree, "TaxSupervisionInfo/InvoiceNumber") or _text(tree, "Header/EIid")
    issued = _text(tree, "TaxSupervisionInfo/IssueTime") or _text(tree, "EInvoiceData/BasicInformation/RequestTime")
    net, tax, gross = (
        _fen(tree, f"EInvoiceData/BasicInformation/{field}", name)
        for field in ("TotalAmWithoutTax", "TotalTaxAm", "TotalTax-includedAmount")
    )
    if not number.isdigit():
        where = Text("发票号码为“%(found)s”，应为数字", "the invoice number is “%(found)s”, digits are needed")
        raise EInvoiceUnreadableError(name=name, where=where.with_values(found=number))
    return EInvoice(
        number,
        _day(issued, name),
        _text(tree, "EInvoiceData/SellerInformation/SellerIdNum"),
        _text(tree, "EInvoiceData/SellerInformation/SellerName"),
        _text(tree, "EInvoiceData/BuyerInformation/BuyerIdNum"),
        _text(tree, "EInvoiceData/BuyerInformation/BuyerName"),
        net,
        tax,
        gross,
    )


def _xml_files(file: BinaryIO, name: str) -> Iterator[tuple[str, bytes | EInvoiceUnreadableError]]:
    content = file.read(MOST_BYTES_EACH + 1)
    if not content.startswith(_ARCHIVE):
        yield name, content if len(content) <= MOST_BYTES_EACH else _too_large(name)
        return
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, UnicodeDecodeError):
        yield name, EInvoiceUnreadableError(name=name, where=Text("压缩包损坏", "the archive is damaged"))
        return
    entries = [entry for entry in archive.infolist() if entry.filename.lower().endswith(_FILES)]
    if name.lower().endswith(".ofd") or any(entry.filename == _OFD for entry in entries):
        entries = [entry for entry in entries if entry.filename.endswith("OriginalInvoice.xml")]
    if not entries or len(entries) > MOST_FILES:
        where = Text("含%(n)s个发票文件，应为1至%(most)s个", "it holds %(n)s invoice files, 1 to %(most)s are read")
        yield name, EInvoiceUnreadableError(name=name, where=where.with_values(n=len(entries), most=MOST_FILES))
        return
    left = MOST_BYTES
    for entry in entries:
        path = f"{name}/{entry.filename}"
        found = _unpacked(archive, entry, path, min(MOST_BYTES_EACH, left))
        left -= len(found) if isinstance(found, bytes) else 0
        is_inner = isinstance(found, bytes) and found.startswith(_ARCHIVE)
        if is_inner and path.lower().endswith(".ofd"):
            yield from _xml_files(io.BytesIO(found), path)  # type: ignore[arg-type] # is_inner says bytes
        elif is_inner:
            where = Text("压缩包内还有压缩包", "an archive lies inside the archive")
            yield path, EInvoiceUnreadableError(name=path, where=where)
        else:
            yield path, found


def _unpacked(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str, most_bytes: int
) -> bytes | EInvoiceUnreadableError:
    """Return a file of an archive, reading no more than the bound whatever the archive says of its size."""
    try:
        with archive.open(entry) as packed:
            content = packed.read(most_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError):
        where = Text("压缩内容损坏或已加密", "the packed content is damaged or encrypted")
        return EInvoiceUnreadableError(name=path, where=where)
    if len(content) > most_bytes:
        where = Text("解压后超过%(most)s字节", "it unpacks to more than %(most)s bytes").with_values(most=most_bytes)
        return EInvoiceUnreadableError(name=path, where=where)
    return content


def _too_large(name: str) -> EInvoiceUnreadableError:
    where = Text("大于%(most)s字节", "it has more than %(most)s bytes").with_values(most=MOST_BYTES_EACH)
    return EInvoiceUnreadableError(name=name, where=where)


def _text(tree: ET.Element, path: str) -> str:
    return (tree.findtext(path) or "").strip()


def _fen(tree: ET.Element, path: str, name: str) -> int:
    field, found = path.rpartition("/")[2], _text(tree, path)
    try:
        return parse_fen(found).fen
    except YulinError as error:
        where = Text("%(field)s为“%(found)s”，应为金额", "%(field)s is “%(found)s”, an amount is needed")
        raise EInvoiceUnreadableError(name=name, where=where.with_values(field=field, found=found)) from error


def _day(text: str, name: str) -> date:
    try:
        return datetime.fromisoformat(text.replace("/", "-")).date()
    except ValueError:
        where = Text("开票时间为“%(found)s”，应为日期", "the time of issue is “%(found)s”, a day is needed")
        raise EInvoiceUnreadableError(name=name, where=where.with_values(found=text)) from None
