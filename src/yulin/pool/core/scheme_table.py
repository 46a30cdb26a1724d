"""A scheme's ratios as a table: who bears what, by mode, by amount, by area of the firm, with what is open.

The table shows what the numbers of the pack give when nothing else is known of a loan; a bonus or class that may come
on top shows as a span. Invariant: a number that nobody has verified is marked open, never shown as a promise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from yulin.base.text import Text
from yulin.pool.core.judgement import open_rows
from yulin.pool.core.law import NOTHING
from yulin.pool.core.layers import layer_for, with_layer
from yulin.pool.core.loss import Loss, LossCase
from yulin.pool.core.names import DISTRICTS
from yulin.pool.core.ratios import WHOLE_BP, PartyRatio, mode_environment, party_ratios
from yulin.pool.core.words import joined, money_word, party_word, percent_word
from yulin.rules.core.pack import Pack
from yulin.rules.core.scheme import REST, Mode, Scheme

_STEP_FEN = 1_000_000
_KINDS = {"district": "district", "county": "district"}
_THIRD = frozenset({"guarantor", "insurer", "appraiser", "other", "fund", "national_fund", "reguarantor"})


@dataclass(frozen=True)
class Part:
    """One party of one row of the table."""

    party: str
    low_bp: int | None  # for sure; None: by contract, or no number was found
    high_bp: int | None  # if every condition held that the table cannot know
    is_open: bool  # a row that nobody has verified stands behind it

    @property
    def name(self) -> Text:
        """What the party is called."""
        return party_word(self.party)

    @property
    def kind(self) -> str:
        """How the party is drawn: city, district, x or own."""
        return kind_of(self.party)

    @property
    def percent(self) -> str:
        """The sure ratio as a number for the bar."""
        return percent_word(self.low_bp or 0).removesuffix("%")

    @property
    def says(self) -> Text:
        """The ratio in words: a number, a span, or why there is none."""
        if self.low_bp is None and self.high_bp is None:
            return Text("按合同或未查到", "by contract, or not found")
        low, high = self.low_bp or 0, self.high_bp or 0
        if high > low:
            return Text(f"{percent_word(low)}–{percent_word(high)}", f"{percent_word(low)}–{percent_word(high)}")
        return Text(percent_word(low), percent_word(low))


@dataclass(frozen=True)
class Line:
    """One row of the table: mode, span of the amount, area, and the parts."""

    mode: Text
    span: Text
    area: Text
    parts: tuple[Part, ...]
    note: Text = NOTHING

    @property
    def is_open(self) -> bool:
        """Whether some part is not verified or has no number."""
        return any(part.is_open or part.low_bp is None for part in self.parts)

    @property
    def bar(self) -> tuple[Part, ...]:
        """The parts that have a width; none where something is open."""
        return () if self.is_open else tuple(part for part in self.parts if part.low_bp)


def kind_of(party: str) -> str:
    """Return how a party is drawn in a bar: public money in two greens, third parties hatched, own risk hollow."""
    if party == REST:
        return "own"
    return "x" if party in _THIRD else _KINDS.get(party, "city")


def scheme_table(pack: Pack, layers: Sequence[Pack], on: date) -> tuple[Line, ...]:
    """Return the table of a scheme on a day, moved into the scheme's own interval where it lies outside."""
    day = _within(pack, on)
    return tuple(
        line
        for mode in pack.scheme.modes.values()
        for span, amount in _spans(pack, mode)
        for line in _lines_of(pack, layers, mode, (span, amount, day))
    )


def _within(pack: Pack, on: date) -> date:
    if pack.effective_until is not None and on >= pack.effective_until:
        return pack.effective_until - timedelta(days=1)
    return max(on, pack.effective_from)


