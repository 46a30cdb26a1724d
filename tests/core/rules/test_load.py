import re

import pytest

from yulin.base.articles import article_en
from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids, shipped_texts, shipped_vocabulary
from yulin.rules.core.entries import read_entries
from yulin.rules.core.load import load_pack
from yulin.rules.core.load_vocabulary import load_vocabulary
from yulin.rules.errors import ExpressionNameError, PackFormError, PackKeyError, RulesError, UnknownPackError

TEXT = shipped_texts("title-techsme-2017")["pack.yaml"]


def load(text, **more):
    return load_pack({"pack.yaml": text}, shipped_vocabulary(), **more)


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("document:", "documnt:", 5, "document"),
        ("verified: yes", "verified: maybe", 9, "partly"),
        ("kind: title", "kind: titel", 3, "title"),
        ("from: 2017-05-03", "from: 3 May 2017", 7, "2025-10-01"),
        ("from: 2017-05-03", "from: 2017-05-03, until: 2017-05-03", 7, "空"),
        ("staff_count <= 500", "staf_count <= 500", 21, "staff_count"),
        ("undefined: 0, at_least: {30%: 20, 25%", "at_least: {30%: 20, 25%", 37, "undefined"),
        ("30%: 20", "30万: 20", 37, "ratio"),
        ("30%: 20", "30%: twenty", 37, "整数"),
        ("at_most: 20", "at_mots: 20", 36, "at_most"),
        ("scores.staff > 0", "scores.stuff > 0", 62, "scores.staff"),
        ("points: 30", "point: 30", 50, "points"),
        ("total >= 60", "total >= wan(60)", 62, "money"),
        ("- {when:", "- when:", 0, "YAML"),
    ],
)
def test_defect_is_refused_with_file_and_line(old, new, line, says):
    assert old in TEXT
    with pytest.raises(RulesError) as refused:
        load(TEXT.replace(old, new, 1))
    assert str(refused.value).startswith(f"title-techsme-2017/pack.yaml:{line or ''}")
    assert says in str(refused.value)


def test_key_that_stands_twice_is_refused():
    with pytest.raises(PackKeyError, match="kind"):
        load(TEXT + "kind: scheme\n")


def test_empty_text_and_missing_pack_are_refused():
    with pytest.raises(PackFormError):
        load("")
    with pytest.raises(PackKeyError, match=r"pack\.yaml"):
        load_pack({}, shipped_vocabulary())
    with pytest.raises(UnknownPackError, match="size-2011"):
        shipped_pack("size-2012")


def test_version_hashes_the_law_and_not_its_layout():
    version = load(TEXT).version
    assert load("# a comment\n" + TEXT).version == version
    assert load(TEXT.replace("500 and", "501 and")).version != version
    assert version.startswith("sha256:")


def test_words_stay_words():
    assert read_entries("{verified: no, on: yes}", "f").plain() == {"verified": "no", "on": "yes"}


def test_managers_value_fills_only_what_is_left_open():
    text = (
        "id: t\nkind: title\ntitle: [试, t]\ndocument: d\neffective: {from: 2020-01-01}\n"
        'parameters:\n  most: {value: "wan(5)", verified: no, set_by: manager}\n  least: {value: "wan(1)"}\n'
        'conditions: {a: {that: "parameters.least <= line <= parameters.most"}}\n'
    )
    filled = load(text, manager_values={"parameters.most": "wan(7)"})
    assert filled.parameters["most"].value.text == "wan(7)"
    assert not filled.conditions["a"].row.is_unverified
    assert filled.parameters["most"].row.verified == "partly"
    assert load(text).conditions["a"].row.is_unverified
    assert filled.version != load(text).version
    with pytest.raises(PackFormError, match="管理机构"):
        load(text, manager_values={"parameters.least": "wan(7)"})


def test_vocabulary_refuses_two_facts_of_one_name():
    with pytest.raises(PackKeyError, match="line_fen"):
        load_vocabulary("facts: {line: {type: money, label: [a, b]}, line_fen: {type: bool, label: [a, b]}}")


def test_every_label_of_the_vocabulary_speaks_both_languages():
    vocabulary = shipped_vocabulary()
    labels = [fact.label for fact in vocabulary.facts.values()]
    labels += [label for each in vocabulary.lists.values() for label in each.members.values()]
    assert [label.zh for label in labels if not label.zh or not label.en or label.en == label.zh != "5+X"] == []


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("facts: 5, expect: {outcome: met}", "mapping"),
        ("facts: , expect: {outcome: met}", "mapping"),
        ("expect: met", "mapping"),
        ("expect: {findings: met}", "mapping"),
        ("expect: {missing: revenue}", "list"),
        ("expect: {because: [scores.staff]}", "text"),
        ("expect: {scor: 60}", "scor"),
        ("expect: {outcome: met}, loss: {principal: 5}", "loss"),
    ],
)
def test_a_case_that_cannot_be_run_is_refused_with_its_line(case, says):
    texts = {
        "pack.yaml": TEXT,
        "cases.yaml": f"- {{name: a, on: 2024-05-06, expect: {{}}}}\n- {{name: b, on: 2024-05-06, {case}}}\n",
    }
    with pytest.raises((PackFormError, PackKeyError)) as refused:
        load_pack(texts, shipped_vocabulary())
    assert says in refused.value.said.en
    assert refused.value.where.line == 2


@pytest.mark.parametrize("values", [{"a": "parameters.a"}, {"a": "parameters.b", "b": "parameters.a"}])
def test_a_parameter_that_never_ends_is_refused(values):
    section = "\n".join(f'  {key}: {{clause: x, value: "{value}"}}' for key, value in values.items())
    with pytest.raises(ExpressionNameError) as refused:
        load(f"{TEXT}\nparameters:\n{section}\n")
    assert (refused.value.facts["name"], refused.value.where.path) == (values["a"], "parameters.a.value")
    assert "which does not stand above" in refused.value.said.en


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
def test_what_a_shipped_pack_says_to_people_is_said_in_both_languages(pack_id):
    pack = shipped_pack(pack_id)
    said = [pack.title, pack.authority, pack.note, *(text for row in pack.rows() for text in (row.text, row.note))]
    if pack.scheme is not None:
        said += [*pack.scheme.sources.values(), *pack.scheme.notes]
    assert [text.en for text in said if text is not None and re.search("[\u4e00-\u9fff]", text.en)] == []


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
def test_each_place_that_a_shipped_pack_names_is_cited_in_english(pack_id):
    """A document's own number (工信厅企业〔2024〕75号) is its name, and stays."""
    said = {part for row in shipped_pack(pack_id).rows() for part in article_en(row.clause).split("; ")}
    assert [one for one in said if re.search("[\u4e00-\u9fff]", one) and "〔" not in one] == []
