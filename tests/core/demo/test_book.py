"""The demo book adds up to the newspaper's figures, from its rows."""

from datetime import date

import polars as pl
import pytest

from yulin.base.ids import check_id
from yulin.demo import targets
from yulin.demo.book import DemoBook, demo_book

YI_FEN = 10_000_000_000


@pytest.fixture(scope="module")
def book() -> DemoBook:
    return demo_book()


def test_sums_are_the_newspapers(book: DemoBook) -> None:
    assert book.loans["loan_amount_fen"].sum() == 504 * YI_FEN
    assert book.lines["line_fen"].sum() == 698 * YI_FEN
    assert book.loans["firm"].n_unique() == 6_550


def test_classes_of_firms_are_the_newspapers(book: DemoBook) -> None:
    borrowers = book.firms.join(book.loans.select("firm").unique(), on="firm")
    assert borrowers.filter(pl.col("sector") != "other").height == 3_748
    assert borrowers["is_hnte"].sum() == 5_190
    assert book.loans.filter(pl.col("security") == "credit")["firm"].n_unique() == 4_835
    assert book.banks["technology_units"].sum() == 37


@pytest.mark.parametrize(("milestone_yi", "year"), [(100, 2018), (300, 2020), (500, 2021)])
def test_milestones_fall_in_their_years(book: DemoBook, milestone_yi: int, year: int) -> None:
    lent = book.loans.sort("disbursed_on").with_columns(pl.col("loan_amount_fen").cum_sum().alias("lent"))
    assert lent.filter(pl.col("lent") >= milestone_yi * YI_FEN)["disbursed_on"][0].year == year


def test_rates_fall_from_6_8_to_4_5(book: DemoBook) -> None:
    assert book.loans.filter(pl.col("year") == 2016)["annual_rate_ppm"].is_between(60_000, 80_000).all()
    assert book.loans.filter(pl.col("year") == 2021)["annual_rate_ppm"].is_between(40_000, 50_000).all()


def test_no_firm_passes_its_yearly_limit(book: DemoBook) -> None:
    by_year = book.loans.group_by("firm", "year").agg(pl.col("loan_amount_fen").sum())
    limits = pl.DataFrame(
        {"year": list(targets.FIRM_YEAR_LIMIT_WAN), "most_wan": list(targets.FIRM_YEAR_LIMIT_WAN.values())}
    )
    assert by_year.join(limits, on="year").filter(pl.col("loan_amount_fen") > pl.col("most_wan") * 1_000_000).is_empty()


def test_no_line_is_below_what_is_drawn(book: DemoBook) -> None:
    drawn = book.loans.group_by("line").agg(pl.col("loan_amount_fen").sum())
    assert drawn.join(book.lines, on="line").filter(pl.col("loan_amount_fen") > pl.col("line_fen")).is_empty()


def test_codes_and_numbers_are_valid_and_different(book: DemoBook) -> None:
    assert book.firms["identifier"].n_unique() == book.firms["name"].n_unique() == 6_550
    assert all(check_id(code).valid for code in book.firms["identifier"].head(200))
    assert book.loans["loan_number"].n_unique() == len(book.loans)


def test_third_parties_share_guaranteed_and_insured_loans_of_the_last_scheme(book: DemoBook) -> None:
    shared = book.loans.filter(pl.col("mode") == "five_plus_x")
    parts = ("third_party", "third_bp", "fourth_party", "fourth_bp")
    found = set(shared.select("scheme_id", *parts, "security").iter_rows())
    assert found == {
        ("gz-credit-2021", "guarantor", 4_000, None, None, "guarantee"),
        ("gz-credit-2021", "guarantor", 2_500, "insurer", 1_500, "guarantee"),
        ("gz-credit-2021", "insurer", 3_000, None, None, "insurance"),
    }
    assert shared.filter(pl.col("fourth_party").is_not_null()).select("defaulted_on").rows() == [(date(2021, 9, 21),)]
    others = book.loans.filter(pl.col("mode") == "bank")
    assert others.select(pl.col(*parts).null_count()).row(0) == (len(others),) * 4


def test_a_loan_is_renewed_once_by_its_firm_at_its_bank(book: DemoBook) -> None:
    renewals = book.loans.filter(pl.col("predecessor").is_not_null())
    earlier = book.loans[renewals["predecessor"].to_list()]
    assert renewals["predecessor"].n_unique() == len(renewals) > 300
    assert earlier["firm"].to_list() == renewals["firm"].to_list()
    assert earlier["bank"].to_list() == renewals["bank"].to_list()
    assert (renewals["disbursed_on"] - earlier["closed_on"]).dt.total_days().is_between(0, 60).all()
    assert not renewals["is_first_loan"].any()


def test_same_seed_same_book(book: DemoBook) -> None:
    assert demo_book().loans.equals(book.loans)


def test_scale_multiplies_sums_and_firms() -> None:
    tenfold = demo_book(scale=10)
    assert tenfold.loans["loan_amount_fen"].sum() == 5_040 * YI_FEN
    assert tenfold.loans["firm"].n_unique() == 65_500
