"""Texts that would stand for endless work are refused at once, with their place."""

from __future__ import annotations

import pytest

from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids, shipped_texts, shipped_vocabulary
from yulin.rules.core.language import MOST_PARTS
from yulin.rules.core.load import load_pack
from yulin.rules.core.load_scores import MOST_BANDS
from yulin.rules.errors import (
    ExpressionNameError,
    ExpressionSizeError,
    ExpressionSyntaxError,
    PackFormError,
    RulesError,
)

LAW = shipped_texts("title-techsme-2017")["pack.yaml"]
BANDS = "{4: 24, 3: 18, 2: 12, 1: 6}"


def refused(text: str) -> RulesError:
    with pytest.raises(RulesError) as found:
        load_pack({"pack.yaml": text}, shipped_vocabulary())
    return found.value


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "a: &a [*a]\n",
        "a: " + "[" * 5_000,
        "a: " + "[a, " * 5_000,
        "a: " + "{a: " * 100 + "b" + "}" * 100,
        "a: \x00",
        LAW + "#" * 1_000_000,
        "",
        "a: [1, 2\nb: 3",
    ],
    ids=["bomb", "circle", "open", "open lists", "deep", "control", "long", "empty", "broken"],
)
def test_a_text_without_end_is_refused(text):
    assert isinstance(refused(text), PackFormError)


@pytest.mark.parametrize("count", [MOST_BANDS, MOST_BANDS + 1, 10_000])
def test_a_table_has_a_bounded_number_of_bands(count):
    text = LAW.replace(BANDS, "{" + ", ".join(f"{n}: {n}" for n in range(1, count + 1)) + "}")
    if count <= MOST_BANDS:
        assert load_pack({"pack.yaml": text}, shipped_vocabulary()).id == "title-techsme-2017"
    else:
        error = refused(text)
        assert f"{count:,}" in error.message.zh
        assert error.facts["path"] == "scores.results.first_of.1.bands.at_least"


def with_parameters(*lines: str) -> str:
    return LAW.replace("\nconditions:", "\nparameters:\n" + "".join(f"  {line}\n" for line in lines) + "\nconditions:")


def test_a_parameter_that_names_itself_is_refused_with_its_line():
    error = refused(with_parameters('a: "parameters.a + 1"'))
    assert isinstance(error, ExpressionNameError)
    assert error.facts["path"] == "parameters.a"


def test_parameters_that_name_each_other_are_refused():
    error = refused(with_parameters('a: "parameters.b + 1"', 'b: "parameters.a + 1"'))
    assert isinstance(error, ExpressionNameError)
    assert error.facts["path"] == "parameters.a"
    assert "parameters.b" in error.message.zh


def test_parameters_that_double_each_other_are_refused_before_they_grow():
    lines = [f'p{n}: "parameters.p{n - 1} + parameters.p{n - 1}"' for n in range(1, 60)]
    assert isinstance(refused(with_parameters('p0: "staff_count"', *lines)), ExpressionSizeError)


def test_what_is_not_of_the_language_is_refused():
    assert isinstance(refused(LAW.replace("staff_count <= 500 and", "[x for x in (1, 2)] and")), ExpressionSyntaxError)


def test_no_shipped_rule_comes_near_the_limit():
    most = max(
        sum(1 for _ in each.node.walk())
        for pack in map(shipped_pack, shipped_pack_ids())
        for each in pack.expressions()
    )
    assert most * 10 < MOST_PARTS
