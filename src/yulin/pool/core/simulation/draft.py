"""A draft of a scheme: a few numbers of the law changed, everything else as it stands.

A draft is a pack like any other, so what settles claims and measures breakers is the same code that decides. It is
never published from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from yulin.base.text import Text
from yulin.pool.core.deciding import Law
from yulin.pool.core.layers import covers_area
from yulin.rules.core.pack import Pack, Row
from yulin.rules.core.scheme import AllLayers, Layer, Limit, Mode, MoneyCap, OnTopOf, RatioRow, RatioTable, Scheme
from yulin.rules.errors import Where

DISTRICT = "district"
_BY_LOAN = frozenset({"none", "paid_on_loan"})
_OF_ONE_LOSS = frozenset({"nonperforming_balance", "loss_base"})
_ROW = Row("draft", "", "no", "", Text("模拟的数字", "a number of the simulation"), None, Where())


@dataclass(frozen=True)
class Draft:
    """What a draft changes. **Units**: basis points, fen; districts by code, ratios by party, breakers by id."""

    ratios_bp: Mapping[str, int] = field(default_factory=dict)
    districts_bp: Mapping[str, int] = field(default_factory=dict)
    all_layers_bp: int | None = None
    loan_limit_fen: int | None = None
    breakers_bp: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is changed."""
        return self == Draft()


def drafted(law: Law, draft: Draft) -> Law:
    """Return a scheme and its layers with the draft's numbers in place of the law's; the law itself is not touched.

    A ratio that is given replaces every row and tier of that party, with the cap that says it again; bonuses are
    kept. A district that is given has that ratio in every mode with public layers; its own law, if it has one, gives
    way. The past is asked, so the draft is taken to have been in force all the time.
    """
    pack, layers = replace(law.pack, effective_from=date.min, effective_until=None), law.layers
    if draft.is_empty:
        return replace(law, pack=pack)
    scheme: Scheme = pack.scheme
    modes = {name: _mode(mode, scheme, draft) for name, mode in scheme.modes.items()}
    known = {**scheme.layers}
    if draft.districts_bp and DISTRICT not in known:
        known[DISTRICT] = Layer(DISTRICT, "", _ROW, by_district=True)
    changed = replace(
        scheme,
        modes=modes,
        layers=known,
        limits=_limits(scheme, draft),
        breakers=tuple(
            replace(one, level_bp=draft.breakers_bp[one.id], row=_ROW) if one.id in draft.breakers_bp else one
            for one in scheme.breakers
        ),
    )
    drafts = tuple(_district(pack, modes, code, bp, draft) for code, bp in draft.districts_bp.items())
    kept = tuple(
        _layer(layer, draft)
        for layer in layers
        if not any(covers_area(layer, int(code)) for code in draft.districts_bp)
    )
    return replace(law, pack=replace(pack, scheme=changed, version=f"{pack.version}+draft"), layers=(*drafts, *kept))


def in_place(law: Law, pack: Pack) -> Law:
    """Return a scheme with another text in its place; the text of a layer joins it, in place of that layer's own.

    A layer that tops up the same area gives way. The past is asked, so the text is taken to have always ruled.
    """
    on_top_of = pack.scheme.on_top_of
    if on_top_of is None:
        return replace(law, pack=pack)
    kept = tuple(one for one in law.layers if not covers_area(one, on_top_of.area))
    return replace(law, layers=(replace(pack, effective_from=date.min, effective_until=None), *kept))


def _mode(mode: Mode, scheme: Scheme, draft: Draft) -> Mode:
    ratios = {
        party: _flat(party, draft.ratios_bp[party]) if party in draft.ratios_bp else table
        for party, table in mode.ratios.items()
    }
    cap = mode.all_layers
    has_layers = any(party in scheme.layers for party in ratios)
    if draft.all_layers_bp is not None and has_layers:
        cap = AllLayers(draft.all_layers_bp, cap.cut if cap else "last", _ROW)
    caps = {party: share for party, share in mode.ratio_caps.items() if party not in draft.ratios_bp}
    money_caps = tuple(_money_cap(one, draft) for one in mode.money_caps)
    return replace(mode, ratios=ratios, all_layers=cap, ratio_caps=caps, money_caps=money_caps)


def _money_cap(cap: MoneyCap, draft: Draft) -> MoneyCap:
    """Return a cap in money; one that only says a ratio again, of the one loss, goes with the ratio."""
    says_ratio = cap.used in _BY_LOAN and set(cap.of) <= _OF_ONE_LOSS and cap.rate_bp is not None and not cap.bands
    parties = [cap.party] if cap.party else list(draft.ratios_bp)
    asked = sum(draft.ratios_bp[party] for party in parties if party in draft.ratios_bp)
    return replace(cap, rate_bp=max(cap.rate_bp or 0, asked)) if says_ratio and asked else cap


def _flat(party: str, bp: int) -> RatioTable:
    row = RatioRow(id="draft", bp=bp, when=None, is_flat=True, row=_ROW)
    return RatioTable(party, rows=(row,), tiers=None, by_contract=False, at_most_bp=None, row=_ROW)


def _district(pack: Pack, modes: Mapping[str, Mode], code: str, bp: int, draft: Draft) -> Pack:
    """Return a layer pack that gives a district's firms one ratio, whenever the loan was made."""
    ratios = {DISTRICT: _flat(DISTRICT, bp)}
    own = {
        name: replace(mode, ratios=ratios, ratio_caps={}, bonuses=(), money_caps=(), all_layers=None)
        for name, mode in modes.items()
        if any(party in pack.scheme.layers for party in mode.ratios)
    }
    scheme = Scheme(
        layers={DISTRICT: Layer(DISTRICT, "", _ROW, by_district=True)},
        modes=own,
        rounding=pack.scheme.rounding,
        on_top_of=OnTopOf((pack.id,), int(code), _ROW),
    )
    return replace(
        pack, id=f"draft-{code}", scheme=scheme, effective_from=date.min, effective_until=None,
        version=f"{pack.version}+draft-{draft.districts_bp[code]}", conditions={}, cases=(), texts={},
    )  # fmt: skip


def _layer(layer: Pack, draft: Draft) -> Pack:
    """Return a district's own law under the draft's bound on all layers: the bound replaces the law's, both ways."""
    if draft.all_layers_bp is None:
        return layer
    modes = {
        name: replace(mode, all_layers=None) if mode.all_layers else mode for name, mode in layer.scheme.modes.items()
    }
    return replace(layer, scheme=replace(layer.scheme, modes=modes))


def _limits(scheme: Scheme, draft: Draft) -> Mapping[str, Limit]:
    if draft.loan_limit_fen is None:
        return scheme.limits
    limit = scheme.limits.get("loan") or Limit("loan", "money", None, None, _ROW)
    return {**scheme.limits, "loan": replace(limit, at_most=draft.loan_limit_fen, row=_ROW)}
