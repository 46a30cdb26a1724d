"""Two rankings made one: by words (BM25 over characters and their pairs) and by meaning (the best passage's cosine).

Words win where a question repeats the text, meaning where a layman asks in his own words. So the weight of meaning
falls with how much of the question the best text repeats: its BM25 score over the highest that any text could have.
Both scores are taken in standard deviations over the candidates. Words that only ask are not searched for, but count as
not repeated: a layman asks with many. The first texts of the ranking are read once more: how many of the pairs that are
asked for stand there at all, of which BM25 says the less the longer a text is.
The constants were chosen on the dev queries of two public sets together (ncpolicies, statute questions of STARD), and
whether choosing helps was judged by choosing on each half and measuring the other; one setting serves both.

Invariant: without meaning the order is that of the words; scores fall from place to place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from yulin.brain.core.passages import folded

CANDIDATES = 200
"""How many documents by words, and as many passages by meaning, are weighed against each other."""
_K1_AND_ONE = 2.2
_AT_A_QUARTER, _FALL, _LEAST, _MOST = 0.12, 18.0, 0.1, 4.0
READ = 60
"""Of so many texts, the first ones, it is read which of the pairs that are asked for they hold."""
_OF_PAIRS = 4.0


class Near(NamedTuple):
    """How near a text's passages lie in meaning: by what ranks, and by the plain cosine that evidence counts."""

    ranks: float
    cosine: float


@dataclass(frozen=True)
class Weighed:
    """One document with its scores; `cosine` is None where the text has no vectors yet."""

    document_id: int
    score: float
    words: float
    cosine: float | None


@dataclass(frozen=True)
class Asked:
    """What the fusion knows of a question: its grams, the number of texts, and how many texts hold each gram."""

    grams: int
    texts: int
    holding: tuple[int, ...]


def weighed(asked: Asked, words: Mapping[int, float], near: Mapping[int, Near]) -> list[Weighed]:
    """Return the texts found by words or by meaning, best first.

    >>> [one.document_id for one in weighed(Asked(2, 9, (1, 1)), {1: 4.0, 2: 3.0}, {})]
    [1, 2]
    """
    if not near:
        found = [Weighed(number, score, score, None) for number, score in words.items()]
        return sorted(found, key=lambda one: (-one.score, one.document_id))
    weight = meaning_weight(asked, words)
    lowest, (middle, spread) = min(words.values(), default=0.0), _scale(words.values())
    nearest, width = _scale(one.ranks for one in near.values())
    unknown = Near(nearest, 0.0)
    found = [
        Weighed(
            number,
            (words.get(number, lowest) - middle) / spread
            + weight * (near.get(number, unknown).ranks - nearest) / width,
            words.get(number, 0.0),
            near[number].cosine if number in near else None,
        )
        for number in {**words, **near}
    ]
    return sorted(found, key=lambda one: (-one.score, one.document_id))


def read_again(
    found: Sequence[Weighed], asked: Mapping[str, int], many: int, texts: Mapping[int, str]
) -> list[Weighed]:
    """Return texts found ranked anew by which of the pairs that are asked for they hold, rare ones counting more.

    `asked`: how many of `many` texts hold each pair. A text that is not read counts as the one that holds least.

    >>> found = [Weighed(1, 0.5, 2.0, 0.9), Weighed(2, 0.0, 2.0, 0.9)]
    >>> [one.document_id for one in read_again(found, {"贴息": 3}, 9, {1: "贷款", 2: "贷款贴息"})]
    [2, 1]
    """
    weights = {pair: _rarity(many, held) for pair, held in asked.items()}
    whole = math.fsum(weights.values())
    if not texts or not whole:
        return list(found)
    held = {
        number: math.fsum(weight for pair, weight in weights.items() if pair in said) / whole
        for number, said in ((number, folded(text)) for number, text in texts.items())
    }
    least = min(held.values())
    again = [replace(one, score=one.score + _OF_PAIRS * held.get(one.document_id, least)) for one in found]
    return sorted(again, key=lambda one: (-one.score, one.document_id))


def repeated_share(asked: Asked, words: Mapping[int, float]) -> float:
    """Return how much of a question the best text repeats, from 0, nothing, to 1.

    >>> repeated_share(Asked(1, 9, (1,)), {}), round(repeated_share(Asked(1, 9, (1,)), {1: 2.0}), 3)
    (0.0, 0.479)
    """
    highest = _K1_AND_ONE * sum(_rarity(asked.texts, held) for held in asked.holding)
    return max(words.values(), default=0.0) / highest if highest > 0 else 0.0


def _rarity(texts: int, held: int) -> float:
    return math.log(1 + (texts - held + 0.5) / (held + 0.5))


def meaning_weight(asked: Asked, words: Mapping[int, float]) -> float:
    """Return the weight of meaning beside words."""
    weight = math.exp(_AT_A_QUARTER - _FALL * (repeated_share(asked, words) - 0.25))
    return min(max(weight, _LEAST), _MOST)


def _scale(values: Iterable[float]) -> tuple[float, float]:
    """Return the mean of values and their standard deviation; 1 where all are equal."""
    known = list(values)
    if not known:
        return 0.0, 1.0
    middle = math.fsum(known) / len(known)
    squares = math.fsum((value - middle) ** 2 for value in known)
    return middle, math.sqrt(squares / len(known)) if min(known) < max(known) else 1.0
