"""A firm's trade as its invoices tell it, over the twelve whole months before a day, each figure with its invoices.

Reds are netted and doubles set aside by `core.invoices`; here the figures are put beside the statements they rest on.

Invariant: an invoice either counts in a figure or is set aside with its reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import polars as pl

from yulin.atlas.core.invoices import (
    COLUMNS,
    PURCHASE,
    SALE,
    SET_ASIDE_TEXTS,
    SetAside,
    net_of_reds,
    operating_portraits,
    sort_invoices,
)
from yulin.atlas.core.panels import Figure, Panel, Row, Table, figure
from yulin.atlas.core.particulars import day_of
from yulin.atlas.core.portrait import FactShown, value_text
from yulin.atlas.core.statements import Said
from yulin.base.text import Text

MOST_PARTNERS = 10
_ONE, _WHOLE_BP = "1", 10_000
_VOID = ("作废发票", "作废", "已作废", "void")
_PLACE = "place"
_SIDES = {SALE: ("sales", Text("销售", "Sales")), PURCHASE: ("purchases", Text("采购", "Purchases"))}
_PARTNERS = {SALE: Text("客户", "Customers"), PURCHASE: Text("供应商", "Suppliers")}


def operations(invoices: Sequence[Said], day: date) -> Panel | None:
    """Return the panel of a firm's trade on a day, None without an invoice."""
    if not invoices:
        return None
    ends_on = day.replace(day=1)
    begins_on = ends_on.replace(year=ends_on.year - 1)
    found = sort_invoices(invoice_frame(invoices), day)
    counted = net_of_reds(found.kept)
    moved = counted.filter(pl.col("counts_on").is_between(begins_on, ends_on, closed="left"))
    told = operating_portraits(found.kept, begins_on, ends_on)
    values: dict[str, Any] = told.row(0, named=True) if told.height else {}

    def behind(rows: pl.DataFrame) -> tuple[Said, ...]:
        return tuple(invoices[place] for place in rows[_PLACE])

    figures = [one for side in _SIDES for one in _figures(side, values, behind(_of(moved, side)))]
    before = counted.filter(pl.col("counts_on").is_between(begins_on - (ends_on - begins_on), begins_on, closed="left"))
    growth = behind(_of(pl.concat([moved, before]), SALE))
    figures.insert(1, _share("sales_growth", Text("销售增长", "Growth of sales"), values.get("growth_share"), growth))
    aside = figure(
        "set_aside",
        Text("不计入的发票", "Invoices set aside"),
        found.set_aside.height,
        "count",
        behind(found.set_aside),
    )
    names = {said.value.get("partner"): said.value.get("partner_name") for said in invoices}
    tables = [_months(moved, behind)]
    tables += [table for side in _SIDES if (table := _partners(side, _of(moved, side), names, behind))]
    if found.set_aside.height:
        tables.append(_aside(found.set_aside, invoices))
    note = Text(
        f"按发票，{begins_on:%Y-%m}至{day_before(ends_on):%Y-%m}十二个整月；红字已冲抵，重复与作废已剔除。",
        f"By invoices, the twelve whole months from {begins_on:%Y-%m} to {day_before(ends_on):%Y-%m}; reds are netted, "
        "doubles and void ones left out.",
    )
    return Panel(
        "operations", "operation", Text("经营（按发票）", "Trade by invoices"), note, (*figures, aside), tuple(tables)
    )


def day_before(day: date) -> date:
    """Return the day before."""
    return date.fromordinal(day.toordinal() - 1)


def invoice_frame(invoices: Iterable[Said]) -> pl.DataFrame:
    """Return stated invoices as a table of `core.invoices.COLUMNS`, with the place of each in what was given."""
    rows = [
        (
            _ONE,
            one.value.get("side"),
            one.value.get("number"),
            day_of(one, "issued_on"),
            one.value.get("partner") or one.value.get("partner_name"),
            one.value.get("net_fen"),
            one.value.get("tax_fen"),
            one.value.get("gross_fen"),
            one.value.get("status") in _VOID,
            place,
        )
        for place, one in enumerate(invoices)
    ]
    return pl.DataFrame(rows, schema={**COLUMNS, _PLACE: pl.UInt32}, orient="row")


