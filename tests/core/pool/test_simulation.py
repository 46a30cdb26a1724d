"""A draft over past claims: nothing changed changes nothing, shares sum to the loss, unknown is counted apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yulin.base.errors import YulinError
from yulin.pool.adapters.schemes import layers_of, scheme_pack
from yulin.pool.core.claims.deciding import settle_claim
from yulin.pool.core.deciding import Law
from yulin.pool.core.loss import Loss, LossCase
from yulin.pool.core.simulation.draft import Draft, drafted
from yulin.pool.core.simulation.effects import effects_of
from yulin.pool.core.simulation.run import BankHistory, PastClaim, Sum, simulate

WAN = 1_000_000
PACK = scheme_pack("gz-credit-2021")
LAW = Law(PACK, layers_of(PACK))
FIRST = date(2022, 1, 10)
DISTRICTS = st.sampled_from([440112, 440115, 440105, 440100, None])


def past(number=1, *, lost=100 * WAN, district=440112, law=LAW, bank=1, on=FIRST, **facts):
    """A claim as the law decided it."""
    case = LossCase(
        on=date(2021, 8, 2), mode="bank", loss=Loss(principal_fen=lost), amount_fen=max(lost, 1),
        facts={"security": "credit", "has_valid_hnte": True} | ({"district": district} if district else {}) | facts,
    )  # fmt: skip
    claim = PastClaim(number, f"C-{number}", on, bank, "bank", str(district or ""), "", case, {}, frozenset())
    try:
        found = settle_claim(law, replace(case, book={"scheme_paid": 0, "mode_paid": 0, "paid": 0, "paid_on_loan": 0}))
    except YulinError:
        return claim
    return replace(claim, booked_fen=dict(found.settlement.shares_fen), public=frozenset(found.public))


@st.composite
def pasts(draw):
    days = sorted(draw(st.lists(st.integers(min_value=0, max_value=900), min_size=1, max_size=6)))
    return [
        past(
            number, lost=draw(st.integers(min_value=1, max_value=900 * WAN)), district=draw(DISTRICTS),
            bank=draw(st.integers(min_value=1, max_value=2)), on=FIRST + timedelta(day),
        )
        for number, day in enumerate(days, start=1)
    ]  # fmt: skip


@given(pasts())
@settings(max_examples=20, deadline=None)
def test_under_the_unchanged_scheme_every_claim_is_as_it_was_booked(claims):
    found = simulate(drafted(LAW, Draft()), claims, BankHistory())
    assert len(found.known) + len(found.unknown) == len(claims)
    for one in found.known:
        assert dict(one.shares_fen) == dict(one.claim.booked_fen)
    effects = effects_of(found)
    assert effects.difference_fen == 0
    assert not effects.gaining
    assert not effects.losing


@given(
    pasts(),
    st.builds(
        Draft,
        ratios_bp=st.dictionaries(st.just("city"), st.integers(min_value=0, max_value=10_000), max_size=1),
        districts_bp=st.dictionaries(st.sampled_from(["440105", "440112"]), st.integers(0, 3_000), max_size=2),
        all_layers_bp=st.none() | st.integers(min_value=0, max_value=10_000),
        loan_limit_fen=st.none() | st.integers(min_value=1, max_value=1_000 * WAN),
    ),
)
@settings(max_examples=30, deadline=None)
def test_the_layers_of_any_draft_sum_to_the_loss_and_keep_its_bound(claims, draft):
    if draft.ratios_bp.get("city", 5_000) + max(draft.districts_bp.values(), default=4_000) > 10_000:
        draft = replace(draft, ratios_bp={}, districts_bp={})
    found = simulate(drafted(LAW, draft), claims, BankHistory())
    for one in found.known:
        lost = one.claim.case.loss.principal_fen
        assert sum(one.shares_fen.values()) == lost
        assert min(one.shares_fen.values()) >= 0
        if draft.all_layers_bp is not None:
            assert one.public_fen * 10_000 <= lost * draft.all_layers_bp
    effects = effects_of(found)
    for groups in (effects.banks, effects.districts, effects.classes):
        assert sum(one.difference_fen for one in groups) == effects.difference_fen
        assert sum(one.claims for one in groups) == len(found.known)
    assert sum(one.drafted_fen for one in effects.layers) == sum(one.booked_fen for one in effects.layers)


def test_a_new_ratio_a_new_district_and_a_cap_as_the_authority_would_draft_them():
    claims = [past(1), past(2, district=440105), past(3, district=440115)]
    draft = Draft(ratios_bp={"city": 6_000}, districts_bp={"440105": 2_000}, all_layers_bp=8_000)
    found = simulate(drafted(LAW, draft), claims, BankHistory())
    shares = [dict(one.shares_fen) for one in found.known]
    assert shares[1] == {"city": 60 * WAN, "district": 20 * WAN, "bank": 20 * WAN}
    assert [sum(one.values()) for one in shares] == [100 * WAN] * 3
    assert max(one.public_fen for one in found.known) == 80 * WAN  # Huangpu's 40 points beside the city's 60 are cut
    before = dict(claims[1].booked_fen)
    assert before == {"city": 50 * WAN, "bank": 50 * WAN}
    effect = next(one for one in effects_of(found).districts if one.key == "440105")
    assert (effect.booked_fen, effect.drafted_fen, effect.difference_fen) == (50 * WAN, 80 * WAN, 30 * WAN)


def test_a_loan_above_the_draft_s_limit_is_the_bank_s_alone():
    found = simulate(drafted(LAW, Draft(loan_limit_fen=99 * WAN)), [past(1)], BankHistory())
    (one,) = found.known
    assert (one.refused, dict(one.shares_fen), one.public_fen) == ("POOL.LIMIT.LOAN", {"bank": 100 * WAN}, 0)


def test_a_claim_of_an_unknown_district_is_counted_apart_and_changes_no_sum():
    found = simulate(drafted(LAW, Draft(ratios_bp={"city": 1_000})), [past(1), past(2, district=None)], BankHistory())
    assert [one.claim.id for one in found.unknown] == [2]
    effects = effects_of(found)
    assert (effects.loss_fen, effects.drafted_public_fen) == (100 * WAN, 50 * WAN)  # city 10 %, Huangpu 40 %


@pytest.mark.parametrize(("level_bp", "fires"), [(1_000, True), (1_001, False), (999, True)])
def test_a_breaker_fires_on_the_day_on_which_its_level_is_passed(level_bp, fires):
    history = BankHistory(enrolled={1: [Sum(date(2022, 1, 3), 1_000 * WAN), Sum(date(2022, 2, 1), 9_000 * WAN)]})
    one = replace(
        PACK.scheme.breakers[0], scope="bank", above="year_loss", below="year_enrolled", comparator=">=", then="defer"
    )
    law = replace(LAW, pack=replace(PACK, scheme=replace(PACK.scheme, breakers=(one,))))
    found = simulate(drafted(law, Draft(breakers_bp={one.id: level_bp})), [past(1), past(2)], history)
    assert [(fired.claim, fired.on, fired.bank_id) for fired in found.fired[:1]] == (
        [("C-1", FIRST, 1)] if fires else [("C-2", FIRST, 1)]
    )
    assert [claim.deferred_by for claim in found.claims] == ([one.id, one.id] if fires else ["", one.id])


def test_without_what_it_divides_by_a_breaker_is_unknown_and_fires_never():
    one = replace(PACK.scheme.breakers[0], scope="bank", above="year_loss", below="loan_balance", level_bp=1)
    law = replace(LAW, pack=replace(PACK, scheme=replace(PACK.scheme, breakers=(one,))))
    found = simulate(drafted(law, Draft()), [past(1)], BankHistory())
    assert found.fired == ()
