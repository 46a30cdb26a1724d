"""What always holds of a settlement: shares sum, caps bind, nobody gets back more than was borne."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yulin.pool.adapters.schemes import layers_of, scheme_pack, settle_answer
from yulin.pool.core.caps import OTHER_PUBLIC
from yulin.pool.core.loss import Loss, LossCase, Receipt
from yulin.pool.core.settlement import settle
from yulin.pool.core.settlement_json import instalments_answer
from yulin.pool.errors import SettlementInputError

ON = date(2026, 3, 2)
FEN = st.integers(min_value=0, max_value=10**12)
BONUSES = st.frozensets(st.sampled_from(["key_list", "ip_pledge", "monetary_tool", "first_loan", "pure_credit"]))
RECEIPTS = st.lists(st.builds(Receipt, FEN, st.integers(min_value=0, max_value=10**11)), max_size=4).map(tuple)


@st.composite
def cases(draw, on=ON, mode="bank"):
    amount = draw(st.integers(min_value=1, max_value=300_000_000_0))
    return LossCase(
        on=on,
        mode=mode,
        loss=Loss(principal_fen=draw(st.integers(min_value=0, max_value=amount))),
        amount_fen=amount,
        bonuses=draw(BONUSES),
        facts={
            "security": "credit",
            "revenue[0]": draw(FEN),
            "district": draw(st.sampled_from([440100, 440112, 440115])),
        },
        contract_bp={"guarantor": draw(st.integers(min_value=0, max_value=5_000))},
        book={"paid": draw(FEN), "scheme_paid": draw(FEN), "previous_year_balance": draw(FEN), "lent": draw(FEN)},
        recoveries=draw(RECEIPTS),
    )


def settled(pack_id, case):
    pack = scheme_pack(pack_id)
    return settle(pack, case, layers_of(pack))


@given(cases(date(2021, 12, 31)))
@settings(max_examples=150, deadline=None)
def test_shares_sum_to_the_loss_under_city_and_district(case):
    answer = settled("gz-credit-2021", case)
    assert sum(answer.shares_fen.values()) == answer.loss_base_fen == case.loss.principal_fen
    assert min(answer.shares_fen.values(), default=0) >= 0


@pytest.mark.parametrize("pack_id", ["gz-credit-2025", "ha-tech-2025", "ah-tech-2022", "zs-ip-2021", "nb-risk-pool"])
@given(case=cases())
@settings(max_examples=60, deadline=None)
def test_shares_sum_to_the_loss(pack_id, case):
    answer = settled(pack_id, case)
    assert sum(answer.shares_fen.values()) == case.loss.principal_fen
    assert min(answer.shares_fen.values(), default=0) >= 0


@given(cases())
@settings(max_examples=100, deadline=None)
def test_the_city_never_pays_above_half(case):
    answer = settled("gz-credit-2025", case)
    assert answer.shares_fen["city"] * 2 <= answer.loss_base_fen


@given(cases())
@settings(max_examples=100, deadline=None)
def test_a_bank_year_never_pays_above_its_cap(case):
    answer = settled("ha-tech-2025", case)
    cap = min(case.book["previous_year_balance"] * 2 // 100, 10_000_000_00)
    assert answer.shares_fen["scheme"] <= max(cap - case.book["paid"], 0)


@given(cases(date(2021, 12, 31)))
@settings(max_examples=150, deadline=None)
def test_recoveries_are_never_above_what_was_borne_and_sum_to_the_net(case):
    answer = settled("gz-credit-2021", case)
    for party, borne in answer.shares_fen.items():
        assert sum(part.shares_fen[party] for part in answer.recovery_shares) <= borne
    for part in answer.recovery_shares:
        assert sum(part.shares_fen.values()) + part.beyond_fen == part.net_fen
    gross, cost = (sum(getattr(receipt, name) for receipt in case.recoveries) for name in ("gross_fen", "cost_fen"))
    carried = answer.recovery_shares[-1].cost_carried_fen if case.recoveries else 0
    assert sum(part.net_fen for part in answer.recovery_shares) == gross - cost + carried


@given(cases(), st.integers(min_value=0, max_value=10**10))
@settings(max_examples=100, deadline=None)
def test_more_public_money_elsewhere_never_raises_the_sum_above_the_bound(case, other):
    answer = settled("ah-tech-2022", replace(case, other_public_fen={"city": other}))
    public = answer.shares_fen["scheme"] + answer.shares_fen["city"]
    assert public * 10 <= answer.loss_base_fen * 8


@pytest.mark.parametrize(
    ("other", "shares"),
    [
        (0, (500, 500)),
        (499, (500, 1)),
        (500, (500, 0)),
        (501, (499, 0)),  # a fen beyond what the bank bears: the scheme's own gives way
        (2_000, (0, 0)),
    ],
)
def test_what_other_public_money_has_paid_is_not_paid_again(other, shares):
    case = LossCase(date(2021, 12, 31), "bank", Loss(1_000), 1_000, other_public_fen={OTHER_PUBLIC: other})
    found = settled("gz-credit-2021", case).shares_fen
    assert tuple(found[party] for party in ("city", "bank")) == shares
    assert found[OTHER_PUBLIC] == 1_000 - sum(shares)


def test_under_a_bound_for_all_layers_the_schemes_own_gives_way_to_what_was_paid():
    """Of 1,000 the province's 350 and 500 that another body has paid are bounded at 800: 300 are left."""
    case = LossCase(
        date(2023, 2, 1), "bank", Loss(1_000), 3_000, bonuses=frozenset({"pure_credit"}),
        other_public_fen={OTHER_PUBLIC: 500},
    )  # fmt: skip
    found = settled("ah-tech-2022", case)
    assert (found.shares_fen, found.over_cap_fen) == ({"scheme": 300, "bank": 200, OTHER_PUBLIC: 500}, 50)


