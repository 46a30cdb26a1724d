"""Real transactions side by side: shared limits to the fen, one loan from two banks, one file sent twice at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from tests.factories.people import make_demo_book
from tests.factories.pool import LOAN_HEADS, WAN, enrol, loan, make_bank, make_law, send, sheet_of

from yulin.pool.models import Enrolment, LimitUse, NumberSeries
from yulin.pool.services.enrol_upload import enrol_upload

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def law():
    make_demo_book(date(2022, 1, 19))
    return make_law()


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run works in threads of their own, all let go at the same moment, each on its own connection."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            gate.wait(timeout=30)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(works)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, work) for work in works]]


def codes(result):
    return result.findings.get_column("code").to_list()


def test_twenty_banks_file_for_one_firm_at_once(law):
    clerks = [make_bank()[1] for _ in range(20)]
    amount = 170 * WAN + 1
    results = at_once(*(lambda clerk=clerk: enrol(clerk, law, loan(loan_amount_fen=amount)) for clerk in clerks))
    limit = 3_000 * WAN
    fitting = limit // amount
    assert sum(result.enrolled for result in results) == fitting == 17
    assert [codes(result) for result in results if not result.enrolled] == [["POOL.LIMIT.FIRM_YEAR"]] * 3
    use = LimitUse.objects.get(kind="firm_year")
    assert use.used_fen == fitting * amount == Enrolment.objects.aggregate(sum=Sum("enrolled_amount_fen"))["sum"]
    assert use.used_fen <= use.limit_fen
    numbers = sorted(Enrolment.objects.values_list("number", flat=True))
    assert numbers == [f"GZ21-2022-{running:07d}" for running in range(1, fitting + 1)]
    assert NumberSeries.objects.get().last == fitting


@pytest.mark.parametrize("years_apart", [False, True])
def test_same_loan_from_two_banks_in_the_same_second(law, years_apart):
    row = loan()
    # In two years the banks share no total of the firm: then only the database's own law stands between them.
    other = row | {"disbursed_on": date(2022, 1, 4), "due_on": date(2023, 1, 4)} if years_apart else row
    clerks = [make_bank()[1], make_bank()[1]]
    results = at_once(lambda: enrol(clerks[0], law, row), lambda: enrol(clerks[1], law, other))
    assert sorted(result.enrolled for result in results) == [0, 1]
    assert [codes(result) for result in results if not result.enrolled] == [["POOL.DUPLICATE.LOAN"]]
    assert Enrolment.objects.count() == 1


def test_same_file_enrolled_twice_in_parallel(law):
    _, clerk = make_bank()
    upload = send(
        clerk, sheet_of([loan(loan_amount_fen=10 * WAN) for _ in range(30)], LOAN_HEADS), scheme_id="gz-credit-2021"
    )
    results = at_once(*(lambda: enrol_upload(actor=clerk, upload_id=upload.pk) for _ in range(4)))
    assert results == [results[0]] * 4
    assert results[0]["enrolled"] == Enrolment.objects.count() == 30


def test_two_files_over_the_same_firms_in_opposite_order_do_not_wait_for_ever(law):
    from tests.factories.pool import FIRM_CODES

    clerks = [make_bank()[1], make_bank()[1]]
    orders = [FIRM_CODES, tuple(reversed(FIRM_CODES))]
    tables = [[loan(firm_code=code, loan_amount_fen=10 * WAN) for code in order] for order in orders]
    for _ in range(3):
        results = at_once(
            *(lambda c=clerk, t=table: enrol(c, law, *t) for clerk, table in zip(clerks, tables, strict=True))
        )
        assert [result.enrolled + result.unchanged for result in results] == [len(FIRM_CODES)] * 2
    assert Enrolment.objects.count() == 2 * len(FIRM_CODES)
