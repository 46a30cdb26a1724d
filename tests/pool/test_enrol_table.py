"""A table of loans enrolled: numbers, states, duplicates across banks, limits to the fen, nothing twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.factories.people import make_demo_book
from tests.factories.pool import FIRM_CODES, WAN, enrol, loan, make_bank, make_enrolment, make_law

from yulin.atlas.enums import CodeKind
from yulin.atlas.selectors import firm_by_code
from yulin.atlas.services import add_firm_code
from yulin.exchange.enums import UploadMode
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.selectors import audit_trail
from yulin.pool.models import CreditLine, Enrolment, LimitUse

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _january() -> None:
    make_demo_book(date(2022, 1, 19))


@pytest.fixture
def law():
    return make_law()


def codes(result):
    return result.findings.get_column("code").to_list()


def test_clean_row_gets_number_ratio_and_history(law):
    bank, clerk = make_bank()
    found = make_enrolment(clerk, law)
    assert found.number == "GZ21-2022-0000001"
    assert found.state == "active"
    assert found.ratio_bp == {"city": 5000, "district": 4000, "bank": 1000}
    assert found.pack_id == law.published_id
    assert found.bank_id == bank.pk
    assert found.confirmed_on == date(2022, 1, 19)
    steps = list(found.events.order_by("id").values_list("from_state", "to_state", "actor_name"))
    assert steps == [
        ("draft", "submitted", clerk.name),
        ("submitted", "reviewed", "系统"),
        ("reviewed", "confirmed", "系统"),
        ("confirmed", "active", "系统"),
    ]
    assert CreditLine.objects.get().line_fen == 1_000 * WAN
    assert found.facts["has_valid_hnte"] is True


def test_numbers_run_without_gaps_in_row_order(law):
    _, clerk = make_bank()
    result = enrol(clerk, law, *(loan() for _ in range(5)))
    enrol(clerk, law, loan())
    numbers = list(Enrolment.objects.order_by("upload_row").values_list("number", flat=True))
    assert numbers == [f"GZ21-2022-{running:07d}" for running in range(1, 7)]
    assert (result.first_number, result.last_number) == ("GZ21-2022-0000001", "GZ21-2022-0000005")


def test_loan_still_to_be_lent_is_confirmed_not_active(law):
    _, clerk = make_bank()
    found = make_enrolment(clerk, law, disbursed_on=date(2022, 1, 20))
    assert (found.state, found.loan_status) == ("confirmed", "undisbursed")


def test_missing_title_waits_for_the_manager_and_says_what_is_missing(law):
    _, clerk = make_bank()
    found = make_enrolment(clerk, law, has_valid_hnte=None)
    assert (found.state, found.outcome, found.number) == ("submitted", "unknown", None)
    assert found.missing == ["has_valid_hnte", "has_valid_techsme"]
    assert "has_valid_hnte" not in found.facts


def test_firm_elsewhere_is_refused(law):
    _, clerk = make_bank()
    result = enrol(clerk, law, loan(has_valid_hnte=False, has_valid_techsme=False))
    assert codes(result) == ["POOL.ELIGIBILITY.NOT_MET"]
    assert not Enrolment.objects.exists()


def test_same_table_twice_changes_nothing(law):
    _, clerk = make_bank()
    rows = [loan(), loan()]
    enrol(clerk, law, *rows)
    before = list(Enrolment.objects.order_by("id").values())
    used = list(LimitUse.objects.order_by("id").values())
    again = enrol(clerk, law, *rows)
    assert (again.enrolled, again.unchanged, again.refused) == (0, 2, 0)
    assert list(Enrolment.objects.order_by("id").values()) == before
    assert list(LimitUse.objects.order_by("id").values()) == used


def test_same_loan_with_another_amount_is_refused(law):
    _, clerk = make_bank()
    row = loan()
    enrol(clerk, law, row)
    assert codes(enrol(clerk, law, row | {"loan_amount_fen": 481 * WAN})) == ["POOL.LOAN.CHANGED"]


def test_two_equal_loans_of_one_firm_on_one_day_both_enrol(law):
    _, clerk = make_bank()
    assert enrol(clerk, law, loan(), loan()).enrolled == 2


def test_loan_of_another_bank_is_refused_by_loan_and_by_contract(law):
    _, first = make_bank()
    _, second = make_bank()
    row = loan()
    enrol(first, law, row)
    assert codes(enrol(second, law, row)) == ["POOL.DUPLICATE.LOAN"]
    assert codes(enrol(second, law, row | {"loan_number": "other"})) == ["POOL.DUPLICATE.CONTRACT"]
    assert enrol(second, law, row | {"firm_code": FIRM_CODES[1]}).enrolled == 1


def test_successor_code_leads_to_the_same_firm(law):
    _, first = make_bank()
    _, second = make_bank()
    row = loan()
    enrol(first, law, row)
    firm = firm_by_code(FIRM_CODES[0])
    add_firm_code(actor=SYSTEM_ACTOR, firm_id=firm.pk, code=FIRM_CODES[2], kind=CodeKind.SUCCESSOR)
    assert codes(enrol(second, law, row | {"firm_code": FIRM_CODES[2]})) == ["POOL.DUPLICATE.LOAN"]
    limit = enrol(second, law, loan(firm_code=FIRM_CODES[2], loan_amount_fen=2_521 * WAN))
    assert codes(limit) == ["POOL.LIMIT.FIRM_YEAR"]


@pytest.mark.parametrize(("over", "fits"), [(-1, True), (0, True), (1, False)])
def test_firm_and_year_to_the_fen_over_two_banks(law, over, fits):
    _, first = make_bank()
    _, second = make_bank()
    enrol(first, law, loan(loan_amount_fen=2_400 * WAN))
    result = enrol(second, law, loan(loan_amount_fen=600 * WAN + over))
    assert result.enrolled == fits
    if not fits:
        line = result.findings.row(0, named=True)
        assert line["code"] == "POOL.LIMIT.FIRM_YEAR"
        assert (line["found"], line["needed"]) == ("30,000,000.01", "30,000,000.00")
    assert LimitUse.objects.get(kind="firm_year").used_fen == 2_400 * WAN + (600 * WAN + over) * fits


def test_another_year_has_its_own_room(law):
    _, clerk = make_bank()
    enrol(clerk, law, loan(loan_amount_fen=3_000 * WAN))
    later = loan(loan_amount_fen=3_000 * WAN, disbursed_on=date(2022, 1, 4), due_on=date(2023, 1, 4))
    assert enrol(clerk, law, later).enrolled == 1


def test_whole_file_mode_leaves_the_book_as_it_was(law):
    _, clerk = make_bank()
    rows = [loan(), loan(loan_amount_fen=3_001 * WAN)]
    result = enrol(clerk, law, *rows, mode=UploadMode.WHOLE_FILE)
    assert (result.enrolled, result.refused) == (0, 1)
    assert not Enrolment.objects.exists()
    assert not LimitUse.objects.exists()
    assert enrol(clerk, law, *rows).enrolled == 1


def test_day_without_law_is_refused(law):
    _, clerk = make_bank()
    assert codes(enrol(clerk, law, loan(disbursed_on=date(2021, 6, 30)))) == ["POOL.SCHEME.NOT_IN_FORCE"]


def test_renewal_names_its_predecessor(law):
    _, clerk = make_bank()
    first = make_enrolment(clerk, law)
    renewed = make_enrolment(clerk, law, predecessor_loan_number=first.loan_number, disbursed_on=date(2022, 1, 10))
    assert renewed.predecessor_id == first.pk


def test_three_amounts_stay_apart(law):
    _, clerk = make_bank()
    found = make_enrolment(clerk, law, loan_amount_fen=500 * WAN, eligible_amount_fen=300 * WAN)
    assert (found.loan_amount_fen, found.eligible_amount_fen, found.enrolled_amount_fen) == (
        500 * WAN,
        300 * WAN,
        300 * WAN,
    )
    assert LimitUse.objects.get(kind="firm_year").used_fen == 300 * WAN


def test_every_table_leaves_one_audit_row_with_packs(law):
    _, clerk = make_bank()
    enrol(clerk, law, loan())
    entry = audit_trail(action="pool.enrol_table").get()
    assert entry.facts["by_state"] == {"active": 1}
    assert entry.facts["packs"] == [{"pack": law.pack.id, "version": law.pack.version}]


@pytest.mark.parametrize(
    "fields",
    [
        {"eligible_amount_fen": 500 * WAN + 1},
        {"enrolled_amount_fen": 480 * WAN + 1},
        {"due_on": date(2021, 8, 2)},
        {"number": None},
        {"state": "lost"},
        {"outstanding_fen": -1},
    ],
)
def test_database_refuses_what_the_core_refuses(law, fields):
    _, clerk = make_bank()
    found = make_enrolment(clerk, law)
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.filter(pk=found.pk).update(**fields)


def test_database_refuses_a_total_above_its_limit(law):
    _, clerk = make_bank()
    make_enrolment(clerk, law)
    use = LimitUse.objects.get(kind="firm_year")
    for wrong in (use.limit_fen + 1, -1):
        with pytest.raises(IntegrityError), transaction.atomic():
            LimitUse.objects.filter(pk=use.pk).update(used_fen=wrong)
