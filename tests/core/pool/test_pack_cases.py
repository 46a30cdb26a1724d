"""A red case of a scheme names what was expected and what was found, in the words and units of cases."""

import pytest

from yulin.pool.adapters.schemes import trade_cases, trade_remarks
from yulin.rules.adapters.shipped import shipped_texts, shipped_vocabulary
from yulin.rules.core.load import load_pack

SCHEME = "us-sba-7a"


def says_of(case: str) -> list[str]:
    texts = {**shipped_texts(SCHEME), "cases.yaml": f"- {{name: c, on: 2025-05-01, {case}}}\n"}
    results = trade_cases(load_pack(texts, shipped_vocabulary()))
    return [each.says.en for result in results for each in result.differences]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("fee: {kind: upfront, gross: 150_000, share: 85%}, expect: {fee: 2_550.00}", []),
        (
            "fee: {kind: upfront, gross: 150_000, share: 85%}, expect: {fee: 2_550.01}",
            ["fee: expected 2_550.01, found 2_550.00"],
        ),
        (
            "fee: {kind: upfront, gross: 150_000, share: 85%}, expect: {fees: 2_550}",
            ["fees: expected 2550, found – (fee)"],
        ),
        (
            "fee: {gross: 150_000}, expect: {fee: 2_550}",
            ["fee: expected –, found “kind”, which lacks or is not known"],
        ),
        (
            "loan: {amount: 150_000}, loss: {principal: 100_000}, expect: {ratio: 75%, shares: {scheme: 75_000}}",
            ["ratio: expected 75%, found 85%", "shares · scheme: expected 75_000, found 85_000.00"],
        ),
        (
            "loan: {amount: a lot}, loss: {principal: 1}, expect: {}",
            ["error: expected –, found The amount “a lot” cannot be read: it is not a number."],
        ),
        (
            "events: {overdue: soon}, expect: {opens_on: none}",
            ["events: expected –, found nothing that can be read (Invalid isoformat string: 'soon')"],
        ),
        (
            "loan: {amount: 500_000.01, mode: express}, loss: {principal: 1}, expect: {shares: {scheme: 0.5}}",
            ["refused: expected none, found POOL.RATIO.NONE"],
        ),
        ("values: 5, loss: {principal: 1}, expect: {}", ["values: expected {row: value}, found 5"]),
    ],
)
def test_a_case_says_where_it_differs(case, said):
    assert says_of(case) == said


def test_a_schemes_cliffs_are_remarks_with_their_place():
    text = shipped_texts(SCHEME)["pack.yaml"]
    found = trade_remarks(load_pack({"pack.yaml": text}, shipped_vocabulary()))
    cliffs = [one for one in found if one.remark.code == "POOL.PACK.CLIFF"]
    assert [text.splitlines()[one.remark.where.line - 1].strip()[:6] for one in cliffs] == ["ratio:", "ratio:"]
