"""Forms as data: what a field takes and refuses, what is missing; and words that two people type at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.base.text import Text
from yulin.brain.core.application_states import STEPS, ApplicationState, AppStep, next_state
from yulin.brain.core.call_forms import (
    CallForm,
    Criterion,
    FieldKind,
    FormField,
    Paper,
    missing,
    plain_form,
    read_form,
    read_value,
    shown,
    written,
)
from yulin.brain.core.shared_fields import Saving, Typed, saving, together
from yulin.brain.errors import ApplicationStateError, ApplicationValueError, CallFormError, ReviewReasonError

NAME = Text("名称", "Name")
CHOICE = FormField("c", FieldKind.CHOICE, NAME, choices=(("a", Text("甲", "A")), ("b", Text("乙", "B"))))
FORM = CallForm(
    (
        FormField("title", FieldKind.TEXT, NAME, is_required=True, most=5),
        FormField("asked", FieldKind.MONEY, NAME, is_required=True, least=1, most=10_000, asks=True),
        FormField("people", FieldKind.COUNT, NAME, unit=Text("人", "people"), fact="staff_count"),
        CHOICE,
    ),
    (Paper("budget", NAME, is_required=True),),
    (Criterion("novelty", NAME, 40),),
)


def test_form_reads_back_from_its_plain_data():
    assert read_form(plain_form(FORM)) == FORM


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (FormField("d", FieldKind.DAY, NAME), "2022-03-01", Text("2022-03-01", "1 Mar 2022")),
        (FormField("d", FieldKind.DAY, NAME), None, Text("—", "—")),
        (FormField("m", FieldKind.MONEY, NAME), 90_000_000, Text("90.00万元", "CNY 900,000.00")),
        (CHOICE, "b", Text("乙", "B")),
    ],
)
def test_value_as_people_read_it(field, value, said):
    assert shown(field, value) == said


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        (FieldKind.TEXT, "  ", None),
        (FieldKind.TEXT, " 雨 ", "雨"),
        (FieldKind.MONEY, "120万元", 120_000_000),
        (FieldKind.MONEY, "0", 0),
        (FieldKind.COUNT, "1,234", 1234),
        (FieldKind.DAY, "2022-02-28", "2022-02-28"),
        (FieldKind.YES_NO, "no", False),
    ],
)
def test_value_as_it_is_kept(kind, said, kept):
    assert read_value(FormField("f", kind, NAME), said) == kept


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (FORM.fields[0], "六个字符了呀"),
        (FORM.fields[1], "0"),
        (FORM.fields[1], "100.01"),
        (FORM.fields[1], "十万"),
        (FormField("f", FieldKind.MONEY, NAME), "-1"),
        (FORM.fields[2], "1.5"),
        (FORM.fields[2], "९"),
        (CHOICE, "z"),
        (FormField("d", FieldKind.DAY, NAME), "2022-02-30"),
        (FormField("y", FieldKind.YES_NO, NAME), "maybe"),
    ],
)
def test_value_that_a_field_does_not_hold_is_refused(field, said):
    with pytest.raises(ApplicationValueError):
        read_value(field, said)


def test_amount_at_its_bounds():
    asked = FORM.fields[1]
    assert [read_value(asked, said) for said in ("0.01", "100")] == [1, 10_000]


@pytest.mark.parametrize(
    "plain",
    [
        {"fields": []},
        {"fields": [{"id": "a", "kind": "text", "zh": "", "en": ""}]},
        {"fields": [{"id": "a", "kind": "text", "zh": "甲"}, {"id": "a", "kind": "text", "zh": "乙"}]},
        {"fields": [{"id": "a", "kind": "choice", "zh": "甲"}]},
        {"fields": [{"id": "a", "kind": "count", "zh": "甲", "least": 2, "most": 1}]},
        {"fields": [{"id": "a", "kind": "text", "zh": "甲", "asks": True}]},
        {"fields": [{"id": "a", "kind": "poem", "zh": "甲"}]},
        {"fields": [{"id": "a", "kind": "text", "zh": "甲"}], "criteria": [{"id": "n", "zh": "新", "most": 0}]},
    ],
)
def test_form_that_does_not_hold_is_refused(plain):
    with pytest.raises(CallFormError):
        read_form(plain)


def test_what_is_missing_is_named_and_an_optional_field_is_not():
    assert [key for key, _ in missing(FORM, {"title": "雨"}, [])] == ["asked", "budget"]
    assert missing(FORM, {"title": "雨", "asked": 5}, ["budget"]) == []


@given(st.integers(0, 10**15))
def test_amount_kept_reads_back_to_the_fen(fen):
    field = FormField("f", FieldKind.MONEY, NAME)
    assert read_value(field, written(field, fen)) == fen


@given(st.text())
def test_text_kept_reads_back_as_it_was_kept(said):
    field = FormField("f", FieldKind.LONG, NAME)
    kept = read_value(field, said)
    assert read_value(field, written(field, kept)) == kept


@given(st.lists(st.tuples(st.text(min_size=1, max_size=4), st.integers(0, 3))))
def test_no_word_is_lost_however_stale_the_version_it_was_typed_on(saves):
    value, version, seen, beside = None, 0, [], []
    for words, behind in saves:
        base = max(version - behind, 0)
        outcome = saving(version, value, Typed(words, base))
        before = value
        if outcome is Saving.KEPT:
            value, version = words, version + 1
            seen.append(words)
        elif outcome is Saving.BESIDE:
            beside.append(words)
            assert value == before
        assert words == value or words in beside
    assert {words for words, _ in saves} <= {*seen, *beside}


@given(st.text(), st.text())
def test_words_put_together_hold_both(standing, beside):
    both = together(standing, beside)
    assert standing in both
    assert beside in both


@pytest.mark.parametrize("step", AppStep)
@pytest.mark.parametrize("state", ApplicationState)
def test_step_from_any_state_as_the_table_says(step, state):
    needed, after = STEPS[step]
    if state in needed:
        assert next_state("SQ-1", state, step, "理由") is after
    else:
        with pytest.raises(ApplicationStateError):
            next_state("SQ-1", state, step, "理由")


def test_step_against_the_applicant_needs_its_reason():
    with pytest.raises(ReviewReasonError):
        next_state("SQ-1", "submitted", AppStep.REFUSE, " ")
