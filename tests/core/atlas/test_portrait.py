"""A portrait: every fact once, every statement behind it, whatever the order in which they came."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.portrait import FactShown, portrait, value_text
from yulin.atlas.core.statements import Said, values_on
from yulin.base.text import Text

LABEL = Text("事实", "Fact")
GROUPS = {name: Text(name, name) for name in ("basics", "operation", "innovation", "conduct")}
CLASS_OF = {
    "registered_name": "basics",
    "revenue_fen_2020": "operation",
    "rd_spend_fen_2020": "innovation",
    "has_serious_dishonesty": "conduct",
}
DAY, THEN = date(2021, 6, 1), datetime(2021, 7, 1, tzinfo=UTC)
SAID = st.builds(
    Said,
    st.sampled_from(["registered_name", "revenue_fen_2020", "rd_spend_fen_2020", "has_serious_dishonesty"]),
    st.integers(0, 3),
    st.sampled_from(["bank", "tax", "registry"]),
    st.sampled_from([date(2020, 1, 1), date(2021, 1, 1), date(2021, 12, 1)]),
    st.none() | st.just(date(2021, 3, 1)),
    st.sampled_from([datetime(2021, month, 1, tzinfo=UTC) for month in (2, 5, 9)]),
    st.sampled_from([10, 50]),
).filter(lambda one: one.valid_until is None or one.valid_from < one.valid_until)


def shown(fact: str) -> FactShown:
    kinds = {"has_serious_dishonesty": "bool", "registered_name": "text"}
    return FactShown(LABEL, kinds.get(fact, "money"), {}, CLASS_OF[fact])


@given(st.lists(SAID, max_size=10), st.randoms(use_true_random=False))
def test_each_fact_stands_once_with_every_statement_and_order_does_not_matter(said: list[Said], dice: Random) -> None:
    found = portrait(said, shown, GROUPS, DAY, THEN)
    lines = {line.fact: line for section in found for line in section.lines}
    assert {fact: line.said for fact, line in lines.items()} == values_on(said, DAY, THEN)
    for fact, line in lines.items():
        assert sorted(one.said.known_at for one in line.statements) == sorted(
            one.known_at for one in said if one.fact == fact
        )
        assert line.statements[0].said == line.said
    dice.shuffle(said)
    assert portrait(said, shown, GROUPS, DAY, THEN) == found


def test_sections_are_the_classes_in_their_order() -> None:
    facts = ("registered_name", "revenue_fen_2020", "rd_spend_fen_2020", "has_serious_dishonesty")
    said = [Said(fact, 1, "bank", date(2020, 1, 1), None, datetime(2021, 2, 1, tzinfo=UTC)) for fact in facts]
    found = portrait(said, shown, GROUPS, DAY, THEN)
    assert [tuple(line.fact for line in section.lines) for section in found] == [(fact,) for fact in facts]
    assert [section.group for section in found] == list(GROUPS)


@pytest.mark.parametrize(
    ("value", "kind", "zh", "en"),
    [
        (None, "money", "–", "–"),
        (0, "money", "0.00万元", "CNY 0.00万"),
        (328_461_743, "money", "328.46万元", "CNY 328.46万"),
        (True, "bool", "是", "Yes"),
        (False, "bool", "否", "No"),
        (333, "ratio", "3.33%", "3.33%"),
        (1_234, "count", "1,234", "1,234"),
        ("440112", "text", "440112", "440112"),
        ("A", "member", "甲", "First"),
    ],
)
def test_values_are_said_as_people_say_them(value: object, kind: str, zh: str, en: str) -> None:
    assert value_text(value, FactShown(LABEL, kind, {"A": Text("甲", "First")})) == Text(zh, en)
