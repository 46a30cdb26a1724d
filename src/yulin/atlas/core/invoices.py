"""What a firm's VAT invoices say of its trade: sales, purchases, growth, season, how much hangs on few partners.

A table of invoices has one row an invoice: `firm`, `side` (`sale` or `purchase`), `number`, `issued_on`, `partner`,
`net_fen`, `tax_fen`, `gross_fen`, `is_void`. Every row is kept or set aside with a reason, never both, never lost. A
red (negative) invoice takes back the sale that it repeats with the other sign, in the month of that sale; one that
repeats none lowers its own month.

**Source**: worked example P-22 (net + tax = gross, exact); features 6.9. Money is in fen, shares are parts of 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import polars as pl

from yulin.base.text import Text

SALE, PURCHASE = "sale", "purchase"
DIGITAL_NUMBER_LENGTH = 20  # 数电票 of the tax bureau's own platform; older invoices have 8 digits
COLUMNS = {
    "firm": pl.String,
    "side": pl.String,
    "number": pl.String,
    "issued_on": pl.Date,
    "partner": pl.String,
    "net_fen": pl.Int64,
    "tax_fen": pl.Int64,
    "gross_fen": pl.Int64,
    "is_void": pl.Boolean,
}
_SAME = ("firm", "side", "partner", "issued_on", "net_fen", "tax_fen")
_TRADE = ("firm", "side", "partner")


class SetAside(StrEnum):
    """Why an invoice does not count."""

    UNREADABLE = "unreadable"
    VOID = "void"
    LATER_THAN_KNOWN = "later_than_known"
    SUM_WRONG = "sum_wrong"
    REPEATED = "repeated"
    TWO_NUMBERS = "two_numbers"


SET_ASIDE_TEXTS = {
    SetAside.UNREADABLE: Text(
        "日期、金额或号码缺失或无法读取", "the day, an amount or the number is missing or unreadable"
    ),
    SetAside.VOID: Text("发票已作废", "the invoice is void"),
    SetAside.LATER_THAN_KNOWN: Text("开票日期晚于取数日", "it is dated after the day the data were taken"),
    SetAside.SUM_WRONG: Text("金额加税额不等于价税合计", "net and tax do not sum to the gross amount"),
    SetAside.REPEATED: Text("同一发票重复出现", "the same invoice stands there already"),
    SetAside.TWO_NUMBERS: Text(
        "同一交易已有数电票，此为纸质号码的重复", "the same sale stands there under a digital number already"
    ),
}


@dataclass(frozen=True)
class SortedInvoices:
    """Invoices that count (`kept`), and those that do not with `reason` (`set_aside`)."""

    kept: pl.DataFrame
    set_aside: pl.DataFrame


def sort_invoices(invoices: pl.DataFrame, known_on: date) -> SortedInvoices:
    """Return which invoices count on the day the data were taken, and why the others do not.

    >>> row = {"firm": "E1", "side": "sale", "number": "1", "issued_on": date(2024, 5, 2), "partner": "B1"}
    >>> money = {"net_fen": 100_00, "tax_fen": 13_00, "gross_fen": 113_00, "is_void": False}
    >>> table = pl.DataFrame([row | money, row | money, row | money | {"number": "2", "gross_fen": 112_99}])
    >>> sorted_ = sort_invoices(table, date(2024, 6, 1))
    >>> sorted_.kept.height, sorted_.set_aside["reason"].to_list()
    (1, ['repeated', 'sum_wrong'])
    """
    number = pl.col("number").str.len_chars()
    is_digital = number == DIGITAL_NUMBER_LENGTH
    has_digital_twin = ~is_digital & is_digital.any().over(_SAME)
    # Of as many pairs of digital and older number as there are, the older ones are set aside: two sales of one day and
    # one amount stay two.
    digital_count = is_digital.sum().over(_SAME)
    older_place = (~is_digital).cum_sum().over(_SAME)
    reason = (
        pl.when(pl.any_horizontal(pl.col(*COLUMNS).exclude("is_void").is_null()) | (number == 0))
        .then(pl.lit(SetAside.UNREADABLE.value))
        .when(pl.col("is_void").fill_null(value=False))
        .then(pl.lit(SetAside.VOID.value))
        .when(pl.col("issued_on") > known_on)
        .then(pl.lit(SetAside.LATER_THAN_KNOWN.value))
        .when(pl.col("net_fen") + pl.col("tax_fen") != pl.col("gross_fen"))
        .then(pl.lit(SetAside.SUM_WRONG.value))
    )
    judged = invoices.with_columns(reason.alias("reason"))
    first = pl.struct(*_SAME, "number").is_first_distinct()
    sound = judged.filter(pl.col("reason").is_null()).with_columns(
        pl.when(~first).then(pl.lit(SetAside.REPEATED.value)).alias("reason")
    )
    single = sound.filter(pl.col("reason").is_null()).with_columns(
        pl.when(has_digital_twin & (older_place <= digital_count))
        .then(pl.lit(SetAside.TWO_NUMBERS.value))
        .alias("reason")
    )
    aside = pl.concat(
        [
            judged.filter(pl.col("reason").is_not_null()),
            sound.filter(pl.col("reason").is_not_null()),
            single.filter(pl.col("reason").is_not_null()),
        ]
    )
    return SortedInvoices(
        single.filter(pl.col("reason").is_null()).drop("reason"), aside.sort(*_SAME, "number", "reason")
    )


def net_of_reds(kept: pl.DataFrame) -> pl.DataFrame:
    """Return kept invoices with `counts_on`, the day whose month an invoice moves.

    A red one that takes back an earlier sale moves that sale's month; the sums over all rows stay as they were.
    """
    black, red = _matched(kept)
    both = pl.concat(
        [black.with_columns(pl.col("issued_on").alias("counts_on")), red.drop("_sold_number")], how="diagonal"
    )
    return both.sort("_row").drop("_row", "_net", "_tax", "_place")


def taken_back(kept: pl.DataFrame) -> pl.DataFrame:
    """Return the kept invoices that a later red one takes back whole, each with `red_number`."""
    _, red = _matched(kept)
    return red.select(*_TRADE, number="_sold_number", red_number="number").drop_nulls("number")


def _matched(kept: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return black invoices and red ones, each red with `counts_on` and the number of the black it takes back."""
    amounts = [pl.col("net_fen").abs().alias("_net"), pl.col("tax_fen").abs().alias("_tax")]
    keys = [*_TRADE, "_net", "_tax"]
    numbered = kept.with_row_index("_row").with_columns(*amounts).sort("issued_on", "number", "_row")
    is_red = pl.col("net_fen") < 0
    black = numbered.filter(~is_red).with_columns(pl.int_range(pl.len()).over(keys).alias("_place"))
    red = numbered.filter(is_red).with_columns(pl.int_range(pl.len()).over(keys).alias("_place"))
    sales = black.select(*keys, "_place", _sold_on="issued_on", _sold_number="number")
    red = red.join(sales, on=[*keys, "_place"], how="left", nulls_equal=True)
    earlier = pl.col("_sold_on") <= pl.col("issued_on")
    red = red.with_columns(
        pl.when(earlier).then("_sold_on").otherwise("issued_on").alias("counts_on"),
        pl.when(earlier).then("_sold_number").alias("_sold_number"),
    )
    return black, red.drop("_sold_on")


