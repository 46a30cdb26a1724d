import re
from pathlib import Path

from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids, shipped_vocabulary
from yulin.rules.core import linter, linter_cliffs, linter_dead
from yulin.rules.core.linter import lint, lint_versions
from yulin.rules.core.load import load_pack
from yulin.rules.core.names import REMARK_NAMES
from yulin.rules.core.versions import laws_of

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


def test_row_without_a_source_is_reported():
    pack = load_pack(
        {"pack.yaml": HEAD.replace("source: s\n", "") + "effective: {from: 2020-01-01}\n"
         "conditions: {a: {clause: c, that: is_first_loan}, b: {clause: d, source: s, that: is_listed}}"},
        shipped_vocabulary(),
    )  # fmt: skip
    assert [(r.code, r.where.path) for r in lint(pack) if r.code == "no_source"][-1] == ("no_source", "conditions.a")
    assert "conditions.b" not in [remark.where.path for remark in lint(pack) if remark.code == "no_source"]


def remarks(pack, code):
    return [remark.message.zh for remark in lint(pack) if remark.code == code]


def test_a_limit_on_size_is_a_cliff_and_a_limit_on_a_share_is_none():
    that = "staff_count <= 500 and total_liabilities / total_assets <= pct(80) and revenue[0] > wan(1)"
    pack = pack_of(f"conditions: {{a: {{clause: c, that: '{that}', undefined: not_met}}}}")
    assert remarks(pack, "cliff") == ["conditions.a：职工总数<= 500，多一步即不符合。"]


def test_a_limit_of_one_route_is_no_cliff_since_another_may_take_over():
    tiers = "{a: {clause: c, that: 'staff_count < 500'}, b: {clause: d, that: 'staff_count >= 500'}}"
    assert remarks(pack_of("routes: " + tiers), "cliff") == []


def test_a_requirement_that_changes_at_a_bound_is_a_cliff_with_both_numbers():
    parts = [f"rd_expense[0] / revenue[0] >= pct({share})" for share in (5, 4)]
    body = "conditions: {a: {clause: c, undefined: not_met, that: '%s if revenue[0] <= wan(5_000) else %s'}}"
    assert remarks(pack_of(body % tuple(parts)), "cliff") == [
        "conditions.a：营业收入<= 50000000.00 元时须>= 5.00 %，越过一步即须>= 4.00 %。"
    ]
    assert remarks(pack_of(body % (parts[0], parts[0])), "cliff") == []


def test_one_clause_with_two_numbers_is_ambiguous():
    row = "{clause: '%s', that: 'staff_count >= %d'}"
    body = "conditions: {a: %s, b: %s}"
    cases = (("c", ("c", 30), ["twice"]), ("c", ("d", 30), []), ("c", ("c", 20), []), ("–", ("–", 30), []))
    for clause, other, expected in cases:
        pack = pack_of(body % (row % (clause, 20), row % other))
        assert [code for code in codes(pack) if code == "twice"] == expected
    reviews = row.replace("{clause", "{applies_to: [review], clause") % ("c", 30)
    news = row.replace("{clause", "{applies_to: [new_application], clause") % ("c", 20)
    pack = pack_of("applies_to: [new_application, review]\n" + body % (news, reviews))
    assert remarks(pack, "twice") == []


# What the linter says of the law that ships: every remark was read beside its sheet and is true.
SHIPPED = {
    "ca-csbfp": ["eligibility.revenue：营业收入<= CAD 10000000.00，多一步即不符合。"],
    "jm-yike-2025": ["eligibility.firm：营业收入<= 500000000.00 元，多一步即不符合。"],
    "title-giant-2022": ["routes.general_rd：营业收入>= 100000000.00 元时须>= 0.03，越过一步即须>= 0.06。"],
    "title-hnte-2016": [
        "conditions.rd_intensity：营业收入<= 50000000.00 元时须>= 5.00 %，越过一步即须>= 4.00 %。",
        "conditions.rd_intensity：营业收入<= 200000000.00 元时须>= 4.00 %，越过一步即须>= 3.00 %。",
        "conditions.reports：累计未报年度报表次数< 2，多一步即不符合。",
    ],
    "title-techsme-2017": [
        f"conditions.scale：{limit}，多一步即不符合。"
        for limit in ("职工总数<= 500", "营业收入<= 200000000.00 元", "资产总额<= 200000000.00 元")
    ],
    "uk-efg": ["eligibility.turnover：营业收入<= GBP 41000000.00，多一步即不符合。"],
    "uk-ggs": ["eligibility.turnover：营业收入<= GBP 45000000.00，多一步即不符合。"],
}


def test_shipped_packs_have_only_remarks_that_are_true():
    found = {pack_id: lint(shipped_pack(pack_id)) for pack_id in shipped_pack_ids()}
    assert {remark.code for each in found.values() for remark in each} == {"cliff"}
    assert {pack_id: [remark.message.zh for remark in each] for pack_id, each in found.items() if each} == SHIPPED


def test_shipped_laws_leave_no_day_without_a_version_and_none_with_two():
    laws = laws_of(shipped_pack(pack_id) for pack_id in shipped_pack_ids())
    assert [remark for law in laws for remark in lint_versions(law)] == []


def test_every_remark_has_a_name():
    text = Path(linter.__file__).read_text() + Path(linter_dead.__file__).read_text()
    text += Path(linter_cliffs.__file__).read_text()
    written = set(re.findall(r'(?:Remark\(|yield \()\s*"([a-z_]+)"', text))
    assert written == set(REMARK_NAMES)
