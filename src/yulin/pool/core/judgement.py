"""Judge one loan before it is lent: eligibility, room under every limit, the ratio of each layer.

The same functions that enrol and settle are asked. One condition that is not met decides; one that is open leaves
the answer open. A number that nobody has verified is never promised: its layer is open, and so is what rests on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from yulin.base.outcome import Outcome, all_of
from yulin.pool.core.layers import covers_area, layer_for, with_layer
from yulin.pool.core.loss import Loss, LossCase
from yulin.pool.core.ratios import WHOLE_BP, PartyRatio, mode_environment, party_ratios
from yulin.pool.core.rooms import Asked, Room, rooms
from yulin.pool.core.settlement import Settlement, choose_mode, settle, third_parties_exceed
from yulin.rules.core.bounds import outcome_of
from yulin.rules.core.calendar import add_months
from yulin.rules.core.facts import Known, environment, known_facts
from yulin.rules.core.pack import Pack, Row
from yulin.rules.core.program import program_of
from yulin.rules.core.scheme import Mode, Scheme

_NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True)
class Inquiry:
    """What a bank asks: a loan and a firm by facts in their public names, and what the book says of limits."""

    on: date  # the day on which it would lend
    facts: Mapping[str, Any]
    mode: str = ""  # the scheme's own word for a mode; else the fact `mode`, else `bank`
    used: Mapping[str, int] = field(default_factory=lambda: _NOTHING)  # by limit kind, before this loan
    layer_room_fen: Mapping[str, int] = field(default_factory=lambda: _NOTHING)  # what a layer can still take on
    book: Mapping[str, int] = field(default_factory=lambda: _NOTHING)  # by measure, for caps
    contract_bp: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    other_modes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class LayerAnswer:
    """One party's part: its ratio with the rows behind it, what it would bear of a full loss, and its room."""

    party: str
    ratio_bp: int | None  # None: nothing can be promised
    outcome: Outcome
    ratio: PartyRatio | None
    open_rows: tuple[Row, ...]  # rows that nobody has verified, or that a missing fact leaves open
    full_loss_fen: int | None
    room_before_fen: int | None
    room_after_fen: int | None

    @property
    def verified(self) -> str:
        """The weakest verification among the rows that give the ratio."""
        marks = [use.row.verified for use in self.ratio.uses if use.outcome is Outcome.MET] if self.ratio else []
        return next((mark for mark in ("no", "partly") if mark in marks), "yes")


@dataclass(frozen=True)
class Judgement:
    """The bare answer to one inquiry, as counterfactuals compare it."""

    covered: Outcome
    eligibility: Outcome
    rooms: tuple[Room, ...]
    mode: Mode | None
    layers: tuple[LayerAnswer, ...]
    refusals: tuple[str, ...]  # codes of what is not met
    known: Known
    asked: Asked

    @property
    def others_bp(self) -> int:
        """What is known to be borne by others than the rest party; an open layer adds nothing."""
        return sum(layer.ratio_bp or 0 for layer in self.layers if self.mode and layer.party != self.mode.rest)

    @property
    def has_open_layer(self) -> bool:
        """Whether a layer might bear a part that nobody can name yet."""
        return any(layer.outcome is Outcome.UNKNOWN for layer in self.layers)

    @property
    def promised_bp(self) -> int:
        """What others bear for sure: nothing unless the loan is covered."""
        return self.others_bp if self.covered is Outcome.MET else 0


def judge(pack: Pack, inquiry: Inquiry, layers: Sequence[Pack] = (), *, known: Known | None = None) -> Judgement:
    """Return the bare answer; `known` replaces the inquiry's facts by changed ones, and leaves the amounts out."""
    is_changed = known is not None
    known = dict(known_facts(inquiry.facts, pack.vocabulary, inquiry.on) if known is None else known)
    known.setdefault("mode", inquiry.mode or "bank")
    asked = asked_of(inquiry, known)
    found = tuple(_never_promised(room) for room in rooms(pack.scheme, asked))
    eligibility = _eligibility(pack, known, inquiry.on)
    case = _case(inquiry, known)
    mode = choose_mode(pack, case)
    parts = _layer_answers(pack, mode, case, layers, None if is_changed else inquiry.layer_room_fen) if mode else ()
    refusals = (
        *_refusals(pack, inquiry, mode, eligibility, found),
        *_ratio_refusals(mode, inquiry, parts),
        *_capacity_refusals(inquiry, parts, known.get("loan_amount")),
    )
    ratio = all_of(part.outcome for part in parts if part.ratio is not None)
    covered = all_of([eligibility, ratio, *(room.outcome for room in found)])
    return Judgement(
        Outcome.NOT_MET if refusals else covered, eligibility, found, mode, parts, refusals, known, asked
    )  # fmt: skip


