"""The demo book: firms, lines, loans and returns from February 2016 to December 2021, drawn from one seed.

The frames add up to `targets` exactly, so that the board computes the newspaper's figures from rows. Columns are named
as in the tables they go to; `firm`, `bank` and `line` are row numbers within their frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from yulin.base.workdays import shipped_calendar
from yulin.demo import targets
from yulin.demo.amounts import Integers, fit_to_total, parts_of
from yulin.demo.names import bank_names, firm_codes, firm_names
from yulin.demo.ties import with_predecessors, with_shared_failures, with_third_parties

SEED = 20_220_119
FEN_PER_WAN = 1_000_000
_SMALLEST_LOAN_WAN = 30
_LARGEST_LINE = 5  # times what was drawn
_RETURNING = 0.35  # of the firms of earlier years, how many borrow again
_OTHER_BANK = 0.15
_MOST_LOANS_A_YEAR = 3
_INDUSTRIES = ("software", "industry", "information_transmission", "other", "wholesale", "leasing")
_INDUSTRY_WEIGHTS = (0.36, 0.34, 0.10, 0.12, 0.05, 0.03)
_SECURED = ("guarantee", "mortgage", "ip_pledge", "receivables", "pledge")
_SECURED_WEIGHTS = (0.42, 0.20, 0.20, 0.12, 0.06)
_PURPOSES = ("研发投入", "采购原材料", "补充流动资金", "成果转化", "设备更新")
_TERMS = (6, 12, 24, 36)
_TERM_WEIGHTS = (0.08, 0.70, 0.16, 0.06)


@dataclass(frozen=True)
class DemoBook:
    """The book as frames, in the order in which they are loaded."""

    banks: pl.DataFrame
    firms: pl.DataFrame
    lines: pl.DataFrame
    loans: pl.DataFrame
    scale: int


def demo_book(scale: int = 1, seed: int = SEED) -> DemoBook:
    """Draw the book; `scale` multiplies firms, loans and sums, not banks."""
    rng = np.random.default_rng(seed)
    banks = _banks()
    firms = _firms(scale, rng)
    firm_years = _firm_years(scale, firms, rng)
    loans = _loans(firm_years, firms, rng)
    lines = _lines(loans, scale, rng)
    loans = with_predecessors(with_shared_failures(with_third_parties(loans, rng)))
    return DemoBook(banks, firms, lines, loans, scale)


def _banks() -> pl.DataFrame:
    names = bank_names()
    joined = np.searchsorted([year.banks for year in targets.YEARS], np.arange(len(names)), side="right")
    units = np.ones(len(names), np.int64)
    units[: targets.TECHNOLOGY_UNITS - len(names)] += 1
    return pl.DataFrame(
        {
            "code": [f"B{place + 1:02d}" for place in range(len(names))],
            "name_zh": [zh for zh, _ in names],
            "name_en": [en for _, en in names],
            "joined_year": [targets.YEARS[place].year for place in joined],
            "technology_units": units,
        }
    )


def _firms(scale: int, rng: np.random.Generator) -> pl.DataFrame:
    first_year = np.repeat([year.year for year in targets.YEARS], [year.new_firms * scale for year in targets.YEARS])
    count = len(first_year)
    districts = rng.choice(list(targets.DISTRICT_WEIGHTS), count, p=list(targets.DISTRICT_WEIGHTS.values()))
    industries = rng.choice(_INDUSTRIES, count, p=_INDUSTRY_WEIGHTS)
    iab_nem = _chosen(count, targets.IAB_NEM_FIRMS * scale, rng)
    revenue_wan = np.clip(rng.lognormal(7.6, 0.9, count), 120, 39_000).astype(np.int64)
    age_days = rng.integers(400, 5_500, count)
    started = (first_year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    return pl.DataFrame(
        {
            "firm": np.arange(count),
            "name": firm_names(industries),
            "identifier": firm_codes(districts),
            "district_code": districts,
            "industry": industries,
            "sector": np.where(iab_nem, np.where(rng.random(count) < 0.68, "iab", "nem"), "other"),
            "is_hnte": _chosen(count, targets.HNTE_FIRMS * scale, rng),
            "has_credit": _chosen(count, targets.PURE_CREDIT_FIRMS * scale, rng),
            "first_year": first_year,
            "registered_on": started - age_days,
            "staff_count": np.clip(revenue_wan // 45 + rng.integers(4, 40, count), 5, 290),
            "revenue_fen": revenue_wan * FEN_PER_WAN,
            "total_assets_fen": np.clip(revenue_wan * rng.uniform(0.5, 1.6, count), 80, 60_000).astype(np.int64)
            * FEN_PER_WAN,
        }
    )


def _chosen(count: int, how_many: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    chosen = np.zeros(count, bool)
    chosen[rng.choice(count, how_many, replace=False)] = True
    return chosen


def _firm_years(scale: int, firms: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """One row for each year in which a firm borrows: its bank, and how many loans it takes."""
    bank_weights = 1 / (np.arange(len(bank_names())) + 3)
    main_bank = np.empty(len(firms), np.int64)
    rows, known = [], 0
    for year in targets.YEARS:
        fresh = np.arange(known, known + year.new_firms * scale)
        again = rng.choice(known, round(known * _RETURNING), replace=False) if known else np.empty(0, np.int64)
        firm = np.concatenate([fresh, again])
        weights = bank_weights[: year.banks] / bank_weights[: year.banks].sum()
        drawn = rng.choice(year.banks, len(firm), p=weights)
        main_bank[fresh] = drawn[: len(fresh)]
        bank = np.where(rng.random(len(firm)) < _OTHER_BANK, drawn, main_bank[firm])
        loans = parts_of(len(firm), year.loans * scale, _MOST_LOANS_A_YEAR, rng)
        rows.append(
            pl.DataFrame({"firm": firm, "year": np.full(len(firm), year.year), "bank": bank, "loan_count": loans})
        )
        known += year.new_firms * scale
    return pl.concat(rows).with_row_index("line")


def _loans(firm_years: pl.DataFrame, firms: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    at = np.repeat(np.arange(len(firm_years)), firm_years["loan_count"].to_numpy())
    rows = firm_years[at].with_columns(pl.int_range(pl.len()).over("line").alias("nth"))
    year, firm = rows["year"].to_numpy(), rows["firm"].to_numpy()
    disbursed = _disbursement_days(year, rng)
    months = _terms(year, rng)
    amount_wan = _amounts(rows, rng)
    is_credit = _pure_credit(rows, firms, rng)
    is_first = (year == firms["first_year"].to_numpy()[firm]) & (rows["nth"].to_numpy() == 0)
    loans = pl.DataFrame(
        {
            "line": rows["line"],
            "firm": firm,
            "bank": rows["bank"],
            "year": year,
            "disbursed_on": disbursed,
            "months": months,
            "loan_amount_fen": amount_wan * FEN_PER_WAN,
            "annual_rate_ppm": _rates(year, rng),
            "security": np.where(is_credit, "credit", rng.choice(_SECURED, len(rows), p=_SECURED_WEIGHTS)),
            "purpose": rng.choice(_PURPOSES, len(rows)),
            "is_first_loan": is_first & (rng.random(len(rows)) < 0.4),
        }
    ).with_columns(due_on=pl.col("disbursed_on").dt.offset_by(pl.format("{}mo", "months")))
    return _with_fate(_with_numbers(loans), rng).join(
        firms.select("firm", "district_code", "industry", "sector", "is_hnte"),
        on="firm",
        how="left",
        maintain_order="left",
    )


def _disbursement_days(year: Integers, rng: np.random.Generator) -> pl.Series:
    calendar = shipped_calendar()
    days = np.empty(len(year), "datetime64[D]")
    for target in targets.YEARS:
        first = max(date(target.year, 1, 1), targets.FIRST_LOAN_ON)
        open_days = [day for day in _days(first, date(target.year, 12, 31)) if calendar.is_workday(day)]
        at = np.flatnonzero(year == target.year)
        days[at] = rng.choice(np.array(open_days, "datetime64[D]"), len(at))
    days[0] = np.datetime64(targets.FIRST_LOAN_ON)
    return pl.Series(days)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _terms(year: Integers, rng: np.random.Generator) -> Integers:
    limits = np.array([targets.TERM_LIMIT_MONTHS[target.year] for target in targets.YEARS])
    terms: Integers = np.minimum(rng.choice(_TERMS, len(year), p=_TERM_WEIGHTS), limits[year - targets.YEARS[0].year])
    return terms


def _amounts(rows: pl.DataFrame, rng: np.random.Generator) -> Integers:
    """Amounts in 万元: each year's sum is its target, no firm passes its yearly limit."""
    year = rows["year"].to_numpy()
    amounts = np.empty(len(rows), np.int64)
    scale = len(rows) // sum(target.loans for target in targets.YEARS)
    for target in targets.YEARS:
        at = np.flatnonzero(year == target.year)
        most = targets.FIRM_YEAR_LIMIT_WAN[target.year] // rows["loan_count"].to_numpy()[at]
        weights = np.round(rng.lognormal(0, 0.75, len(at)), 1) + 0.05
        amounts[at] = fit_to_total(weights, target.lent_wan * scale, np.full(len(at), _SMALLEST_LOAN_WAN), most)
    return amounts


