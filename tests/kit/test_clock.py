from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.factories.people import make_demo_book

from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.errors import BookKeepsTimeError
from yulin.people.models import AuditEntry
from yulin.people.services import keep_book, move_book_day


@pytest.mark.django_db
def test_demo_book_stands_still() -> None:
    assert clock.business_date() == clock.date_in_zone(clock.now())
    make_demo_book(date(2022, 1, 19))
    assert clock.business_date() == date(2022, 1, 19)
    keep_book(actor=SYSTEM_ACTOR, name=Text("账本", "Book"))
    assert clock.business_date() == clock.date_in_zone(clock.now())


@pytest.mark.parametrize(
    ("hour", "day"), [(15, date(2022, 1, 19)), (16, date(2022, 1, 20))], ids=["before midnight", "midnight"]
)
def test_day_ends_at_midnight_of_the_zone(hour: int, day: date) -> None:
    assert clock.date_in_zone(datetime(2022, 1, 19, hour, tzinfo=UTC)) == day


@pytest.mark.django_db
def test_a_block_may_stand_on_a_day_that_has_gone() -> None:
    make_demo_book(date(2022, 1, 19))
    with clock.standing_on(date(2022, 1, 10)):
        assert clock.business_date() == date(2022, 1, 10)
    assert clock.business_date() == date(2022, 1, 19)


@pytest.mark.django_db
def test_a_demo_books_day_moves_and_leaves_a_trace() -> None:
    make_demo_book(date(2022, 1, 19))
    assert move_book_day(actor=SYSTEM_ACTOR, day=date(2022, 1, 27)) == date(2022, 1, 19)
    assert clock.business_date() == date(2022, 1, 27)
    trace = AuditEntry.objects.get(action="people.move_book_day")
    assert trace.facts == {"from": "2022-01-19", "to": "2022-01-27"}


@pytest.mark.django_db
def test_a_real_books_day_cannot_be_moved() -> None:
    keep_book(actor=SYSTEM_ACTOR, name=Text("账本", "Book"))
    with pytest.raises(BookKeepsTimeError) as caught:
        move_book_day(actor=SYSTEM_ACTOR, day=date(2022, 1, 27))
    assert caught.value.facts["today"] == clock.business_date()
