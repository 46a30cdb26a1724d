"""Each habit of cells: understood, remarked on, or refused with its reason."""

from datetime import date, datetime

import polars as pl
import pytest

from yulin.exchange.core.amounts import read_amounts
from yulin.exchange.core.cells import raw_column
from yulin.exchange.core.choices import read_choices, read_flags
from yulin.exchange.core.codes import read_firm_codes, read_number_texts
from yulin.exchange.core.columns import DateForm, Unit
from yulin.exchange.core.counts import read_counts, read_districts
from yulin.exchange.core.days import add_months, read_days
from yulin.exchange.core.rates import read_rates


def one(frame: pl.DataFrame) -> tuple[object, str | None]:
    return frame.select("value", "code").row(0)


@pytest.mark.parametrize(
    ("cell", "unit", "fen", "code"),
    [
        (5_000_000.0, Unit.YUAN, 500_000_000, None),
        (30_000_000.01, Unit.YUAN, 3_000_000_001, None),
        (480.123456, Unit.WAN, 480_123_456, None),
        (0.5, Unit.YI, 5_000_000_000, None),
        ("１，２３４，５６７．８９", Unit.YUAN, 123_456_789, None),
        ("1,234,567.8", Unit.YUAN, 123_456_780, None),
        (" ￥5 000 000.00元 ", Unit.YUAN, 500_000_000, None),
        ("人民币500万元整", Unit.WAN, 500_000_000, None),
        ("480万", Unit.YUAN, 480_000_000, "FILE.UNIT.GUESSED"),
        ("0.3亿", Unit.YUAN, 3_000_000_000, "FILE.UNIT.GUESSED"),
        ("5000000元", Unit.WAN, 500_000_000, "FILE.UNIT.GUESSED"),
        (480.0, Unit.YUAN, 48_000, "FILE.AMOUNT.SMALL"),
        (1_000.0, Unit.YUAN, 100_000, None),
        (999.99, Unit.YUAN, 99_999, "FILE.AMOUNT.SMALL"),
        (-5.0, Unit.YUAN, None, "FILE.AMOUNT.NOT_POSITIVE"),
        ("-5", Unit.YUAN, None, "FILE.AMOUNT.NOT_POSITIVE"),
        (0.0, Unit.YUAN, None, "FILE.AMOUNT.NOT_POSITIVE"),
        (1234.567, Unit.YUAN, None, "FILE.AMOUNT.FRACTION"),
        ("1234.567", Unit.YUAN, None, "FILE.AMOUNT.FRACTION"),
        ("1234.5600", Unit.YUAN, 123_456, None),
        ("1,23", Unit.YUAN, None, "FILE.AMOUNT.UNREADABLE"),
        ("1.234,56", Unit.YUAN, None, "FILE.AMOUNT.UNREADABLE"),
        ("壹佰万元", Unit.YUAN, None, "FILE.AMOUNT.UNREADABLE"),
        ("5E+06", Unit.YUAN, None, "FILE.AMOUNT.UNREADABLE"),
        (date(2021, 7, 5), Unit.YUAN, None, "FILE.AMOUNT.UNREADABLE"),
        (True, Unit.YUAN, None, "FILE.AMOUNT.UNREADABLE"),
        (1e18, Unit.YUAN, None, "FILE.AMOUNT.OUT_OF_RANGE"),
        ("99999999999999999999", Unit.YUAN, None, "FILE.AMOUNT.OUT_OF_RANGE"),
        (None, Unit.YUAN, None, None),
        ("  ", Unit.YUAN, None, None),
    ],
)
def test_amount(cell, unit, fen, code):
    assert one(read_amounts(raw_column([cell]), unit, may_be_zero=False, warns_of_small=True)) == (fen, code)


def test_balance_of_nothing_is_an_amount():
    frame = read_amounts(raw_column([0.0, -1.0]), Unit.YUAN, may_be_zero=True, warns_of_small=False)
    assert frame.select("value", "code").rows() == [(0, None), (None, "FILE.AMOUNT.NEGATIVE")]


