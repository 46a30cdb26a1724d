"""The collector finds what is wrong wherever it stands, all at once, and nothing where a pack holds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yulin.rules.adapters.shipped import shipped_pack_ids, shipped_texts, shipped_vocabulary
from yulin.rules.core.defects import MOST_DEFECTS, collect_defects
from yulin.rules.core.load import load_pack
from yulin.rules.errors import PlacedError

LAW = "title-techsme-2017"
QUESTION = re.compile(r"\b(?:that|met): (\"[^\"\n]*\"|[^\"'>|,{}\n]+)(?=[,}\n])")


def found(texts):
    return collect_defects(texts, shipped_vocabulary())


def first_of(texts) -> PlacedError | None:
    try:
        load_pack(texts, shipped_vocabulary())
    except PlacedError as error:
        return error
    return None


def changed(old: str, new: str, pack_id: str = LAW, name: str = "pack.yaml") -> dict[str, str]:
    texts = dict(shipped_texts(pack_id))
    assert old in texts[name]
    return {**texts, name: texts[name].replace(old, new, 1)}


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
def test_a_pack_that_holds_has_no_defects(pack_id):
    assert found(shipped_texts(pack_id)) == ()


@settings(max_examples=60, deadline=None)
@given(pack_id=st.sampled_from(shipped_pack_ids()), data=st.data())
def test_the_first_defect_is_that_of_the_loader(pack_id, data):
    texts = shipped_texts(pack_id)
    words = list(re.finditer(r"(?<=: )\S[^\n]*", texts["pack.yaml"]))
    at = data.draw(st.sampled_from(words))
    junk = data.draw(st.sampled_from(["nonsense", "-1", "12%", "[x, y]", "{a: b}", "1/0", "2022-13-41", "'*'", "true"]))
    law = texts["pack.yaml"]
    broken = {**texts, "pack.yaml": law[: at.start()] + junk + law[at.end() :]}
    first, all_of_them = first_of(broken), found(broken)
    if first is None:
        assert all_of_them == ()
    else:
        assert (all_of_them[0].code, all_of_them[0].path, str(all_of_them[0].message)) == (
            first.code,
            first.where.path,
            str(first.said),
        )
        assert first.where.line in {0, all_of_them[0].line}


@settings(max_examples=60, deadline=None)
@given(pack_id=st.sampled_from(shipped_pack_ids()), data=st.data())
def test_every_planted_defect_is_found_on_its_line_and_no_other(pack_id, data):
    texts = shipped_texts(pack_id)
    law = texts["pack.yaml"]
    rules = list(QUESTION.finditer(law))
    chosen = data.draw(st.lists(st.integers(0, len(rules) - 1), unique=True, max_size=8)) if rules else []
    for number in sorted(chosen, reverse=True):
        at = rules[number]
        law = f"{law[: at.start(1)]}no_such_fact_{number} > 1{law[at.end(1) :]}"
    lines = {n for n, text in enumerate(law.splitlines(), 1) if "no_such_fact_" in text}
    defects = found({**texts, "pack.yaml": law})
    assert {each.line for each in defects} == lines
    assert len(defects) == len(chosen)


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
def test_where_every_question_is_broken_nothing_else_is_said(pack_id):
    texts = shipped_texts(pack_id)
    law, count = QUESTION.subn(lambda found: found[0].replace(found[1], "no_such_fact > 1"), texts["pack.yaml"])
    defects = found({**texts, "pack.yaml": law})
    lines = {n for n, text in enumerate(law.splitlines(), 1) if "no_such_fact" in text}
    assert {each.line for each in defects} == lines or len(defects) == MOST_DEFECTS
    assert len(defects) == min(count, MOST_DEFECTS)


def test_defects_in_several_places_are_found_at_once():
    law = shipped_texts(LAW)["pack.yaml"]
    law = law.replace("staff_count <= 500", "staff_cuont <= 500", 1).replace("from: 2017-05-03", "from: 2017-05-33", 1)
    defects = found({"pack.yaml": law + "\nnonsense: 1\n", "cases.yaml": "- {name: a, on: tomorrow, expect: {}}\n"})
    lines = law.splitlines()
    assert {(each.file, each.line, each.code) for each in defects} == {
        ("pack.yaml", len(lines) + 2, "RULES.PACK.KEY"),
        ("pack.yaml", next(n for n, text in enumerate(lines, 1) if "staff_cuont" in text),
         "RULES.EXPRESSION.UNKNOWN_NAME"),
        ("pack.yaml", next(n for n, text in enumerate(lines, 1) if "2017-05-33" in text), "RULES.PACK.FORM"),
        ("cases.yaml", 1, "RULES.PACK.FORM"),
    }  # fmt: skip
    name = next(each for each in defects if each.code == "RULES.EXPRESSION.UNKNOWN_NAME")
    assert lines[name.line - 1][name.column - 1 :].startswith("staff_cuont")
    assert "staff_count" in name.hint.en


def test_what_follows_from_a_defect_is_not_one_of_its_own():
    law = (
        "id: demo\nkind: title\ntitle: 示例\ndocument: 示例1号\neffective: {from: 2022-01-01}\n"
        "parameters:\n  most: staff_cuont\nconditions:\n  scale: {that: staff_count <= parameters.most}\n"
        "outcome: {met: conditions.scale}\n"
    )
    assert [(each.line, each.code) for each in found({"pack.yaml": law})] == [(7, "RULES.EXPRESSION.UNKNOWN_NAME")]


def test_a_file_that_is_no_yaml_does_not_hide_the_other():
    texts = {"pack.yaml": shipped_texts(LAW)["pack.yaml"] + "\na: [\n", "cases.yaml": "- a: &x 1\n  b: *x\n"}
    assert {each.file for each in found(texts)} == {"pack.yaml", "cases.yaml"}


def test_doubled_keys_and_anchors_are_all_found():
    law = "id: demo\nid: demo\nkind: title\ntitle: &t 示例\ndocument: 1号\neffective: {from: 2022-01-01}\n"
    assert [each.line for each in found({"pack.yaml": law})] == [2, 4]


def test_a_pack_without_its_law_says_so():
    assert [each.file for each in found({"cases.yaml": "- {}"})] == ["pack.yaml"]


def test_hostile_text_is_refused_and_never_raises():
    for text in ("", "[" * 500, "a: " + "x" * 2_000_000, "\x00", "- " * 200 + "x", "? ", "1", "id: [", "kind:\n  - x"):
        assert found({"pack.yaml": text}) != ()
