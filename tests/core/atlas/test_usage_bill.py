"""What a partner owes for a month: to the fen, whatever the order of its requests."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.usage_bill import LOOKS, NEWS, Prices, bill
from yulin.atlas.enums import LinkKind

MONTH = date(2022, 1, 1)
AMOUNT = st.integers(0, 1000)


@given(st.dictionaries(st.sampled_from(LinkKind), AMOUNT), AMOUNT, AMOUNT, AMOUNT)
def test_each_request_is_free_or_charged_once_and_no_other_use_of_the_free_ones_is_cheaper(
    shown: dict[LinkKind, int], look_fen: int, news_fen: int, free_a_month: int
) -> None:
    prices = Prices(look_fen, news_fen, free_a_month)
    found = bill(MONTH, shown, prices)
    assert {line.kind: line.free + line.charged for line in found.lines} == shown
    assert all(0 <= line.free <= line.shown for line in found.lines)
    looks, news = (sum(shown.get(kind, 0) for kind in kinds) for kinds in (LOOKS, NEWS))
    cheapest = min(
        (looks - free) * look_fen + (news - min(news, free_a_month - free)) * news_fen
        for free in range(min(looks, free_a_month) + 1)
    )
    assert found.total_fen == cheapest
    assert found == bill(MONTH, dict(reversed(shown.items())), prices)


def test_what_is_neither_look_nor_news_costs_nothing_and_uses_up_nothing() -> None:
    shown = {LinkKind.ANSWER: 5, LinkKind.WIDGET: 3}
    found = bill(MONTH, shown, Prices(look_fen=100, news_fen=100, free_a_month=2))
    assert [(one.kind, one.free, one.amount_fen) for one in found.lines] == [
        (LinkKind.ANSWER, 0, 0),
        (LinkKind.WIDGET, 2, 100),
    ]
