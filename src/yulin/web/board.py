"""The headline board as the page shows it: each figure with value, unit, what stands below it and its definition.

Invariant: every value comes from the whole numbers of one snapshot through `pool.core.board`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse

from yulin.base.text import OWN_CURRENCY, Text
from yulin.pool.core import board
from yulin.pool.core.board_groups import Group
from yulin.pool.selectors.board import BoardFigures
from yulin.web.amounts import YI_FEN, Amount, percent_of, rate_text, yuan

NONE_YET = Text("—", "—")


@dataclass(frozen=True)
class Shown:
    """One figure on the page."""

    figure: board.Figure
    value: Text
    unit: Text
    below: Text
    rows: list[tuple[Text, Text]] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The address of its definition on the page."""
        return f"d-{self.figure.key}"

    @property
    def name(self) -> Text:
        """The figure's name."""
        return self.figure.name

    @property
    def title(self) -> Text:
        """The heading of its definition."""
        return self.figure.name

    @property
    def links(self) -> list[tuple[Text, str]]:
        """Where the figure leads: to its list, to all definitions."""
        return [
            (Text("打开名单", "Open the list"), reverse("web:board-list", args=[self.figure.key])),
            (Text("全部定义", "All definitions"), "#defs"),
        ]


def shown_figures(figures: BoardFigures) -> dict[str, Shown]:
    """Return every figure of the board, by key."""
    makers = {
        "money": _money,
        "firms": _firms,
        "share": _share,
        "rates": _rates,
        "units": _units,
        "growth": _growth,
        "leverage": _leverage,
        "leverage_paid": _leverage_paid,
    }
    # The ceiling of the budget is the city's, in yuan: what is lent in another currency is no multiple of it.
    kept = [one for one in board.FIGURES if one.kind != "leverage" or figures.currency == OWN_CURRENCY]
    return {each.key: makers[each.kind](each, figures) for each in kept}


def share_of(key: str, figures: BoardFigures) -> tuple[int, int]:
    """Return numerator and denominator of a share, in firms."""
    above = {"iab-nem": figures.iab_nem_firms, "hnte": figures.hnte_firms, "pure-credit": figures.pure_credit_firms}
    return above[key], figures.firms


def split_of(figure: board.Figure, figures: BoardFigures) -> list[dict[str, Any]]:
    """Return the firms of a share in parts that add up to its denominator: in, unknown, the rest."""
    if figure.kind != "share" or figure.numerator is None:
        return []
    above, whole = share_of(figure.key, figures)
    unknown = figures.hnte_unknown_firms if figure.key == "hnte" else 0
    parts = [
        (figure.numerator, above),
        (Text("情况未知的入池企业", "firms of which it is unknown"), unknown),
        (Text("其余入池企业", "all other firms"), whole - above - unknown),
    ]
    return [
        {"name": name, "firms": firms, "share": percent_of(firms, whole), "bar": round(firms * 100 / whole, 1)}
        for name, firms in parts
        if firms
    ]


def _money(figure: board.Figure, figures: BoardFigures) -> Shown:
    amount = Amount(figures.lent_fen if figure.key == "lent" else figures.lines_fen)
    count = figures.loans if figure.key == "lent" else figures.lines
    below = (
        Text("%(n)s笔借据", "%(n)s {n:loan|loans}")
        if figure.key == "lent"
        else Text("%(n)s份授信合同", "%(n)s {n:contract|contracts}")
    )
    value = [(Text("数值", "Exact"), amount.exact), *_apart(figures)]
    return Shown(figure, amount.value, amount.unit, below.with_values(n=f"{count:,}"), _rows(figure, figures, value))


def _apart(figures: BoardFigures) -> list[tuple[Text, Text]]:
    """Return what was lent in other currencies, which is in no sum of the board."""
    said = Text("%(sum)s，%(n)s笔，%(f)s家企业", "%(sum)s, %(n)s {n:loan|loans} to %(f)s {f:firm|firms}")
    return [
        (
            Text("另有，未计入", "Apart, not counted"),
            said.with_values(sum=f"{one.currency} {yuan(one.lent_fen)}", n=one.loans, f=one.firms),
        )
        for one in figures.others
    ]


def _firms(figure: board.Figure, figures: BoardFigures) -> Shown:
    unit = Text("家", "firms")
    value = [(Text("数值", "Exact"), Text("%(n)s家", "%(n)s {n:firm|firms}").with_values(n=f"{figures.firms:,}"))]
    below = Text("按统一社会信用代码去重", "one per USCC")
    return Shown(figure, _plain(f"{figures.firms:,}"), unit, below, _rows(figure, figures, value))


