"""The assignment of debts: timeline (P-16c, P-16d), refusals, and what can leave the balance sheet in time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.base.workdays import shipped_calendar
from yulin.pool.core.assignment.debts import Debt, debt_blocks
from yulin.pool.core.assignment.kinds import KIND_LAWS
from yulin.pool.core.assignment.planner import Candidate, plan_line
from yulin.pool.core.assignment.timeline import (
    TransferRequest,
    ask_for_buy_back,
    ask_for_sale,
    cancel,
    close_of_business,
    current_row,
    owner_on,
)
from yulin.pool.enums import AssignmentKind, AssignmentState, ClaimState, LoanStatus, TransferAct
from yulin.pool.errors import (
    AssignmentActError,
    AssignmentDebtError,
    AssignmentPriceError,
    AssignmentSettlementError,
    AssignmentStandsError,
    AssignmentTransfereeError,
)

MAY_1, MAY_10, MAY_21, MAY_22 = (date(2023, 5, day) for day in (1, 10, 21, 22))
SALE = TransferRequest("S", TransferAct.SALE, "示例资产管理公司", 1_000_000, MAY_1, MAY_21)
BUY_BACK = replace(SALE, id="B", act=TransferAct.BUY_BACK, requested_on=MAY_10)
DEBT = Debt(1_000_000, LoanStatus.IN_LIQUIDATION, is_confirmed=True, claim_state=ClaimState.PAID)


def sold(request=SALE, rows=(), blocks=()):
    return ask_for_sale(rows, request, blocks=blocks, today=request.requested_on)


def shown(rows):
    return [(row.request.id, row.state, row.valid_from, row.last_on) for row in rows]


# --- the timeline ---


def test_p_16c_a_sale_is_pending_until_settlement_and_active_from_the_day_behind_it():
    rows = close_of_business(sold(), on=MAY_22)
    assert shown(rows) == [("S", AssignmentState.PENDING, MAY_1, MAY_21), ("S", AssignmentState.ACTIVE, MAY_22, None)]
    assert owner_on(rows, MAY_21) == ""
    assert owner_on(rows, MAY_22) == SALE.transferee


def test_p_16d_a_buy_back_that_settles_with_its_sale_cancels_both():
    rows = ask_for_buy_back(sold(), BUY_BACK, today=MAY_10)
    rows = close_of_business(rows, on=MAY_22)
    assert shown(rows) == [
        ("S", AssignmentState.PENDING, MAY_1, MAY_21),
        ("B", AssignmentState.PENDING, MAY_10, MAY_21),
        ("S", AssignmentState.CANCELLED, MAY_21, MAY_21),
        ("B", AssignmentState.CANCELLED, MAY_21, MAY_21),
    ]
    assert all(owner_on(rows, MAY_1 + timedelta(days=day)) == "" for day in range(60))


def test_nothing_happens_before_the_close_of_the_day_behind_settlement():
    assert close_of_business(sold(), on=MAY_21) == sold()


def test_a_later_buy_back_ends_the_ownership_on_its_settlement():
    rows = close_of_business(sold(), on=MAY_22)
    later = replace(BUY_BACK, requested_on=date(2023, 6, 1), settles_on=date(2023, 6, 10))
    rows = close_of_business(ask_for_buy_back(rows, later, today=date(2023, 6, 1)), on=date(2023, 6, 11))
    assert owner_on(rows, date(2023, 6, 10)) == SALE.transferee
    assert owner_on(rows, date(2023, 6, 11)) == ""
    assert rows[-1].state == AssignmentState.BOUGHT_BACK
    assert current_row(rows) is None


def test_a_debt_repaid_before_settlement_is_declined_with_the_reason():
    blocks = debt_blocks(replace(DEBT, outstanding_fen=0, loan_status=LoanStatus.PAID))
    rows = close_of_business(sold(), on=MAY_22, blocks=blocks)
    assert rows[-1].state == AssignmentState.DECLINED
    assert rows[-1].reason == "POOL.ASSIGNMENT.DEBT_PAID"
    assert owner_on(rows, MAY_22) == ""


def test_a_declined_sale_takes_its_later_buy_back_with_it():
    later = replace(BUY_BACK, settles_on=date(2023, 6, 10))
    rows = ask_for_buy_back(sold(), later, today=MAY_10)
    rows = close_of_business(rows, on=date(2023, 7, 1), blocks=("POOL.ASSIGNMENT.DEBT_PAID",))
    assert [row.state for row in rows[2:]] == [AssignmentState.DECLINED, AssignmentState.CANCELLED]
    assert all(row.valid_until for row in rows)


def test_a_pending_sale_can_be_cancelled_and_sold_again():
    rows = cancel(sold(), "S", on=MAY_10, reason="合同未签")
    assert shown(rows)[-1] == ("S", AssignmentState.CANCELLED, MAY_10, MAY_10)
    again = replace(SALE, id="S2", requested_on=date(2023, 5, 11))
    assert len(sold(again, rows)) == 3


def test_cancelling_a_sale_cancels_its_buy_back():
    rows = cancel(ask_for_buy_back(sold(), BUY_BACK, today=MAY_10), "S", on=MAY_10, reason="合同未签")
    assert all(row.valid_until for row in rows)
    assert close_of_business(rows, on=MAY_22) == rows


# --- refusals ---


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"outstanding_fen": 0, "loan_status": LoanStatus.PAID}, "POOL.ASSIGNMENT.DEBT_PAID"),
        ({"outstanding_fen": -1}, "POOL.ASSIGNMENT.DEBT_OVERPAID"),
        ({"is_confirmed": False}, "POOL.ASSIGNMENT.DEBT_NOT_CONFIRMED"),
        ({"outstanding_fen": 0, "loan_status": LoanStatus.UNDISBURSED}, "POOL.ASSIGNMENT.DEBT_UNDISBURSED"),
        ({"claim_state": ClaimState.APPROVED}, "POOL.ASSIGNMENT.DEBT_NOT_COMPENSATED"),
        ({"claim_state": None}, "POOL.ASSIGNMENT.DEBT_NOT_COMPENSATED"),
    ],
)
def test_p_16d_a_debt_that_cannot_change_hands_is_refused_by_name(changes, code):
    assert debt_blocks(DEBT) == ()
    blocks = debt_blocks(replace(DEBT, **changes))
    assert blocks == (code,)
    with pytest.raises(AssignmentDebtError) as refused:
        sold(blocks=blocks)
    assert refused.value.facts["codes"] == [code]


def test_p_16d_there_are_no_two_sales():
    for rows in (sold(), close_of_business(sold(), on=MAY_22)):
        with pytest.raises(AssignmentStandsError):
            ask_for_sale(rows, replace(SALE, id="S2", settles_on=date(2024, 1, 1)), blocks=(), today=MAY_1)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"settles_on": date(2023, 4, 30)}, AssignmentSettlementError),
        ({"price_ratio_ppm": None}, AssignmentPriceError),
        ({"price_ratio_ppm": 0}, AssignmentPriceError),
        ({"price_ratio_ppm": 1_000_001}, AssignmentPriceError),
        ({"transferee": " "}, AssignmentTransfereeError),
    ],
)
def test_p_16d_a_request_without_owner_price_or_a_day_to_come_is_refused(changes, error):
    with pytest.raises(error):
        sold(replace(SALE, **changes))


def test_a_buy_back_needs_a_sale_stands_alone_and_does_not_settle_before_it():
    with pytest.raises(AssignmentActError):
        ask_for_buy_back((), BUY_BACK, today=MAY_10)
    with pytest.raises(AssignmentSettlementError):
        ask_for_buy_back(sold(), replace(BUY_BACK, settles_on=date(2023, 5, 20)), today=MAY_10)
    rows = ask_for_buy_back(sold(), BUY_BACK, today=MAY_10)
    with pytest.raises(AssignmentActError):
        ask_for_buy_back(rows, replace(BUY_BACK, id="B2"), today=MAY_10)
    with pytest.raises(AssignmentActError):
        cancel(rows, "nobody", on=MAY_10, reason="?")


# --- laws ---


@given(
    settles=st.integers(0, 20),
    back=st.one_of(st.none(), st.integers(0, 20)),
    closes=st.lists(st.integers(0, 60), max_size=8),
    is_blocked=st.booleans(),
)
def test_a_close_that_runs_late_or_often_gives_the_rows_of_one_that_runs_once(settles, back, closes, is_blocked):
    blocks = ("POOL.ASSIGNMENT.DEBT_PAID",) if is_blocked else ()
    rows = sold(replace(SALE, settles_on=MAY_1 + timedelta(days=settles)))
    if back is not None:
        days = timedelta(days=settles + back)
        rows = ask_for_buy_back(rows, replace(BUY_BACK, requested_on=MAY_1, settles_on=MAY_1 + days), today=MAY_1)
    last = MAY_1 + timedelta(days=61)
    once = close_of_business(rows, on=last, blocks=blocks)
    for day in sorted(closes):
        rows = close_of_business(rows, on=MAY_1 + timedelta(days=day), blocks=blocks)
    assert set(close_of_business(rows, on=last, blocks=blocks)) == set(once)
    owned = [day for day in range(62) if owner_on(once, MAY_1 + timedelta(days=day))]
    if is_blocked or back == 0:
        assert owned == []
    else:
        until = 62 if back is None else settles + back + 1
        assert owned == list(range(settles + 1, until))


def test_only_a_kind_that_moves_title_leaves_the_balance_sheet():
    assert set(KIND_LAWS) == set(AssignmentKind)
    assert all(law.moves_title == law.leaves_balance_sheet for law in KIND_LAWS.values())


# --- the year-end plan ---

DEC_1, YEAR_END = date(2021, 12, 1), date(2021, 12, 31)
TERMS = {"review": 5, "check": 3, "opinion": 5, "notice": 5, "payment": 10}
MET = {"true_sale": (Text("真实出售", "True sale"), Outcome.MET)}


def candidate(**changes):
    standard = Candidate("BC-1", "示例银行", 5_000_000, ClaimState.APPROVED, DEC_1, TERMS, MET)
    return replace(standard, **changes)


def planned(today=DEC_1, **changes):
    return plan_line(candidate(**changes), today=today, year_end=YEAR_END, calendar=shipped_calendar())


def test_an_approved_claim_leaves_after_payment_and_transfer():
    line = planned()
    assert (line.outcome, line.earliest_on, line.blocks) == (Outcome.MET, date(2021, 12, 17), ())


def test_a_paid_claim_needs_the_transfer_alone():
    assert planned(state=ClaimState.PAID).earliest_on == date(2021, 12, 3)


def test_the_last_day_on_which_a_claim_still_leaves_in_time():
    assert planned(today=date(2021, 12, 29), state=ClaimState.PAID).earliest_on == YEAR_END
    assert planned(today=date(2021, 12, 29), state=ClaimState.PAID).outcome == Outcome.MET
    late = planned(today=date(2021, 12, 30), state=ClaimState.PAID)
    assert (late.outcome, len(late.blocks)) == (Outcome.NOT_MET, 1)
    assert "2022-01-01" in late.blocks[0].zh


@pytest.mark.parametrize(
    ("is_to_be_met", "outcome", "earliest_on"),
    [(False, Outcome.MET, YEAR_END), (True, Outcome.NOT_MET, date(2022, 1, 12))],
)
def test_a_joint_meeting_that_is_still_to_be_held_has_its_term_before_the_decision(is_to_be_met, outcome, earliest_on):
    terms = TERMS | {"joint_meeting": 7}
    line = planned(state=ClaimState.CHECKED, terms=terms, is_to_be_met=is_to_be_met)
    assert (line.outcome, line.earliest_on) == (outcome, earliest_on)
    assert planned(state=ClaimState.CHECKED, is_to_be_met=True).earliest_on == YEAR_END  # no term is stated
    assert planned(terms=terms, is_to_be_met=True).earliest_on == date(2021, 12, 17)  # decided already


def test_what_nobody_knows_of_a_claim_leaves_the_answer_unknown():
    line = planned(questions=(Text("后期补偿等待条件", "a later instalment waits"),))
    assert (line.outcome, [one.en for one in line.questions]) == (Outcome.UNKNOWN, ["a later instalment waits"])


def test_a_claim_under_review_comes_too_late_and_says_so():
    line = planned(state=ClaimState.SUBMITTED)
    assert line.outcome == Outcome.NOT_MET
    assert line.earliest_on > YEAR_END


def test_a_term_that_no_scheme_states_leaves_the_answer_unknown():
    line = planned(terms=TERMS | {"payment": None})
    assert (line.outcome, len(line.questions)) == (Outcome.UNKNOWN, 1)


@pytest.mark.parametrize("state", [ClaimState.DEFERRED, ClaimState.DENIED, ClaimState.RETURNED, ClaimState.RECALLED])
def test_a_claim_that_is_off_its_way_does_not_leave(state):
    line = planned(state=state)
    assert (line.outcome, line.earliest_on) == (Outcome.NOT_MET, None)


def test_what_the_pre_flight_finds_is_named():
    items = MET | {
        "buy_back": (Text("附回购承诺", "Promise to buy back"), Outcome.NOT_MET),
        "notice": (Text("通知债务人", "Notice to the debtor"), Outcome.UNKNOWN),
    }
    line = planned(pre_flight=items)
    assert line.outcome == Outcome.NOT_MET
    assert [text.en for text in line.blocks] == ["Promise to buy back"]
    assert [text.en for text in line.questions] == ["Notice to the debtor"]


def test_a_year_without_a_calendar_is_a_question():
    far = date(2051, 12, 1)
    line = plan_line(candidate(since_on=far), today=far, year_end=date(2051, 12, 31), calendar=shipped_calendar())
    assert (line.outcome, line.earliest_on) == (Outcome.UNKNOWN, None)
