"""Property: a typed value written in any habit of banks is read back as the same value."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from yulin.exchange.core.amounts import read_amounts
from yulin.exchange.core.cells import raw_column
from yulin.exchange.core.columns import DateForm, Unit
from yulin.exchange.core.days import EARLIEST, LATEST, read_days
from yulin.exchange.core.rates import read_rates

WIDE = str.maketrans("0123456789.,-/%", "０１２３４５６７８９．，－／％")
FEN = st.integers(min_value=1, max_value=10**13)


def decimal(value, places):
    return f"{value // 10**places}.{value % 10**places:0{places}d}"


def grouped(text):
    whole, _, rest = text.partition(".")
    return f"{int(whole):,}.{rest}"


AMOUNTS = [
    lambda fen: (decimal(fen, 2), Unit.YUAN),
    lambda fen: (grouped(decimal(fen, 2)), Unit.YUAN),
    lambda fen: (decimal(fen, 2).translate(WIDE), Unit.YUAN),
    lambda fen: (f" ￥ {decimal(fen, 2)} 元 ", Unit.YUAN),
    lambda fen: (decimal(fen, 6), Unit.WAN),
    lambda fen: (f"{decimal(fen, 6)}万元", Unit.YUAN),
    lambda fen: (f"{decimal(fen, 10)}亿", Unit.WAN),
    lambda fen: (fen / 100, Unit.YUAN),
    lambda fen: (fen / 10**6, Unit.WAN),
]
DAYS = [
    lambda day: (day, DateForm.YEAR_FIRST),
    lambda day: (day.isoformat(), DateForm.YEAR_FIRST),
    lambda day: (f"{day.year}/{day.month}/{day.day}", DateForm.YEAR_FIRST),
    lambda day: (day.strftime("%Y%m%d"), DateForm.YEAR_FIRST),
    lambda day: (float(day.strftime("%Y%m%d")), DateForm.YEAR_FIRST),
    lambda day: (f"{day.year}年{day.month}月{day.day}日".translate(WIDE), DateForm.YEAR_FIRST),
    lambda day: (f"{day.month}/{day.day}/{day.year}", DateForm.MONTH_FIRST),
    lambda day: (str((day - date(1960, 1, 1)).days), DateForm.SAS),
    lambda day: (float((day - date(1899, 12, 30)).days), DateForm.YEAR_FIRST),
]


@settings(max_examples=30)
@given(fen=FEN, habit=st.sampled_from(AMOUNTS))
def test_amount_survives_every_habit(fen, habit):
    cell, unit = habit(fen)
    frame = read_amounts(raw_column([cell]), unit, may_be_zero=False, warns_of_small=False)
    assert frame.get_column("value").to_list() == [fen]


@settings(max_examples=30)
@given(day=st.dates(min_value=EARLIEST, max_value=LATEST), habit=st.sampled_from(DAYS))
def test_day_survives_every_habit(day, habit):
    cell, form = habit(day)
    assert read_days(raw_column([cell]), form).get_column("value").to_list() == [day]


@settings(max_examples=30)
@given(ppm=st.integers(min_value=3_600, max_value=360_000))
def test_rate_survives_every_habit(ppm):
    for cell, unit in (
        (ppm / 10_000, Unit.PERCENT),
        (f"{ppm / 10_000:.4f}%", Unit.FRACTION),
        (ppm / 1_000_000, Unit.FRACTION),
        (f"{decimal(ppm, 3)}".translate(WIDE), Unit.PERMILLE),
    ):
        assert read_rates(raw_column([cell]), unit).get_column("value").to_list() == [ppm]


@settings(max_examples=30)
@given(
    st.lists(st.one_of(st.none(), st.text(max_size=12), st.floats(), st.dates(), st.booleans()), min_size=1, max_size=8)
)
def test_no_cell_breaks_a_reader(cells):
    column = raw_column(cells)
    for frame in (
        read_amounts(column, Unit.YUAN, may_be_zero=False, warns_of_small=True),
        read_days(column, DateForm.YEAR_FIRST),
        read_rates(column, Unit.PERCENT),
    ):
        assert frame.height == len(cells)
        present = column.is_present
        assert all(
            (value is not None) or (code is not None) or not here
            for value, code, here in zip(frame.get_column("value"), frame.get_column("code"), present, strict=True)
        )
