"""Entries of a case file: the latest first, without a day at the end, each once, whatever their order."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from yulin.base.text import Text
from yulin.brain.core.case_file import KINDS, CaseKind, Entry, how_many, in_order

ENTRIES = st.lists(
    st.builds(
        Entry,
        st.sampled_from(CaseKind),
        st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 4)),
        st.sampled_from([Text("甲", "a"), Text("乙", "b")]),
        st.just(Text("源", "source")),
    ),
    max_size=12,
)


@given(ENTRIES, st.randoms())
def test_entries_stand_once_the_latest_first_whatever_their_order(entries: list[Entry], chance: object) -> None:
    found = in_order(entries)
    assert len(found) == len(set(entries)) == len(set(found))
    known = [one.on for one in found if one.on]
    assert known == sorted(known, reverse=True)
    assert all(one.on is None for one in found[len(known) :])
    chance.shuffle(entries)  # type: ignore[attr-defined] # a Random
    assert in_order(entries) == found
    assert sum(count for _, count in how_many(found)) == len(found)


def test_every_kind_has_a_name() -> None:
    assert set(KINDS) == set(CaseKind)
