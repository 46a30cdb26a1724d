"""Which classes are open: consents over half-open intervals, legal grounds, nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.access import Ground, Permission, access, met_grounds
from yulin.atlas.core.masking import masked
from yulin.atlas.enums import Condition
from yulin.base.text import Text

START = datetime(2022, 1, 1, tzinfo=UTC)
CLASSES = st.frozensets(st.sampled_from(["basics", "operation", "conduct"]), min_size=1)
INSTANTS = st.integers(0, 10).map(lambda hours: START + timedelta(hours=hours))
PERMISSION = st.builds(
    Permission,
    st.integers(1, 99),
    CLASSES,
    st.just("loan"),
    INSTANTS,
    st.none() | INSTANTS,
    st.sampled_from([date(2022, 1, 1), date(2022, 1, 2), date(2022, 1, 3)]),
)
DAY = date(2022, 1, 1)


@given(st.lists(PERMISSION, max_size=6, unique_by=lambda one: one.id), INSTANTS, st.randoms(use_true_random=False))
def test_a_class_is_open_where_a_consent_holds_whatever_the_order(
    given_: list[Permission], at: datetime, dice: Random
) -> None:
    found = access(given_, [], at, DAY)
    for group in ("basics", "operation", "conduct", "unclassified"):
        expected = any(
            group in one.classes
            and one.given_at <= at
            and not (one.revoked_at is not None and one.revoked_at <= at)
            and one.valid_until > DAY
            for one in given_
        )
        assert found.opens(group) is expected
    dice.shuffle(given_)
    assert access(given_, [], at, DAY) == found


@given(st.lists(PERMISSION, max_size=6, unique_by=lambda one: one.id), INSTANTS)
def test_what_is_revoked_opens_as_much_as_what_was_never_given(given_: list[Permission], at: datetime) -> None:
    for one in given_:
        rest = [other for other in given_ if other is not one]
        revoked = [*rest, replace(one, revoked_at=at)]
        assert access(revoked, [], at, DAY) == access(rest, [], at, DAY)


@pytest.mark.parametrize(
    ("at", "today", "is_open"),
    [
        (START - timedelta(microseconds=1), DAY, False),
        (START, DAY, True),
        (START + timedelta(hours=1, microseconds=-1), DAY, True),
        (START + timedelta(hours=1), DAY, False),
        (START, date(2022, 1, 31), True),
        (START, date(2022, 2, 1), False),
    ],
)
def test_a_consent_is_half_open_at_every_edge(at: datetime, today: date, is_open: bool) -> None:
    one = Permission(1, frozenset({"basics"}), "", START, START + timedelta(hours=1), date(2022, 2, 1))
    assert one.holds(at, today) is is_open


def test_a_ground_opens_its_classes_only_where_its_condition_holds() -> None:
    grounds = [
        Ground("all", Text("", ""), "", frozenset({"auditor"}), None, Condition.ALWAYS),
        Ground("loan", Text("", ""), "", frozenset({"bank"}), frozenset({"basics"}), Condition.OWN_ENROLMENT),
        Ground("place", Text("", ""), "", frozenset({"district"}), None, Condition.OWN_DISTRICT),
    ]

    def met(kind: str, *, district: bool = False, loan: bool = False) -> list[str]:
        return [one.id for one in met_grounds(grounds, kind, is_own_district=district, has_own_enrolment=loan)]

    assert met("auditor") == ["all"]
    assert [met("bank"), met("bank", loan=True), met("bank", district=True)] == [[], ["loan"], []]
    assert [met("district"), met("district", district=True), met("investor", loan=True)] == [[], ["place"], []]
    by_loan = access([], [grounds[1]], START, DAY)
    assert (by_loan.opens("basics"), by_loan.opens("operation")) == (True, False)
    assert access([], [grounds[0]], START, DAY).opens("unclassified")
    assert not access([], [], START, DAY).is_open


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("法人440106199003071234。", "法人440106********1234。"),
        ("44010619900307123X", "440106********123X"),
        ("电话13812345678", "电话138****5678"),
        ("91440101MA59ABCD1X", "91440101MA59ABCD1X"),
        ("915300007194052520", "915300007194052520"),
        ("合同号202201011234567890123", "合同号202201011234567890123"),
    ],
)
def test_numbers_of_people_are_masked_and_no_others(text: str, shown: str) -> None:
    assert masked(text) == shown
