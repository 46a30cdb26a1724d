"""The pre-loan answer: what it promises, what it leaves open, what would change it."""

import time
from datetime import date

import pytest

from yulin.base.outcome import Outcome
from yulin.pool.adapters.schemes import layers_of, scheme_ids, scheme_pack
from yulin.pool.core.answers import answer
from yulin.pool.core.judgement import Inquiry

GUANGZHOU = {"district_code": "440106", "has_valid_hnte": True, "operating_district_code": "440106"}
LOAN = {"mode": "bank", "security": "credit", "loan_amount_fen": 480_000_000, "disbursed_on": "2022-03-01",
        "due_on": "2023-03-01"}  # fmt: skip
YEAR = {"firm_year": 0}


def ask(pack_id, facts, on=date(2022, 3, 1), **more):
    pack = scheme_pack(pack_id)
    return answer(pack, Inquiry(on, facts, **{"used": YEAR, **more}), layers_of(pack))


def bp(found):
    return {layer.party: layer.ratio_bp for layer in found.layers}


def test_a_loan_in_the_city_is_covered_at_half():
    found = ask("gz-credit-2021", {**GUANGZHOU, **LOAN})
    assert found.covered is Outcome.MET
    assert bp(found) == {"city": 5000, "bank": 5000}
    assert found.sentence.zh == "本金发生损失时，财政合计分担50%，银行自担50%"


def test_the_district_tops_up_and_the_layers_say_what_they_bear():
    found = ask("gz-credit-2021", {**GUANGZHOU, **LOAN, "district_code": "440112"}, layer_room_fen={"district": 10**10})
    assert bp(found) == {"city": 5000, "district": 4000, "bank": 1000}
    district = found.layers[1]
    assert (district.full_loss_fen, district.room_before_fen, district.room_after_fen) == (
        192_000_000, 10**10, 10**10 - 192_000_000)  # fmt: skip


def test_a_firm_outside_the_city_is_not_covered():
    found = ask("gz-credit-2021", {**GUANGZHOU, **LOAN, "district_code": "440300", "operating_district_code": "440300"})
    assert found.covered is Outcome.NOT_MET
    assert found.refusals == ("POOL.ELIGIBILITY.NOT_MET",)


def test_a_missing_fact_leaves_the_answer_open_and_is_named():
    found = ask("gz-credit-2021", {**LOAN, "has_valid_hnte": True})
    assert found.covered is Outcome.UNKNOWN
    assert "district_code" in found.missing


@pytest.mark.parametrize(("used", "outcome"), [(2_520_000_000, "met"), (2_520_000_001, "not_met")])
def test_one_fen_over_the_firm_year_is_over(used, outcome):
    found = ask("gz-credit-2021", {**GUANGZHOU, **LOAN}, used={"firm_year": used})
    assert found.covered.value == outcome


def test_a_use_that_is_not_known_leaves_the_answer_open():
    assert ask("gz-credit-2021", {**GUANGZHOU, **LOAN}, used={}).covered is Outcome.UNKNOWN


def test_an_unverified_number_is_never_promised():
    found = ask(
        "sd-luke-2023",
        {
            "district_code": "370100",
            "has_valid_techsme": True,
            "purpose_class": "research",
            **LOAN,
            "disbursed_on": "2025-05-06",
            "due_on": "2026-05-06",
        },
        on=date(2025, 5, 6),
    )
    assert found.covered is Outcome.UNKNOWN
    assert bp(found) == {"province": None, "city": None, "bank": None}
    assert "article not available" in found.sentence.en


def test_an_open_top_up_is_not_promised_and_the_city_still_is():
    facts = {**GUANGZHOU, **LOAN, "district_code": "440112", "size_class": "small", "is_on_key_list": False,
             "is_funded_by_monetary_tool": False}  # fmt: skip
    found = ask("gz-credit-2025", {**facts, "disbursed_on": "2026-03-02", "due_on": "2027-03-02"}, on=date(2026, 3, 2))
    assert found.covered is Outcome.MET
    assert bp(found) == {"city": 4000, "district": None, "bank": None}
    assert "条文未查到" in found.sentence.zh


def test_what_would_change_it_is_sorted_by_gain():
    facts = {**GUANGZHOU, **LOAN, "size_class": "small", "is_on_key_list": False, "is_funded_by_monetary_tool": False,
             "loan_amount_fen": 500_010_000, "disbursed_on": "2026-03-02", "due_on": "2027-03-02"}  # fmt: skip
    found = ask("gz-credit-2025", facts, on=date(2026, 3, 2))
    changes = {change.id: change.gain_bp for change in found.changes}
    assert changes["amount:500000000"] == 1000
    assert changes["security:ip_pledge"] == 1500
    assert changes["class:is_funded_by_monetary_tool"] == 500
    assert changes["amount:>1500000000"] == -1000
    assert list(changes.values()) == sorted(changes.values(), reverse=True)


