"""Which classes of a firm's facts an organisation may read at an instant, and on what basis.

A consent opens its classes from the instant at which it is given to the instant at which it is taken back, and up to
the day on which it ends, which is not included. A legal ground opens its classes where its condition holds. Nothing
else opens anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from yulin.atlas.enums import Condition
from yulin.base.text import Text

ITSELF = "itself"


@dataclass(frozen=True)
class Permission:
    """One consent as the rule needs it."""

    id: int
    classes: frozenset[str]
    purpose: str
    given_at: datetime
    revoked_at: datetime | None
    valid_until: date

    def holds(self, at: datetime, today: date) -> bool:
        """Tell whether the consent opens anything at an instant of a day.

        >>> from datetime import UTC
        >>> noon = datetime(2022, 1, 19, 12, tzinfo=UTC)
        >>> Permission(1, frozenset(), "", noon, noon, date(2022, 2, 1)).holds(noon, date(2022, 1, 19))
        False
        """
        return self.given_at <= at and (self.revoked_at is None or at < self.revoked_at) and today < self.valid_until


@dataclass(frozen=True)
class Ground:
    """A legal ground as data: whom it opens which classes to, and when; `classes` is None where it opens all."""

    id: str
    title: Text
    law: str
    kinds: frozenset[str]
    classes: frozenset[str] | None
    when: Condition


@dataclass(frozen=True)
class Access:
    """What may be read: the classes (None: all), each basis for it, and the purposes that the firm named.

    `of_all`: only some classes are asked for, on a basis that opens all.
    """

    classes: frozenset[str] | None
    basis: tuple[str, ...]
    purposes: tuple[str, ...] = ()
    of_all: bool = False

    def opens(self, group: str) -> bool:
        """Tell whether a class of facts may be read."""
        return self.classes is None or group in self.classes

    @property
    def is_open(self) -> bool:
        """Whether anything may be read at all."""
        return bool(self.basis)

    @property
    def is_of_duty(self) -> bool:
        """Whether a legal ground opens everything: only then are numbers of people shown whole."""
        return self.classes is None or self.of_all

    @property
    def is_itself(self) -> bool:
        """Whether the firm reads about itself."""
        return self.basis == (ITSELF,)


OF_ITSELF = Access(None, (ITSELF,))


def access(permissions: Iterable[Permission], grounds: Iterable[Ground], at: datetime, today: date) -> Access:
    """Return what consents and grounds open together at an instant.

    Property: a consent more never opens less, one revoked opens as much as one never given; order does not matter.
    """
    held = sorted((one for one in permissions if one.holds(at, today)), key=lambda one: one.id)
    open_grounds = sorted(grounds, key=lambda one: one.id)
    classes: frozenset[str] | None = frozenset().union(*(one.classes for one in held))
    for ground in open_grounds:
        classes = None if classes is None or ground.classes is None else classes | ground.classes
    basis = [f"ground:{one.id}" for one in open_grounds] + [f"consent:{one.id}" for one in held]
    return Access(classes, tuple(basis), tuple(dict.fromkeys(one.purpose for one in held)))


def met_grounds(
    grounds: Iterable[Ground], kind: str, *, is_own_district: bool, has_own_enrolment: bool
) -> list[Ground]:
    """Return the grounds that open a firm to an organisation of a kind."""
    conditions = {
        Condition.ALWAYS: True,
        Condition.OWN_DISTRICT: is_own_district,
        Condition.OWN_ENROLMENT: has_own_enrolment,
    }
    return [ground for ground in grounds if kind in ground.kinds and conditions[ground.when]]