def _of(rows: pl.DataFrame, side: str) -> pl.DataFrame:
    return rows.filter(pl.col("side") == side)


def _figures(side: str, values: dict[str, Any], behind: tuple[Said, ...]) -> list[Figure]:
    name, title = _SIDES[side]
    partners = _PARTNERS[side]
    zh, en = partners.zh, partners.en.lower()
    parts = (
        ("largest_share", Text(f"最大{zh}占比", f"Largest of the {en}")),
        ("five_largest_share", Text(f"前五大{zh}占比", f"Five largest {en}")),
        ("concentration", Text(f"{zh}集中度（HHI）", f"Concentration of {en} (HHI)")),
        ("strongest_month_share", Text(f"{title.zh}最强月占比", f"{title.en}: strongest month")),
        ("red_share", Text(f"{title.zh}红字占比", f"{title.en}: share of reds")),
    )
    net = Text(f"{title.zh}净额（不含税）", f"{title.en}, net of tax")
    return [
        figure(f"{name}_net_fen", net, values.get(f"{name}_net_fen"), "money", behind),
        figure(f"{name}_partners", Text(f"{zh}数", f"Number of {en}"), values.get(f"{name}_partners"), "count", behind),
        *(_share(f"{name}_{part}", label, values.get(f"{name}_{part}"), behind) for part, label in parts),
    ]


def _share(name: str, label: Text, share: float | None, behind: tuple[Said, ...]) -> Figure:
    return figure(name, label, None if share is None else round(share * _WHOLE_BP), "ratio", behind)


def _money(fen: int) -> Text:
    return value_text(fen, FactShown(Text("", ""), "money", {}))


def _months(moved: pl.DataFrame, behind: Any) -> Table:
    rows = []
    by_month = moved.with_columns(month=pl.col("counts_on").dt.strftime("%Y-%m")).sort("month", "issued_on", "number")
    for (month,), of_month in by_month.group_by("month", maintain_order=True):
        sums = (int(_of(of_month, side)["net_fen"].sum()) for side in _SIDES)
        rows.append(Row((Text(str(month), str(month)), *map(_money, sums)), behind(of_month)))
    heads = (Text("月份", "Month"), *(title for _, title in _SIDES.values()))
    return Table("months", Text("逐月销售与采购", "Sales and purchases by month"), heads, tuple(rows))


def _partners(side: str, moved: pl.DataFrame, names: dict[Any, Any], behind: Any) -> Table | None:
    sums = moved.group_by("partner").agg(pl.col("net_fen").sum()).filter(pl.col("net_fen") > 0)
    if not sums.height:
        return None
    whole = int(sums["net_fen"].sum())
    rows = []
    for partner, fen in sums.sort("net_fen", "partner", descending=[True, False]).head(MOST_PARTNERS).iter_rows():
        name = names.get(partner) or partner
        share = value_text(fen * _WHOLE_BP // whole, FactShown(Text("", ""), "ratio", {}))
        rows.append(Row((Text(name, name), _money(fen), share), behind(moved.filter(pl.col("partner") == partner))))
    heads = (_PARTNERS[side], Text("净额", "Net"), Text("占比", "Share"))
    title = Text(
        f"前{MOST_PARTNERS}大{_PARTNERS[side].zh}", f"The {MOST_PARTNERS} largest {_PARTNERS[side].en.lower()}"
    )
    return Table(_PARTNERS[side].en.lower(), title, heads, tuple(rows))


def _aside(set_aside: pl.DataFrame, invoices: Sequence[Said]) -> Table:
    rows = tuple(
        Row(
            (
                Text(*[str(invoices[place].value.get("number") or "–")] * 2),
                _money(invoices[place].value.get("net_fen") or 0),
                SET_ASIDE_TEXTS[SetAside(reason)],
            ),
            (invoices[place],),
        )
        for place, reason in set_aside.select(_PLACE, "reason").iter_rows()
    )
    heads = (Text("发票号码", "Invoice number"), Text("金额", "Net"), Text("不计入的原因", "Why it does not count"))
    return Table("aside", Text("不计入的发票", "Invoices set aside"), heads, rows)
