"""What the demo book must add up to: the figures of the newspaper page of 21 January 2022 on Guangzhou's pool.

The page prints firms, lines, lent sums and class counts at the end of 2021; the state at the end of 2020 (firms, lines,
lent, banks) stands in an audit article. How each figure spreads over years, banks and districts is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

YI_IN_WAN = 10_000
AS_OF = date(2021, 12, 31)
BUSINESS_DATE = date(2022, 1, 19)
FIRST_LOAN_ON = date(2016, 2, 1)


@dataclass(frozen=True)
class YearTarget:
    """One year of the book: what is lent (万元), by how many loans, to how many firms that are new to the pool."""

    year: int
    lent_wan: int
    loans: int
    new_firms: int
    banks: int
    lowest_rate_ppm: int
    highest_rate_ppm: int


YEARS = (
    YearTarget(2016, 120_000, 400, 220, 8, 60_000, 80_000),
    YearTarget(2017, 330_000, 945, 480, 8, 58_000, 75_000),
    YearTarget(2018, 700_000, 1_840, 620, 11, 54_000, 69_000),
    YearTarget(2019, 829_900, 2_075, 750, 17, 48_500, 62_000),
    YearTarget(2020, 1_030_000, 2_575, 1_088, 23, 42_500, 54_500),
    YearTarget(2021, 2_030_100, 5_050, 3_392, 31, 40_000, 50_000),
)
"""Cumulative: 115.00亿 lent by the end of 2018, 300.99亿 of 2020 (3,158 firms), 504.00亿 of 2021 (6,550 firms)."""

LINES_WAN_UNTIL_2020 = 3_705_300
LINES_WAN_IN_2021 = 6_980_000 - LINES_WAN_UNTIL_2020
IAB_NEM_FIRMS = 3_748
HNTE_FIRMS = 5_190
PURE_CREDIT_FIRMS = 4_835
TECHNOLOGY_UNITS = 37

DISTRICT_WEIGHTS = {
    "440112": 0.30,
    "440106": 0.24,
    "440113": 0.10,
    "440115": 0.08,
    "440111": 0.08,
    "440105": 0.06,
    "440104": 0.04,
    "440103": 0.03,
    "440114": 0.03,
    "440118": 0.025,
    "440117": 0.015,
}

SCHEME_FROM = {
    "gz-credit-2015": date(2015, 1, 1),
    "gz-credit-2018": date(2019, 1, 1),
    "gz-credit-2021": date(2021, 7, 1),
}
FIRM_YEAR_LIMIT_WAN = {2016: 2_000, 2017: 2_000, 2018: 2_000, 2019: 3_000, 2020: 3_000, 2021: 3_000}
TERM_LIMIT_MONTHS = {2016: 24, 2017: 24, 2018: 24, 2019: 36, 2020: 36, 2021: 36}