@given(cases(date(2021, 12, 31)), st.integers(min_value=0, max_value=10**11))
@settings(max_examples=100, deadline=None)
def test_with_other_public_money_the_parts_still_sum_to_the_loss_and_nobody_bears_below_nothing(case, other):
    found = settled("gz-credit-2021", replace(case, other_public_fen={OTHER_PUBLIC: other}))
    if found.refused is None:
        assert sum(found.shares_fen.values()) == found.loss_base_fen
        assert all(fen >= 0 for fen in found.shares_fen.values())


@pytest.mark.parametrize(
    ("amount_fen", "city_fen"),
    [
        (500_000_000 - 1, 199_999_999),
        (500_000_000, 200_000_000),
        (500_000_000 + 1, 150_000_000),
        (1_500_000_000, 450_000_000),
        (1_500_000_000 + 1, 300_000_000),
        (3_000_000_000, 600_000_000),
    ],
)
def test_a_tier_includes_its_bound_and_not_a_fen_more(amount_fen, city_fen):
    case = LossCase(on=ON, mode="bank", loss=Loss(amount_fen), amount_fen=amount_fen, bonuses=frozenset())
    assert settled("gz-credit-2025", case).shares_fen["city"] == city_fen


def test_one_fen_over_the_loan_limit_is_refused():
    case = LossCase(on=ON, mode="bank", loss=Loss(100), amount_fen=3_000_000_001, bonuses=frozenset())
    assert settled("gz-credit-2025", case).refused == "POOL.LIMIT.LOAN"


@pytest.mark.parametrize("scheme", ["cn-ngf", "cn-tech-60"])
@pytest.mark.parametrize(("more_fen", "code"), [(0, ""), (1, "POOL.LIMIT.FIRM")])
def test_no_loan_is_larger_than_what_its_firm_may_owe(scheme, more_fen, code):
    case = LossCase(on=date(2026, 1, 5), mode="guarantee", loss=Loss(100), amount_fen=3_000_000_000 + more_fen)
    assert (settled(scheme, case).refused or "") == code


def test_a_scheme_is_not_in_force_before_its_first_day():
    case = LossCase(on=date(2025, 9, 30), mode="bank", loss=Loss(100), amount_fen=100, bonuses=frozenset())
    assert settled("gz-credit-2025", case).refused == "POOL.SCHEME.NOT_IN_FORCE"


def test_a_layer_ends_with_its_own_interval():
    case = LossCase(on=date(2025, 10, 1), mode="bank", loss=Loss(1000), amount_fen=1000, facts={"district": 440112})
    assert "district" not in settled("gz-credit-2021", case).shares_fen


def test_p_13_a_plan_of_instalments_as_json_with_what_pays_it_off():
    loan = {"principal_fen": 10_000, "annual_rate_ppm": 70_000, "starts_on": "2024-01-01", "months": 6}
    answer = instalments_answer({**loan, "basis": "30/360", "on": "2024-02-15"})
    assert answer["instalments"][0] == {
        "due_on": "2024-02-01", "instalment_fen": 1_701, "principal_fen": 1_643, "interest_fen": 58,
        "balance_fen": 8_357,
    }  # fmt: skip
    assert (answer["interest_fen"], len(answer["instalments"])) == (205, 6)
    assert answer["owed"] == {"principal_fen": 8_357, "interest_fen": 24, "total_fen": 8_381}
    assert "owed" not in instalments_answer(loan)
    for wrong in ({"months": "6"}, {"starts_on": "1 May"}, {"on": "soon"}, {"basis": "weeks"}, {"up_to_fen": -1}):
        with pytest.raises(SettlementInputError) as refused:
            instalments_answer({**loan, **wrong})
        assert refused.value.facts["key"] == next(iter(wrong))


def test_what_nobody_has_verified_is_listed():
    answer = settle_answer(
        {"scheme": "sd-luke-2023", "on": "2025-05-06", "loan": {"amount_fen": 100}, "loss": {"principal_fen": 100}}
    )
    assert [row["id"] for row in answer["unverified"]] == ["modes.bank.ratio.province", "modes.bank.ratio.city"]


def test_a_cap_without_its_measure_is_said_to_be_unchecked():
    answer = settle_answer(
        {"scheme": "uk-efg", "on": "2012-03-30", "loan": {"mode": "portfolio"}, "loss": {"principal_fen": 100}}
    )
    assert answer["unchecked"] == ["lent"]
