"""Panels of a portrait: each figure with the statements it rests on, whatever the order in which they came."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.adapters.shipped_sources import contract_and_content, shipped_source_ids
from yulin.atlas.core.control_panel import HeldFirm, control
from yulin.atlas.core.operations import operations
from yulin.atlas.core.panels import Panel
from yulin.atlas.core.particulars import FORMS, counting, day_of, particular_name
from yulin.atlas.core.plain_panels import (
    events,
    exits,
    honours,
    judicial,
    loans,
    people,
    rights,
    staff,
    support,
    talent,
)
from yulin.atlas.core.statements import Said
from yulin.atlas.enums import ParticularKind

THEN, DAY = datetime(2022, 1, 10, tzinfo=UTC), date(2022, 1, 19)


def said(
    kind: ParticularKind, key: str, value: dict[str, Any], *, since: str = "2020-01-01", source: str = "a"
) -> Said:
    return Said(particular_name(kind, key), value, source, date.fromisoformat(since), None, THEN)


def invoice(number: str, day: str, partner: str, net: int, side: str = "sale", **more: Any) -> Said:
    tax = net * 13 // 100
    value = {"side": side, "number": number, "issued_on": day, "partner": partner, "net_fen": net, "tax_fen": tax}
    return said(ParticularKind.INVOICE, f"{side}:{number}", value | {"gross_fen": net + tax} | more, since=day)


def figures(panel: Panel | None) -> dict[str, Any]:
    assert panel is not None
    return {one.id: one.value for one in panel.figures}


TRADE = [
    invoice("1", "2021-03-05", "甲", 60_000_00),
    invoice("2", "2021-03-09", "乙", 30_000_00),
    invoice("3", "2021-07-01", "甲", 30_000_00),
    invoice("4", "2021-08-02", "甲", -20_000_00),
    invoice("5", "2021-08-03", "甲", 20_000_00),
    invoice("6", "2020-05-05", "乙", 50_000_00),
    invoice("7", "2021-05-05", "丙", 40_000_00, "purchase"),
    invoice("8", "2021-05-06", "丙", 99_00, status="作废发票"),
    invoice("9", "2022-01-05", "丁", 77_00),
]


def test_trade_is_of_twelve_whole_months_with_reds_netted_and_void_ones_left_out() -> None:
    panel = operations(TRADE, DAY)
    found = figures(panel)
    assert found["sales_net_fen"] == 120_000_00
    assert found["sales_growth"] == 14_000  # 120,000 against the 50,000 of the twelve months before
    assert (found["sales_partners"], found["sales_largest_share"]) == (2, 7_500)
    assert found["purchases_net_fen"] == 40_000_00
    assert found["set_aside"] == 1
    rests = {one.id: [each.value["number"] for each in one.rests_on] for one in panel.figures}  # type: ignore[union-attr]
    assert rests["sales_net_fen"] == ["1", "2", "3", "4", "5"]
    assert rests["set_aside"] == ["8"]


def test_the_months_and_the_partners_sum_to_the_whole() -> None:
    panel = operations(TRADE, DAY)
    assert panel is not None
    tables = {table.id: table for table in panel.tables}
    assert [[cell.zh for cell in row.cells] for row in tables["months"].rows] == [
        ["2021-03", "9.00万元", "0.00万元"],
        ["2021-05", "0.00万元", "4.00万元"],
        ["2021-07", "3.00万元", "0.00万元"],
        ["2021-08", "0.00万元", "0.00万元"],
    ]
    assert [row.cells[2].zh for row in tables["customers"].rows] == ["75.00%", "25.00%"]
    assert [row.cells[2].en for row in tables["aside"].rows] == ["the invoice is void"]


def test_a_day_before_the_first_invoice_has_no_trade() -> None:
    assert operations([], DAY) is None
    found = figures(operations(TRADE, date(2020, 3, 1)))
    assert (found["sales_net_fen"], found["sales_growth"]) == (None, None)


@given(st.permutations(TRADE))
def test_the_order_of_invoices_changes_no_figure_of_trade(every: list[Said]) -> None:
    assert figures(operations(every, DAY)) == figures(operations(TRADE, DAY))


def holding(firm: str, holder: str, share_ppm: int) -> Said:
    return said(
        ParticularKind.HOLDING, f"{firm}-{holder}", {"holder": holder, "holder_name": holder, "share_ppm": share_ppm}
    )


def test_control_in_the_end_and_the_group_with_what_it_owes() -> None:
    firms = [
        HeldFirm("甲", "甲公司", [holding("甲", "张", 600_000)], 5_00),
        HeldFirm("乙", "乙公司", [holding("乙", "甲", 800_000), holding("乙", "李", 200_000)], 7_00),
    ]
    panel = control("乙", firms)
    assert figures(panel) == {"ultimate_controller": "张", "group_firms": 2, "group_owed_fen": 12_00}
    tables = {table.id: table for table in panel.tables}  # type: ignore[union-attr]
    assert [[cell.zh for cell in row.cells] for row in tables["holders"].rows] == [
        ["甲公司", "80.00%", "80.00%"],
        ["张", "–", "48.00%"],
        ["李", "20.00%", "20.00%"],
    ]


def test_holders_without_a_code_are_never_one_person_for_their_name() -> None:
    nameless = {"holder": None, "holder_name": "张三", "share_ppm": 600_000}
    firms = [HeldFirm(code, code, [said(ParticularKind.HOLDING, code, nameless)]) for code in ("甲", "乙")]
    assert figures(control("甲", firms))["group_firms"] == 1


def test_holdings_above_the_whole_raise_an_alarm_and_are_not_counted() -> None:
    panel = control("甲", [HeldFirm("甲", "甲公司", [holding("甲", "张", 600_000), holding("甲", "李", 600_000)])])
    assert panel is not None
    assert "120%" in panel.alarms[0].sentence.en
    assert figures(panel)["ultimate_controller"] is None


def test_rights_say_which_are_in_force_end_soon_or_have_fees_overdue() -> None:
    def right(key: str, grade: str, expires: str | None, paid: str | None = None) -> Said:
        return said(ParticularKind.IP_RIGHT, key, {"grade": grade, "expires_on": expires, "fees_paid_until": paid})

    found = figures(
        rights(
            [
                right("1", "class1", "2022-01-19"),
                right("2", "class1", "2022-01-20", "2022-01-18"),
                right("3", "class2", "2023-01-20", "2022-01-19"),
                right("4", "Ⅱ类", None),
            ],
            DAY,
        )
    )
    assert found == {"ip_in_force": 3, "ip_class1": 1, "ip_class2": 2, "ip_ending": 1, "ip_fees_overdue": 1}


def test_staff_is_set_against_the_same_month_a_year_before() -> None:
    months = [("2020-12", 40), ("2021-11", 49), ("2021-12", 50)]
    every = [said(ParticularKind.STAFF_MONTH, month, {"month": month, "insured_count": n}) for month, n in months]
    assert figures(staff(every)) == {"insured_count": 50, "insured_before": 40, "insured_growth": 2_500}
    assert figures(staff(every[1:]))["insured_growth"] is None


def test_who_ran_a_firm_before_is_listed_and_does_not_count_as_in_office() -> None:
    def person(name: str, until: str | None, since: str = "2015-01-01", position: str = "监事") -> Said:
        value = {"name": name, "position": position, "since_on": since, "until_on": until}
        return said(ParticularKind.KEY_PERSON, name, value)

    every = [
        person("甲", None, "2020-01-01"),
        person("乙", "2022-01-20"),
        person("丙", "2022-01-19", "2021-01-01", "法定代表人"),
        person("丁", None, "2014-01-01", "法定代表人"),
    ]
    panel = people(every, DAY)
    assert figures(panel) == {"people_in_office": 3}
    assert panel is not None
    assert [row.cells[0].zh for row in panel.tables[0].rows] == ["丁", "甲", "乙", "丙"]


def test_talent_counts_until_its_title_ends() -> None:
    def title(name: str, ends: str | None) -> Said:
        return said(ParticularKind.TALENT, name, {"name": name, "programme": "领军", "expires_on": ends})

    assert figures(talent([title("甲", "2022-01-19"), title("乙", "2022-01-20"), title("丙", None)], DAY)) == {
        "talent_in_force": 2
    }


def test_support_and_balances_are_summed_to_the_fen_and_unknown_where_a_part_is() -> None:
    def paid(key: str, fen: int | None) -> Said:
        value = {"title": key, "granted_on": "2021-01-01"} | ({"amount_fen": fen} if fen is not None else {})
        return said(ParticularKind.POLICY_RECEIVED, key, value)

    assert figures(support([paid("a", 1), paid("b", 20_000_00)])) == {"support_count": 2, "support_fen": 20_000_01}
    assert figures(support([paid("a", 1), paid("b", None)])) == {"support_count": 2, "support_fen": None}


def test_a_loan_is_open_until_its_balance_is_nought_and_an_overdue_one_is_marked() -> None:
    def loan(key: str, balance: int | None, overdue: int = 0) -> Said:
        told = {"number": key, "lender_name": "示例银行", "overdue_days": overdue}
        return said(ParticularKind.LOAN, key, told | ({"balance_fen": balance} if balance is not None else {}))

    panel = loans([loan("1", 0, 5), loan("2", 30_00, 1), loan("3", 12_00)])
    assert figures(panel) == {"loans_open": 2, "loans_balance_fen": 42_00, "loans_overdue": 1}
    assert panel is not None
    assert [row.is_marked for row in panel.tables[0].rows] == [False, True, False]
    assert figures(loans([loan("1", 5_00), loan("2", None)]))["loans_balance_fen"] is None


def test_what_nobody_lists_has_no_panel() -> None:
    assert [people([], DAY), talent([], DAY), support([]), loans([])] == [None] * 4
    assert [judicial([]), rights([], DAY), staff([]), honours([], []), events([])] == [None] * 5


def test_a_month_without_a_day_is_kept_as_a_month_and_counts_from_its_last_day() -> None:
    one = said(ParticularKind.JUDICIAL, "x", {"type": "民事", "decided_on": "2015-02", "amount_fen": 5})
    panel = judicial([one])
    assert panel is not None
    assert [cell.zh for cell in panel.tables[0].rows[0].cells] == ["民事", "2015-02", "0.00万元"]
    assert day_of(one, "decided_on") == date(2015, 2, 28)


@given(st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_what_counts_of_particulars_does_not_depend_on_their_order(sources: list[str], random: Random) -> None:
    every = [
        said(ParticularKind.EVENT, str(n % 3), {"text": str(n)}, source=source) for n, source in enumerate(sources)
    ]
    shuffled = list(every)
    random.shuffle(shuffled)
    assert counting(every, DAY, THEN) == counting(shuffled, DAY, THEN)


def test_every_kind_has_a_form() -> None:
    assert set(FORMS) == set(ParticularKind)


def test_that_a_firm_has_left_business_is_an_alarm_and_that_it_has_not_is_none() -> None:
    left = said(ParticularKind.EXIT, "2021-06-01:注销", {"has_left": True, "left_on": "2021-06-01", "type": "注销"})
    stays = said(ParticularKind.EXIT, "2020-03-01:吊销", {"has_left": False, "left_on": "2020-03-01", "type": "吊销"})
    panel = exits([stays, left])
    assert panel is not None
    assert [(one.id, one.rests_on) for one in panel.alarms] == [("has_left", (left,))]
    assert [[cell.en for cell in row.cells] for row in panel.tables[0].rows] == [
        ["Yes", "2021-06-01", "注销"], ["No", "2020-03-01", "吊销"],
    ]  # fmt: skip
    calm = exits([stays])
    assert calm is not None
    assert calm.alarms == ()
    assert exits([]) is None


def test_every_kind_of_particular_has_a_shipped_source() -> None:
    listed = {contract_and_content(one)[0].particular for one in shipped_source_ids()}
    assert set(ParticularKind) - listed == set()