def _share(figure: board.Figure, figures: BoardFigures) -> Shown:
    above, whole = share_of(figure.key, figures)
    percent = board.share_percent(above, whole)
    sum_text = f"{above:,} ÷ {whole:,}"
    value = [(Text("算式", "Sum"), _plain(f"{sum_text} = {_four_places(above, whole)}"))]
    if figure.key == "hnte" and figures.hnte_unknown_firms:
        unknown = f"{figures.hnte_unknown_firms:,}"
        value.append((Text("情况未知", "Unknown"), Text("%(n)s家", "%(n)s {n:firm|firms}").with_values(n=unknown)))
    below = Text("%(sum)s家", "%(sum)s {whole:firm|firms}").with_values(sum=sum_text, whole=whole)
    return Shown(
        figure,
        _plain(str(percent)) if percent is not None else NONE_YET,
        _plain("%"),
        below,
        _rows(figure, figures, value),
    )


def _rates(figure: board.Figure, figures: BoardFigures) -> Shown:
    years = [year for year in figures.years if year.rate_low_ppm is not None]
    if not years:
        return Shown(figure, NONE_YET, _plain(""), NONE_YET, _rows(figure, figures, []))
    first, last = years[0], years[-1]
    band = f"{rate_text(last.rate_low_ppm)}–{rate_text(last.rate_high_ppm)}"
    before = f"{rate_text(first.rate_low_ppm)}%–{rate_text(first.rate_high_ppm)}%"
    value = [
        (_plain(str(year.year)), _plain(f"{rate_text(year.rate_low_ppm)}%–{rate_text(year.rate_high_ppm)}%"))
        for year in years
    ]
    below = Text(
        f"{last.year}年新放贷款；{first.year}年为{before}", f"new loans of {last.year}; {first.year}: {before}"
    )
    return Shown(figure, _plain(band), _plain("%"), below, _rows(figure, figures, value))


def _units(figure: board.Figure, figures: BoardFigures) -> Shown:
    value = [(Text("数值", "Exact"), Text(f"{figures.units:,}家", f"{figures.units:,} units"))]
    below = Text("合作银行在本市设立", "run by partner banks in the city")
    return Shown(figure, _plain(f"{figures.units:,}"), Text("家", "units"), below, _rows(figure, figures, value))


def _growth(figure: board.Figure, figures: BoardFigures) -> Shown:
    start = figures.milestones[0] if figures.milestones else None
    if start is None or start.reached_on is None:
        return Shown(
            figure,
            NONE_YET,
            _plain(""),
            Text("尚未突破100亿元", "CNY 10 bn not passed yet"),
            _rows(figure, figures, []),
        )
    years = figures.as_of.year - start.reached_on.year
    percent = board.yearly_growth_percent(start.amount_fen, figures.lent_fen, years)
    lent = Amount(figures.lent_fen)
    value = [
        (
            Text("算式", "Sum"),
            Text(f"（{lent.value.zh} ÷ 100）^（1/{years}）− 1", f"({lent.value.en} ÷ 10)^(1/{years}) − 1"),
        ),
        (
            Text("起点", "From"),
            Text(f"{start.reached_on.year}年突破100亿元", f"{start.reached_on.year}, CNY 10 bn passed"),
        ),
        (Text("终点", "To"), _day_text(figures.as_of)),
    ]
    below = Text(
        f"{start.reached_on.year}年100亿元至{figures.as_of.year}年{lent.value.zh}亿元",
        f"{start.reached_on.year} CNY 10 bn to {figures.as_of.year} CNY {lent.value.en} bn",
    )
    return Shown(
        figure,
        _plain(str(percent)) if percent is not None else NONE_YET,
        _plain("%"),
        below,
        _rows(figure, figures, value),
    )


def _leverage(figure: board.Figure, figures: BoardFigures) -> Shown:
    ratio = board.times(figures.lent_fen, board.BUDGET_CEILING_FEN)
    lent, ceiling = Amount(figures.lent_fen), Amount(board.BUDGET_CEILING_FEN)
    sum_text = Text(
        f"{lent.value.zh}亿元 ÷ {ceiling.value.zh}亿元", f"CNY {lent.value.en} bn ÷ CNY {ceiling.value.en} bn"
    )
    below = Text("%(sum)s，年度预算上限", "%(sum)s, one year's budget ceiling").with_values(sum=sum_text)
    return Shown(
        figure,
        _plain(f"{ratio}"),
        Text("倍", "times"),
        below,
        _rows(figure, figures, [(Text("算式", "Sum"), sum_text)]),
    )


def _leverage_paid(figure: board.Figure, figures: BoardFigures) -> Shown:
    if not figures.paid_fen:
        none = Text("截止日前没有已付补偿", "no compensation was paid by the as-of day")
        if figures.paid_fen is None:
            none = Text("下次计算时列出", "shown when the figures are computed next")
        return Shown(figure, NONE_YET, _plain(""), none, _rows(figure, figures, []))
    lent, paid = Amount(figures.lent_fen), Amount(figures.paid_fen)
    said = Text("%(lent)s ÷ %(paid)s", "%(lent)s ÷ %(paid)s").with_values(lent=lent.exact, paid=paid.exact)
    below = Text("已付补偿%(sum)s", "%(sum)s paid").with_values(sum=paid.exact)
    ratio = board.times(figures.lent_fen, figures.paid_fen)
    sums = _rows(figure, figures, [(Text("算式", "Sum"), said)])
    return Shown(figure, _plain(f"{ratio:,}"), Text("倍", "times"), below, sums)


