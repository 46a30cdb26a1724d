from datetime import date

import pytest

from yulin.base.outcome import Outcome
from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids, shipped_vocabulary
from yulin.rules.core.assess import assess
from yulin.rules.core.linter import lint, lint_versions
from yulin.rules.core.load import load_pack
from yulin.rules.core.versions import laws_of, version_for
from yulin.rules.errors import (
    ExpressionNameError,
    ExpressionTypeError,
    NotApplicableError,
    PackFormError,
    PackKeyError,
    PackNotInForceError,
)

DAY = date(2024, 5, 6)
HEAD = "id: t\nkind: title\ntitle: [试, t]\ndocument: d\nsource: s\neffective: {from: 2020-01-01, until: 2030-01-01}\n"
TITLES = [pack_id for pack_id in shipped_pack_ids() if shipped_pack(pack_id).kind != "scheme"]


def pack_of(body, head=HEAD):
    return load_pack({"pack.yaml": head + body}, shipped_vocabulary())


@pytest.mark.parametrize("pack_id", TITLES)
def test_shipped_title_has_no_remarks_but_its_cliffs(pack_id):
    assert [str(remark) for remark in lint(shipped_pack(pack_id)) if remark.code != "cliff"] == []


RANGED = """
scores:
  a:
    clause: c
    entered: points_ip_advancement
    first_of: [{when: "ip_class1_count >= 1", points: 7-8}, {when: "ip_class2_count >= 1", points: 1-2}]
outcome: {clause: c, met: "total >= 7"}
"""


@pytest.mark.parametrize(
    ("facts", "low", "high"),
    [
        ({"ip_class1_count": 1}, 7, 8),
        ({"ip_class1_count": 1, "points_ip_advancement": 7}, 7, 7),
        ({"ip_class1_count": 1, "points_ip_advancement": 3}, 7, 7),
        ({"ip_class1_count": 0, "ip_class2_count": 1, "points_ip_advancement": 8}, 2, 2),
        ({"points_ip_advancement": 8}, 0, 8),
        ({"ip_class1_count": 0}, 0, 2),
        ({}, 0, 8),
    ],
)
def test_range_of_points_is_narrowed_by_the_expert_alone(facts, low, high):
    found = assess(pack_of(RANGED), facts, DAY)
    assert (found.score_low, found.score_high) == (low, high)


def test_missing_entry_of_the_expert_is_named_only_where_it_can_decide():
    pack = pack_of(RANGED.replace("total >= 7", "total >= 8"))
    assert assess(pack, {"ip_class1_count": 1}, DAY).missing == ("points_ip_advancement",)
    assert assess(pack_of(RANGED), {"ip_class1_count": 1}, DAY).missing == ()


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("    entered: points_ip_advancement\n", "", PackFormError),
        ("points: 7-8", "points: 8-7", PackFormError),
        ("entered: points_ip_advancement", "entered: points_ip_advancment", ExpressionNameError),
        ("outcome:", "groups: {g: {clause: c, of: [b]}}\noutcome:", PackFormError),
        ("outcome:", "groups: {g: {clause: c, of: [a]}, h: {clause: c, of: [a]}}\noutcome:", PackFormError),
        ("outcome:", "groups: {g: {clause: c, off: [a]}}\noutcome:", PackKeyError),
    ],
)
def test_defect_of_a_score_is_refused_with_its_place(old, new, error):
    assert old in RANGED
    with pytest.raises(error) as refused:
        pack_of(RANGED.replace(old, new, 1))
    assert str(refused.value).startswith("t/pack.yaml:")


def test_group_caps_what_its_scores_give_together():
    body = """
scores:
  a: {clause: c, when: is_first_loan, points: 20}
  b: {clause: c, when: is_pure_credit, points: 20}
  c: {clause: c, when: is_listed, points: 5}
groups: {g: {clause: c, of: [a, b], at_most: 30}}
outcome: {clause: c, met: "total >= 35 and groups.g >= 30"}
"""
    found = assess(pack_of(body), {"is_first_loan": True, "is_pure_credit": True, "is_listed": True}, DAY)
    assert (found.score, found.groups, found.outcome) == (35, {"g": (30, 30, 30)}, Outcome.MET)
    assert assess(pack_of(body), {"is_first_loan": True}, DAY).missing == ("is_listed", "is_pure_credit")