@pytest.mark.parametrize(
    ("cell", "form", "day", "code"),
    [
        (date(2021, 7, 5), DateForm.YEAR_FIRST, date(2021, 7, 5), None),
        (datetime(2021, 7, 5, 13, 30), DateForm.YEAR_FIRST, date(2021, 7, 5), None),  # noqa: DTZ001 - cells have no zone
        ("2021-07-05", DateForm.YEAR_FIRST, date(2021, 7, 5), None),
        ("2021/7/5", DateForm.YEAR_FIRST, date(2021, 7, 5), None),
        ("2021.7.5", DateForm.YEAR_FIRST, date(2021, 7, 5), None),
        ("２０２１年７月５日", DateForm.YEAR_FIRST, date(2021, 7, 5), None),
        ("2021-07-05 00:00:00", DateForm.YEAR_FIRST, date(2021, 7, 5), None),
        ("20220704", DateForm.YEAR_FIRST, date(2022, 7, 4), None),
        (20220704.0, DateForm.YEAR_FIRST, date(2022, 7, 4), None),
        ("2020-02-29", DateForm.YEAR_FIRST, date(2020, 2, 29), None),
        ("2021-02-29", DateForm.YEAR_FIRST, None, "FILE.DATE.IMPOSSIBLE"),
        ("2021-02-30", DateForm.YEAR_FIRST, None, "FILE.DATE.IMPOSSIBLE"),
        (20210230.0, DateForm.YEAR_FIRST, None, "FILE.DATE.IMPOSSIBLE"),
        (date(1900, 1, 5), DateForm.YEAR_FIRST, None, "FILE.DATE.OUT_OF_RANGE"),
        (date(1979, 12, 31), DateForm.YEAR_FIRST, None, "FILE.DATE.OUT_OF_RANGE"),
        (date(1980, 1, 1), DateForm.YEAR_FIRST, date(1980, 1, 1), None),
        (date(2099, 12, 31), DateForm.YEAR_FIRST, date(2099, 12, 31), None),
        ("2100-01-01", DateForm.YEAR_FIRST, None, "FILE.DATE.OUT_OF_RANGE"),
        (5.0, DateForm.YEAR_FIRST, None, "FILE.DATE.OUT_OF_RANGE"),
        (5_000_000.0, DateForm.YEAR_FIRST, None, "FILE.DATE.UNREADABLE"),
        (44382.0, DateForm.YEAR_FIRST, date(2021, 7, 5), "FILE.DATE.SERIAL"),
        ("44382", DateForm.YEAR_FIRST, date(2021, 7, 5), "FILE.DATE.SERIAL"),
        (44382.5, DateForm.YEAR_FIRST, None, "FILE.DATE.UNREADABLE"),
        ("21/7/5", DateForm.YEAR_FIRST, None, "FILE.DATE.UNREADABLE"),
        ("7/5/2021", DateForm.YEAR_FIRST, None, "FILE.DATE.UNREADABLE"),
        ("7/5/2021", DateForm.MONTH_FIRST, date(2021, 7, 5), None),
        ("下周一", DateForm.YEAR_FIRST, None, "FILE.DATE.UNREADABLE"),
        ("15095", DateForm.SAS, date(2001, 4, 30), None),
        (15095.0, DateForm.SAS, date(2001, 4, 30), None),
        ("7305", DateForm.SAS, date(1980, 1, 1), None),
        ("7304", DateForm.SAS, None, "FILE.DATE.OUT_OF_RANGE"),
        (None, DateForm.SAS, None, None),
    ],
)
def test_date(cell, form, day, code):
    assert one(read_days(raw_column([cell]), form)) == (day, code)


def test_due_date_from_a_term_clamps_to_the_end_of_the_month():
    days = add_months(pl.Series([date(2021, 8, 31), date(2021, 8, 31), None]), pl.Series([6, None, 6]))
    assert days.to_list() == [date(2022, 2, 28), None, None]


@pytest.mark.parametrize(
    ("cell", "unit", "ppm", "code"),
    [
        (4.35, Unit.PERCENT, 43_500, None),
        ("4.35", Unit.PERCENT, 43_500, None),
        ("4.35%", Unit.PERCENT, 43_500, None),
        ("４．３５％", Unit.PERCENT, 43_500, None),
        (0.0435, Unit.PERCENT, 43_500, "FILE.RATE.FRACTION"),
        (0.35, Unit.PERCENT, 350_000, "FILE.RATE.FRACTION"),
        (0.36, Unit.PERCENT, 3_600, None),
        ("0.0435%", Unit.PERCENT, 435, None),
        (0.0435, Unit.FRACTION, 43_500, None),
        (43.5, Unit.PERMILLE, 43_500, None),
        (3.625, Unit.PERMILLE_MONTH, 43_500, None),
        ("0.3625%", Unit.PERCENT_MONTH, 43_500, None),
        (36.0, Unit.PERCENT, 360_000, None),
        (36.0001, Unit.PERCENT, None, "FILE.RATE.OUT_OF_RANGE"),
        (435.0, Unit.PERCENT, None, "FILE.RATE.OUT_OF_RANGE"),
        (-1.0, Unit.PERCENT, None, "FILE.RATE.OUT_OF_RANGE"),
        ("LPR+50BP", Unit.PERCENT, None, "FILE.RATE.UNREADABLE"),
        (date(2021, 4, 5), Unit.PERCENT, None, "FILE.RATE.UNREADABLE"),
        (None, Unit.PERCENT, None, None),
    ],
)
def test_rate(cell, unit, ppm, code):
    assert one(read_rates(raw_column([cell]), unit)) == (ppm, code)


