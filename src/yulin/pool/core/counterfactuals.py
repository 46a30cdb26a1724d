"""What would change a pre-loan answer: each change is judged again by the same functions, the best first.

Only what a bank and a firm can choose or become is tried: a smaller amount, another security, a shorter tenor,
another mode, a class of firm that earns a bonus; and the next step for the worse, so that nobody takes it unawares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.pool.core.judgement import Inquiry, Judgement, judge
from yulin.pool.core.rooms import Room
from yulin.pool.core.words import money_word, months_word
from yulin.rules.core.calendar import add_months
from yulin.rules.core.facts import Known
from yulin.rules.core.pack import Pack
from yulin.rules.core.scheme import Mode, Scheme

BEST, WORSE = 6, 3  # how many of each are worth reading
_EDGES = frozenset({"amount", "tenor"})  # where the next step for the worse is worth a warning


@dataclass(frozen=True)
class Change:
    """One change of the facts, in words."""

    id: str
    says: Text
    known: Known


@dataclass(frozen=True)
class Counterfactual:
    """What the answer would be after one change."""

    id: str
    says: Text
    covered: Outcome
    others_bp: int | None
    gain_bp: int  # how much more others bear for sure
    refusals: tuple[str, ...]


def counterfactuals(
    pack: Pack, inquiry: Inquiry, found: Judgement, layers: Sequence[Pack] = ()
) -> tuple[Counterfactual, ...]:
    """Return the changes that would alter the answer, by gain; changes that come to the same are said once."""
    seen: dict[tuple[str, Outcome, int], Counterfactual] = {}
    for change in _changes(pack, inquiry, found):
        other = judge(pack, inquiry, layers, known=change.known)
        gain = other.promised_bp - found.promised_bp
        is_opened = other.covered is not found.covered and found.covered is Outcome.NOT_MET
        if gain == 0 and not is_opened:
            continue
        kind = change.id.partition(":")[0]
        if gain < 0 and kind not in _EDGES:
            continue
        bp = 0 if other.covered is Outcome.NOT_MET else None if other.has_open_layer else other.others_bp
        seen.setdefault(
            (kind, other.covered, gain), Counterfactual(change.id, change.says, other.covered, bp, gain, other.refusals)
        )
    ordered = sorted(seen.values(), key=lambda one: -one.gain_bp)
    better = [one for one in ordered if one.gain_bp >= 0]
    return (*better[:BEST], *[one for one in ordered if one.gain_bp < 0][:WORSE])


def _changes(pack: Pack, inquiry: Inquiry, found: Judgement) -> Iterator[Change]:
    yield from _amounts(pack, found)
    yield from _spans(inquiry, found)
    yield from _securities(pack, found)
    yield from _classes(pack, found)
    yield from _modes(pack, found)


def _amounts(pack: Pack, found: Judgement) -> Iterator[Change]:
    """Yield the amounts at which something turns: tier bounds, the room that is left, a fen above the next bound."""
    amount = found.known.get("loan_amount")
    if amount is None:
        return
    bounds = sorted(set(_tier_bounds(found.mode)) | set(_room_bounds(found.rooms)))
    below = [bound for bound in bounds if 0 < bound < amount]
    for bound in reversed(below):
        said = money_word(bound, pack.currency)
        words = Text(f"金额降到{said.zh}", f"Lend {said.en} instead")
        yield Change(f"amount:{bound}", words, {**found.known, "loan_amount": bound})
    for bound in [bound for bound in bounds if bound >= amount][:1]:
        said = money_word(bound, pack.currency)
        words = Text(f"金额超过{said.zh}", f"Lend more than {said.en}")
        yield Change(f"amount:>{bound}", words, {**found.known, "loan_amount": bound + 1})


def _tier_bounds(mode: Mode | None) -> Iterator[int]:
    for table in mode.ratios.values() if mode else ():
        if table.tiers and table.tiers.by.slots == {"loan_amount"}:
            yield from (tier.up_to_fen for tier in table.tiers.tiers if tier.up_to_fen is not None)


def _room_bounds(found: Sequence[Room]) -> Iterator[int]:
    yield from (room.before for room in found if room.limit.unit == "money" and room.before is not None)


def _spans(inquiry: Inquiry, found: Judgement) -> Iterator[Change]:
    """Yield the longest tenor that is allowed, and the first that is too long."""
    tenor = next((room for room in found.rooms if room.kind == "tenor"), None)
    start = found.asked.disbursed_on or inquiry.on
    if tenor is None or tenor.limit.at_most is None or found.asked.due_on is None:
        return
    last = add_months(start.toordinal(), tenor.limit.at_most)
    said = months_word(tenor.limit.at_most)
    if tenor.outcome is Outcome.NOT_MET:
        yield Change("tenor", Text(f"期限缩短到{said.zh}", f"Shorten it to {said.en}"), {**found.known, "due_on": last})
    else:
        longer = {**found.known, "due_on": last + 1}
        yield Change("tenor:>", Text(f"期限超过{said.zh}", f"Lend for more than {said.en}"), longer)


def _securities(pack: Pack, found: Judgement) -> Iterator[Change]:
    security = found.known.get("security")
    closed = pack.vocabulary.lists.get("security")
    if security is None or closed is None:
        return
    for member, label in closed.members.items():
        if member != security:
            known = {**found.known, "security": member}
            if "is_pure_credit" in known:
                known["is_pure_credit"] = member == "credit"
            yield Change(f"security:{member}", Text(f"改为{label.zh}", f"Take {label.en} instead"), known)


def _classes(pack: Pack, found: Judgement) -> Iterator[Change]:
    """Yield each yes-or-no fact that a ratio row or a bonus asks for and that does not hold yet."""
    for slot in sorted(_questions(found.mode)):
        fact = pack.vocabulary.facts.get(slot)
        if fact is not None and fact.type.kind == "bool" and found.known.get(slot) is not True:
            label = Text(f"若为：{fact.label.zh}", f"If it were: {fact.label.en}")
            yield Change(f"class:{slot}", label, {**found.known, slot: True})


def _questions(mode: Mode | None) -> set[str]:
    if mode is None:
        return set()
    asked = [bonus.when for bonus in mode.bonuses]
    asked += [row.when for table in mode.ratios.values() for row in table.rows]
    return {slot for question in asked if question is not None for slot in question.slots}


def _modes(pack: Pack, found: Judgement) -> Iterator[Change]:
    scheme: Scheme = pack.scheme
    words = set(_mode_words(pack))
    for mode in scheme.modes.values():
        if mode.of == mode.id and mode.id in words and mode is not found.mode and mode.id != found.known["mode"]:
            known = {**found.known, "mode": mode.id}
            yield Change(f"mode:{mode.id}", Text(f"按{mode.title.zh}", f"In {mode.title.en}"), known)


def _mode_words(pack: Pack) -> Sequence[str]:
    closed = pack.vocabulary.lists.get("mode")
    return [word for word in closed.members if word != "portfolio"] if closed else []
