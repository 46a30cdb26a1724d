"""When a clause is evidence for a question: how much of what the question asks for the clause says itself.

Rare words weigh more than frequent ones, as in the word index; what only makes a sentence a question (多少, 怎么, 是否)
does not count. What is asked for counts by characters, said with one beside them; by pairs; and by the pairs that stand
in the clause's title, which says what it is about. Below the bar the answer is "not known", with what was nearest
beside it, never an answer made up.

Invariant: evidence lies between 0 and 1, and is 1 where clause and title repeat the question.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from yulin.brain.core.passages import folded, grams

BAR = 0.47
"""The least evidence that is shown as an answer. Measured on the dev half of a public set of policy questions
(ncpolicies) cut into passages under their titles: a question is turned down in 13 of 100 cases, one whose text was
taken out answered by another of the same field in 37, one of another field in 1. Of questions on statutes in a
layman's words (STARD) 63 of 100 are turned down."""
BAR_WITH_MEANING = 0.49
"""The bar where a clause's nearness in meaning counts too, on the same questions: 10 turned down, 41 answered by
another text of the field, 1 of another field; on statutes 58 turned down."""
_OF_CHARACTERS, _OF_PAIRS, _OF_TITLE = 0.5, 0.2, 0.3
_WEIGHT_OF_MEANING, _NEUTRAL_COSINE = 2.0, 0.88  # cosines of the model lie between .8 and .95; strangers below .88
_ASKING = re.compile(
    "请问|想问|咨询|一下|怎么样|怎样|怎么|如何|什么|哪些|哪个|哪里|哪家|多少钱|多少|多久|几年|几个|是否|能否|可否|可以|能不能|"
    "有没有|吗|呢|吧|啊|我们|我想|我们公司|公司|有何|为何|为什么|谁|何时|多大|多长|需要|应该|要求|得到|拿到|申请|申报"
)


def content_of(question: str) -> tuple[str, ...]:
    """Return a question without the words that only ask, in the pieces that these and its marks leave.

    >>> content_of("请问，贷款贴息最高多少？"), content_of("建站有没有补贴")
    (('贷款贴息最高',), ('建站', '补贴'))
    """
    return tuple(filter(None, re.split(r"[\W_]+", _ASKING.sub(" ", folded(question)))))


def content_grams(question: str) -> list[str]:
    """Return the characters and pairs that search looks for: those of the content, or of all where nothing is left.

    No pair stands over a word that was left out.

    >>> content_grams("建站有没有补贴"), content_grams("多少?")
    (['建', '站', '建站', '补', '贴', '补贴'], ['多', '少', '?', '多少', '少?'])
    """
    return list(dict.fromkeys(gram for piece in content_of(question) for gram in grams(piece))) or grams(question)


@dataclass(frozen=True)
class Content:
    """What a question asks for: its pieces, and what their characters and pairs weigh among the texts."""

    pieces: tuple[str, ...]
    weights: Mapping[str, float]


def content_asked(question: str, held_by: Mapping[str, int], texts: int) -> Content:
    """Return what a question asks for; `held_by`: how many of `texts` texts hold a gram.

    >>> content_asked("贴息最高多少", {}, 9).pieces
    ('贴息最高',)
    """
    weights = {gram: math.log(1 + (texts + 1) / (held_by.get(gram, 0) + 0.5)) for gram in content_grams(question)}
    return Content(content_of(question) or (folded(question),), weights)


def evidence(asked: Content, clause: str, title: str) -> float:
    """Return how much of what is asked for a clause says, with what stands above it, and how much its title does.

    A title names what the clause is about: a question whose own subject no title names is rarely answered.

    >>> asked = content_asked("贴息最高多少", {}, 9)
    >>> evidence(asked, "贷款贴息最高20万元", "贴息最高额"), round(evidence(asked, "贷款补贴", "补贴"), 2)
    (1.0, 0.0)
    """
    said = folded(clause)
    return (
        _OF_CHARACTERS * _characters_held(asked, said)
        + _OF_PAIRS * _pairs_held(asked, said)
        + _OF_TITLE * _pairs_held(asked, folded(title))
    )


def _pairs_held(asked: Content, said: str) -> float:
    """Return which part of the pairs that are asked for is said; of the characters where there is no pair."""
    pairs = {gram: weight for gram, weight in asked.weights.items() if len(gram) > 1} or asked.weights
    whole = sum(pairs.values())
    return sum(weight for gram, weight in pairs.items() if gram in said) / whole if whole else 0.0


def _characters_held(asked: Content, said: str) -> float:
    """Return which part of the characters that are asked for is said with one beside it.

    So a pair over the border of two words, that no text holds, takes nothing away from what both words weigh.
    """
    held = whole = 0.0
    for piece in asked.pieces:
        pairs = [left + right in said for left, right in pairwise(piece)]
        for at, character in enumerate(piece):
            weight = asked.weights.get(character, 0.0)
            whole += weight
            held += weight * (any(pairs[max(at - 1, 0) : at + 1]) if pairs else character in said)
    return held / whole if whole else 0.0


def is_evident(held: float, cosine: float | None) -> bool:
    """Tell whether a clause answers: by its evidence, and its cosine where there is one.

    >>> is_evident(0.46, None), is_evident(0.46, 0.92), is_evident(0.5, 0.86)
    (False, True, False)
    """
    if cosine is None:
        return held >= BAR
    return held + _WEIGHT_OF_MEANING * (cosine - _NEUTRAL_COSINE) >= BAR_WITH_MEANING
