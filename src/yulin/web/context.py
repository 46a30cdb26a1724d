"""What the shell shows on every page: the row of areas with counts, who is here, the other roles, the business day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.people.adapters.calendar import recent_work_calendar
from yulin.people.core.actors import PUBLIC_ACTOR, Actor
from yulin.people.core.rights import ROLE_NAMES
from yulin.people.enums import Action
from yulin.people.selectors import held_memberships, the_book
from yulin.pool.selectors.home import work_counts
from yulin.web.nav import Link, links_for

if TYPE_CHECKING:
    from yulin.people.models import Membership

WEEKDAYS = (
    Text("星期一", "Monday"),
    Text("星期二", "Tuesday"),
    Text("星期三", "Wednesday"),
    Text("星期四", "Thursday"),
    Text("星期五", "Friday"),
    Text("星期六", "Saturday"),
    Text("星期日", "Sunday"),
)


@dataclass(frozen=True)
class Seat:
    """One role that the person can take."""

    membership_id: int
    organisation: Text
    unit: Text
    role: Text
    is_current: bool


class Shell:
    """The frame of a page; each part is read when the template asks for it, and once."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.actor_or_public: Actor = getattr(request, "actor", PUBLIC_ACTOR)

    @property
    def actor(self) -> Actor | None:
        """Who is signed in, or None."""
        return self.actor_or_public if self.actor_or_public.user_id else None

    @cached_property
    def is_demo(self) -> bool:
        """Whether everything in this book is invented."""
        return the_book().is_demo

    @cached_property
    def areas(self) -> list[Link]:
        """The row of areas."""
        match = getattr(self._request, "resolver_match", None)
        counts = work_counts(self.actor_or_public) if self.actor else {}
        return links_for(self.actor_or_public, current=match.view_name if match else "", counts=counts)

    @cached_property
    def seats(self) -> list[Seat]:
        """The roles that the person holds today."""
        if not self.actor:
            return []
        held = held_memberships(self._request.user, on=business_date())
        return [self._seat(membership) for membership in held]

    def _seat(self, membership: Membership) -> Seat:
        actor = self.actor_or_public
        is_current = membership.organisation_id == actor.organisation_id and membership.role == actor.role
        return Seat(
            membership.pk,
            membership.organisation.name,
            Text(membership.unit_zh, membership.unit_en or membership.unit_zh),
            ROLE_NAMES[actor.role] if is_current else ROLE_NAMES[membership.role],  # type: ignore[index]  # a StrEnum
            is_current,
        )

    @cached_property
    def seat(self) -> Seat | None:
        """The role in which the person is here."""
        return next((seat for seat in self.seats if seat.is_current), None)

    @property
    def person(self) -> Text:
        """The name of the person who is here."""
        return self._request.user.name_in_both  # type: ignore[union-attr]  # signed in

    @property
    def query(self) -> str:
        """What is being searched for."""
        return self._request.GET.get("q", "") if self._match("web:find") else ""

    @property
    def find_hint(self) -> Text:
        """What the search field finds for this person."""
        if self.actor_or_public.may(Action.SEE_ENROLMENTS):
            return Text("查找编号、企业名称或统一社会信用代码", "Find a number, a firm or a USCC")
        return Text("查找入库名单、确认编号", "Find a firm on the lists, a confirmation number")

    @property
    def sign_in(self) -> str:
        """Where one signs in: the list of demo users on a demo book."""
        return reverse("people:demo-sign-in") if self.is_demo else reverse("account_login")

    @property
    def business_day(self) -> Text:
        """The business date in words, and whether it is a working day."""
        today = business_date()
        weekday = WEEKDAYS[today.weekday()]
        return Text(
            f"业务日期{today.year}年{today.month}月{today.day}日（{weekday.zh}{_is_workday(today).zh}），北京时间",
            f"Business date {today.day} {today:%b %Y} ({weekday.en}{_is_workday(today).en}), Beijing time",
        )

    def _match(self, name: str) -> bool:
        match = getattr(self._request, "resolver_match", None)
        return bool(match and match.view_name == name)


def _is_workday(day: Any) -> Text:
    try:
        works = recent_work_calendar().is_workday(day)
    except YulinError:  # the calendar of that year is not announced yet
        return Text("", "")
    return Text("，工作日", ", working day") if works else Text("，休息日", ", not a working day")


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return `shell`, the frame of the page."""
    return {"shell": Shell(request)}
