"""What a question's vector says beside that it is a question.

All questions lie near each other, and every passage that lies near all of them is found for each. So the most of the
mean vector of questions (`question_mean.json`, made by `bench/question_mean.py` from those that choose constants) is
taken away before passages are ranked; how near a clause lies, which evidence counts, stays the plain cosine.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

SHARE_TAKEN_AWAY = 0.85


def beside_asking(vector: Sequence[float]) -> list[float]:
    """Return a question's vector without what it shares with all questions; by it passages are ranked.

    >>> len(beside_asking([0.0] * 384))
    384
    """
    return [value - SHARE_TAKEN_AWAY * usual for value, usual in zip(vector, _mean(), strict=True)]


@cache
def _mean() -> tuple[float, ...]:
    said = json.loads(files("yulin.brain").joinpath("question_mean.json").read_text(encoding="ascii"))
    return tuple(said["mean"])