def operating_portraits(kept: pl.DataFrame, begins_on: date, ends_on: date) -> pl.DataFrame:
    """Return one row a firm over a half-open span of days, from invoices that count.

    Of sales and of purchases (`sales_…`, `purchases_…`): `_net_fen` net of reds, `_partners` (those with a net above
    0), `_largest_share`, `_five_largest_share` and `_concentration` (Herfindahl) of them, `_months` with any,
    `_strongest_month_share`, `_red_share` (reds by their amounts over all others'), `_last_on`. A firm without any, or
    with a net of 0 or less, has null where a part of it is asked for. `margin_share` is what sales exceed purchases by;
    `growth_share` is what sales exceed those of as many days before by, null where there were none.
    """
    counted = net_of_reds(kept)
    moved = counted.filter(pl.col("counts_on").is_between(begins_on, ends_on, closed="left"))
    sides = {SALE: "sales", PURCHASE: "purchases"}
    tables = [_side(moved.filter(pl.col("side") == side), name) for side, name in sides.items()]
    joined = tables[0].join(tables[1], on="firm", how="full", coalesce=True)
    sales, purchases = (pl.col(f"{name}_net_fen") for name in sides.values())
    is_before = pl.col("counts_on").is_between(begins_on - (ends_on - begins_on), begins_on, closed="left")
    before = counted.filter(is_before & (pl.col("side") == SALE)).group_by("firm").agg(pl.col("net_fen").sum())
    grown = _part(sales - pl.col("net_fen"), pl.col("net_fen"))
    return (
        joined.join(before, on="firm", how="left")
        .with_columns(_part(sales - purchases, sales).alias("margin_share"), grown.alias("growth_share"))
        .drop("net_fen")
        .sort("firm")
    )


def _side(moved: pl.DataFrame, name: str) -> pl.DataFrame:
    net = pl.col("net_fen")
    whole = moved.group_by("firm").agg(
        net.sum().alias("net_fen"),
        _part(-net.filter(net < 0).sum(), net.filter(net > 0).sum()).alias("red_share"),
        pl.col("issued_on").filter(net > 0).max().alias("last_on"),
    )
    partners = moved.group_by("firm", "partner").agg(net.sum()).filter(net > 0)
    by_partner = partners.group_by("firm").agg(
        pl.len().alias("partners"),
        _part(net.max(), net.sum()).alias("largest_share"),
        _part(net.top_k(5).sum(), net.sum()).alias("five_largest_share"),
        (net / net.sum()).pow(2).sum().alias("concentration"),
    )
    months = (
        moved.group_by("firm", pl.col("counts_on").dt.truncate("1mo").alias("month")).agg(net.sum()).filter(net > 0)
    )
    by_month = months.group_by("firm").agg(
        pl.len().alias("months"), _part(net.max(), net.sum()).alias("strongest_month_share")
    )
    joined = whole.join(by_partner, on="firm", how="left").join(by_month, on="firm", how="left")
    counted = joined.with_columns(pl.col("partners", "months").fill_null(0))
    return counted.rename({column: f"{name}_{column}" for column in counted.columns if column != "firm"})


def _part(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)
