"""What kind of answer a question asks for: an amount, a share or a period. A clause that states one comes first.

Of the clauses of one policy that speak of what is asked, the one that states a number of the kind is the answer; a
question of no kind leaves the order as it is.
"""

from __future__ import annotations

import re
from enum import StrEnum

_NUMBER = r"(?:\d[\d,.]*|[一二两三四五六七八九十百千万半]+)"


class AskedFor(StrEnum):
    """The kind of number that a question asks for."""

    AMOUNT = "amount"
    PERIOD = "period"
    SHARE = "share"


_ASKS = {
    AskedFor.PERIOD: "几年|几个月|几天|几日|多久|多长时间|多少年|多少天|多少个工作日|期限|有效期|什么时候|何时|截止",
    AskedFor.SHARE: "比例|百分之|几成|几折|费率|利率",
    AskedFor.AMOUNT: "多少|几万|多大|最高|上限|限额|额度|金额|标准",
}
_STATES = {
    AskedFor.AMOUNT: rf"{_NUMBER}\s*(?:余|多)?\s*(?:万|亿|千|百)?\s*(?:元|美元|倍)|{_NUMBER}\s*[%％‰]|百分之",
    AskedFor.PERIOD: rf"{_NUMBER}\s*(?:年|个月|月|日|天|个工作日|季度|周)|长期|永久",
    AskedFor.SHARE: rf"{_NUMBER}\s*[%％‰]|百分之|{_NUMBER}成|LPR|{_NUMBER}倍",
}


def asked_for(question: str) -> AskedFor | None:
    """Return the kind of answer that a question asks for; None where it asks for no number.

    >>> asked_for("贴息多久"), asked_for("每吨补贴多少"), asked_for("贴息比例最高多少")
    (<AskedFor.PERIOD: 'period'>, <AskedFor.AMOUNT: 'amount'>, <AskedFor.SHARE: 'share'>)
    >>> asked_for("向谁申请")
    """
    return next((kind for kind, words in _ASKS.items() if re.search(words, question)), None)


def states(kind: AskedFor | None, clause: str) -> bool:
    """Whether a clause states an answer of a kind; what asks for none is answered by any.

    >>> [states(AskedFor.PERIOD, text) for text in ("每三年评定一次", "由市经济和信息化局授牌")]
    [True, False]
    """
    return kind is None or re.search(_STATES[kind], clause) is not None
