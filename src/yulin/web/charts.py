"""Chart options: what ECharts draws, made here so that the page carries data and no code.

Every value keeps its own label: what stands on a bar is rounded here, not by the browser. Bars start at zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its height, what stands on it, and the list that it leads to."""

    name: str
    value: float
    label: str
    href: str = ""


def standing_bars(bars: Sequence[Bar], *, series: str) -> dict[str, Any]:
    """Return an option with one upright bar per name, each with its label on top."""
    return {
        "grid": {"top": 24},
        "xAxis": {"type": "category", "data": [bar.name for bar in bars]},
        "yAxis": {"type": "value", "min": 0},
        "series": [
            {
                "type": "bar",
                "name": series,
                "data": [_datum(bar) for bar in bars],
                "label": {"show": True, "position": "top"},
            }
        ],
    }


def lying_bars(bars: Sequence[Bar], *, series: str) -> dict[str, Any]:
    """Return an option with one lying bar per name, the first on top, labels at the end."""
    return {
        "grid": {"top": 0, "right": 96, "bottom": 0},
        "xAxis": {"type": "value", "min": 0, "axisLabel": {"show": False}, "splitLine": {"show": False}},
        "yAxis": {"type": "category", "inverse": True, "data": [bar.name for bar in bars], "axisLine": {"show": False}},
        "series": [
            {
                "type": "bar",
                "name": series,
                "barMaxWidth": 16,
                "data": [_datum(bar) for bar in bars],
                "label": {"show": True, "position": "right"},
            }
        ],
    }


def band_bars(
    names: Sequence[str], bands: Sequence[tuple[float, float]], labels: Sequence[str], *, series: str
) -> dict[str, Any]:
    """Return an option with one floating bar per name, from the lower to the upper value in percent."""
    return {
        "grid": {"top": 16},
        "xAxis": {"type": "category", "data": list(names)},
        "yAxis": {"type": "value", "min": 0, "axisLabel": {"formatter": "{value}%"}},
        "series": [
            {
                "type": "bar",
                "stack": "band",
                "silent": True,
                "data": [low for low, _ in bands],
                "itemStyle": {"color": "transparent"},
            },
            {
                "type": "bar",
                "stack": "band",
                "name": series,
                "color": "#12524a",
                "barMaxWidth": 22,
                "data": [
                    {"value": round(high - low, 4), "label": {"formatter": label}}
                    for (low, high), label in zip(bands, labels, strict=True)
                ],
                "label": {"show": True, "position": "top"},
            },
        ],
    }


def _datum(bar: Bar) -> dict[str, Any]:
    datum: dict[str, Any] = {"value": bar.value, "label": {"formatter": bar.label}}
    if bar.href:
        datum["href"] = bar.href
    return datum