def test_any_route_suffices_and_an_unverified_one_leaves_the_answer_open():
    body = """
routes: {a: {clause: c, that: is_listed}, b: {clause: c, that: is_first_loan, verified: no}}
outcome: {clause: c, met: routes}
"""
    pack = pack_of(body)
    assert assess(pack, {"is_listed": True, "is_first_loan": False}, DAY).outcome is Outcome.MET
    assert assess(pack, {"is_listed": False, "is_first_loan": True}, DAY).outcome is Outcome.UNKNOWN


def test_fact_that_only_an_unverified_row_reads_is_not_asked_for():
    pack = shipped_pack("score-knowledge-hb-2025")
    assert assess(pack, {}, date(2025, 6, 3)).missing == ()
    body = "conditions: {a: {clause: c, that: is_listed, verified: no}, b: {clause: c, that: is_first_loan}}"
    assert assess(pack_of(body), {}, DAY).missing == ("is_first_loan",)


DECISIONS = """
applies_to: {new_application: {until: 2024-01-01}, review: {until: 2025-01-01}, title_held: {}}
conditions:
  first: {clause: c, applies_to: [new_application], that: is_first_loan}
  both: {clause: c, that: is_listed}
outcome: {clause: c, met: "conditions"}
"""


def test_row_counts_in_the_decisions_that_it_names():
    pack = pack_of(DECISIONS)
    assert pack.deciding().slots == {"is_first_loan", "is_listed"}
    assert pack.deciding("review").slots == {"is_listed"}
    assert pack.deciding("review") is pack.deciding("review").deciding()
    assert assess(pack, {"is_listed": True}, DAY, applies_to="review").outcome is Outcome.MET
    with pytest.raises(PackNotInForceError, match="2024-01-01"):
        assess(pack, {"is_listed": True}, DAY)
    assert assess(pack, {"is_listed": True}, date(2029, 1, 1), applies_to="title_held").outcome is Outcome.MET


def test_decision_that_the_pack_does_not_rule_is_refused():
    pack = pack_of(DECISIONS.replace("review: {until: 2025-01-01}, ", ""))
    with pytest.raises(NotApplicableError, match="review"):
        assess(pack, {}, DAY, applies_to="review")


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("review: {until: 2025-01-01}", "review: {until: 2031-01-01}", PackFormError),
        ("review: {", "reviews: {", PackFormError),
        ("[new_application], that", "[new_aplication], that", PackFormError),
        ('"conditions"', '"conditions and conditions.first"', ExpressionNameError),
    ],
)
def test_defect_of_a_decision_is_refused(old, new, error):
    assert old in DECISIONS
    with pytest.raises(error) as refused:
        pack_of(DECISIONS.replace(old, new, 1))
    assert str(refused.value).startswith("t/pack.yaml:")


GIANT = ("title-giant-2022", "title-giant-2026")


@pytest.mark.parametrize(
    ("decision", "on", "granted_on", "expected"),
    [
        ("new_application", date(2026, 3, 31), None, "title-giant-2022"),
        ("new_application", date(2026, 4, 1), None, "title-giant-2026"),
        ("review", date(2026, 5, 6), None, "title-giant-2022"),
        ("review", date(2027, 1, 1), None, "title-giant-2026"),
        ("title_held", date(2027, 5, 6), date(2024, 7, 1), "title-giant-2022"),
        ("title_held", date(2027, 5, 6), date(2027, 3, 1), "title-giant-2026"),
    ],
)
def test_version_on_the_day_for_the_decision(decision, on, granted_on, expected):
    versions = [shipped_pack(pack_id) for pack_id in GIANT]
    assert version_for(versions, decision, on, granted_on).id == expected


