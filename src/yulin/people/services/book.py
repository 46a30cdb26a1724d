"""Which book this instance keeps, and the calendar over the one that ships with Yulin."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.errors import BookKeepsTimeError
from yulin.people.models import Book, CalendarDay, CalendarYear
from yulin.people.services.audit import record_audit


@transaction.atomic
def keep_book(*, actor: Actor, name: Text, is_demo: bool = False, business_date_pin: date | None = None) -> Book:
    """Set what book this instance keeps.

    Effects: the one `Book` row, made or changed; audit row.
    """
    book, _ = Book.objects.update_or_create(
        pk=1,
        defaults={
            "name_zh": name.zh,
            "name_en": name.en,
            "is_demo": is_demo,
            "business_date_pin": business_date_pin,
        },
    )
    record_audit(
        actor=actor,
        action="people.keep_book",
        subject=("book", 1),
        facts={"name": name.zh, "is_demo": is_demo, "business_date_pin": str(business_date_pin or "")},
    )
    transaction.on_commit(clock.forget_pin)
    clock.forget_pin()
    return book


@transaction.atomic
def move_book_day(*, actor: Actor, day: date) -> date:
    """Let a demo book stand still on another day; return the day on which it stood.

    Effects: the book's day; audit row. The running instance follows within seconds. Raises: `PEOPLE.BOOK.KEEPS_TIME`.
    """
    book = Book.objects.select_for_update().filter(pk=1, is_demo=True).first()
    if book is None or book.business_date_pin is None:
        raise BookKeepsTimeError(today=clock.business_date())
    before, book.business_date_pin = book.business_date_pin, day
    book.save(update_fields=["business_date_pin"])
    record_audit(
        actor=actor,
        action="people.move_book_day",
        subject=("book", 1),
        facts={"from": before.isoformat(), "to": day.isoformat()},
    )
    transaction.on_commit(clock.forget_pin)
    clock.forget_pin()
    return before


@transaction.atomic
def set_calendar_day(*, actor: Actor, day: date, is_workday: bool, note: str = "") -> CalendarDay:
    """Set a day to working or free, over the calendar that ships with Yulin.

    Effects: one `CalendarDay`, made or changed; audit row.
    """
    entry, _ = CalendarDay.objects.update_or_create(
        day=day, defaults={"is_workday": is_workday, "note": note, "set_by_id": actor.user_id, "set_at": clock.now()}
    )
    record_audit(
        actor=actor,
        action="people.set_calendar_day",
        subject=("calendar_day", day.isoformat()),
        facts={"is_workday": is_workday, "note": note},
    )
    return entry


@transaction.atomic
def announce_calendar_year(*, actor: Actor, year: int, document: str = "") -> CalendarYear:
    """Say that the days off and make-up days of a year are entered in full, so that terms may be counted through it.

    Effects: one `CalendarYear`, made or changed; audit row.
    """
    entry, _ = CalendarYear.objects.update_or_create(
        year=year, defaults={"document": document, "set_by_id": actor.user_id, "set_at": clock.now()}
    )
    record_audit(
        actor=actor,
        action="people.announce_calendar_year",
        subject=("calendar_year", year),
        facts={"document": document, "days": CalendarDay.objects.filter(day__year=year).count()},
    )
    return entry
