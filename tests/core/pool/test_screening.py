"""Rows of a loan file under the law alone: in force, once, within limits to the fen, eligible."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import polars as pl
import pytest

from yulin.base.ids import make_uscc
from yulin.base.text import Text
from yulin.exchange.core.sheets import Sheet
from yulin.exchange.core.typing import type_sheet
from yulin.exchange.core.verdicts import verdicts_of
from yulin.pool.adapters.laws import shipped_laws
from yulin.pool.core.screening import NO_YEAR, SCREENING_REASONS, form_of, screen_loans, screening_words
from yulin.rules.core.scheme import Limit, RateTerm

LAWS = shipped_laws("gz-credit-2021")
HEADS = ["客户名称", "证件号码", "借据编号", "发放日期", "到期日期", "发放金额", "年利率", "担保方式"]


def loan(number=1, firm=1, on=date(2021, 7, 5), due=date(2022, 7, 4), amount="5000000", **facts):
    return {
        **dict(
            zip(
                HEADS,
                [f"示例{firm}", make_uscc("440112", firm), f"JJ{number}", on, due, amount, 4.35, "信用"],
                strict=True,
            )
        ),
        **facts,
    }


def screened(*loans, laws=LAWS, used=None):
    heads = list(dict.fromkeys(key for one in loans for key in one))
    sheet = Sheet("f.xlsx", "Sheet1", [heads, *([one.get(head) for head in heads] for one in loans)])
    typed = type_sheet(sheet, form_of(laws))
    assert typed.findings.filter(~pl.col("code").is_in(["FILE.AMOUNT.SMALL"])).is_empty()
    return screen_loans(typed.valid, laws, typed.letters, used)


def refusals(result):
    findings = result.findings.filter(pl.col("code") != "POOL.ELIGIBILITY.UNKNOWN")
    return findings.select("row", "cell", "code").rows()


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2021, 6, 30), "POOL.SCHEME.NOT_IN_FORCE"),
        (date(2021, 7, 1), None),
        (date(2025, 9, 30), None),
        (date(2025, 10, 1), "POOL.SCHEME.NOT_IN_FORCE"),
    ],
)
def test_scheme_is_in_force_on_the_day_of_disbursement(on, code):
    result = screened(loan(on=on, due=date(on.year + 1, 6, 1)))
    assert refusals(result) == ([(2, "D2", code)] if code else [])


@pytest.mark.parametrize(
    ("due", "code"),
    [(date(2024, 7, 4), None), (date(2024, 7, 5), None), (date(2024, 7, 6), "POOL.LIMIT.TENOR")],
)
def test_tenor_is_three_years_to_the_day(due, code):
    assert refusals(screened(loan(due=due))) == ([(2, "E2", code)] if code else [])


@pytest.mark.parametrize(
    ("amount", "code"),
    [("29999999.99", None), ("30000000.00", None), ("30000000.01", "POOL.LIMIT.FIRM_YEAR")],
)
def test_firm_year_bounds_one_loan_to_the_fen(amount, code):
    assert refusals(screened(loan(amount=amount))) == ([(2, "F2", code)] if code else [])


def test_a_refused_row_uses_up_nothing():
    result = screened(loan(1, amount="25000000"), loan(2, amount="5000000.01"), loan(3, amount="5000000"))
    assert refusals(result) == [(3, "F3", "POOL.LIMIT.FIRM_YEAR")]
    assert result.fitting.get_column("row").to_list() == [2, 4]


def test_another_firm_and_another_year_have_their_own_room():
    full = "30000000"
    result = screened(loan(1, amount=full), loan(2, firm=2, amount=full), loan(3, on=date(2022, 1, 1), amount=full))
    assert refusals(result) == []


def test_the_book_takes_room_where_it_is_given():
    firm = make_uscc("440112", 1)
    used = {("firm_year", firm, 2021): 2_500_000_001}
    assert refusals(screened(loan(), used=used)) == [(2, "F2", "POOL.LIMIT.FIRM_YEAR")]


GUARANTEED = {"业务模式": "政担"}


@pytest.mark.parametrize(("fen", "code"), [(0, None), (2_500_000_000, None), (2_500_000_001, "POOL.LIMIT.FIRM")])
def test_what_a_firm_owes_bounds_it_whatever_the_year(fen, code):
    used = {("firm", make_uscc("440112", 1), NO_YEAR): fen}
    one = loan(on=date(2025, 7, 5), due=date(2026, 7, 4), **GUARANTEED)
    assert refusals(screened(one, laws=shipped_laws("cn-tech-60"), used=used)) == ([(2, "F2", code)] if code else [])


def test_loans_of_two_years_share_the_ceiling_of_their_firm():
    first = loan(1, on=date(2025, 7, 5), due=date(2026, 7, 4), amount="25000000", **GUARANTEED)
    other = loan(2, on=date(2026, 7, 5), due=date(2027, 7, 4), amount="5000000.01", **GUARANTEED)
    result = screened(first, other, loan(3, on=date(2026, 7, 5), due=date(2027, 7, 4), firm=2, **GUARANTEED),
                      laws=shipped_laws("cn-tech-60"))  # fmt: skip
    assert refusals(result) == [(3, "F3", "POOL.LIMIT.FIRM")]


def test_same_loan_number_is_one_loan_but_equal_loans_are_two():
    result = screened(loan(1), loan(1, amount="1000000"), loan(2), loan(3))
    assert refusals(result) == [(3, "C3", "POOL.DUPLICATE.IN_FILE")]


def test_number_of_a_refused_row_is_free():
    result = screened(loan(1, due=date(2031, 1, 1)), loan(1))
    assert refusals(result) == [(2, "E2", "POOL.LIMIT.TENOR")]


def test_missing_facts_warn_and_are_named():
    result = screened(loan())
    verdict = next(verdicts_of(result.findings, SCREENING_REASONS, screening_words(LAWS)))
    assert (verdict.code, verdict.severity.value) == ("POOL.ELIGIBILITY.UNKNOWN", "warned")
    assert "Valid high-tech enterprise" in verdict.message.en
    assert "有效期内高新技术企业" in verdict.message.zh
    assert result.fitting.height == 1


def test_known_facts_decide():
    eligible = {"注册地区划": "440112", "是否高新技术企业": "是"}
    assert screened(loan(**eligible)).findings.is_empty()
    result = screened(loan(**{**eligible, "是否高新技术企业": "否", "是否科技型中小企业": "否"}))
    verdict = next(verdicts_of(result.findings, SCREENING_REASONS, screening_words(LAWS)))
    assert verdict.code == "POOL.ELIGIBILITY.NOT_MET"
    assert "Technology-based SME or high-tech enterprise" in verdict.message.en


def test_eligible_amount_is_at_most_the_loan_and_is_what_counts():
    more = loan(1, 申请入库金额="5000000.01")
    part = loan(2, amount="40000000", 申请入库金额="30000000")
    assert refusals(screened(more, part)) == [(2, "I2", "POOL.AMOUNT.ELIGIBLE")]


def test_a_limit_that_nobody_verified_warns():
    pack = LAWS[0].pack
    limits = {kind: replace(limit, row=replace(limit.row, verified="no")) for kind, limit in pack.scheme.limits.items()}
    laws = (replace(LAWS[0], pack=replace(pack, scheme=replace(pack.scheme, limits=limits))),)
    result = screened(loan(amount="30000000.01", due=date(2031, 1, 1)), laws=laws)
    assert {code for _, _, code in refusals(result)} == {"POOL.LIMIT.UNVERIFIED"}
    assert result.fitting.height == 1


INSURED = {"担保方式": "保证保险"}


def priced(verified="yes", **at_most_bp):
    """Return Guangzhou 2021 with bounds on what an insured loan costs."""
    pack = LAWS[0].pack
    row = replace(pack.scheme.limits["tenor"].row, clause="第三条", verified=verified)
    more = {kind: Limit(kind, "ratio", bp, None, replace(row, id=f"limits.{kind}")) for kind, bp in at_most_bp.items()}
    scheme = replace(pack.scheme, limits={**pack.scheme.limits, **more})
    return (replace(LAWS[0], pack=replace(pack, scheme=scheme)),)


@pytest.mark.parametrize(("stated", "code"), [("2.7%", None), ("2.7001%", "POOL.LIMIT.PREMIUM")])
def test_a_premium_rate_is_bounded_to_the_millionth(stated, code):
    result = screened(loan(**INSURED, 年保险费率=stated), laws=priced(premium=270))
    assert refusals(result) == ([(2, "I2", code)] if code else [])
    assert result.fitting.height == (0 if code else 1)


def test_a_premium_above_its_bound_says_what_was_found_and_which_clause_bounds_it():
    laws = priced(premium=270)
    result = screened(loan(**INSURED, 年保险费率="2.7001%"), laws=laws)
    verdict = next(verdicts_of(result.findings, SCREENING_REASONS, screening_words(laws)))
    assert verdict.message.zh == "年保险费率2.71%，高于上限：第三条 · 2.70%。"
    assert verdict.message.en == "The yearly premium rate is 2.71 %, above its limit: Art. 3 · 2.70 %."


@pytest.mark.parametrize(("bound", "code"), [(435, None), (434, "POOL.LIMIT.INSURED_RATE")])
def test_the_rate_of_an_insured_loan_has_a_bound_of_its_own(bound, code):
    result = screened(loan(1), loan(2, **INSURED), loan(3, 保险机构="示例保险"), laws=priced(insured_rate=bound))
    assert refusals(result) == ([(3, "G3", code), (4, "G4", code)] if code else [])


def test_an_insured_loan_that_names_no_premium_is_asked_for_it_and_another_is_not():
    result = screened(loan(1), loan(2, **INSURED), laws=priced(premium=270))
    assert refusals(result) == [(3, None, "POOL.LIMIT.PREMIUM_UNSTATED")]
    assert result.fitting.height == 1


def test_a_price_that_nobody_states_under_a_bound_that_nobody_verified_is_remarked_alone():
    result = screened(loan(1), loan(2, **INSURED), laws=priced("no", premium=270))
    assert refusals(result) == [(3, None, "POOL.LIMIT.PRICE_OPEN")]
    assert result.fitting.height == 2


def floating(steps):
    """Return those laws with the rate of a day as the bound on rates, as LPR + 50 bp."""
    (law,) = priced(rate=1)
    limit = law.pack.scheme.limits["rate"]
    by = RateTerm("rate-lpr", "plus", steps, Text("LPR加50个基点", "LPR + 50 bp"))
    scheme = replace(law.pack.scheme, limits={**law.pack.scheme.limits, "rate": replace(limit, at_most=None, by=by)})
    return (replace(law, pack=replace(law.pack, scheme=scheme)),)


LENT = date(2021, 8, 2)
LOWERED = ((date(2021, 1, 1), Fraction(5, 100)), (LENT, Fraction(435, 10_000)))


@pytest.mark.parametrize(
    ("stated", "steps", "code"),
    [
        ("4.35%", LOWERED, None),
        ("4.3501%", LOWERED, "POOL.LIMIT.RATE"),
        ("4.36%", ((LENT, Fraction(4355, 100_000)),), "POOL.LIMIT.RATE"),
        ("4.355%", ((LENT, Fraction(4355, 100_000)),), None),  # half a basis point counts
        ("9%", ((LENT + timedelta(1), Fraction(1, 100)),), "POOL.LIMIT.PRICE_OPEN"),  # no rate of the day is known
        ("9%", ((date(2021, 1, 1), Fraction(1, 100)), (LENT, None)), "POOL.LIMIT.PRICE_OPEN"),  # the series has ended
    ],
)
def test_a_rate_is_bounded_by_that_of_the_day_of_lending(stated, steps, code):
    result = screened(loan(on=LENT, due=date(2022, 7, 4), 年利率=stated), laws=floating(steps))
    assert [found for _, _, found in refusals(result)] == ([code] if code else [])
    assert result.fitting.height == (code != "POOL.LIMIT.RATE")


def test_a_rate_above_that_of_the_day_names_the_bound_in_both_languages():
    laws = floating(LOWERED)
    result = screened(loan(on=LENT, 年利率="4.36%"), laws=laws)
    verdict = next(verdicts_of(result.findings, SCREENING_REASONS, screening_words(laws)))
    assert verdict.message.zh == "年利率4.36%，上限LPR加50个基点 · 4.35%。"
    assert verdict.message.en == "The yearly rate is 4.36 %; the limit is LPR + 50 bp · 4.35 %."


def test_a_bound_on_premiums_that_nobody_verified_warns():
    result = screened(loan(**INSURED, 年保险费率="9%"), laws=priced("no", premium=270))
    assert refusals(result) == [(2, "I2", "POOL.LIMIT.UNVERIFIED")]
    assert result.fitting.height == 1
