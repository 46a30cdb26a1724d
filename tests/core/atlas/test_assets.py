"""Assets: state of pledge, receivables verified by invoices, and the alarms, each at its boundary."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.assets import InvoiceState, assets, pledged_and_sold, pledged_twice, pledges_of, verified
from yulin.atlas.core.particulars import particular_name
from yulin.atlas.core.statements import Said
from yulin.atlas.enums import ParticularKind

THEN, DAY = datetime(2022, 1, 10, tzinfo=UTC), date(2022, 1, 19)


def said(kind: ParticularKind, key: str, value: dict[str, Any]) -> Said:
    return Said(particular_name(kind, key), value, "a", date(2020, 1, 1), None, THEN)


def pledge(creditor: str, since: str, until: str | None = None, asset: str = "SB1", kind: str = "设备") -> Said:
    value = {"asset_kind": kind, "asset_key": asset, "creditor": creditor, "registered_on": since}
    return said(ParticularKind.PLEDGE, f"{asset}{creditor}{since}", value | ({"released_on": until} if until else {}))


def sale(day: str, asset: str = "SB1") -> Said:
    value = {"asset_kind": "设备", "asset_key": asset, "buyer_name": "买方", "sold_on": day}
    return said(ParticularKind.DISPOSAL, asset + day, value)


def invoice(number: str, day: str, net: int, **more: Any) -> Said:
    value = {"side": "sale", "number": number, "issued_on": day, "partner": "甲", "net_fen": net, "tax_fen": 0}
    return said(ParticularKind.INVOICE, number, value | {"gross_fen": net} | more)


def owed(number: str, fen: int = 100) -> Said:
    return said(ParticularKind.RECEIVABLE, number, {"number": number, "debtor_name": "甲", "value_fen": fen})


@pytest.mark.parametrize(
    ("first_until", "second_since", "second", "alarms"),
    [
        (None, "2021-06-01", "B", 1),
        ("2021-06-02", "2021-06-01", "B", 1),
        ("2021-06-01", "2021-06-01", "B", 0),
        ("2021-05-31", "2021-06-01", "B", 0),
        (None, "2021-06-01", "A", 0),
        (None, "2020-01-01", "B", 1),
    ],
)
def test_an_alarm_where_two_creditors_hold_one_asset_on_one_day(
    first_until: str | None, second_since: str, second: str, alarms: int
) -> None:
    found = pledged_twice(pledges_of([pledge("A", "2021-01-01", first_until), pledge(second, second_since)]))
    assert len(found) == alarms
    other = pledged_twice(pledges_of([pledge("A", "2021-01-01"), pledge("B", "2021-06-01", asset="SB2")]))
    assert other == []


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("设备", "equipment"),
        ("机器设备", "equipment"),
        ("专利权", "ip_right"),
        ("软件著作权", "ip_right"),
        ("股份", "holding"),
        ("应收款", "receivable"),
        ("碳排放权", "environmental_right"),
    ],
)
def test_the_word_and_the_code_of_a_kind_name_one_asset(word: str, code: str) -> None:
    both = [pledge("A", "2021-01-01", kind=word), pledge("B", "2021-02-01", kind=code)]
    assert [one.id for one in pledged_twice(pledges_of(both))] == ["double_pledge"]


def test_a_right_that_a_register_calls_a_patent_is_shown_as_pledged() -> None:
    right = said(ParticularKind.IP_RIGHT, "ZL1", {"number": "ZL1", "title": "一种方法", "type": "发明专利"})
    held = pledge("A", "2021-01-01", asset="ZL1", kind="专利权")
    panel = assets({ParticularKind.IP_RIGHT: [right], ParticularKind.PLEDGE: [held]}, [], DAY, has_invoices=True)
    assert panel is not None
    assert {one.id: one.value for one in panel.figures}["ip_right_pledged"] == 1


@pytest.mark.parametrize(
    ("until", "sold_on", "alarms"),
    [
        (None, "2021-06-01", 1),
        ("2021-06-01", "2021-06-01", 0),
        ("2021-06-02", "2021-06-01", 1),
        (None, "2020-12-31", 1),
    ],
)
def test_an_alarm_where_an_asset_is_sold_while_pledged_or_pledged_after_it_was_sold(
    until: str | None, sold_on: str, alarms: int
) -> None:
    assert len(pledged_and_sold(pledges_of([pledge("A", "2021-01-01", until)]), [sale(sold_on)])) == alarms


def test_a_pledge_without_creditor_or_day_counts_nowhere() -> None:
    bare = [said(ParticularKind.PLEDGE, "x", {"asset_kind": "设备", "asset_key": "SB1", "registered_on": "2021-01-01"})]
    bare += [said(ParticularKind.PLEDGE, "y", {"asset_kind": "设备", "asset_key": "SB1", "creditor": "A"})]
    assert pledges_of(bare) == []


def test_a_receivable_is_verified_by_its_invoice() -> None:
    invoices = [
        invoice("1", "2021-05-01", 100),
        invoice("2", "2021-05-02", 200),
        invoice("3", "2021-06-02", -200),
        invoice("4", "2021-05-03", 300, status="作废"),
        invoice("5", "2021-05-04", 99),
    ]
    receivables = [owed("1"), owed("2", 200), owed("4", 300), owed("5"), owed("6")]
    found = verified(receivables, invoices, DAY, is_open=True)
    assert [found[one.fact].state for one in receivables] == [
        InvoiceState.SOUND,
        InvoiceState.TAKEN_BACK,
        InvoiceState.VOID,
        InvoiceState.TOO_SMALL,
        InvoiceState.UNKNOWN,
    ]
    assert [one.value["number"] for one in found["receivable:2"].rests_on] == ["2", "3"]
    before = verified(receivables, invoices[:2], date(2021, 6, 1), is_open=True)
    assert before["receivable:2"].state is InvoiceState.SOUND
    hidden = verified(receivables, invoices, DAY, is_open=False)
    assert {one.state for one in hidden.values()} == {InvoiceState.NOT_OPEN}


def test_the_panel_sums_kinds_and_tells_the_state_of_each_asset() -> None:
    machine = said(ParticularKind.EQUIPMENT, "SB1", {"number": "SB1", "value_fen": 500})
    other = said(ParticularKind.EQUIPMENT, "SB2", {"number": "SB2", "value_fen": 300})
    found = {
        ParticularKind.EQUIPMENT: [machine, other],
        ParticularKind.PLEDGE: [pledge("A", "2021-01-01")],
        ParticularKind.DISPOSAL: [sale("2021-06-01", "SB2")],
    }
    panel = assets(found, [], DAY, has_invoices=True)
    assert panel is not None
    assert {one.id: one.value for one in panel.figures} == {
        "equipment_count": 2,
        "equipment_value_fen": 800,
        "equipment_pledged": 1,
    }
    assert [row.cells[-1].en for row in panel.tables[0].rows] == ["Pledged", "Sold"]
    assert panel.alarms == ()
    assert assets({}, [], DAY, has_invoices=True) is None


DAYS = st.sampled_from(["2021-01-01", "2021-03-01", "2021-06-01"])
PLEDGES = st.lists(
    st.builds(pledge, st.sampled_from("AB"), DAYS, st.none() | st.just("2021-07-01"), st.sampled_from(["SB1", "SB2"])),
    max_size=6,
    unique_by=lambda one: one.fact,
)


@given(PLEDGES, st.lists(st.builds(sale, DAYS), max_size=2), st.randoms(use_true_random=False))
def test_the_order_of_pledges_and_disposals_changes_no_alarm(
    pledges: list[Said], sales: list[Said], random: Any
) -> None:
    def alarms() -> list[str]:
        held = pledges_of(pledges)
        return sorted(one.sentence.en for one in (*pledged_twice(held), *pledged_and_sold(held, sales)))

    before = alarms()
    random.shuffle(pledges)
    random.shuffle(sales)
    assert alarms() == before


@given(PLEDGES)
def test_a_pledge_more_never_silences_an_alarm(pledges: list[Said]) -> None:
    held = pledges_of(pledges)
    fewer = {one.sentence.en for one in pledged_twice(held[1:])}
    assert fewer <= {one.sentence.en for one in pledged_twice(held)}
