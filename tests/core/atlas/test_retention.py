from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.retention import FOR_REPLAY, HOLD_TEXTS, read_rules
from yulin.atlas.enums import HoldKind, RetentionOf, RetentionThen
from yulin.atlas.errors.retention import RetentionRuleError

RULE: dict[str, Any] = {
    "title": ["甲", "A"],
    "of": "statement",
    "classes": ["conduct"],
    "years": 5,
    "since": "ended",
    "then": "delete",
    "document": "文件",
    "article": "第一条",
    "verified": "yes",
    "note": ["无", "none"],
}


def rule_of(**changes: Any):
    [rule] = read_rules({"rules": {"one": {**RULE, **changes}}}, "test")
    return rule


@pytest.mark.parametrize(
    ("since", "goes"),
    [
        (date(2016, 1, 19), date(2021, 1, 19)),
        (date(2016, 2, 29), date(2021, 2, 28)),
        (date(2015, 2, 28), date(2020, 2, 28)),
    ],
)
def test_full_years_are_counted_from_day_to_day(since: date, goes: date) -> None:
    assert rule_of().goes_on(since) == goes


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"years": 0}, "years"),
        ({"document": ""}, "document"),
        ({"article": None}, "article"),
        ({"classes": []}, "classes"),
        ({"of": "reading", "since": "known", "then": "mask"}, "classes"),
        ({"then": "mask"}, "then"),
        ({"of": "quarantine", "classes": []}, "since"),
        ({"of": "everything"}, "of"),
        ({"verified": "perhaps"}, "verified"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_rule_that_would_do_something_else_than_it_says_is_refused(changes: dict[str, Any], at: str) -> None:
    with pytest.raises(RetentionRuleError) as caught:
        rule_of(**changes)
    assert caught.value.facts["at"] == f"rules.one.{at}"


@given(st.sampled_from(sorted(set(RULE) - {"of", "then", "classes", "since", "verified"})))
def test_a_rule_changed_in_any_way_is_another_rule(field: str) -> None:
    changed = (
        RULE[field] + 1 if field == "years" else [*RULE[field][:-1], "x"] if isinstance(RULE[field], list) else "x"
    )
    assert rule_of(**{field: changed}).content_hash != rule_of().content_hash
    assert rule_of(**{field: RULE[field]}).content_hash == rule_of().content_hash


def test_a_rule_says_what_it_does_and_each_hold_why() -> None:
    assert rule_of().says.zh == "单项事实自终止之日起满5年删除"
    assert rule_of(of="reading", classes=[], since="known", then="mask", years=1).says.en == (
        "Names in the log of readings: masked 1 year after it became known"
    )
    assert set(HOLD_TEXTS) == set(HoldKind) > FOR_REPLAY
    assert {one.value for one in RetentionOf} == {"statement", "particular", "quarantine", "reading", "objector"}
    assert {one.value for one in RetentionThen} == {"delete", "mask"}
