"""What layers promise: held when a loan is confirmed in whatever way, refused one fen over, released when it ends."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.people import make_actor, make_demo_book, make_organisation
from tests.factories.pool import (
    FIRM_CODES,
    LOAN_HEADS,
    WAN,
    enrol,
    loan,
    make_bank,
    make_enrolment,
    make_law,
    send,
    sheet_of,
)

from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import balance
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.pool.core.postings import Place
from yulin.pool.core.questions import Question
from yulin.pool.errors import BudgetBelowUseError, CapacityFullError, NoteMissingError, NothingOwedError
from yulin.pool.models import Enrolment
from yulin.pool.selectors.answers import pre_loan_answer
from yulin.pool.selectors.enrolment_page import enrolment_page
from yulin.pool.services.layer_accounts import set_layer_capacity
from yulin.pool.services.lifecycle import (
    close_enrolment,
    lapse_conditional_enrolments,
    reopen_enrolment,
    revoke_enrolment,
)
from yulin.pool.services.returns import Taken, record_returns
from yulin.pool.services.review import confirm_conditionally, confirm_enrolment

pytestmark = pytest.mark.django_db
SCHEME = "gz-credit-2021"
CITY, HUANGPU = Place(SCHEME, "city"), Place(SCHEME, "district", "440112")


@pytest.fixture(autouse=True)
def _january() -> None:
    make_demo_book(date(2022, 1, 19))


@pytest.fixture
def law():
    return make_law()


@pytest.fixture
def authority():
    return make_actor(Role.AUTHORITY_CHECKER, make_organisation(OrganisationKind.AUTHORITY))


def give(authority, place: Place, fen: int) -> int:
    return set_layer_capacity(actor=authority, place=place, capacity_fen=fen)


def held(place: Place) -> int:
    return balance(place.account(AccountKind.CAPACITY)).held_fen


def test_confirmed_loan_is_held_on_each_layer_that_keeps_an_account(law, authority):
    give(authority, CITY, 1_000 * WAN)
    _, clerk = make_bank()
    found = make_enrolment(clerk, law)  # 480万: the city bears half, the district four tenths and keeps no account
    assert held(CITY) == 240 * WAN
    assert give(authority, HUANGPU, 500 * WAN) == 1, "what was promised before the account was opened"
    assert held(HUANGPU) == 192 * WAN
    rooms = {one.name.en: one.left_fen for one in enrolment_page(clerk, found.pk).rooms}
    assert (rooms["Capacity, City"], rooms["Capacity, Huangpu district layer"]) == (760 * WAN, 308 * WAN)
    with pytest.raises(BudgetBelowUseError):
        give(authority, HUANGPU, 192 * WAN - 1)
    with pytest.raises(NotAllowedError):
        give(clerk, CITY, 1)


@pytest.mark.parametrize(("room", "fits"), [(240 * WAN - 1, False), (240 * WAN, True)])
def test_row_that_passes_a_layer_by_one_fen_is_refused_with_what_is_left(law, authority, room, fits):
    give(authority, CITY, 240 * WAN + room)
    _, clerk = make_bank()
    result = enrol(clerk, law, loan(), loan(firm_code=FIRM_CODES[1]))
    assert result.enrolled == 1 + fits
    assert held(CITY) == (1 + fits) * 240 * WAN
    if not fits:
        line = result.findings.row(0, named=True)
        assert line["code"] == "POOL.LIMIT.CAPACITY"
        assert (line["found"], line["needed"]) == ("市级 · 2,400,000.00", "2,399,999.99")


def test_smaller_row_after_one_that_does_not_fit_is_taken(law, authority):
    give(authority, CITY, 300 * WAN)
    _, clerk = make_bank()
    rows = [
        loan(firm_code=code, loan_amount_fen=fen)
        for code, fen in zip(FIRM_CODES, (480 * WAN, 400 * WAN, 120 * WAN), strict=False)
    ]
    result = enrol(clerk, law, *rows)
    assert (result.enrolled, result.refused, held(CITY)) == (2, 1, 300 * WAN)


def test_the_managers_confirmation_holds_and_a_layer_without_room_refuses_it(law, authority):
    give(authority, CITY, 240 * WAN - 1)
    _, clerk = make_bank()
    waiting = make_enrolment(clerk, law, has_valid_hnte=None)
    assert (waiting.state, held(CITY)) == ("submitted", 0)
    reviewer = make_actor(Role.MANAGER_CLERK)
    with pytest.raises(CapacityFullError) as refused:
        confirm_enrolment(actor=reviewer, enrolment_id=waiting.pk, clause="第四条", note="名单已核")
    assert "CNY 2,399,999.99 of its capacity are left" in refused.value.message.en
    waiting.refresh_from_db()
    assert (waiting.state, waiting.number) == ("submitted", None)
    give(authority, CITY, 240 * WAN)
    confirm_enrolment(actor=reviewer, enrolment_id=waiting.pk, clause="第四条", note="名单已核")
    assert held(CITY) == 240 * WAN


def test_conditional_loan_is_held_once_and_released_when_it_lapses(law, authority):
    give(authority, CITY, 1_000 * WAN)
    _, clerk = make_bank()
    reviewer = make_actor(Role.MANAGER_CLERK)
    kept, lost = (make_enrolment(clerk, law, firm_code=code, has_valid_hnte=None) for code in FIRM_CODES[:2])
    for one in (kept, lost):
        confirm_conditionally(actor=reviewer, enrolment_id=one.pk, condition="补名单", until=date(2022, 1, 31))
    assert held(CITY) == 480 * WAN
    confirm_enrolment(actor=reviewer, enrolment_id=kept.pk, clause="第四条", note="已补")
    assert held(CITY) == 480 * WAN
    assert lapse_conditional_enrolments(today=date(2022, 2, 1)) == 1
    assert held(CITY) == 240 * WAN


def test_closing_revoking_and_a_return_that_says_paid_release(law, authority):
    give(authority, CITY, 1_000 * WAN)
    bank, clerk = make_bank()
    one, two, three = (make_enrolment(clerk, law, firm_code=code) for code in FIRM_CODES[:3])
    manager = make_actor(Role.MANAGER_CHECKER)
    close_enrolment(actor=manager, enrolment_id=one.pk, on=date(2022, 1, 10))
    assert held(CITY) == 480 * WAN
    revoke_enrolment(actor=manager, enrolment_id=two.pk, clause="第九条", note="挪用")
    assert held(CITY) == 240 * WAN
    paid = Taken(three.pk, 0, 0, "normal", 43_500, "paid", None)
    record_returns(actor=clerk, bank_id=bank.pk, month=date(2021, 12, 1), taken=[paid])
    assert Enrolment.objects.get(pk=three.pk).state == "closed"
    assert held(CITY) == 0


def test_a_loan_closed_by_mistake_is_opened_again_and_held_anew(law, authority):
    give(authority, CITY, 1_000 * WAN)
    bank, clerk = make_bank()
    one = make_enrolment(clerk, law)
    checker = make_actor(Role.MANAGER_CHECKER)

    def told(outstanding_fen: int, status: str) -> None:
        line = Taken(one.pk, outstanding_fen, 0, "normal", 43_500, status, None)
        record_returns(actor=clerk, bank_id=bank.pk, month=date(2021, 12, 1), taken=[line])

    for turn in (1, 2):
        told(0, "paid")
        assert held(CITY) == 0
        with pytest.raises(NothingOwedError):
            reopen_enrolment(actor=checker, enrolment_id=one.pk, note="错报")
        told(300 * WAN, "current")
        assert (Enrolment.objects.get(pk=one.pk).state, held(CITY)) == ("closed", 0)
        with pytest.raises(NotAllowedError):
            reopen_enrolment(actor=make_actor(Role.MANAGER_CLERK), enrolment_id=one.pk, note="错报")
        with pytest.raises(NoteMissingError):
            reopen_enrolment(actor=checker, enrolment_id=one.pk, note=" ")
        found = reopen_enrolment(actor=checker, enrolment_id=one.pk, note="银行错报结清，附还款计划")
        assert (found.state, found.closed_on, found.times_reopened, held(CITY)) == ("active", None, turn, 240 * WAN)
    give(authority, CITY, 240 * WAN)
    told(0, "paid")
    make_enrolment(clerk, law, firm_code=FIRM_CODES[1])
    told(300 * WAN, "current")
    with pytest.raises(CapacityFullError):
        reopen_enrolment(actor=checker, enrolment_id=one.pk, note="银行错报结清")
    assert Enrolment.objects.get(pk=one.pk).state == "closed"


def test_reduced_loan_keeps_its_hold(law, authority):
    give(authority, CITY, 1_000 * WAN)
    bank, clerk = make_bank()
    one = make_enrolment(clerk, law)
    reduced = Taken(one.pk, 10 * WAN, 0, "normal", 43_500, "current", None)
    record_returns(actor=clerk, bank_id=bank.pk, month=date(2021, 12, 1), taken=[reduced])
    assert held(CITY) == 240 * WAN


@pytest.mark.parametrize(("room", "refusals"), [(240 * WAN - 1, ["POOL.LIMIT.CAPACITY"]), (240 * WAN, [])])
def test_the_bank_knows_before_it_lends(law, authority, room, refusals):
    give(authority, CITY, room)
    _, clerk = make_bank()
    facts = {"loan_amount_fen": 480 * WAN, "district_code": "440112", "has_valid_hnte": True, "is_pure_credit": True}
    said = pre_loan_answer(clerk, Question(SCHEME, date(2022, 1, 19), facts=facts)).answer
    city = next(layer for layer in said["layers"] if layer["party"] == "city")
    assert (city["room_before_fen"], city["room_after_fen"]) == (room, room - 240 * WAN)
    assert said["refusals"] == refusals


def test_checking_a_file_says_which_rows_a_layer_cannot_bear_before_it_is_enrolled(law, authority):
    give(authority, CITY, 240 * WAN)
    _, clerk = make_bank()
    rows = [loan(firm_code=code) for code in FIRM_CODES[:2]]
    upload = send(clerk, sheet_of(rows, LOAN_HEADS), scheme_id=SCHEME)
    (found,) = [one for one in upload.verdicts.all() if one.code == "POOL.LIMIT.CAPACITY"]
    assert found.message_en == (
        "A layer's share of this loan is City · 2,400,000.00; what is left of its capacity is CNY 0.00."
    )
