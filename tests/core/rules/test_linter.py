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


def test_seams_between_versions():
    first = pack_of("conditions: {a: {clause: c, that: is_first_loan}}", until="2021-01-01")
    for start, expected in (("2021-01-01", []), ("2021-01-02", ["gap"]), ("2020-12-31", ["overlap"])):
        second = pack_of("conditions: {a: {clause: c, that: is_first_loan}}", first=start)
        assert [remark.code for remark in lint_versions([second, first])] == expected


def test_shipped_titles_have_no_remarks():
    for pack_id in ("title-techsme-2017", "title-hnte-2016", "size-2011"):
        assert lint(shipped_pack(pack_id)) == ()
