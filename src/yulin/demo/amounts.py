"""Whole amounts that look drawn and sum exactly: weights are scaled to a total within each one's bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def fit_to_total(weights: NDArray[np.float64], total: int, low: Integers, high: Integers) -> Integers:
    """Return whole numbers near `weights` in proportion, each within `low` and `high`, that sum to `total`.

    **Shapes** `weights`, `low`, `high`: (n,). **Raises** ValueError where the bounds do not admit the total.

    >>> fit_to_total(np.array([1.0, 2.0]), 10, np.array([1, 1]), np.array([9, 6])).tolist()
    [4, 6]
    """
    if not low.sum() <= total <= high.sum():
        raise ValueError(f"{total} does not lie between the bounds' sums, {low.sum()} and {high.sum()}")
    fitted: Integers = np.clip(np.rint(weights * (total / weights.sum())).astype(np.int64), low, high)
    while left := total - int(fitted.sum()):
        slack = high - fitted if left > 0 else fitted - low
        step = (slack * (abs(left) / slack.sum())).astype(np.int64)
        if not step.any():
            step[np.flatnonzero(slack)[: abs(left)]] = 1
        fitted += np.sign(left) * step
    return fitted


def parts_of(count: int, total: int, most: int, rng: np.random.Generator) -> Integers:
    """Return `count` whole numbers from 1 to `most` that sum to `total`, uneven as numbers of loans a firm are."""
    weights = rng.pareto(1.6, count) + 0.6
    return fit_to_total(weights, total, np.ones(count, np.int64), np.full(count, most, np.int64))
