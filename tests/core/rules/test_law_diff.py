from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids, shipped_texts, shipped_vocabulary
from yulin.rules.core.law_diff import Kind, differences
from yulin.rules.core.load import load_pack

OLD = """
id: t-1
kind: title
title: [试, t]
document: d
source: s
effective: {from: 2020-01-01, until: 2021-01-01}
conditions:
  size: {clause: 第一条, text: [不超过500人, At most 500], that: "staff_count <= 500"}
  gone: {clause: 第二条, that: is_listed}
  same: {clause: 第三条, that: is_first_loan}
scores:
  a: {clause: 第四条, bands: {of: "staff_count", at_least: {30: 20, 20: 10}}}
outcome: {clause: 第五条, met: "conditions and total >= 10"}
"""


def pack_of(text):
    return load_pack({"pack.yaml": text.lstrip()}, shipped_vocabulary())


def changed(*pairs):
    text = OLD
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return differences(pack_of(OLD), pack_of(text))


def parts(found):
    return [(part.path, part.old, part.new) for part in found.parts]


def test_comments_and_layout_are_no_difference():
    assert changed(("\nconditions:", "\n# a comment\nconditions:")) == ()
    assert changed(("{clause: 第三条, that: is_first_loan}", "\n    that: is_first_loan\n    clause: 第三条")) == ()


def test_number_that_moved_is_named_with_both_values():
    (found,) = changed(("<= 500", "<= 300"))
    assert (found.row, found.kind, found.old_clause, found.new_clause) == (
        "conditions.size", Kind.CHANGED, "第一条", "第一条",
    )  # fmt: skip
    assert parts(found) == [("that", "staff_count <= 500", "staff_count <= 300")]
    assert found.old_text.en == "At most 500"


def test_band_that_came_or_moved_is_named_by_its_bound():
    (found,) = changed(("{30: 20, 20: 10}", "{30: 25, 10: 5}"))
    assert parts(found) == [
        ("bands.at_least.30", "20", "25"),
        ("bands.at_least.20", "10", None),
        ("bands.at_least.10", None, "5"),
    ]


def test_row_that_came_or_went():
    found = {
        each.row: each.kind
        for each in changed(("  gone: {clause: 第二条, that: is_listed}", "  come: {clause: 第六条, that: is_listed}"))
    }
    assert found == {"conditions.gone": Kind.REMOVED, "conditions.come": Kind.ADDED}


def test_new_clause_and_new_words_alone_restate_the_law():
    (found,) = changed(("{clause: 第一条, text: [不超过500人", "{clause: 第七条, verified: partly, text: [500人以下"))
    assert (found.kind, found.old_clause, found.new_clause) == (Kind.RESTATED, "第一条", "第七条")


def test_effective_days_are_a_difference():
    (found,) = changed(("until: 2021-01-01", "until: 2022-01-01"))
    assert (found.row, parts(found)) == ("effective", [("until", "2021-01-01", "2022-01-01")])


def test_every_shipped_pack_equals_itself_and_differs_from_its_successor():
    packs = {pack_id: shipped_pack(pack_id) for pack_id in shipped_pack_ids()}
    for pack in packs.values():
        again = load_pack(shipped_texts(pack.id), shipped_vocabulary())
        assert differences(pack, again) == ()
        if pack.replaces in packs:
            found = differences(packs[pack.replaces], pack)
            assert any(each.kind is not Kind.RESTATED for each in found)
            assert all(each.as_json()["row"] for each in found)