@pytest.mark.parametrize(
    ("cell", "code", "finding"),
    [
        ("91350100M000100Y43", "91350100M000100Y43", None),
        (" 91330000142942095h ", "91330000142942095H", None),
        ("９１３３０１０６ＭＡＣＫＸ４ＱＧ４１", "91330106MACKX4QG41", None),
        ("9135-0100 M000100Y43", "91350100M000100Y43", None),
        ("915300007194052520", "915300007194052520", None),
        ("_x0039_15300007194052520", "915300007194052520", None),
        ("92141127MA0KD1Y64A", "92141127MA0KD1Y64A", None),
        ("91440112YL0000010F", "91440112YL0000010F", "FILE.ID.INNER_CHECK"),
        (915300007194052520.0, None, "FILE.ID.NUMERIC"),
        ("9.1530000719405E+17", None, "FILE.ID.NUMERIC"),
        ("915300007194052520.0", None, "FILE.ID.NUMERIC"),
        ("91350100M000100Y44", None, "FILE.ID.CHECK"),
        ("91350100O000100Y43", None, "FILE.ID.FORM"),
        ("111111111111111111", None, "FILE.ID.CHECK"),
        ("362322198709086409", None, "FILE.ID.PERSONAL"),
        (110108000000016.0, "110108000000016", "FILE.ID.OLD_CODE"),
        ("M000100Y4", "M000100Y4", "FILE.ID.OLD_CODE"),
        ("甲公司", None, "FILE.ID.UNREADABLE"),
        (None, None, None),
    ],
)
def test_firm_code(cell, code, finding):
    typed, _ = read_firm_codes(raw_column([cell]))
    assert one(typed) == (code, finding)


def test_personal_number_is_never_kept_whole():
    typed, original = read_firm_codes(raw_column(["362322198709086409"]))
    assert typed.get_column("found").to_list() == ["362*************09"]
    assert original.to_list() == ["362*************09"]


def test_firm_code_is_kept_as_written():
    _, original = read_firm_codes(raw_column([" 91330000142942095h "]))
    assert original.to_list() == ["91330000142942095h"]


@pytest.mark.parametrize(
    ("cell", "text", "finding"),
    [
        ("JJ-2021/001", "JJ-2021/001", None),
        ("0012345678901234567890", "0012345678901234567890", None),
        ("_x0033_40.00", "340", "FILE.ID.NUMBER_CELL"),
        ("1.59001810629457E+17", None, "FILE.ID.NUMERIC"),
        (123456789012345.0, "123456789012345", "FILE.ID.NUMBER_CELL"),
        (1e15, None, "FILE.ID.NUMERIC"),
        (12.5, None, "FILE.ID.NUMERIC"),
        (date(2021, 7, 5), None, "FILE.ID.NUMERIC"),
        ("X" * 64, "X" * 64, None),
        ("X" * 65, None, "FILE.CELL.TOO_LONG"),
    ],
)
def test_loan_number(cell, text, finding):
    assert one(read_number_texts(raw_column([cell]))) == (text, finding)


@pytest.mark.parametrize(
    ("word", "name", "member", "code"),
    [
        ("信用", "security", "credit", None),
        ("信用/免担保贷款", "security", "credit", None),
        ("Ｄ", "security", "credit", None),
        ("房地产抵押", "security", "mortgage", None),
        ("B01", "security", "mortgage", None),
        ("知识产权质押", "security", "ip_pledge", None),
        ("保证", "security", "guarantee", None),
        ("奇怪的担保", "security", "other", "FILE.CHOICE.OTHER"),
        ("5+X", "mode", "five_plus_x", None),
        ("其他模式", "mode", None, "FILE.CHOICE.REFUSED"),
        ("CS04", "size_class", "micro", None),
        ("FQ03", "five_class", "substandard", None),
        ("C3562", "industry", "industry", None),
        ("软件和信息技术服务业", "industry", "software", None),
        ("3562", "industry", None, "FILE.CHOICE.UNKNOWN"),
    ],
)
def test_choice(word, name, member, code):
    values, codes = read_choices(pl.Series([word]), name)
    assert (values[0], codes[0]) == (member, code)


def test_flags_and_counts_stay_unknown_where_not_understood():
    values, codes = read_flags(pl.Series(["是", "N", "也许", None]))
    assert values.to_list() == [True, False, None, None]
    assert codes.to_list() == [None, None, "FILE.CHOICE.UNKNOWN", None]
    counts = read_counts(raw_column(["1,200人", "3年", 36.0, "若干", None]))
    assert counts.get_column("value").to_list() == [1200, 36, 36, None, None]
    assert counts.get_column("code").to_list() == [None, None, None, "FILE.NUMBER.UNREADABLE", None]


def test_district_by_code_and_by_name():
    frame = read_districts(raw_column(["440112", 440115.0, "广州市天河区", "黄埔", "上海"]))
    assert frame.get_column("value").to_list() == ["440112", "440115", "440106", "440112", None]
