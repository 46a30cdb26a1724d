"""The index of marks loses no project whose words are looked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yulin.brain.core.passages import folded
from yulin.brain.core.project_words import looked_up, marks_of, words_of

LETTERS = st.text(alphabet="光学检测ＬＥＤled 　1𠮷\n\t", max_size=12)


@given(st.lists(LETTERS, min_size=1, max_size=4), st.data())
def test_what_stands_in_a_column_is_found_by_its_marks_and_its_words(columns, data):
    column = folded(data.draw(st.sampled_from(columns)))
    start = data.draw(st.integers(0, len(column)))
    wanted = column[start : data.draw(st.integers(start, len(column)))]
    words = words_of(columns)
    assert wanted in words
    assert set(looked_up(wanted)) <= set(marks_of(words))


def test_no_pair_reaches_from_one_column_into_the_next():
    assert set(looked_up("学检")) & set(marks_of(words_of(["光学", "检测"]))) == set()
    assert all(-(2**31) <= one < 2**31 for one in marks_of("\uffff\uffff\u8000光"))
