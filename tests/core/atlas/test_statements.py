from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.statements import Said, values_on

DAYS = st.dates(date(2020, 1, 1), date(2022, 12, 31))
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2022, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
SAID = st.builds(
    Said,
    st.sampled_from(["staff_count", "revenue_fen"]),
    st.integers(),
    st.just("bank"),
    DAYS,
    st.none() | DAYS,
    INSTANTS,
)


@given(st.lists(SAID, max_size=8, unique_by=lambda one: (one.known_at, one.valid_from)), DAYS, INSTANTS, st.randoms())
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
