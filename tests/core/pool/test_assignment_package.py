"""Packages of debts: their steps, their price to the fen, the pre-flight item by item, owners that never overlap."""

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.base.outcome import Outcome
from yulin.pool.core.assignment.kinds import KIND_LAWS, TRANSFEREE_NAMES
from yulin.pool.core.assignment.package import (
    NOTICE_NAMES,
    PACKAGE_NAMES,
    PACKAGE_TRANSITIONS,
    PAPER_NAMES,
    PackageStep,
    next_package_state,
    package_amounts,
)
from yulin.pool.core.assignment.preflight import DECLARED, PACK_ID, Preflight, Transfer, debt_items, preflight
from yulin.pool.core.assignment.timeline import (
    TransferRequest,
    ask_for_buy_back,
    ask_for_sale,
    cancel,
    close_of_business,
    owner_on,
)
from yulin.pool.enums import (
    AssignmentKind,
    AssignmentPaperKind,
    AssignmentState,
    LaterMoney,
    NoticeWay,
    PackageState,
    TransferAct,
    TransfereeKind,
)
from yulin.pool.errors import PackageNoteError, PackageStepError, PoolError
from yulin.rules.adapters.shipped import shipped_pack, shipped_vocabulary

ON = date(2022, 1, 21)
PACK = shipped_pack(PACK_ID)
CLEAN = Transfer(
    AssignmentKind.TO_AMC, TransfereeKind.LOCAL_AMC, 3, ON,
    {"is_true_sale": True, "has_buy_back_promise": False, "has_hidden_guarantee": False},
    has_contract=True, all_notified=True,
)  # fmt: skip
BAD = {1: "substandard", 2: "loss", 3: "doubtful"}


def flown(transfer=CLEAN, classes=BAD, on=ON):
    return preflight(PACK, transfer, classes, on)


# --- steps and amounts ---


def test_every_state_and_kind_has_its_words():
    assert set(PACKAGE_NAMES) == set(PackageState)
    assert set(PAPER_NAMES) == set(AssignmentPaperKind)
    assert set(NOTICE_NAMES) == set(NoticeWay)
    assert set(TRANSFEREE_NAMES) == set(TransfereeKind)
    assert [kind.value for kind in TransfereeKind] == list(shipped_vocabulary().lists["transferee_kind"].members)


def test_only_a_sale_out_of_the_pool_shares_its_price():
    shared = {kind for kind, law in KIND_LAWS.items() if law.shares_price}
    assert shared == {AssignmentKind.TO_AMC, AssignmentKind.TO_TRUST}
    assert all((law.later_money == LaterMoney.TRANSFEREE) == law.shares_price for law in KIND_LAWS.values())


def test_a_step_that_the_table_has_not_is_refused():
    with pytest.raises(PackageStepError) as caught:
        next_package_state("active", PackageStep.APPROVE)
    assert caught.value.code == "POOL.ASSIGNMENT.STEP"
    with pytest.raises(PackageNoteError):
        next_package_state("submitted", PackageStep.DECLINE, note="  ")
    assert {row.to_state for row in PACKAGE_TRANSITIONS} == set(PackageState) - {PackageState.DRAFT}


def test_a_package_without_a_ratio_has_no_price_yet():
    assert package_amounts({7: 100, 8: 50}, None).prices_fen == {7: 0, 8: 0}


@given(
    principals=st.dictionaries(st.integers(1, 99), st.integers(1, 10**13), min_size=1, max_size=12),
    ratio=st.integers(1, 1_000_000),
)
def test_a_packages_amounts_are_the_sums_of_its_debts(principals, ratio):
    amounts = package_amounts(principals, ratio)
    assert amounts.principal_fen == sum(principals.values())
    assert amounts.price_fen == sum(amounts.prices_fen.values()) == amounts.principal_fen * ratio // 1_000_000
    assert all(0 <= amounts.prices_fen[key] <= fen for key, fen in principals.items())


# --- the pre-flight ---


def test_a_clean_package_meets_every_item():
    assert flown().outcome == Outcome.MET
    assert len(flown().items) == 9
    assert flown().of_debt(1) == ()


@pytest.mark.parametrize(
    ("change", "item"),
    [
        ({"answers": {**CLEAN.answers, "is_true_sale": False}}, "true_sale"),
        ({"answers": {**CLEAN.answers, "has_buy_back_promise": True}}, "buy_back"),
        ({"answers": {**CLEAN.answers, "has_hidden_guarantee": True}}, "guarantee"),
        ({"transferee_kind": TransfereeKind.OTHER}, "transferee"),
    ],
)
def test_one_wrong_answer_blocks_by_its_own_item(change, item):
    assert [one.id for one in flown(replace(CLEAN, **change)).blocking] == [item]


