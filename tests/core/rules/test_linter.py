from yulin.rules.adapters.shipped import shipped_pack, shipped_vocabulary
from yulin.rules.core.linter import lint, lint_versions
from yulin.rules.core.load import load_pack

HEAD = "id: t\nkind: title\ntitle: [试, t]\ndocument: d\nsource: s\n"


def pack_of(body, first="2020-01-01", until=""):
    head = HEAD + f"effective: {{from: {first}{', until: ' + until if until else ''}}}\n"
    return load_pack({"pack.yaml": head + body}, shipped_vocabulary())


def codes(pack):
    return [remark.code for remark in lint(pack) if remark.code != "untouched"]


def test_question_that_is_always_settled_is_reported():
    pack = pack_of('conditions: {a: {clause: c, that: "staff_count >= 0 and is_first_loan"}}')
    assert codes(pack) == ["always"]


def test_band_that_no_value_reaches_is_reported():
    pack = pack_of(
        "scores: {a: {clause: c, bands: {of: innovation_score, at_least: {101: 5, 50: 3}}}}\n"
        "outcome: {clause: c, met: 'total > 1'}"
    )
    assert codes(pack) == ["unreachable"]


def test_row_without_clause_and_unused_parameter_are_reported():
    pack = pack_of('parameters: {x: {clause: c, value: "wan(1)"}}\nconditions: {a: {that: is_first_loan}}')
    assert codes(pack) == ["unused", "no_clause"]


def test_row_that_no_case_touches_is_reported():
    pack = pack_of("conditions: {a: {clause: c, that: is_first_loan}}")
    assert [remark.where.path for remark in lint(pack)] == ["", "conditions.a"]


def test_row_that_no_outcome_asks_for_is_reported():
    pack = pack_of(
        "conditions: {a: {clause: c, that: is_first_loan}, b: {clause: c, that: is_listed}}\n"
        "scores: {s: {clause: c, when: is_listed, points: 3}}\n"
        "outcome: {clause: c, met: conditions.a}"
    )
    assert [(r.code, r.where.path) for r in lint(pack) if r.code == "dead"] == [
        ("dead", "conditions.b"),
        ("dead", "scores.s"),
    ]


def test_better_value_that_earns_less_is_reported():
    bands = "{of: staff_count, at_least: {30: 5, 20: 10}}"
    pack = pack_of(f"scores: {{s: {{clause: c, bands: {bands}}}}}\noutcome: {{clause: c, met: 'total > 1'}}")
    assert codes(pack) == ["order"]


def test_way_behind_one_that_always_applies_is_reported():
    for first in ("when: true, points: 3", "bands: {of: staff_count, at_least: {20: 5, 0: 1}}"):
        ways = f"[{{{first}}}, {{when: is_listed, points: 4}}]"
        pack = pack_of(f"scores: {{s: {{clause: c, first_of: {ways}}}}}\noutcome: {{clause: c, met: 'total > 1'}}")
        assert codes(pack) == ["dead"]


def test_class_that_another_one_covers_is_reported():
    second = "b: {clause: c, class: doubtful, when: 'overdue > days(90)'}"
    rules = f"a: {{clause: c, class: loss, when: 'overdue > days(%d)'}}, {second}"
    body = f"ladder: {{list: five_class, order: [loss, doubtful, normal], rules: {{{rules}}}}}"
    assert codes(pack_of(body % 60)) == ["unreachable"]
    assert codes(pack_of(body % 360)) == []


def test_class_row_that_a_higher_class_covers_is_reported():
    rest = "and revenue[0] >= wan(100)"
    row = f"{{clause: c, large: 'staff_count >= 300 {rest}', medium: 'staff_count >= %d {rest}'}}"
    body = f"classes: {{of: industry, order: [large, medium, small], rows: {{software: {row}}}}}"
    assert codes(pack_of(body % 400)) == ["unreachable"]
    assert codes(pack_of(body % 100)) == []


def test_class_without_a_rule_is_reported():
    rule = "{clause: c, class: loss, when: is_listed}"
    pack = pack_of(f"ladder: {{list: five_class, order: [loss, doubtful, normal], rules: {{a: {rule}}}}}")
    assert codes(pack) == ["unreachable"]


def test_seams_between_versions():
    first = pack_of("conditions: {a: {clause: c, that: is_first_loan}}", until="2021-01-01")
    for start, expected in (("2021-01-01", []), ("2021-01-02", ["gap"]), ("2020-12-31", ["overlap"])):
        second = pack_of("conditions: {a: {clause: c, that: is_first_loan}}", first=start)
        assert [remark.code for remark in lint_versions([second, first])] == expected


def test_shipped_titles_have_no_remarks():
    for pack_id in ("title-techsme-2017", "title-hnte-2016", "size-2011"):
        assert lint(shipped_pack(pack_id)) == ()
