from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from yulin.base.text import Text
from yulin.kit.speech import say_later


def render(source: str, language: str = "zh-hans", **context: object) -> str:
    with translation.override(language):
        return Template("{% load yulin %}" + source).render(Context(context))


def test_a_deadline_far_away_shows_its_year() -> None:
    assert "2026年12月8日" in render("{% deadline on left %}", on=date(2026, 12, 8), left=443)


@pytest.mark.parametrize(
    ("source", "zh", "en"),
    [
        ('{% t "入库备案" "Enrolments" %}', "入库备案", "Enrolments"),
        ('{% t "共%(n)s笔" "%(n)s loans" n=3 %}', "共3笔", "3 loans"),
        ('{% t "税率5%" "5% rate" %}', "税率5%", "5% rate"),
        ('{% t "给%(who)s" "to %(who)s" who=text %}', "给木棉银行", "to Kapok Bank"),
        ("{{ text|say }}", "木棉银行", "Kapok Bank"),
        ("{{ 43500|rate }}", "4.35%", "4.35%"),
        ("{{ 5722|percent }}/{{ 5000|percent }}/{{ none|percent }}", "57.22%/50%/—", "57.22%/50%/—"),
        ("{{ 1234567|number }}", "1,234,567", "1,234,567"),
        (
            "{{ fen|wan }}",
            '<data value="328461743" title="3,284,617.43元">328.46</data>',
            '<data value="328461743" title="CNY 3,284,617.43">328.46</data>',
        ),
        (
            "{{ fen|money }}",
            '<data value="328461743" title="3,284,617.43元">328.46<i class="yl-u">万元</i></data>',
            '<data value="328461743" title="CNY 3,284,617.43">CNY 3.28<i class="yl-u">m</i></data>',
        ),
        (
            "{{ 5040000000000|money }}",
            '<data value="5040000000000" title="50,400,000,000.00元">504.00<i class="yl-u">亿元</i></data>',
            '<data value="5040000000000" title="CNY 50,400,000,000.00">CNY 50.40<i class="yl-u">bn</i></data>',
        ),
        (
            "{{ fen|yuan }}",
            '<data value="328461743">3,284,617.43</data>',
            '<data value="328461743">3,284,617.43</data>',
        ),
        (
            "{{ on|day }}",
            '<time datetime="2026-11-26">2026-11-26</time>',
            '<time datetime="2026-11-26">26 Nov 2026</time>',
        ),
        (
            "{{ at|instant }}",
            '<time datetime="2026-11-25T16:30:00+00:00">2026-11-26 00:30</time>',
            '<time datetime="2026-11-25T16:30:00+00:00">26 Nov 2026 00:30</time>',
        ),
    ],
)
def test_words_in_both_languages(source: str, zh: str, en: str) -> None:
    values = {
        "text": Text("木棉银行", "Kapok Bank"),
        "none": None,
        "fen": 328461743,
        "on": date(2026, 11, 26),
        "at": datetime(2026, 11, 25, 16, 30, tzinfo=UTC),
    }
    assert (render(source, "zh-hans", **values), render(source, "en", **values)) == (zh, en)


@pytest.mark.parametrize(
    ("fen", "shown"),
    [(499_999, "0.50"), (5_000, "0.01"), (4_999, "0.00"), (-5_000, "-0.01"), (1_000_000, "1.00")],
)
def test_amounts_are_rounded_half_away_from_zero(fen: int, shown: str) -> None:
    assert f">{shown}<" in render("{{ fen|wan }}", fen=fen)


def test_values_from_outside_are_escaped() -> None:
    assert render('{% t "给%(who)s" "to %(who)s" who=who %}', who="<b>") == "给&lt;b&gt;"


@pytest.mark.parametrize(
    ("left", "state", "words"),
    [
        (9, "ok", "剩9个工作日"),
        (4, "ok", "剩4"),
        (3, "soon", "剩3"),
        (0, "soon", "今天到期"),
        (-1, "over", "超1个工作日"),
    ],
)
def test_deadline_says_how_long(left: int, state: str, words: str) -> None:
    said = render("{% deadline on left %}", on=date(2026, 12, 8), left=left)
    assert f"yl-due--{state}" in said
    assert words in said
    assert ("12月8日（周二）到期" if state == "over" else "12月8日（周二）24:00") in said


class LoanForm(forms.Form):
    amount = forms.IntegerField(
        label=say_later(Text("金额", "Amount")), help_text=say_later(Text("单位分", "in fen")), max_value=5
    )


def test_field_ties_its_error_to_the_control() -> None:
    form = LoanForm({"amount": "9"})
    said = render("{% form_errors form %}{% field form.amount %}", form=form)
    assert 'aria-describedby="id_amount-hint id_amount-error"' in said
    assert 'aria-invalid="true"' in said
    assert '<a href="#id_amount">金额：' in said
    assert "单位分" in said


def test_field_speaks_english() -> None:
    assert "Amount" in render("{% field form.amount %}", "en", form=LoanForm())
