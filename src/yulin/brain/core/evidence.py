"""When a clause is evidence for a question: how much of what the question asks for the clause says itself.

Rare words weigh more than frequent ones, as in the word index; what only makes a sentence a question (多少, 怎么, 是否)
does not count. Below the bar the answer is "not known", with what was nearest beside it, never an answer made up.

Invariant: evidence lies between 0 and 1, and a clause that repeats the question is wholly evidence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from yulin.brain.core.passages import folded, grams

BAR = 0.45
"""The least evidence that is shown as an answer, chosen on the dev half of a public set of policy questions, where it
makes both errors about equal: a question whose text is there is turned down in 23 of 100 cases, one whose text was
taken out of the same corpus answered by another in 26; questions of another field are answered in none of 100."""
BAR_WITH_MEANING = 0.47
"""The bar where a clause's nearness in meaning counts too, chosen on 130 questions of the same half cut into clauses: a
question is turned down in 20 of 100 cases, answered by another text in 28, one of another field in none."""
_WEIGHT_OF_MEANING, _NEUTRAL_COSINE = 2.0, 0.88  # cosines of the model lie between .8 and .95; strangers below .88
_ASKING = re.compile(
    "请问|想问|咨询|一下|怎么样|怎样|怎么|如何|什么|哪些|哪个|哪里|哪家|多少钱|多少|多久|几年|几个|是否|能否|可否|可以|能不能|"
    "有没有|吗|呢|吧|啊|我们|我想|我们公司|公司|有何|为何|为什么|谁|何时|多大|多长|需要|应该|要求|得到|拿到|申请|申报"
)


def content_of(question: str) -> str:
    """Return a question without the words that only ask.

    >>> content_of("请问贷款贴息最高多少？").strip(" ?")
    '贷款贴息最高'
    """
    return re.sub(r"[\\W_]+", "", _ASKING.sub(" ", folded(question)))


def content_weights(question: str, held_by: Mapping[str, int], texts: int) -> dict[str, float]:
    """Return what each gram of a question's content weighs; `held_by`: how many of `texts` texts hold it.

    >>> sorted(content_weights("贴息最高多少", {}, 9))
    ['息最', '最高', '贴息']
    """
    content = grams(content_of(question))
    asked = [gram for gram in content if len(gram) > 1] or content
    return {gram: math.log(1 + (texts + 1) / (held_by.get(gram, 0) + 0.5)) for gram in asked}


def evidence(weights: Mapping[str, float], clause: str) -> float:
    """Return how much of a question's content a clause holds.

    >>> weights = content_weights("贴息最高多少", {}, 9)
    >>> evidence(weights, "贷款贴息最高20万元"), evidence(weights, "贷款补贴")
    (1.0, 0.0)
    """
    said, whole = folded(clause), sum(weights.values())
    return sum(weight for gram, weight in weights.items() if gram in said) / whole if whole else 0.0


def is_evident(held: float, cosine: float | None) -> bool:
    """Tell whether a clause answers: by the share of the question that it holds, and its cosine where there is one.

    >>> is_evident(0.44, None), is_evident(0.44, 0.92), is_evident(0.5, 0.86)
    (False, True, False)
    """
    if cosine is None:
        return held >= BAR
    return held + _WEIGHT_OF_MEANING * (cosine - _NEUTRAL_COSINE) >= BAR_WITH_MEANING