def _spans(pack: Pack, mode: Mode) -> Iterator[tuple[Text, int]]:
    """Yield the spans of the amount between which a ratio of the mode changes, with an amount in each."""
    bounds = sorted(
        {
            tier.up_to_fen
            for table in mode.ratios.values()
            if table.tiers and table.tiers.by.slots == {"loan_amount"}
            for tier in table.tiers.tiers
            if tier.up_to_fen is not None
        }
    )
    largest = pack.scheme.largest_loan_fen
    lower = 0
    for upper in bounds:
        most, least = money_word(upper, pack.currency), money_word(lower, pack.currency)
        text = Text(f"{most.zh}以内（含）", f"up to {most.en}")
        if lower:
            text = Text(f"超过{least.zh}至{most.zh}", f"above {least.en} to {most.en}")
        yield text, upper
        lower = upper
    if lower and largest is not None and lower >= largest:
        return
    most = money_word(lower, pack.currency)
    yield (Text(f"超过{most.zh}", f"above {most.en}") if lower else Text("不分金额", "any amount")), lower + _STEP_FEN


def _lines_of(pack: Pack, layers: Sequence[Pack], mode: Mode, at: tuple[Text, int, date]) -> Iterator[Line]:
    """Yield the row of a firm elsewhere, then that of each area whose layer joins the mode that day."""
    span, amount, day = at
    note = _note(mode)
    yield Line(mode.title, span, _elsewhere(pack, layers), _parts(pack, mode, amount, day), note)
    for layer in layers:
        area = layer.scheme.on_top_of.area
        if layer_for(pack, (layer,), area, day) is None or mode.id not in layer.scheme.modes:
            continue
        yield Line(mode.title, span, area_word(area), _parts(pack, with_layer(mode, layer), amount, day), note)


def _note(mode: Mode) -> Text:
    """Say that third parties take over a part by contract, where they may."""
    rule = mode.third_parties
    if rule is None:
        return NOTHING
    names = joined([party_word(party) for party in rule.parties], "、")
    most = "" if rule.together_at_most_bp is None else percent_word(rule.together_at_most_bp)
    return Text(
        f"{names.zh}按合同从银行部分中分担{f'，合计不超过{most}' if most else ''}",
        f"{names.en} take a part of the bank's by contract{f', together at most {most}' if most else ''}",
    )


def _elsewhere(pack: Pack, layers: Sequence[Pack]) -> Text:
    scheme: Scheme = pack.scheme
    is_by_district = any(layer.by_district for layer in scheme.layers.values())
    return Text("无叠加的区", "areas without a top-up") if layers and is_by_district else Text("全域", "everywhere")


def area_word(area: int) -> Text:
    """Return the name of an area by its six-digit code."""
    return DISTRICTS.get(str(area)) or Text(str(area), str(area))


def _parts(pack: Pack, mode: Mode, amount_fen: int, day: date) -> tuple[Part, ...]:
    case = LossCase(on=day, mode=mode.id, loss=Loss(amount_fen), amount_fen=amount_fen)
    ratios = party_ratios(mode, case, mode_environment(pack, mode, case), amount_fen)
    parts = [_part(ratio) for party, ratio in ratios.items() if party != mode.rest]
    parts = _under_bound(mode, parts)
    low = [part.low_bp for part in parts]
    own = None if None in low else WHOLE_BP - sum(bp or 0 for bp in low)
    stated = ratios.get(mode.rest)
    is_open = bool(stated and any(row.is_unverified for row in open_rows(stated)))
    return (*parts, Part(mode.rest, own, own, is_open))


def _part(ratio: PartyRatio) -> Part:
    is_open = any(row.is_unverified for row in open_rows(ratio))
    high = ratio.highest if ratio.highest is not None else ratio.share
    low = ratio.share if ratio.share is not None else (Fraction() if high is not None else None)
    return Part(
        ratio.party,
        None if low is None else int(low * WHOLE_BP),
        None if high is None else int(high * WHOLE_BP),
        is_open,
    )


def _under_bound(mode: Mode, parts: list[Part]) -> list[Part]:
    """Cut the layer that the pack names where all layers together pass their bound."""
    rule = mode.all_layers
    over = sum(part.low_bp or 0 for part in parts) - rule.at_most_bp if rule and parts else 0
    if rule is None or over <= 0:
        return parts
    names = [part.party for part in parts]
    cut = names.index(rule.cut) if rule.cut in names else len(parts) - 1
    one = parts[cut]
    least = max((one.low_bp or 0) - over, 0)
    return [*parts[:cut], Part(one.party, least, max(least, (one.high_bp or 0) - over), one.is_open), *parts[cut + 1 :]]
