"""The law of stacking out of YAML: what it must say, and how it refuses what it does not."""

from __future__ import annotations

import pytest

from yulin.base.errors import YulinError
from yulin.brain.adapters.stacking_law import shipped_stacking
from yulin.brain.core.load_stacking import load_stacking

GOOD = """\
title: [示例, Example]
benefits:
  city-award: {title: 市奖, level: city, area: 4401, titles: [title-giant], amount: 100万, document: 市1, verified: yes}
  district-award:
    {title: 区奖, level: district, area: 440112, titles: [title-giant], amount: bonus, document: 区1, verified: yes}
rules:
  bonus: {kind: bonus, of: [district-award], to: [city-award], share: 30%, at_most: 50万, document: 区1, verified: yes}
"""


def test_good_law_is_read():
    law = load_stacking({"x.yaml": GOOD})
    city, district = law.benefits["city-award"], law.benefits["district-award"]
    assert (city.amount_fen, city.area, city.titles) == (100_000_000, "4401", ("title-giant",))
    assert district.amount_fen is None
    (rule,) = law.rules
    assert (rule.members, rule.to, rule.share_bp, rule.at_most_fen) == (
        ("district-award",),
        ("city-award",),
        3000,
        50_000_000,
    )


def test_what_ships_holds():
    law = shipped_stacking()
    assert all(one.counted_fen is None or one.counted_fen > 0 for one in law.benefits.values())
    assert all(one.clause.source or one.clause.article for one in law.benefits.values())


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        ("amount: 100万", "amount: 0", "RULES.PACK.FORM", "x.yaml:3, benefits.city-award.amount"),
        ("amount: 100万", "amount: 一百万左右", "RULES.PACK.FORM", "x.yaml:3, benefits.city-award.amount"),
        ("amount: 100万, ", "", "RULES.PACK.KEY", "x.yaml:3, benefits.city-award"),
        ("level: city", "level: town", "RULES.PACK.FORM", "x.yaml:3, benefits.city-award.level"),
        ("area: 4401,", "area: 44011,", "RULES.PACK.FORM", "x.yaml:3, benefits.city-award.area"),
        ("to: [city-award]", "to: [city-awart]", "RULES.PACK.KEY", "x.yaml:7, rules.bonus.to.0"),
        ("share: 30%", "share: a third", "RULES.PACK.FORM", "x.yaml:7, rules.bonus.share"),
        ("kind: bonus", "kind: gift", "RULES.PACK.FORM", "x.yaml:7, rules.bonus.kind"),
        ("amount: bonus", "amount: 5万", "RULES.PACK.FORM", "x.yaml:7, rules.bonus"),
        ("amount: 100万", "amount: bonus", "RULES.PACK.FORM", "x.yaml:3, benefits.city-award"),
        ("to: [city-award]", "to: [district-award]", "RULES.PACK.FORM", "x.yaml:7, rules.bonus"),
        ("verified: yes}\n  d", "verified: yes, colour: red}\n  d", "RULES.PACK.KEY", "x.yaml:3"),
    ],
)
def test_bad_law_is_refused_with_its_place(old, new, code, where):
    assert old in GOOD
    with pytest.raises(YulinError) as caught:
        load_stacking({"x.yaml": GOOD.replace(old, new, 1)})
    assert caught.value.code == code
    assert where in str(caught.value)


def test_two_files_are_one_law_and_an_id_stands_once():
    with pytest.raises(YulinError, match="已在别处定义"):
        load_stacking({"x.yaml": GOOD, "y.yaml": GOOD.partition("rules:")[0]})


def test_an_end_before_the_start_is_refused():
    text = GOOD.replace("verified: yes}\n  d", "verified: yes, from: 2025-01-01, until: 2024-01-01}\n  d")
    with pytest.raises(YulinError, match="不晚于生效日"):
        load_stacking({"x.yaml": text})


def test_a_circle_in_files_is_refused_with_its_chain():
    more = """\
  one: {kind: gives_way, of: [city-award], to: [district-award], document: 市1, verified: yes}
  two: {kind: gives_way, of: [district-award], to: [city-award], document: 区1, verified: yes}
"""
    with pytest.raises(YulinError) as caught:
        load_stacking({"x.yaml": GOOD + more})
    assert caught.value.code == "BRAIN.STACKING.CIRCLE"
    assert caught.value.facts["chain"] == ["city-award", "district-award", "city-award"]
    assert caught.value.facts["rules"] == ["one", "two"]