def _never_promised(room: Room) -> Room:
    return replace(room, outcome=Outcome.UNKNOWN) if room.limit.row.is_unverified else room


def _refusals(
    pack: Pack, inquiry: Inquiry, mode: Mode | None, eligibility: Outcome, found: Sequence[Room]
) -> tuple[str, ...]:
    """Return the codes of everything that is surely not met."""
    scheme: Scheme = pack.scheme
    refusals = [] if pack.is_in_force(inquiry.on) else ["POOL.SCHEME.NOT_IN_FORCE"]
    if mode is None:
        refusals.append("POOL.MODE.NOT_OFFERED")
    elif scheme.exclusive and inquiry.other_modes - {mode.of, mode.id}:
        refusals.append("POOL.MODE.SECOND")
    if eligibility is Outcome.NOT_MET:
        refusals.append("POOL.ELIGIBILITY.NOT_MET")
    return (*refusals, *(room.code for room in found if room.outcome is Outcome.NOT_MET))


def _ratio_refusals(mode: Mode | None, inquiry: Inquiry, parts: Sequence[LayerAnswer]) -> Iterator[str]:
    """Yield the codes of ratios that the table does not give, and of third parties that bear too much."""
    if any(part.outcome is Outcome.NOT_MET for part in parts):
        yield "POOL.RATIO.NONE"
    if mode and third_parties_exceed(mode, inquiry.contract_bp):
        yield "POOL.MODE.X_SHARES"


