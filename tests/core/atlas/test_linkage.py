"""Weighed pairs as groups, and the plans that weigh them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.link_plan import read_plan, splink_settings, with_slips
from yulin.atlas.core.linkage import Evidence, Weighed, group
from yulin.atlas.errors import LinkPlanError
from yulin.base.text import Text

KEYS = "abcdefg"
PAIRS = st.lists(st.sampled_from(list(combinations(KEYS, 2))), unique=True)
PLAN: dict[str, Any] = {
    "id": "persons",
    "key": "id",
    "columns": {"year": {"of": "born", "start": 4}},
    "compare": {
        "surname": {"as": "text", "near": [80, 92], "name": True, "rarity": True, "label": ["姓", "surname"]},
        "born": {"as": "day", "label": ["生日", "birthday"]},
    },
    "block": [["surname"], ["year"]],
    "certain": [["surname", "born"]],
    "certain_percent": 60,
    "train": [["surname"], ["born"]],
    "match_percent": 95,
    "possible_percent": 50,
}


@given(PAIRS.flatmap(lambda pairs: st.tuples(st.just(pairs), st.permutations(range(len(pairs))))), PAIRS)
def test_the_order_of_pairs_changes_nothing_and_what_is_kept_apart_stays_apart(drawn, apart):
    pairs, order = drawn
    weights = [float(ord(left) * 3 % 7) for left, _ in pairs]
    judged = dict.fromkeys(apart)
    found = group(KEYS, pairs, weights, judged)
    again = group(KEYS[::-1], [pairs[at] for at in order], [weights[at] for at in order], judged)
    assert found.groups == again.groups
    assert sorted(key for keys in found.groups for key in keys) == list(KEYS)
    assert not {pair for keys in found.groups for pair in combinations(keys, 2)} & set(apart)


def test_a_judgement_bars_the_weaker_way_round_it():
    found = group("abc", [("a", "b"), ("b", "c")], [3.0, 8.0], {("a", "c"): None})
    assert found.groups == (("a",), ("b", "c"))
    assert (found.joined, found.barred) == ((1,), (0,))


def test_evidence_says_why_and_names_alone_are_told():
    label = Text("姓", "surname")
    by_name = Evidence(label, "smith", "smith", 8.25, is_name=True)
    born = Text("生日", "birthday")
    other_day = Evidence(born, "1850-01-02", "1850-01-03", -4.0, is_name=False)
    pair = Weighed(("a", "b"), 0.99, 9.0, (other_day, by_name))
    assert pair.why.en == "same surname: smith (+8.2); birthday: 1850-01-02 / 1850-01-03 (-4.0)"
    assert pair.why.zh == "姓相同：smith（+8.2）；生日：1850-01-02 / 1850-01-03（-4.0）"
    assert pair.rests_on_names
    same_day = Evidence(born, "1850-01-02", "1850-01-02", 4.0, is_name=False)
    assert not Weighed(("a", "b"), 0.99, 9.0, (by_name, same_day)).rests_on_names


def test_a_plan_says_its_columns_and_settings():
    plan = read_plan(PLAN, "persons.yaml")
    assert plan.columns == ("id", "born", "surname")
    assert plan.compared[0].near == (92, 80)
    settings = splink_settings(plan)
    assert [each["blocking_rule"] for each in settings["blocking_rules_to_generate_predictions"]] == [
        'l."surname" = r."surname"',
        'l."year" = r."year"',
    ]
    assert [level["label_for_charts"] for level in settings["comparisons"][0]["comparison_levels"]] == [
        "unknown", "same", "alike from 92 %", "alike from 80 %", "other",
    ]  # fmt: skip


def test_no_difference_speaks_against_one_without_bounds():
    unknown = {"is_null_level": True}
    levels = [unknown, {"u_probability": 0.01}, {"m_probability": 1e-90, "u_probability": 0.2}, {"m_probability": 0.4}]
    found = with_slips({"comparisons": [{"comparison_levels": levels}]})["comparisons"][0]["comparison_levels"]
    assert found == [
        unknown,
        {"m_probability": 0.9, "u_probability": 0.01},
        {"m_probability": 0.001, "u_probability": 0.2},
        {"m_probability": 0.4, "u_probability": 0.000_001},
    ]


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"compare": {"surname": PLAN["compare"]["surname"]}}, "compare"),
        ({"compare": {"born": {"as": "sound", "label": ["", ""]}}}, "compare.born.as"),
        ({"compare": {"born": {"as": "text", "near": [0.9], "label": ["", ""]}}}, "compare.born.near"),
        ({"columns": {"year": {"of": "born"}}}, "columns.year."),
        ({"columns": {"brand": {"of": "name", "part": "sound"}}}, "columns.brand.part"),
        ({"block": []}, "block"),
        ({"block": ["surname"]}, "block"),
        ({"match_percent": 50}, "match_percent"),
        ({"match_percent": 60, "possible_percent": 61}, "possible_percent"),
        ({"treshold": 3}, "treshold"),
    ],
)
def test_a_plan_that_is_none_says_where(change, at):
    with pytest.raises(LinkPlanError) as refused:
        read_plan(PLAN | change, "persons.yaml")
    assert refused.value.facts["at"] == at
