"""Tables of invoices as tax software and platforms export them (CSV, XLSX, Parquet), and digital invoices as a table.

A table of sales names the buyer (购方单位代号), one of purchases the seller (销方单位代号); the columns may also bear
the names of `core.invoices.COLUMNS`. What a cell says that cannot be read becomes null and its row is set aside later
with its reason: no row is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from yulin.atlas.adapters.einvoices import EInvoice
from yulin.atlas.core.invoices import COLUMNS, PURCHASE, SALE
from yulin.atlas.errors import InvoiceColumnsError
from yulin.base.errors import YulinError
from yulin.base.money import parse_fen
from yulin.exchange.adapters.files import read_path

_HEADS = {
    "firm": ("企业代号", "企业代码", "纳税人识别号"),
    "number": ("发票号码", "数电票号码"),
    "issued_on": ("开票日期",),
    "net_fen": ("金额",),
    "tax_fen": ("税额",),
    "gross_fen": ("价税合计",),
    "is_void": ("发票状态", "状态"),
}
_PARTNERS = {SALE: ("购方单位代号", "购方识别号"), PURCHASE: ("销方单位代号", "销方识别号")}
_VOID = ("作废发票", "作废", "已作废")
_DAY_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")


def read_invoice_table(path: Path) -> pl.DataFrame:
    """Return a file's rows in the columns of `core.invoices.COLUMNS`. **Raises**: `ATLAS.INVOICE.COLUMNS`, FILE.*."""
    raw = pl.read_parquet(path) if path.suffix == ".parquet" else _sheet(path)
    heads = {head.strip(): head for head in raw.columns}
    side = next((side for side, names in _PARTNERS.items() if any(name in heads for name in names)), None)
    partner = next((heads[name] for name in (*_PARTNERS[SALE], *_PARTNERS[PURCHASE]) if name in heads), None)
    found = {field: heads[name] for field, names in _HEADS.items() for name in reversed(names) if name in heads}
    missing = [names[0] for field, names in _HEADS.items() if field not in found and field != "is_void"]
    if missing or partner is None or side is None:
        absent = [*missing, *([] if partner else [f"{_PARTNERS[SALE][0]} / {_PARTNERS[PURCHASE][0]}"])]
        raise InvoiceColumnsError(name=path.name, missing="、".join(absent), found="、".join(raw.columns))
    state = pl.col(found["is_void"]).cast(pl.String).str.strip_chars() if "is_void" in found else pl.lit("")
    return raw.select(
        pl.col(found["firm"]).cast(pl.String).str.strip_chars().alias("firm"),
        pl.lit(side).alias("side"),
        pl.col(found["number"]).cast(pl.String).str.strip_chars().alias("number"),
        _day(found["issued_on"], raw.schema).alias("issued_on"),
        pl.col(partner).cast(pl.String).str.strip_chars().alias("partner"),
        *(_fen(found[field]).alias(field) for field in ("net_fen", "tax_fen", "gross_fen")),
        state.is_in(_VOID).fill_null(value=False).alias("is_void"),
    )


def table_of(invoices: Iterable[EInvoice], firm: str) -> tuple[pl.DataFrame, int]:
    """Return a firm's digital invoices as a table, and how many are between others and left out.

    The partner is the other party's identifier, its name where it gave none.
    """
    rows, of_others = [], 0
    for one in invoices:
        if firm not in {one.seller_id, one.buyer_id}:
            of_others += 1
            continue
        is_sale = one.seller_id == firm
        partner = (one.buyer_id or one.buyer_name) if is_sale else (one.seller_id or one.seller_name)
        side = SALE if is_sale else PURCHASE
        rows.append((firm, side, one.number, one.issued_on, partner, one.net_fen, one.tax_fen, one.gross_fen, False))
    return pl.DataFrame(rows, schema=COLUMNS, orient="row"), of_others


def _sheet(path: Path) -> pl.DataFrame:
    rows = read_path(path).rows
    heads = [str(cell or "").strip() for cell in rows[0]]
    width = len(heads)
    cells = [[None if cell is None else str(cell) for cell in (*row, *[None] * width)][:width] for row in rows[1:]]
    return pl.DataFrame(cells, schema=dict.fromkeys(heads, pl.String), orient="row")


def _day(head: str, schema: pl.Schema) -> pl.Expr:
    if schema[head] == pl.Date:
        return pl.col(head)
    text = pl.col(head).cast(pl.String).str.strip_chars().str.replace(r"[ T]\d{1,2}:\d{2}.*$", "")
    return pl.coalesce(text.str.to_date(form, strict=False) for form in _DAY_FORMS)


def _fen(head: str) -> pl.Expr:
    """Return an amount in yuan as whole fen: the plain form column by column, any other form cell by cell."""
    text = pl.col(head).cast(pl.String).str.strip_chars()
    plain = text.str.contains(r"^-?\d{1,15}(?:\.\d{1,2})?$")
    quick = (pl.when(plain).then(text).cast(pl.Decimal(20, 2)) * 100).cast(pl.Int64)
    slow = pl.when(~plain).then(text).map_elements(_fen_of, return_dtype=pl.Int64, skip_nulls=True)
    return pl.coalesce(quick, slow)


def _fen_of(text: str) -> int | None:
    try:
        return parse_fen(text).fen
    except YulinError:
        return None
