"""Layer packs: a district that tops up a scheme writes its own law; here it joins the scheme for one firm and day.

The firm's district at filing decides. A layer joins only while its own interval runs, only the schemes that it
names, and only the modes that it has ratios for; its bound on all layers binds the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from yulin.rules.core.language import area_range
from yulin.rules.core.pack import Pack
from yulin.rules.core.scheme import AllLayers, Mode, Scheme


def layer_for(pack: Pack, layers: Sequence[Pack], district: int | None, on: date) -> Pack | None:
    """Return the layer pack that tops up `pack` for a firm of `district` on the day, or None."""
    return next((layer for layer in layers if district is not None and _tops_up(layer, pack.id, district, on)), None)


def may_top_up(layer: Pack, pack_id: str, mode_id: str, on: date) -> bool:
    """Return whether a layer pack tops up a mode of a scheme on the day, for firms of its own district."""
    return _joins(layer, pack_id, on) and mode_id in layer.scheme.modes


def _tops_up(layer: Pack, pack_id: str, district: int, on: date) -> bool:
    return _joins(layer, pack_id, on) and covers_area(layer, district)


def _joins(layer: Pack, pack_id: str, on: date) -> bool:
    scheme: Scheme = layer.scheme
    return scheme.on_top_of is not None and pack_id in scheme.on_top_of.packs and layer.is_in_force(on)


def covers_area(layer: Pack, district: int) -> bool:
    """Return whether a layer pack is the law of the district (or of the city around it)."""
    rule = layer.scheme.on_top_of
    if rule is None:
        return False
    first, last = area_range(rule.area)
    return first <= district <= last


@lru_cache(maxsize=512)
def with_layer(mode: Mode, layer: Pack | None) -> Mode:
    """Return the mode with the layer's ratios behind its own, under the tighter bound on all layers."""
    own = layer.scheme.modes.get(mode.id) if layer else None
    if own is None:
        return mode
    return replace(
        mode, ratios={**mode.ratios, **own.ratios}, all_layers=_tighter(mode.all_layers, own.all_layers),
        money_caps=(*mode.money_caps, *own.money_caps),
    )  # fmt: skip


def _tighter(one: AllLayers | None, other: AllLayers | None) -> AllLayers | None:
    bounds = [bound for bound in (one, other) if bound is not None]
    return min(bounds, key=lambda bound: bound.at_most_bp, default=None)