def _capacity_refusals(inquiry: Inquiry, parts: Sequence[LayerAnswer], amount_fen: int | None) -> Iterator[str]:
    """Yield the code of a layer whose share of the whole loan, rounded down, is more than it can still promise."""
    rooms_fen = inquiry.layer_room_fen
    shares = [(part.party, (amount_fen or 0) * (part.ratio_bp or 0) // WHOLE_BP) for part in parts]
    if any(party in rooms_fen and fen > rooms_fen[party] for party, fen in shares):
        yield "POOL.LIMIT.CAPACITY"


def asked_of(inquiry: Inquiry, known: Known) -> Asked:
    """Return what the loan asks of the limits; the tenor is counted from the day of lending."""
    start = date.fromordinal(known["disbursed_on"]) if "disbursed_on" in known else inquiry.on
    end = date.fromordinal(known["due_on"]) if "due_on" in known else None
    if end is None and "tenor" in known:
        end = date.fromordinal(add_months(start.toordinal(), known["tenor"]))
    return Asked(
        loan_amount_fen=known.get("loan_amount"),
        line_fen=known.get("line"),
        annual_rate_ppm=known.get("rate"),
        premium_rate_ppm=known.get("premium_rate"),
        is_insured=_is_insured(inquiry, known),
        disbursed_on=start,
        due_on=end,
        filed_on=max(start, inquiry.on),
        used=inquiry.used,
    )


def _is_insured(inquiry: Inquiry, known: Known) -> bool:
    """Tell whether a loan is insured: by its security, by the insurer's share, or by a premium that is named."""
    return known.get("security") == "insurance" or "premium_rate" in known or inquiry.contract_bp.get("insurer", 0) > 0


def _eligibility(pack: Pack, known: Known, on: date) -> Outcome:
    if not pack.conditions:
        return Outcome.MET
    program = program_of(pack)
    return outcome_of(program.run(environment(pack.vocabulary, known, on, program.slots)))


def _case(inquiry: Inquiry, known: Known) -> LossCase:
    """Return the loss of the whole loan, on which the ratios are asked."""
    amount = known.get("loan_amount")
    return LossCase(
        on=inquiry.on,
        mode=known["mode"],
        loss=Loss(amount or 0),
        amount_fen=amount,
        facts=known,
        contract_bp=inquiry.contract_bp,
        book=inquiry.book,
        other_modes=inquiry.other_modes,
    )


def _layer_answers(
    pack: Pack, mode: Mode, case: LossCase, layers: Sequence[Pack], room_fen: Mapping[str, int] | None
) -> tuple[LayerAnswer, ...]:
    """Return every party's answer in paying order, the rest party last; without rooms, without amounts."""
    mode = with_layer(mode, layer_for(pack, layers, case.facts.get("district"), case.on))
    ratios = party_ratios(mode, case, mode_environment(pack, mode, case), case.loss.principal_fen)
    is_sure = all(ratio.share is not None and not open_rows(ratio) for ratio in ratios.values())
    settled = settle(pack, case, layers) if is_sure and case.loss.principal_fen and room_fen is not None else None
    full = settled.shares_fen if settled else {}
    room_fen = {**(room_fen or {}), **_cap_rooms(mode, case, settled, room_fen or {})}
    answers = [_party(ratio, full, room_fen) for party, ratio in ratios.items() if party != mode.rest]
    answers = _within_bound(mode, answers)
    answers += _missing_layers(pack, layers, case, set(ratios))
    return (*answers, _rest(mode, ratios, answers, full))


def _within_bound(mode: Mode, answers: list[LayerAnswer]) -> list[LayerAnswer]:
    """Return the answers with the public ratios cut, last first, to the bound on all layers."""
    own = sum(answer.ratio_bp or 0 for answer in answers if answer.ratio and answer.party not in third_parties(mode))
    over = max(own - mode.all_layers.at_most_bp, 0) if mode.all_layers else 0
    bounded = []
    for answer in reversed(answers):
        is_cut = over > 0 and answer.party not in third_parties(mode)
        cut = min(over, answer.ratio_bp or 0) if is_cut else 0
        over -= cut
        bounded.append(replace(answer, ratio_bp=(answer.ratio_bp or 0) - cut) if cut else answer)
    return bounded[::-1]


def third_parties(mode: Mode) -> frozenset[str]:
    """Return the parties of a mode that bear a part by contract and pay no public money."""
    return frozenset(mode.third_parties.parties if mode.third_parties else ())


def _rest(
    mode: Mode, ratios: Mapping[str, PartyRatio], others: Sequence[LayerAnswer], full: Mapping[str, int]
) -> LayerAnswer:
    """Return the answer of the party that keeps the rest; an open layer leaves it open too."""
    parts = [0 if other.outcome is Outcome.NOT_MET else other.ratio_bp for other in others]
    bp = None if None in parts else WHOLE_BP - sum(part or 0 for part in parts)
    outcome = Outcome.UNKNOWN if bp is None else Outcome.MET
    own = ratios.get(mode.rest) or PartyRatio(mode.rest, None if bp is None else Fraction(bp, WHOLE_BP), ())
    return LayerAnswer(mode.rest, bp, outcome, own if bp is not None else None, (), full.get(mode.rest), None, None)


def _cap_rooms(mode: Mode, case: LossCase, settled: Settlement | None, room_fen: Mapping[str, int]) -> dict[str, int]:
    """Return the room that the yearly caps leave to each layer, where the book says what was used."""
    found: dict[str, int] = {}
    used_by = {cap.id: cap for cap in mode.money_caps if cap.used in case.book and cap.party}
    for use in settled.caps if settled else ():
        cap = used_by.get(use.id)
        if cap and use.room_fen is not None:
            known = [room for room in (found.get(cap.party), room_fen.get(cap.party)) if room is not None]
            found[cap.party] = min([use.room_fen, *known])
    return found


def open_rows(ratio: PartyRatio) -> tuple[Row, ...]:
    """Return the rows that keep a ratio from being promised."""
    used = [use.row for use in ratio.uses if use.outcome is Outcome.MET]
    return (*(row for row in used if row.is_unverified), *(use.row for use in ratio.undecided))


def _party(ratio: PartyRatio, full: Mapping[str, int], room_fen: Mapping[str, int]) -> LayerAnswer:
    opened = open_rows(ratio)
    is_known = ratio.share is not None and not opened
    outcome = Outcome.MET if is_known else Outcome.UNKNOWN if opened else Outcome.NOT_MET
    before, share = room_fen.get(ratio.party), full.get(ratio.party)
    after = None if before is None or share is None else before - share
    return LayerAnswer(
        ratio.party,
        ratio.bp if is_known else None,
        outcome,
        ratio,
        opened,
        share,
        before,
        after,
    )


def _missing_layers(pack: Pack, layers: Sequence[Pack], case: LossCase, found: set[str]) -> list[LayerAnswer]:
    """Return layers that may join but whose law is not known for this firm: an open part, never a nought."""
    scheme: Scheme = pack.scheme
    district = case.facts.get("district")
    missing = []
    for layer in scheme.layers.values():
        if not layer.by_district or layer.party in found:
            continue
        if district is None or any(covers_area(one, district) for one in layers):
            missing.append(LayerAnswer(layer.party, None, Outcome.UNKNOWN, None, (layer.row,), None, None, None))
    return missing
