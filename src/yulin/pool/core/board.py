"""The headline figures of a pool as data: each with its definition, numerator, denominator, rounding and list.

A published number that cannot be rebuilt is a claim, not a figure. The newspaper of 21 January 2022 printed 73.83 % for
4,835 of 6,550 firms; half up to 0.01 gives 73.82 %. Its "65 % a year" names no years and cannot be rebuilt at all.

Invariant: a figure's value is computed here from whole numbers (fen, firms, millionths) and from nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

from yulin.base.text import Text

Kind = Literal["money", "firms", "share", "rates", "units", "growth", "leverage", "leverage_paid"]
ListKind = Literal["loans", "firms", "lines", "units", "years"]

YI_FEN = 10_000_000_000  # 1亿元
MILESTONES_FEN = (100 * YI_FEN, 300 * YI_FEN, 500 * YI_FEN)
RATE_BAND_PERCENT = (1, 99)


@dataclass(frozen=True)
class Figure:
    """One published number: what it says, of what, and which list proves it."""

    key: str
    kind: Kind
    name: Text
    definition: Text
    list_kind: ListKind
    numerator: Text | None = None
    denominator: Text | None = None
    leaves_out: Text | None = None
    rounding: Text | None = None
    note: Text | None = None


TO_THE_BASIS_POINT = Text("四舍五入到0.01个百分点", "half up to 0.01 percentage point")
TO_ONE_TENTH = Text("四舍五入到0.1", "half up to 0.1")
EXACT = Text("不舍入，按分合计后换算为亿元显示", "none: summed in fen, then shown in CNY bn")
ALL_FIRMS = Text("全部入池企业", "all firms in the pool")

FIGURES: tuple[Figure, ...] = (
    Figure(
        "lent",
        "money",
        Text("累计放款", "Lent"),
        Text(
            "已确认入库（含附条件、已结清）且已放款的借据，按贷款金额合计",
            "loan amounts of enrolled loans (confirmed, conditional, active or closed) that were paid out",
        ),
        "loans",
        leaves_out=Text("未放款额度、待审备案、已撤销备案", "undrawn lines, filings under review, revoked enrolments"),
        rounding=EXACT,
    ),
    Figure(
        "lines",
        "money",
        Text("授信总额", "Credit lines"),
        Text(
            "入池企业与合作银行已签授信合同的额度合计，每份合同计一次",
            "sum of the lines that partner banks signed with firms in the pool, each contract once",
        ),
        "lines",
        rounding=EXACT,
    ),
    Figure(
        "firms",
        "firms",
        Text("入池企业", "Firms in the pool"),
        Text(
            "至少有一笔已入库贷款的企业，按统一社会信用代码去重，更名与换码合并",
            "firms with at least one enrolled loan, one per USCC; new names and successor codes are the same firm",
        ),
        "firms",
    ),
    Figure(
        "iab-nem",
        "share",
        Text("IAB与NEM行业企业占比", "Firms in IAB and NEM sectors"),
        Text(
            "主营行业属IAB（新一代信息技术、人工智能、生物医药）或NEM（新能源、新材料）的入池企业占比，"
            "按最近一笔入库贷款备案时所填",
            "share of firms whose main industry is IAB (new-generation IT, artificial intelligence, biomedicine) or "
            "NEM (new energy, new materials), as filed with their latest loan",
        ),
        "firms",
        numerator=Text("IAB或NEM行业的入池企业", "firms in IAB or NEM sectors"),
        denominator=ALL_FIRMS,
        rounding=TO_THE_BASIS_POINT,
        note=Text(
            "行业分类与IAB、NEM的对应没有官方表，按银行备案所填，未另行核实",
            "no official table maps industries to IAB and NEM; as filed by the bank, not verified further",
        ),
    ),
    Figure(
        "hnte",
        "share",
        Text("高新技术企业占比", "High and new technology enterprises"),
        Text(
            "最近一笔入库贷款备案时，高新技术企业证书有效的入池企业占比",
            "share of firms that held a valid HNTE certificate when their latest loan was filed",
        ),
        "firms",
        numerator=Text("证书有效的入池企业", "firms with a valid certificate"),
        denominator=ALL_FIRMS,
        rounding=TO_THE_BASIS_POINT,
        note=Text(
            "证书情况未知的企业留在分母，不计入分子", "firms whose certificate is unknown stay in the denominator only"
        ),
    ),
    Figure(
        "pure-credit",
        "share",
        Text("纯信用贷款企业占比", "Firms with a pure-credit loan"),
        Text(
            "获得过无抵押、无质押、无第三方担保贷款的入池企业占比",
            "share of firms that had at least one loan without collateral, pledge or guarantee",
        ),
        "firms",
        numerator=Text("获得过纯信用贷款的入池企业", "firms with at least one pure-credit loan"),
        denominator=ALL_FIRMS,
        rounding=TO_THE_BASIS_POINT,
    ),
    Figure(
        "rates",
        "rates",
        Text("贷款利率", "Loan rates"),
        Text(
            "当年新放贷款的年化利率区间，按贷款金额计去掉最低、最高各1%",
            "annual rates of the year's new loans, without the lowest and the highest 1% of the money lent",
        ),
        "years",
        rounding=Text("四舍五入到0.1个百分点", "half up to 0.1 percentage point"),
    ),
    Figure(
        "units",
        "units",
        Text("科技支行或部门", "Technology branches or units"),
        Text(
            "合作银行在本市设立、已报受托管理机构的科技支行或专营部门，截止日有效",
            "technology branches or departments that partner banks run in the city and reported to the manager",
        ),
        "units",
    ),
    Figure(
        "growth",
        "growth",
        Text("累计放款年均增长", "Growth of lending a year"),
        Text(
            "自累计放款突破100亿元当年起的复合年增长率：（截止日累计放款 ÷ 100亿元）的n次方根减1，n为两者年份之差",
            "compound growth since the year in which CNY 10 bn was passed: the n-th root of (lent ÷ CNY 10 bn) less 1, "
            "n being the years between",
        ),
        "years",
        numerator=Text("截止日累计放款", "lent by the as-of day"),
        denominator=Text("100亿元", "CNY 10 bn"),
        rounding=Text("四舍五入到0.1个百分点", "half up to 0.1 percentage point"),
        note=Text(
            "2022年1月21日报道为“年均增长率65%”，未载起止年份，无法复算",
            "the newspaper of 21 January 2022 says 65 % a year without naming the years; that cannot be recomputed",
        ),
    ),
    Figure(
        "leverage",
        "leverage",
        Text("放款与预算之比", "Lent to budget"),
        Text(
            "累计放款除以一个年度的补偿预算上限",
            "lent, divided by the ceiling of one year's compensation budget",
        ),
        "loans",
        numerator=Text("累计放款", "lent"),
        denominator=Text("年度补偿预算上限2亿元", "CNY 200 m, the ceiling of one year's budget"),
        rounding=TO_ONE_TENTH,
        note=Text(
            "上限见穗科规字〔2021〕2号定义条（已核实）。另一口径为放款÷已付补偿，另列",
            "ceiling as in document Sui Ke Gui Zi [2021] No. 2, definition article (verified). Lent ÷ compensation "
            "paid is another reading, given apart",
        ),
    ),
    Figure(
        "leverage-paid",
        "leverage_paid",
        Text("放款与已付补偿之比", "Lent to compensation paid"),
        Text(
            "累计放款除以截止日前各层财政已付的补偿；追回与核销的已转出，追偿回收不扣",
            "lent, divided by what all public layers had paid by the as-of day: less what was asked back or "
            "written off, recoveries not taken off",
        ),
        "loans",
        numerator=Text("累计放款", "lent"),
        denominator=Text(
            "台账各层“已付补偿”账户至截止日的余额", "balance of the layers' accounts “compensation paid” in the ledger"
        ),
        rounding=TO_ONE_TENTH,
        note=Text(
            "在途贷款尚未到期，已付补偿不是全部损失",
            "loans are still running, so what was paid is not the whole loss",
        ),
    ),
)
BUDGET_CEILING_FEN = 2 * YI_FEN


def figure(key: str) -> Figure | None:
    """Return the figure named `key`, or None.

    >>> figure("hnte").kind
    'share'
    """
    return next((each for each in FIGURES if each.key == key), None)


def closing_day(today: date) -> date:
    """Return the day as of which figures are published: the end of the month that ended last.

    >>> closing_day(date(2022, 1, 19))
    datetime.date(2021, 12, 31)
    """
    return today.replace(day=1) - timedelta(days=1)


def share_percent(numerator: int, denominator: int) -> Decimal | None:
    """Return `numerator` of `denominator` in percent.

    **Rounding**: half up to 0.01 percentage point. None where nothing stands below the line.

    >>> share_percent(4835, 6550)
    Decimal('73.82')
    """
    if denominator <= 0:
        return None
    return _rounded(Decimal(numerator) * 100 / Decimal(denominator), "0.01")


def times(numerator: int, denominator: int) -> Decimal | None:
    """Return how many times `denominator` goes into `numerator`.

    **Rounding**: half up to 0.1.

    >>> times(504, 2)
    Decimal('252.0')
    """
    if denominator <= 0:
        return None
    return _rounded(Decimal(numerator) / Decimal(denominator), "0.1")


def yearly_growth_percent(start_fen: int, end_fen: int, years: int) -> Decimal | None:
    """Return the compound growth per year in percent; None where no whole year lies between.

    **Rounding**: half up to 0.1 percentage point. **Source**: worked example R-22.

    >>> yearly_growth_percent(100, 504, 3)
    Decimal('71.5')
    """
    if start_fen <= 0 or end_fen <= 0 or years <= 0:
        return None
    with localcontext() as context:
        context.prec = 40
        factor = (Decimal(end_fen) / Decimal(start_fen)) ** (Decimal(1) / Decimal(years))
        return _rounded((factor - 1) * 100, "0.1")


@dataclass(frozen=True)
class Milestone:
    """A round amount and the day on which cumulative lending reached it; None while it has not."""

    amount_fen: int
    reached_on: date | None


def milestones(lent_by_day: Iterable[tuple[date, int]], amounts_fen: Sequence[int] = MILESTONES_FEN) -> list[Milestone]:
    """Return the day on which the running sum first reached each amount.

    **Shapes**: days in rising order, one sum of fen each.

    >>> milestones([(date(2018, 1, 2), 60), (date(2018, 1, 5), 40)], (100, 300))[0].reached_on
    datetime.date(2018, 1, 5)
    """
    reached: dict[int, date] = {}
    lent = 0
    for day, amount in lent_by_day:
        lent += amount
        for mark in amounts_fen:
            if mark not in reached and lent >= mark:
                reached[mark] = day
    return [Milestone(mark, reached.get(mark)) for mark in amounts_fen]


def weighted_band(amount_by_rate: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the 1st and the 99th percentile of rates weighted by amount; None of nothing.

    **Units**: `(annual_rate_ppm, amount_fen)` in rising rate. A percentile is the lowest rate at or below which that
    share of the money was lent.

    >>> weighted_band([(40_000, 10), (45_000, 80), (50_000, 10)])
    (40000, 50000)
    """
    total = sum(amount for _, amount in amount_by_rate)
    if total <= 0:
        return None
    low, high = (_percentile(amount_by_rate, percent, total) for percent in RATE_BAND_PERCENT)
    return low, high


def _percentile(amount_by_rate: Sequence[tuple[int, int]], percent: int, total: int) -> int:
    running = 0
    for rate, amount in amount_by_rate:
        running += amount
        if running * 100 >= percent * total:
            return rate
    return amount_by_rate[-1][0]


def _rounded(value: Decimal, step: str) -> Decimal:
    return value.quantize(Decimal(step), rounding=ROUND_HALF_UP)
