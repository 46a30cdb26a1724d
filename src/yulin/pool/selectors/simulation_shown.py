"""A simulation in the words of a page and of a sheet: parties, banks, districts, classes, breakers, claims."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yulin.base.districts import GUANGZHOU_DISTRICTS
from yulin.base.text import Text
from yulin.people.selectors import organisation_names
from yulin.pool.core.simulation.effects import Effect, Effects
from yulin.pool.core.simulation.run import Fired, SimulatedClaim, Simulation
from yulin.pool.core.words import party_word
from yulin.rules.selectors import draft_packs, published_packs

UNKNOWN = Text("未知", "unknown")
THEN = {
    "warn": ("warn", Text("预警", "warning")),
    "defer": ("bad", Text("暂缓", "deferring")),
    "suspend": ("bad", Text("暂停受理", "suspended")),
}
CLASSES = {
    "micro": Text("微型", "Micro"),
    "small": Text("小型", "Small"),
    "medium": Text("中型", "Medium"),
    "large": Text("大型", "Large"),
    "": Text("规模未知", "Size unknown"),
}


@dataclass(frozen=True)
class EffectRow:
    """One line of a table of effects."""

    name: Text
    effect: Effect

    @property
    def sign(self) -> str:
        """Whether more, less or the same is paid."""
        fen = self.effect.difference_fen
        return "more" if fen > 0 else "less" if fen < 0 else "same"


@dataclass(frozen=True)
class FiredRow:
    """One breaker that would have fired."""

    name: Text
    of: Text
    on: date
    claim: str
    measure: str
    level_bp: int | None
    verdict: tuple[str, Text]


def layer_rows(effects: Effects) -> list[EffectRow]:
    """Return what each party would bear."""
    return [EffectRow(party_word(str(one.key)), one) for one in effects.layers]


def bank_rows(effects: Effects) -> list[EffectRow]:
    """Return what each bank or guarantor would be paid."""
    names = organisation_names([int(str(one.key)) for one in effects.banks])
    return [EffectRow(names[int(str(one.key))].name, one) for one in effects.banks]


def district_rows(effects: Effects) -> list[EffectRow]:
    """Return what would be paid on the loans of each district."""
    return [EffectRow(district_name(str(one.key)), one) for one in effects.districts]


def class_rows(effects: Effects) -> list[EffectRow]:
    """Return what would be paid on the loans of each class of firms."""
    return [EffectRow(_class_name(one.key), one) for one in effects.classes]


def fired_rows(simulation: Simulation, scheme: Text) -> list[FiredRow]:
    """Return the breakers that would have fired, in the order in which they would."""
    names = organisation_names({one.bank_id for one in simulation.fired if one.bank_id is not None})
    return [_fired(one, names, scheme) for one in simulation.fired]


def _fired(one: Fired, names: Mapping[int, Any], scheme: Text) -> FiredRow:
    of = scheme if one.bank_id is None else names[one.bank_id].name
    measure = "—" if one.state.measure is None else f"{float(one.state.measure) * 100:.2f}%"
    return FiredRow(one.breaker.title, of, one.on, one.claim, measure, one.breaker.level_bp, THEN[one.state.state])


def district_name(code: str) -> Text:
    """Return a district's name; one of another city keeps its code."""
    return GUANGZHOU_DISTRICTS.get(code, Text(code, code)) if code else UNKNOWN


def _class_name(key: Hashable) -> Text:
    return CLASSES.get(str(key), Text(str(key), str(key)))


def version_choices(scheme_id: str) -> list[tuple[int, Text]]:
    """Return the versions of a scheme and its drafts that a simulation may start from, the newest first."""
    found = [*draft_packs().filter(pack_id=scheme_id), *published_packs("scheme").filter(pack_id=scheme_id)]
    return [
        (
            one.pk,
            Text(
                f"{one.effective_from}起 · {one.short_version}{'（草案）' if one.state == 'draft' else ''}",
                f"from {one.effective_from} · {one.short_version}{' (draft)' if one.state == 'draft' else ''}",
            ),
        )
        for one in found
    ]


# --- the sheet: one line a claim ---


def parties_of(simulation: Simulation) -> list[str]:
    """Return every party of any claim, those who pay first in front."""
    named = [party for one in simulation.claims for party in (*one.claim.booked_fen, *one.shares_fen)]
    return list(dict.fromkeys(named))


def sheet_heads(simulation: Simulation) -> list[Text]:
    """Return the heads of the sheet."""
    parties = [party_word(party) for party in parties_of(simulation)]
    return [
        Text("申请编号", "Claim"),
        Text("审定日", "Decided on"),
        Text("申请机构", "Claimant"),
        Text("备案时区划", "District at filing"),
        Text("企业规模", "Size of firm"),
        *(Text(f"已记{name.zh}（元）", f"{name.en} as booked (CNY)") for name in parties),
        *(Text(f"模拟{name.zh}（元）", f"{name.en} as drafted (CNY)") for name in parties),
        Text("财政差额（元）", "Public difference (CNY)"),
        Text("不予覆盖", "Not covered"),
        Text("会被暂缓", "Would be deferred"),
        Text("无法判断的原因", "Why unknown"),
    ]


def sheet_rows(simulation: Simulation) -> Iterator[list[Any]]:
    """Give the sheet's lines; amounts are full yuan and fen, nothing is left where the draft cannot say."""
    parties = parties_of(simulation)
    names = organisation_names({one.claim.bank_id for one in simulation.claims})
    for one in simulation.claims:
        claim = one.claim
        yield [
            claim.number,
            claim.decided_on.isoformat(),
            names[claim.bank_id].name,
            claim.district_code or "",
            _class_name(claim.firm_class),
            *_amounts(claim.booked_fen, parties, is_known=True),
            *_amounts(one.shares_fen, parties, is_known=one.unknown is None),
            "" if one.unknown is not None else _yuan(one.public_fen - one.booked_public_fen),
            one.refused or "",
            one.deferred_by,
            "" if one.unknown is None else one.unknown,
        ]


def _amounts(shares_fen: Mapping[str, int], parties: Iterable[str], *, is_known: bool) -> list[str]:
    return [_yuan(shares_fen.get(party, 0)) if is_known else "" for party in parties]


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def claim_rows(simulation: Simulation, most: int) -> list[SimulatedClaim]:
    """Return the claims whose public part changes most."""
    changed = [one for one in simulation.known if one.public_fen != one.booked_public_fen]
    return sorted(changed, key=lambda one: -abs(one.public_fen - one.booked_public_fen))[:most]
