"""The database itself hides rows of other banks and districts, also from a query without a filter."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.people import make_demo_book
from tests.factories.pool import make_bank, make_enrolment, make_law

from yulin.kit.row_security import district_scope, organisation_scope, scope
from yulin.pool.models import CreditLine, Enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture
def book():
    make_demo_book(date(2022, 1, 19))
    law = make_law()
    banks = [make_bank(), make_bank()]
    for (_, clerk), district in zip(banks, ("440112", "440106"), strict=True):
        make_enrolment(clerk, law, district_code=district)
    return [bank for bank, _ in banks]


@pytest.mark.parametrize(("reach", "seen"), [("none", 0), ("all", 2)])
def test_reach_of_nobody_and_of_all(book, reach, seen):
    with scope(reach):
        assert Enrolment.objects.count() == CreditLine.objects.count() == seen


def test_bank_sees_and_changes_its_own_only(book):
    with scope(organisation_scope(book[0].pk)):
        assert [one.bank_id for one in Enrolment.objects.all()] == [book[0].pk]
        assert Enrolment.objects.filter(bank_id=book[1].pk).update(purpose="x") == 0


def test_district_sees_its_own_and_changes_none(book):
    with scope(district_scope("440106")):
        assert [one.district_code for one in Enrolment.objects.all()] == ["440106"]
        assert Enrolment.objects.update(purpose="x") == 0