@pytest.mark.parametrize(
    ("change", "item"),
    [({"answers": {**CLEAN.answers, name: None}}, None) for name in DECLARED]
    + [({"has_contract": False}, "contract"), ({"all_notified": False}, "notice")],
)
def test_what_nobody_answered_is_open_and_never_met(change, item):
    found = flown(replace(CLEAN, **change))
    assert (found.outcome, found.blocking) == (Outcome.UNKNOWN, ())
    assert item is None or [one.id for one in found.open] == [item]
    assert len(found.open) == 1


def test_the_pilot_for_single_transfers_ends_on_its_day():
    two = replace(CLEAN, debt_count=2)
    last, behind = date(2026, 12, 31), date(2027, 1, 1)
    assert flown(replace(two, transferred_on=last), on=last).outcome == Outcome.MET
    assert [one.id for one in flown(replace(two, transferred_on=behind), on=behind).blocking] == ["batch"]
    assert flown(replace(CLEAN, transferred_on=behind), on=behind).outcome == Outcome.MET


def test_a_debt_that_blocks_is_named():
    found = flown(classes={1: "substandard", 2: "special_mention", 3: "normal"})
    assert [(one.id, one.debts) for one in found.blocking] == [("bad_debt", (2, 3))]
    assert [item.id for item in found.of_debt(2)] == ["bad_debt"]


def test_a_right_without_title_needs_contract_and_notice_alone():
    bare = Transfer(AssignmentKind.SUBROGATION, TransfereeKind.GUARANTOR, 1, ON)
    assert [one.id for one in flown(bare, {1: "normal"}).items] == ["contract", "notice"]


def test_what_is_kept_is_read_back():
    found = Preflight.read(flown(replace(CLEAN, has_contract=False)).plain())
    assert [one.id for one in found.open] == ["contract"]
    assert (found.pack, found.version) == (PACK_ID, PACK.version)


def test_the_plan_asks_a_debt_its_own_items_only():
    assert {name: outcome for name, (_, outcome) in debt_items(PACK, "normal", ON).items()} == {
        "bad_debt": Outcome.NOT_MET
    }
    assert debt_items(PACK, "", ON)["bad_debt"][1] == Outcome.UNKNOWN


# --- the timeline over many requests ---

_ACTS = st.lists(
    st.tuples(st.sampled_from(["sale", "buy_back", "cancel", "decline", "close"]), st.integers(0, 6)), max_size=14
)


def _walk(acts):
    """Let a debt be sold, bought back, cancelled, declined and closed at will; what is refused changes nothing."""
    rows, today = (), date(2022, 1, 3)
    for number, (act, days) in enumerate(acts):
        today += timedelta(days=days % 3)
        request = TransferRequest(
            str(number), TransferAct(act) if act in set(TransferAct) else TransferAct.SALE, f"受让方{number}", 300_000,
            today, today + timedelta(days=days),
        )  # fmt: skip
        try:
            rows = _done(rows, act, request, today)
        except PoolError:
            continue
    return rows


def _done(rows, act, request, today):
    if act == "sale":
        return ask_for_sale(rows, request, blocks=(), today=today)
    if act == "buy_back":
        return ask_for_buy_back(rows, request, today=today)
    if act == "close":
        return close_of_business(rows, on=today)
    pending = [row.request.id for row in rows if row.state == AssignmentState.PENDING and row.valid_until is None]
    state = AssignmentState.DECLINED if act == "decline" else AssignmentState.CANCELLED
    return cancel(rows, pending[-1] if pending else "", on=today, reason="x", state=state)


@given(acts=_ACTS)
def test_the_days_of_owners_never_overlap(acts):
    owned = [row for row in _walk(acts) if row.state == AssignmentState.ACTIVE]
    ends = [row.valid_until or date.max for row in owned]
    assert all(row.valid_from < end for row, end in zip(owned, ends, strict=True))
    spans = sorted((row.valid_from, end) for row, end in zip(owned, ends, strict=True))
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


@given(acts=_ACTS)
def test_on_each_day_a_debt_has_exactly_one_owner(acts):
    rows = _walk(acts)
    for day in (date(2022, 1, 3) + timedelta(days=one) for one in range(60)):
        owners = [
            row.request.transferee
            for row in rows
            if row.state == AssignmentState.ACTIVE and row.valid_from <= day < (row.valid_until or date.max)
        ]
        assert owner_on(rows, day) == (owners[0] if owners else "")
        assert len(owners) <= 1  # nobody in the rows: the bank