def test_a_tenor_that_is_too_long_says_how_long_it_may_be():
    found = ask("gz-credit-2021", {**GUANGZHOU, **LOAN, "due_on": "2025-03-02"})
    assert found.refusals == ("POOL.LIMIT.TENOR",)
    assert [change.id for change in found.changes] == ["tenor"]


def test_a_second_mode_on_one_loan_is_refused():
    found = ask("gz-credit-2025", {**GUANGZHOU, **LOAN}, on=date(2026, 3, 2), other_modes=frozenset({"guarantee"}))
    assert "POOL.MODE.SECOND" in found.refusals


@pytest.mark.parametrize("pack_id", scheme_ids())
def test_no_answer_promises_what_nobody_has_verified(pack_id):
    pack = scheme_pack(pack_id)
    on = pack.effective_from
    found = answer(pack, Inquiry(on, {"loan_amount_fen": 100_000, "security": "credit"}), layers_of(pack))
    for layer in found.layers:
        used = [use.row for use in layer.ratio.uses if use.outcome is Outcome.MET] if layer.ratio else []
        assert layer.ratio_bp is None or not any(row.is_unverified for row in used)


def test_an_answer_takes_two_milliseconds():
    ask("gz-credit-2021", {**GUANGZHOU, **LOAN})
    start = time.perf_counter()
    for _ in range(20):
        ask("gz-credit-2021", {**GUANGZHOU, **LOAN, "district_code": "440112"})
    assert (time.perf_counter() - start) / 20 < 0.02


def test_a_loan_above_the_table_has_no_ratio():
    found = ask("us-sba-7a", {"loan_amount_fen": 50_000_001}, mode="express")
    assert found.refusals == ("POOL.RATIO.NONE",)
    assert ask("us-sba-7a", {"loan_amount_fen": 50_000_000}, mode="express").covered is Outcome.MET


def test_third_parties_bear_what_the_contract_says_and_no_more():
    facts = {**GUANGZHOU, **LOAN, "mode": "five_plus_x"}
    found = ask("gz-credit-2021", facts, contract_bp={"guarantor": 4000})
    assert bp(found) == {"city": 5000, "guarantor": 4000, "bank": 1000}
    assert found.sentence.en == "If principal is lost, public money bears 50%, guarantor 40%, the bank keeps 10%"
    assert ask("gz-credit-2021", facts, contract_bp={"guarantor": 5001}).refusals == ("POOL.MODE.X_SHARES",)


def test_the_guarantors_part_is_of_what_it_paid():
    facts = {**GUANGZHOU, **LOAN, "mode": "guarantee", "security": "guarantee", "size_class": "small",
             "disbursed_on": "2026-03-02"}  # fmt: skip
    found = ask("gz-credit-2025", facts, on=date(2026, 3, 2))
    assert found.sentence.zh == "担保机构代偿后，代偿额中财政合计分担20%，担保机构自担80%"


def test_every_refusal_has_its_meaning():
    from yulin.pool.core.codes import REFUSALS
    from yulin.pool.core.rooms import CODES

    assert set(CODES.values()) <= set(REFUSALS)


YUNNAN = {
    "district_code": "530102", "operating_district_code": "530102", "mode": "bank", "security": "insurance",
    "loan_amount_fen": 200_000_000, "disbursed_on": "2015-06-01", "due_on": "2016-06-01", "annual_rate_ppm": 66_300,
}  # fmt: skip


@pytest.mark.parametrize(
    ("premium", "covered", "refusals", "missing"),
    [
        ({"premium_rate_ppm": 27_000}, Outcome.MET, (), ()),
        ({"premium_rate_ppm": 27_001}, Outcome.NOT_MET, ("POOL.LIMIT.PREMIUM",), ()),
        ({}, Outcome.UNKNOWN, (), ("premium_rate_ppm",)),
    ],
)
def test_a_premium_is_bounded_where_the_loan_is_insured(premium, covered, refusals, missing):
    benchmark = {"limits.rate": {"at_most": "6.63%", "clause": "规程一"}}  # 5.10 % and 30 % of it, from 2015-05-11
    pack = scheme_pack("yn-loan-insurance-2014", benchmark)
    found = answer(pack, Inquiry(date(2015, 6, 1), {**YUNNAN, **premium}, used={"firm": 0}))
    assert (found.covered, found.refusals, found.missing) == (covered, refusals, missing)
    assert bp(found) == {"insurer": 7_000, "bank": 3_000}


def test_a_loan_that_nobody_insures_is_asked_for_no_premium():
    pack = scheme_pack("yn-loan-insurance-2014")
    found = answer(pack, Inquiry(date(2015, 6, 1), {**YUNNAN, "security": "credit"}, used={"firm": 0}))
    assert "premium" not in {room.kind for room in found.rooms}
    assert "premium_rate_ppm" not in found.missing
