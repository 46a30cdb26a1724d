"""Claims: from which day, on which loans, with which papers; how deep the review; what is decided, to the fen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.base.shares import split_shares
from yulin.base.workdays import shipped_calendar
from yulin.pool.core.claims.checklist import (
    ClaimFacts,
    ClaimPapers,
    DiligenceAnswer,
    Elsewhere,
    Paper,
    Statement,
    checklist,
    defects_of,
)
from yulin.pool.core.claims.clawback import Payment, asked_of, claw_back, most_recallable_fen
from yulin.pool.core.claims.deciding import Deduction, settle_claim
from yulin.pool.core.claims.guarantee import claim_documents
from yulin.pool.core.claims.opening import LoanStanding, open_claim_from
from yulin.pool.core.claims.routing import route_claim
from yulin.pool.core.claims.sheet import read_sheet, sheet_of
from yulin.pool.core.claims.states import TRANSITIONS, TURNS, ClaimStep, next_claim_state
from yulin.pool.core.claims.terms import due_on
from yulin.pool.core.deciding import Law
from yulin.pool.core.interest import StatedInterest
from yulin.pool.core.loss import Loss, LossCase
from yulin.pool.enums import ClaimState
from yulin.pool.errors import AboveLossBaseError, ClaimDistrictUnknownError, ClaimNoteError, ClaimStepError, PoolError
from yulin.rules.adapters.shipped import shipped_pack, shipped_texts, shipped_vocabulary
from yulin.rules.core.load import load_pack
from yulin.rules.errors import PackFormError

WAN = 1_000_000
VALUES = {
    "claim": {"overdue": {"days": 60, "clause": "规程一"}, "suit_accepted": {"clause": "规程二"}},
    "timetable": {"review": {"workdays": 5, "clause": "规程三"}},
    "documents": {"form": {"checks": ["amount", "code", "dated"], "clause": "规程四"}, "plan": {"clause": "规程四"}},
    "diligence": {"purpose": {"clause": "规程五"}},
    "routing": {"amount": {"money": "300万", "clause": "规程六"}, "early_default": {"months": 18, "clause": "规程六"}},
}
PACK = load_pack(shipped_texts("gz-credit-2021"), shipped_vocabulary(), VALUES)
LAW = Law(PACK, (shipped_pack("gz-huangpu-tech"),))
LOAN = LoanStanding(
    scheme=PACK.id, loan_number="JJ1", state="active", mode="bank", loan_status="overdue", outstanding_fen=300 * WAN,
    disbursed_on=date(2021, 7, 5), confirmed_on=date(2021, 7, 9), defaulted_on=date(2021, 12, 31),
    last_month=date(2021, 12, 1), overdue_days=61,
)  # fmt: skip
SUED = {"suit_accepted": date(2021, 12, 20)}


def opened(loan=LOAN, today=date(2021, 12, 31), **more):
    return open_claim_from(loan, PACK.scheme.claim, today=today, **{"declared": SUED, **more})


def refusal(*args, **more):
    with pytest.raises(PoolError) as caught:
        opened(*args, **more)
    return caught.value.code


def test_manager_fills_a_whole_chapter_that_the_text_leaves_open():
    assert [(one.id, one.number, one.row.clause) for one in PACK.scheme.claim] == [
        ("overdue", 60, "规程一"),
        ("suit_accepted", None, "规程二"),
    ]
    assert not any(one.row.is_unverified for one in (*PACK.scheme.claim, *PACK.scheme.documents))
    assert PACK.scheme.documents[0].checks == ("amount", "code", "dated")


@pytest.mark.parametrize(
    ("overdue_days", "today", "expected"),
    [
        (61, date(2021, 12, 31), date(2021, 12, 31)),
        (62, date(2021, 12, 31), date(2021, 12, 31)),
        (61, date(2021, 12, 30), "POOL.CLAIM.TOO_EARLY"),
        (60, date(2021, 12, 31), "POOL.CLAIM.TOO_EARLY"),
    ],
)
def test_claim_opens_on_the_sixty_first_day(overdue_days, today, expected):
    loan = replace(LOAN, overdue_days=overdue_days)
    if isinstance(expected, str):
        assert refusal(loan, today) == expected
    else:
        assert opened(loan, today).opens_on == expected


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"state": "revoked"}, "POOL.CLAIM.ENROLMENT_REVOKED"),
        ({"state": "submitted"}, "POOL.CLAIM.NOT_CONFIRMED"),
        ({"state": "closed"}, "POOL.CLAIM.LOAN_PAID"),
        ({"loan_status": "paid"}, "POOL.CLAIM.LOAN_PAID"),
        ({"loan_status": "transferred"}, "POOL.CLAIM.LOAN_ASSIGNED"),
        ({"loan_status": "purchased"}, "POOL.CLAIM.LOAN_ASSIGNED"),
        ({"mode": "guarantee"}, "POOL.CLAIM.OTHER_MODE"),
        ({"defaulted_on": None}, "POOL.CLAIM.NO_DEFAULT"),
    ],
)
def test_loan_that_cannot_be_claimed_says_why(changed, code):
    assert refusal(replace(LOAN, **changed)) == code


def test_day_of_default_that_differs_from_the_returns_stops_with_both_days():
    with pytest.raises(PoolError) as caught:
        opened(stated_default_on=date(2021, 12, 30))
    assert caught.value.code == "POOL.CLAIM.DATE_DIFFERS"
    assert (caught.value.facts["claimed"], caught.value.facts["returned"]) == ("2021-12-30", "2021-12-31")


def test_condition_without_a_day_and_a_scheme_without_conditions():
    assert refusal(declared={}) == "POOL.CLAIM.EVENT_MISSING"
    with pytest.raises(PoolError) as caught:
        open_claim_from(LOAN, shipped_pack("gz-credit-2021").scheme.claim, today=date(2022, 1, 19), declared=SUED)
    assert caught.value.code == "POOL.CLAIM.RULES_OPEN"


FACTS = ClaimFacts("甲", "91440101X", "JJ1", 300 * WAN, LOAN.disbursed_on, date(2021, 12, 31), date(2022, 1, 19))
SAID = Statement(is_declared=True, default_reason="销售下滑", is_fraud=False, other_public_fen=0)
FORM = Paper("form", "a" * 64, amount_fen=300 * WAN, code="91440101x", dated_on=date(2022, 1, 10))
PLAN = Paper("plan", "b" * 64)
ANSWERS = {"purpose": DiligenceAnswer(is_case=False, evidence="受托支付流水")}


def bad(statement=SAID, papers=(FORM, PLAN), answers=ANSWERS, facts=FACTS):
    lines = checklist(PACK.scheme.documents, PACK.scheme.diligence, ClaimPapers(facts, statement, papers, answers))
    return [line.id for line in lines if line.verdict == "bad"], lines


ORIGINATION = {
    "appraisal": {
        "checks": ["name", "before_lending"], "only": "early_default", "clause": "规程四", "text": ["调查", "Survey"],
    },
}  # fmt: skip
EARLY = {**VALUES, "documents": {**VALUES["documents"], **ORIGINATION}}


def load(values):
    return load_pack(shipped_texts("gz-credit-2021"), shipped_vocabulary(), values)


@pytest.mark.parametrize(("early", "papers"), [(True, ["form", "plan", "appraisal"]), (False, ["form", "plan"])])
def test_origination_file_is_asked_of_an_early_default_alone(early, papers):
    documents = load(EARLY).scheme.documents
    assert [one.id for one in claim_documents(documents, is_guarantors=False, is_early_default=early)] == papers


@pytest.mark.parametrize(
    ("paper", "found"),
    [
        (None, "missing (asked for on early default)"),
        (Paper("appraisal", "c" * 64, name="甲"), "its day is not given"),
        (Paper("appraisal", "c" * 64, name="甲", dated_on=date(2021, 7, 6)),
         "dated 2021-07-06, needed: by the day of lending, 2021-07-05"),
        (Paper("appraisal", "c" * 64, name="甲", dated_on=date(2021, 7, 5)),
         "it names the firm, it is dated on or before the day of lending"),
    ],
)  # fmt: skip
def test_origination_paper_is_older_than_the_loan(paper, found):
    scheme = load(EARLY).scheme
    papers = [FORM, PLAN, *([paper] if paper else [])]
    lines = checklist(scheme.documents, scheme.diligence, ClaimPapers(FACTS, SAID, papers, ANSWERS))
    assert next(line.found.en for line in lines if line.id == "documents.appraisal") == found


def test_papers_of_an_early_default_need_the_rule_that_says_what_is_early():
    with pytest.raises(PackFormError) as caught:
        load({**EARLY, "routing": {"amount": {"money": "300万", "clause": "规程六"}}})
    assert "routing.early_default" in caught.value.message.en


def test_papers_that_agree_leave_no_defect():
    found, lines = bad()
    assert (found, defects_of(lines)) == ([], [])


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"papers": (FORM,)}, "documents.plan"),
        ({"papers": (replace(FORM, amount_fen=300 * WAN - 1), PLAN)}, "documents.form"),
        ({"papers": (replace(FORM, code=""), PLAN)}, "documents.form"),
        ({"papers": (replace(FORM, dated_on=date(2022, 1, 20)), PLAN)}, "documents.form"),
        ({"papers": (FORM, replace(PLAN, elsewhere=Elsewhere.OTHER_FIRM))}, "documents.plan"),
        ({"answers": {}}, "diligence.purpose"),
        ({"answers": {"purpose": DiligenceAnswer(is_case=False, evidence=" ")}}, "diligence.purpose"),
        ({"answers": {"purpose": DiligenceAnswer(is_case=True, evidence="x")}}, "diligence.purpose"),
        ({"statement": replace(SAID, is_declared=False)}, "form.declaration"),
        ({"statement": replace(SAID, default_reason="")}, "form.reason"),
        ({"statement": replace(SAID, is_fraud=None)}, "form.fraud"),
        ({"statement": replace(SAID, other_public_fen=None)}, "form.other_public"),
        ({"statement": replace(SAID, other_public_fen=1)}, "form.other_public"),  # and nobody named
        ({"statement": replace(SAID, legal_action_on=date(2022, 1, 4))}, "form.suit_number"),
        ({"statement": replace(SAID, legal_action_on=date(2021, 12, 30), suit_number="1")}, "form.legal_action"),
        ({"facts": replace(FACTS, security="mortgage")}, "form.possession"),
        ({"facts": replace(FACTS, disbursed_on=date(2021, 12, 31))}, "form.default_day"),
    ],
)
def test_usual_defects_are_named_before_submission(changed, line):
    assert bad(**changed)[0] == [line]


@pytest.mark.parametrize(
    ("stated_fen", "verdict", "words"),
    [(21_750_000, "ok", "gives CNY 217,500.00"), (21_750_001, "warn", "CNY 0.01 more"), (1, "ok", "stated CNY 0.01;")],
)
def test_interest_above_what_the_loans_rate_gives_is_remarked_and_stops_nothing(stated_fen, verdict, words):
    """R-21: 5 million at 4.35 % over the 366 days of 2024, in a year that counts as 366."""
    interest = StatedInterest(stated_fen, 500 * WAN, 43_500, 366, 366)
    found, lines = bad(facts=replace(FACTS, interest=interest))
    (line,) = [one for one in lines if one.id == "form.interest"]
    assert (line.verdict, found) == (verdict, [])
    assert words in line.found.en
    assert "4.35%计366天" in line.found.zh


@pytest.mark.parametrize(
    ("base", "defaulted", "route", "early"),
    [
        (300 * WAN - 1, date(2023, 1, 6), "normal", False),
        (300 * WAN, date(2023, 1, 6), "deep", False),
        (1, date(2023, 1, 5), "deep", True),
    ],
)
def test_route_by_amount_and_early_default(base, defaulted, route, early):
    found = route_claim(PACK.scheme.routing, loss_base_fen=base, disbursed_on=LOAN.disbursed_on, defaulted_on=defaulted)
    assert (found.route, found.is_early_default) == (route, early)


def test_review_ends_on_its_fifth_working_day():
    terms = PACK.scheme.timetable
    # 29 and 30 January 2022 are make-up days, 31 January to 6 February the holiday: then 7, 8 and 9 February.
    assert due_on(terms, "review", date(2022, 1, 28), shipped_calendar()) == date(2022, 2, 9)
    assert due_on(terms, "check", date(2022, 1, 28), shipped_calendar()) is None
    assert due_on(terms, "review", date(2031, 1, 28), shipped_calendar()) is None


CASE = LossCase(
    on=LOAN.disbursed_on, mode="bank", loss=Loss(123_456_789, interest_fen=5), amount_fen=200 * WAN,
    facts={"district": 440112},
)  # fmt: skip
CUT = Deduction("principal", 3_456_789, "规程七", "贷后未核查")


def test_full_and_partial_decisions_sum_to_the_loss():
    full, partial = settle_claim(LAW, CASE), settle_claim(LAW, CASE, [CUT])
    assert dict(full.settlement.shares_fen) == {"city": 61_728_394, "district": 49_382_715, "bank": 12_345_680}
    assert (full.decision, full.public_fen) == ("full", 111_111_109)
    assert (partial.decision, partial.deducted_fen, partial.public_fen) == ("partial", 3_456_789, 108_000_000)
    sheet = sheet_of(partial)
    assert [(line.party, line.kind) for line in sheet.lines] == [
        ("city", "public"), ("district", "public"), ("bank", "own"), ("uncovered", "uncovered"),
    ]  # fmt: skip
    assert read_sheet(sheet.plain()) == sheet


def test_unknown_district_stops_a_claim_only_where_a_layer_may_join_by_it():
    nowhere = replace(CASE, facts={})
    with pytest.raises(ClaimDistrictUnknownError):
        settle_claim(LAW, nowhere)
    assert settle_claim(Law(PACK), nowhere).public_fen == 61_728_394
    assert settle_claim(LAW, replace(CASE, facts={"district": 440106})).public_fen == 61_728_394
    after = replace(nowhere, on=LAW.layers[0].effective_until)  # the layer no longer joins
    assert settle_claim(LAW, after).public_fen == 61_728_394


@given(st.integers(1, 10**12), st.integers(0, 10**12))
def test_every_sheet_sums_to_its_loss_base(loss, cut):
    case = replace(CASE, loss=Loss(loss))
    cuts = [replace(CUT, amount_fen=min(cut, loss))] if cut else []
    settled = settle_claim(LAW, case, cuts)
    sheet = sheet_of(settled)
    assert (sheet.difference_fen, sheet.loss_base_fen) == (0, loss)
    assert settled.decided_base_fen == loss - sum(one.amount_fen for one in cuts)
    assert 0 <= settled.public_fen <= settled.decided_base_fen


@pytest.mark.parametrize(
    ("deduction", "error"),
    [
        (replace(CUT, amount_fen=123_456_790), AboveLossBaseError),
        (replace(CUT, amount_fen=0), AboveLossBaseError),
        (replace(CUT, item="advances"), AboveLossBaseError),
        (replace(CUT, reason=" "), ClaimNoteError),
        (replace(CUT, clause=""), ClaimNoteError),
    ],
)
def test_deduction_stays_within_its_item_and_says_why(deduction, error):
    with pytest.raises(error):
        settle_claim(LAW, CASE, [deduction])


def test_clawback_charges_interest_by_days():
    found = claw_back(
        principal_fen=1_000_000, most_fen=1_000_000, annual_rate_ppm=100_000,
        payments=[Payment("city", date(2021, 1, 1), 1_000_000)], repaid_on=date(2021, 1, 1) + timedelta(days=73),
    )  # fmt: skip
    assert (found.interest_fen, found.total_fen) == (20_000, 1_020_000)
    with pytest.raises(AboveLossBaseError):
        claw_back(
            principal_fen=2, most_fen=1, annual_rate_ppm=1, payments=[Payment("city", LOAN.disbursed_on, 2)],
            repaid_on=LOAN.disbursed_on,
        )  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 999), st.integers(1, 10**9)), min_size=1, max_size=6),
    st.data(),
)
def test_interest_runs_from_the_day_of_each_payment_and_its_parts_sum(rows, data):
    """By hand, over 360-day years at 10 %: each payment's part for its own days, summed, rounded once."""
    until = date(2023, 1, 1)
    payments = [Payment(party, until - timedelta(days=days), fen) for party, days, fen in rows]
    principal = data.draw(st.integers(1, sum(one.fen for one in payments)))
    found = claw_back(
        principal_fen=principal, most_fen=principal, annual_rate_ppm=100_000, payments=payments, repaid_on=until,
        year_days=360,
    )  # fmt: skip
    asked = asked_of(principal, payments)
    exact = sum(Fraction(fen * (until - one.on).days, 3_600) for one, fen in asked)
    assert sum(fen for _, fen in asked) == principal
    assert all(0 <= fen <= one.fen for one, fen in asked)
    assert abs(found.interest_fen - exact) <= Fraction(1, 2)
    assert sum(found.interest_parts.values()) == found.interest_fen


@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**9)), min_size=1, max_size=4))
def test_what_is_asked_back_gives_no_layer_more_than_it_lacks(layers):
    paid = {f"layer{number}": fen for number, (fen, _) in enumerate(layers)}
    left = {f"layer{number}": min(fen, lacks) for number, (fen, lacks) in enumerate(layers)}
    most = most_recallable_fen(paid, left)
    assert 0 <= most <= sum(left.values())
    assert all(fen <= left[party] for party, fen in (split_shares(most, paid) if most else {}).items())
    assert most_recallable_fen(paid, paid) == sum(paid.values())


@pytest.mark.parametrize("state", list(ClaimState))
def test_only_the_table_leads_on(state):
    rows = {row.step: row for row in TRANSITIONS if row.from_state == state}
    assert state in TURNS
    for step in ClaimStep:
        if step in rows:
            assert next_claim_state(state, step, note="x") == rows[step].to_state
            if rows[step].needs_note:
                with pytest.raises(ClaimNoteError):
                    next_claim_state(state, step, note=" ")
        else:
            with pytest.raises(ClaimStepError):
                next_claim_state(state, step, note="x")