def _pure_credit(rows: pl.DataFrame, firms: pl.DataFrame, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Tell which loans are pure credit: a firm that has it at all has it on its first loan, the others never."""
    firm = rows["firm"].to_numpy()
    is_first = (rows["year"].to_numpy() == firms["first_year"].to_numpy()[firm]) & (rows["nth"].to_numpy() == 0)
    is_credit: NDArray[np.bool_] = firms["has_credit"].to_numpy()[firm] & (is_first | (rng.random(len(rows)) < 0.7))
    return is_credit


def _rates(year: Integers, rng: np.random.Generator) -> Integers:
    place = year - targets.YEARS[0].year
    low = np.array([target.lowest_rate_ppm for target in targets.YEARS])[place]
    high = np.array([target.highest_rate_ppm for target in targets.YEARS])[place]
    rates: Integers = low + (high - low) * rng.integers(0, 21, len(year)) // 20 // 500 * 500
    return rates


def _with_numbers(loans: pl.DataFrame) -> pl.DataFrame:
    """Add what a bank calls its loan, the scheme in force on its day, and when it was confirmed."""
    scheme = pl.lit("gz-credit-2015")
    for pack, valid_from in targets.SCHEME_FROM.items():
        scheme = pl.when(pl.col("disbursed_on") >= valid_from).then(pl.lit(pack)).otherwise(scheme)
    bank = (pl.col("bank") + 1).cast(pl.String).str.zfill(2)
    return loans.sort("disbursed_on", "line", maintain_order=True).with_columns(
        scheme_id=scheme,
        loan_number=pl.format("JJ{}{}{}", bank, "year", pl.int_range(pl.len()).cast(pl.String).str.zfill(7)),
        contract_number=pl.format("HT{}{}{}", bank, "year", pl.col("line").cast(pl.String).str.zfill(7)),
        confirmed_on=pl.min_horizontal(pl.col("disbursed_on").dt.offset_by("6d"), pl.lit(targets.AS_OF)),
    )


def _with_fate(loans: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Add how each loan stands at the end of 2021: paid back at its due day, current, or in default since a day."""
    count = len(loans)
    fails = rng.random(count) < 0.016
    into_term = pl.Series(rng.uniform(0.45, 1.0, count))
    left = pl.Series(rng.integers(35, 101, count))
    term_days = (pl.col("due_on") - pl.col("disbursed_on")).dt.total_days()
    default_day = pl.col("disbursed_on") + pl.duration(days=(term_days * into_term).floor().cast(pl.Int64))
    return (
        loans.with_columns(fails=pl.Series(fails), default_day=default_day)
        .with_columns(
            defaulted_on=pl.when(pl.col("fails") & (pl.col("default_day") <= targets.AS_OF)).then("default_day")
        )
        .with_columns(
            closed_on=pl.when(pl.col("defaulted_on").is_null() & (pl.col("due_on") <= targets.AS_OF)).then("due_on"),
            default_outstanding_fen=pl.col("loan_amount_fen") * left // 100,
        )
        .drop("fails", "default_day")
    )


def _lines(loans: pl.DataFrame, scale: int, rng: np.random.Generator) -> pl.DataFrame:
    """One credit line for each firm-year, never below what is drawn from it; each period's sum is its target."""
    drawn = (
        loans.group_by("line", maintain_order=True)
        .agg(
            pl.col("loan_amount_fen").sum(),
            pl.col("disbursed_on").min(),
            pl.first("firm", "bank", "year", "contract_number"),
        )
        .sort("line")
    )
    drawn_wan = drawn["loan_amount_fen"].to_numpy() // FEN_PER_WAN
    is_2021 = drawn["year"].to_numpy() == targets.AS_OF.year
    line_wan = np.empty(len(drawn), np.int64)
    for at, total in (
        (np.flatnonzero(~is_2021), targets.LINES_WAN_UNTIL_2020),
        (np.flatnonzero(is_2021), targets.LINES_WAN_IN_2021),
    ):
        weights = drawn_wan[at] * rng.choice([1.0, 1.0, 1.5, 2.0], len(at))
        line_wan[at] = fit_to_total(weights, total * scale, drawn_wan[at], drawn_wan[at] * _LARGEST_LINE)
    year_start = pl.date(pl.col("year"), 1, 1)
    return drawn.select(
        "line",
        "firm",
        "bank",
        "contract_number",
        line_fen=pl.Series(line_wan * FEN_PER_WAN),
        signed_on=pl.max_horizontal(pl.col("disbursed_on").dt.offset_by("-5d"), year_start),
    )