def _rows(figure: board.Figure, figures: BoardFigures, value: list[tuple[Text, Text]]) -> list[tuple[Text, Text]]:
    """Return the definition line by line: what, of what, without what, the sum, rounding, as-of, note."""
    parts: list[tuple[Text, Text | None]] = [
        (Text("定义", "Definition"), figure.definition),
        (Text("不含", "Leaves out"), figure.leaves_out),
        (Text("分子", "Numerator"), figure.numerator),
        (Text("分母", "Denominator"), figure.denominator),
        *value,
        (Text("舍入", "Rounding"), figure.rounding),
        (Text("截止", "As of"), _day_text(figures.as_of)),
        (Text("说明", "Note"), figure.note),
    ]
    return [(name, text) for name, text in parts if text is not None]


def _plain(text: str) -> Text:
    return Text(text, text)


def _day_text(day: date) -> Text:
    return Text(day.isoformat(), f"{day.day} {day:%b} {day.year}")


def _four_places(above: int, whole: int) -> str:
    return f"{above * 100 / whole:.4f}%" if whole else "—"


def breakdown(groups: list[Group], names: dict[str, Text], lent_fen: int, *, at_most: int = 12) -> list[dict[str, Any]]:
    """Return the rows of a breakdown, the smallest joined into one so that the table stays readable."""
    shown, rest = groups[:at_most], groups[at_most:]
    rows: list[dict[str, Any]] = [
        {
            "key": group.key,
            "name": names.get(group.key) or _plain(group.key),
            "firms": group.firms,
            "loans": group.loans,
            "lent": Amount(group.lent_fen),
            "share": percent_of(group.lent_fen, lent_fen),
            "bar": round(group.lent_fen * 100 / groups[0].lent_fen, 1) if groups[0].lent_fen else 0,
        }
        for group in shown
    ]
    if rest:
        lent = sum(group.lent_fen for group in rest)
        rows.append(
            {
                "key": "",
                "name": Text(f"其他{len(rest)}项", f"{len(rest)} others"),
                "firms": None,
                "loans": sum(group.loans for group in rest),
                "lent": Amount(lent),
                "share": percent_of(lent, lent_fen),
                "bar": round(lent * 100 / groups[0].lent_fen, 1),
            }
        )
    return rows


@dataclass(frozen=True)
class Printed:
    """A figure as a newspaper printed it, beside what this book computes."""

    key: str
    printed: Text
    finding: Text
    agrees: bool


PRINTED_AS_OF = date(2021, 12, 31)
PRINTED_FIRMS = 6_550


def printed_figures(figures: BoardFigures) -> list[Printed]:
    """Return the figures that the press printed for the same day, each with what the book says of it.

    None for a book of another size or day: the page of the newspaper speaks of one pool on one day.
    """
    if figures.as_of != PRINTED_AS_OF or figures.firms != PRINTED_FIRMS:
        return []
    above, whole = share_of("pure-credit", figures)
    slip = Text(
        "%(sum)s，四舍五入为73.82%%；报纸所印73.83%%为舍入有误，分子、分母未变",
        "%(sum)s, half up 73.82%%; the newspaper's 73.83%% is a rounding slip, same numerator and denominator",
    ).with_values(sum=f"{above:,} ÷ {whole:,} = {_four_places(above, whole)}")
    no_years = Text(
        "未载起止年份，无法复算；本页按定义另算",
        "no base years printed, cannot be recomputed; computed here as defined",
    )
    iab_nem = str(board.share_percent(*share_of("iab-nem", figures)))
    return [
        _checked("lent", Text("504亿元", "CNY 50.4 bn"), figures.lent_fen == 504 * YI_FEN),
        _checked("lines", Text("698亿元", "CNY 69.8 bn"), figures.lines_fen == 698 * YI_FEN),
        _checked("firms", Text("6550家", "6,550 firms"), True),
        _checked("iab-nem", _plain("57.22%"), iab_nem == "57.22"),
        Printed("hnte", Text("近80%", "nearly 80%"), Text("一致，原文为约数", "agrees; printed roundly"), True),
        Printed("pure-credit", _plain("73.83%"), slip, False),
        Printed("growth", _plain("65%"), no_years, False),
        _checked("units", Text("37家", "37 units"), figures.units == 37),
        _checked(
            "rates",
            Text("2016年6%–8%，2021年4%–5%", "6%–8% in 2016, 4%–5% in 2021"),
            _bands(figures) == {2016: ("6.0", "8.0"), 2021: ("4.0", "5.0")},
        ),
    ]


def _bands(figures: BoardFigures) -> dict[int, tuple[str, str]]:
    ends = (figures.years[0], figures.years[-1])
    return {year.year: (rate_text(year.rate_low_ppm), rate_text(year.rate_high_ppm)) for year in ends}


def _checked(key: str, printed: Text, agrees: bool) -> Printed:
    finding = Text("一致", "agrees") if agrees else Text("按上述定义复算得出", "recomputed as defined above")
    return Printed(key, printed, finding, agrees)