def test_day_without_a_version_is_refused():
    with pytest.raises(PackNotInForceError, match="title-giant-2022"):
        version_for([shipped_pack(pack_id) for pack_id in GIANT], "new_application", date(2022, 7, 31))


def test_versions_of_shipped_titles_leave_no_day_twice_and_none_open():
    laws = laws_of(shipped_pack(pack_id) for pack_id in TITLES)
    assert ("title-srdi-2022", "title-srdi-2026") in [tuple(pack.id for pack in law) for law in laws]
    assert [str(remark) for law in laws for remark in lint_versions(law)] == []


def test_term_is_a_day_that_follows_and_stays_open_without_its_facts():
    pack = pack_of('terms: {ends_on: {clause: c, value: "granted_on + years(3)"}}')
    assert assess(pack, {"granted_on": date(2024, 2, 29)}, DAY).terms[0].value == "2027-02-28"
    assert assess(pack, {}, DAY).terms[0].as_json()["value"] is None


LADDER = """
ladder:
  list: five_class
  order: [loss, doubtful, substandard, special_mention, normal]
  rules:
    long: {class: loss, clause: c, when: "overdue > days(360)"}
    sued: {class: doubtful, clause: c, verified: no, when: is_listed}
    late: {class: special_mention, clause: c, when: "overdue > days(0)"}
"""


@pytest.mark.parametrize(
    ("facts", "band"),
    [
        ({"overdue": 361}, "loss"),
        ({"overdue": 360, "is_listed": False}, "special_mention"),
        ({"overdue": 0, "is_listed": False}, "normal"),
        ({"overdue": 0, "is_listed": True}, None),
        ({"overdue": 0}, None),
        ({"is_listed": False}, None),
    ],
)
def test_ladder_gives_the_strongest_class_whose_rule_holds(facts, band):
    found = assess(pack_of(LADDER), facts, DAY)
    assert (found.band, found.outcome) == (band, Outcome.MET if band else Outcome.UNKNOWN)


def test_ladder_names_what_is_missing():
    assert assess(pack_of(LADDER), {"is_listed": False}, DAY).missing == ("overdue_days",)
    assert assess(pack_of(LADDER), {"overdue": 400}, DAY).missing == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [("list: five_class", "list: five_clas"), ("class: loss", "class: normal"), ("order: [loss", "order: [los")],
)
def test_defect_of_a_ladder_is_refused(old, new):
    with pytest.raises(PackFormError) as refused:
        pack_of(LADDER.replace(old, new, 1))
    assert str(refused.value).startswith("t/pack.yaml:")


SERIES = """
series:
  a: {clause: c, rates: {2020-01-01: 4.25%, 2021-01-01: 4.35%}, until: 2023-01-01}
terms:
  cap: {clause: c, value: "series.a * 1.3"}
"""


@pytest.mark.parametrize(
    ("day", "rate", "cap"),
    [
        (date(2020, 12, 31), "4.25 %", "5.525 %"),
        (date(2021, 1, 1), "4.35 %", "5.655 %"),
        (date(2022, 12, 31), "4.35 %", "5.655 %"),
        (date(2023, 1, 1), None, None),
    ],
)
def test_rate_holds_until_the_next_and_is_unknown_after_the_last_one_seen(day, rate, cap):
    terms = {term.id: term.value for term in assess(pack_of(SERIES), {}, day).terms}
    assert terms == {"a": rate, "cap": cap}


def test_unverified_rate_is_not_told():
    terms = assess(pack_of(SERIES.replace("{clause: c, rates", "{clause: c, verified: no, rates")), {}, DAY).terms
    assert terms[0].value is None


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("2021-01-01", "2019-01-01", PackFormError),
        ("until: 2023-01-01", "until: 2021-01-01", PackFormError),
        ("4.25%", "4.25万", ExpressionTypeError),
        ("series.a", "series.b", ExpressionNameError),
    ],
)
def test_defect_of_a_series_is_refused(old, new, error):
    with pytest.raises(error) as refused:
        pack_of(SERIES.replace(old, new, 1))
    assert str(refused.value).startswith("t/pack.yaml:")
