from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.statements import Said, values_on, why_each

DAYS = st.dates(date(2020, 1, 1), date(2022, 12, 31))
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2022, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
SAID = st.builds(
    Said,
    st.sampled_from(["staff_count", "revenue_fen"]),
    st.integers(),
    st.sampled_from(["bank", "register"]),
    DAYS,
    st.none() | DAYS,
    INSTANTS,
    st.sampled_from([10, 50]),
)


@given(st.lists(SAID, max_size=8), DAYS, INSTANTS, st.randoms())
def test_order_of_statements_does_not_matter(said: list[Said], day: date, known_by: datetime, random: object) -> None:
    shuffled = list(said)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert values_on(said, day, known_by) == values_on(shuffled, day, known_by)


@given(st.lists(SAID, max_size=8), DAYS, INSTANTS)
def test_what_counts_is_valid_and_known(said: list[Said], day: date, known_by: datetime) -> None:
    for one in values_on(said, day, known_by).values():
        assert one.known_at <= known_by
        assert one.valid_from <= day
        assert one.valid_until is None or day < one.valid_until


@given(st.lists(SAID, max_size=8), DAYS, INSTANTS)
def test_each_statement_says_why_it_counts_or_not(said: list[Said], day: date, known_by: datetime) -> None:
    best = values_on(said, day, known_by).get("staff_count")
    explained = why_each(said, "staff_count", day, known_by)
    assert len(explained) == sum(one.fact == "staff_count" for one in said)
    assert [one for one, why in explained if why.en.startswith("Counts")] == ([best] if best else [])


def test_the_source_believed_first_counts_though_another_was_known_later() -> None:
    def said(value: int, source: str, priority: int, day: int) -> Said:
        return Said("staff_count", value, source, date(2021, 1, 1), None, datetime(2021, 1, day, tzinfo=UTC), priority)

    every = [
        said(40, "register", 10, 1),
        said(44, "bank", 50, 9),
        said(41, "register", 10, 3),
        said(9, "register", 10, 20),
    ]
    explained = why_each(every, "staff_count", date(2021, 6, 1), datetime(2021, 1, 10, tzinfo=UTC))
    assert [(one.value, why.en) for one, why in explained] == [
        (41, "Counts: its source is believed first, and what it says is the latest"),
        (9, "Was not known yet"),
        (40, "register, believed alike, was known later"),
        (44, "Its source is believed after register"),
    ]
