"""A pack as law: every row is an article, in both languages, with its degree of verification."""

import pytest

from yulin.pool.adapters.schemes import scheme_ids, scheme_pack
from yulin.pool.core.law import law
from yulin.rules.core.manager_values import MANAGER_SOURCE


@pytest.mark.parametrize("pack_id", scheme_ids())
def test_every_article_speaks_both_languages_and_names_its_source(pack_id):
    for article in law(scheme_pack(pack_id)):
        assert article.says.zh, article.id
        assert article.says.en, article.id
        assert article.source.zh, article.id
        assert article.verified in {"yes", "partly", "no"}


@pytest.mark.parametrize("pack_id", scheme_ids())
def test_every_condition_limit_and_ratio_is_an_article(pack_id):
    pack = scheme_pack(pack_id)
    shown = {article.id for article in law(pack)}
    rows = {condition.row.id for condition in pack.conditions.values()}
    rows |= {limit.row.id for limit in pack.scheme.limits.values()}
    rows |= {row.row.id for mode in pack.scheme.modes.values() for table in mode.ratios.values() for row in table.rows}
    assert rows <= shown


def test_the_tiers_of_guangzhou_read_as_a_table():
    tiers = [(one.says.zh, one.value.zh) for one in law(scheme_pack("gz-credit-2025")) if one.id.endswith(".up_to")]
    assert tiers == [
        ("政银模式：市级，500.00万元以内（含）", "40%"),
        ("政银模式：市级，超过500.00万元至1,500.00万元", "30%"),
        ("政银模式：市级，超过1,500.00万元至3,000.00万元", "20%"),
    ]


def test_an_open_number_says_that_the_article_is_not_available():
    found = {one.id: one.value.zh for one in law(scheme_pack("hn-knowledge-2025"))}
    assert found["modes.bank.ratio.scheme"] == "条文未查到，不作承诺"


def test_what_a_manager_filled_in_is_named_in_both_languages():
    terms = {"review": {"workdays": 5}, "remit": {"workdays": 5}}
    values = {"timetable": terms, "routing": {"amount": {"money": "300万"}}}
    filled = [one for one in law(scheme_pack("gz-credit-2021", values)) if one.source == MANAGER_SOURCE]
    assert {one.says.en for one in filled} == {
        "review", "remittance of recoveries", "Amount from which the review is deeper",
    }  # fmt: skip
    assert {one.source.en for one in filled} == {"set by the manager"}
