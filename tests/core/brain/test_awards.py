"""Awards: what is a ceiling, what an unknown or contested fact does, and a hash that covers every firm in any order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.brain.test_radar import ON

from yulin.brain.core.awards import Entitled, FactKept, Open, Subject, ceiling_words, content_hash, sorted_out
from yulin.brain.core.check_up import line_of
from yulin.brain.core.criteria import About, pack_text, policy_pack
from yulin.brain.core.criteria_reading import read_criteria
from yulin.rules.adapters.shipped import shipped_vocabulary

ROWS = read_criteria([("conditions", "（一）职工总数不少于20人；\n（二）具有高新技术企业资格。")])
PACK = policy_pack(pack_text(About(1, "示例", ""), ROWS), shipped_vocabulary())
NAMES = ("staff_count", "has_valid_hnte")


@pytest.mark.parametrize(
    ("amount", "is_ceiling"),
    [
        ("给予一次性奖励10万元。", False),
        ("每家奖励20万元；资金来自市级财政。", False),
        ("最高50万元。", True),
        ("不超过50万元的补助。", True),
        ("按投入的30%补助50万元。", True),
        ("按照研发费用核定50万元以内。", True),
    ],
)
def test_a_ceiling_or_a_share_is_not_an_amount(amount, is_ceiling):
    assert bool(ceiling_words([("conditions", "增长不低于30%。"), ("amount", amount)])) is is_ceiling


def found(values, contested):
    kept = {name: FactKept(name, value, "示例", "2025-01-01") for name, value in values.items()}
    subject = Subject(7, "91440100YLAAAAAA1X", kept, frozenset(contested))
    return sorted_out(subject, line_of(PACK, values, ON, asks=False))


@given(
    st.fixed_dictionaries({}, optional={"staff_count": st.sampled_from([19, 20, 21]), "has_valid_hnte": st.booleans()}),
    st.sets(st.sampled_from(NAMES)),
)
def test_nobody_is_entitled_or_dropped_by_a_value_that_is_unknown_or_contested(values, contested):
    sure = {name: values[name] for name in values if name not in contested}
    fails = sure.get("staff_count", 20) < 20 or sure.get("has_valid_hnte") is False
    one = found(values, contested)
    if fails:
        assert one is None
    elif set(sure) == set(NAMES):
        assert isinstance(one, Entitled)
        assert {each.name: each.value for each in one.facts} == values
    else:
        assert isinstance(one, Open)
        assert set(one.missing) == set(NAMES) - set(values)
        assert set(one.contested) == contested


FIRMS = st.lists(
    st.fixed_dictionaries({"identifier": st.text("AB9", min_size=1), "facts": st.lists(st.integers())}),
    min_size=1,
    unique_by=lambda one: one["identifier"],
)


@given(FIRMS, FIRMS, st.data())
def test_a_lists_hash_covers_every_firm_in_whatever_order(entitled, opened, data):
    whole = content_hash({"on": "2022-01-19"}, entitled, opened)
    shuffled = data.draw(st.permutations(entitled)), data.draw(st.permutations(opened))
    assert content_hash({"on": "2022-01-19"}, *shuffled) == whole
    assert content_hash({"on": "2022-01-19"}, entitled[1:], opened) != whole
    assert content_hash({"on": "2022-01-19"}, entitled, opened[1:]) != whole
    changed = [{**entitled[0], "facts": [*entitled[0]["facts"], 1]}, *entitled[1:]]
    assert content_hash({"on": "2022-01-19"}, changed, opened) != whole
