"""What the answer on stacking says in words: why a benefit is left out, and what an unknown amount would change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.brain.core.stacked import Combination, LeftOut, Stacked, Why, nominal_fen
from yulin.brain.core.stacking import LEVEL_NAMES, Benefit, Rule, RuleKind, Stack

_SAYS: Mapping[RuleKind, Text] = {
    RuleKind.AT_MOST: Text(
        "与%(others)s不得同时享受（至多%(most)s项）", "not together with %(others)s (at most %(most)s)"
    ),
    RuleKind.HIGHER_ONLY: Text("从高不重复：已取%(others)s", "the higher one only: %(others)s is taken"),
    RuleKind.GIVES_WAY: Text("与%(others)s，享受其一即不再享受另一项", "beside %(others)s one gives way to the other"),
    RuleKind.CAP: Text(
        "合计上限%(cap)s元已由%(others)s用满，再加不多得", "%(others)s use up the cap of CNY %(cap)s; it adds nothing"
    ),
    RuleKind.NEEDS: Text("须先享受%(others)s", "it presupposes %(others)s"),
    RuleKind.BONUS: Text("是%(others)s的加奖，而该项不在组合内", "it is a bonus on %(others)s, which is not taken"),
}
_NONE = Text("（名单中没有可享的）", "(none that the firm can have)")
_COMMA, _AND = "、", ", "


@dataclass(frozen=True)
class TakenRow:
    """A benefit of the best combination, what is paid of it, and what of it a cap takes away."""

    benefit: Benefit
    level: Text
    received_fen: int | None
    cut_fen: int
    bonus: Text | None


@dataclass(frozen=True)
class LeftRow:
    """A benefit left out, each rule with what it says, and what an unknown amount would have to exceed."""

    benefit: Benefit
    level: Text
    reasons: tuple[tuple[Text, Rule], ...]
    condition: Text | None


@dataclass(frozen=True)
class Swapped:
    """The runner-up: what it pays less, what comes in, what goes."""

    combination: Combination
    less_fen: int
    comes: tuple[Benefit, ...]
    goes: tuple[Benefit, ...]


def taken_rows(stack: Stack, best: Combination) -> list[TakenRow]:
    """Return the rows of the best combination, most money first, unknown amounts last."""
    full = nominal_fen(stack, best.names)
    return [
        TakenRow(
            one,
            LEVEL_NAMES[one.level],
            best.received_fen.get(one.id),
            full.get(one.id, 0) - best.received_fen.get(one.id, full.get(one.id, 0)),
            _bonus(stack, one),
        )
        for one in best.taken
    ]


def _bonus(stack: Stack, one: Benefit) -> Text | None:
    rule = stack.bonuses.get(one.id)
    if rule is None:
        return None
    said = Text("为%(others)s的%(share)s%%", "%(share)s%% of %(others)s")
    if rule.at_most_fen is not None:
        said = Text("为%(others)s的%(share)s%%，至多%(cap)s元", "%(share)s%% of %(others)s, at most CNY %(cap)s")
    return said.with_values(
        others=titles(stack.by_id[name] for name in rule.to),
        share=f"{rule.share_bp / 100:g}",
        cap=yuan_text(rule.at_most_fen or 0),
    )


def left_rows(stack: Stack, answer: Stacked) -> list[LeftRow]:
    """Return the rows of what is left out, the largest known amounts first."""
    rows = [
        LeftRow(
            one.benefit,
            LEVEL_NAMES[one.benefit.level],
            tuple((_says(stack, answer, one, rule), rule) for rule in one.rules),
            _condition(stack, one),
        )
        for one in answer.left_out
    ]
    return sorted(rows, key=lambda row: (-(row.benefit.counted_fen or 0), row.benefit.id))


def _says(stack: Stack, answer: Stacked, left: LeftOut, rule: Rule) -> Text:
    if left.why is Why.ADDS_NOTHING:
        return Text("加奖不足一分", "the bonus comes to less than a fen")
    asked = set(rule.to) if rule.kind in {RuleKind.NEEDS, RuleKind.BONUS} else answer.best.names & set(rule.names)
    others = titles(stack.by_id[name] for name in sorted(asked - {left.benefit.id})) if asked else _NONE
    return _SAYS[rule.kind].with_values(others=others, most=rule.most, cap=yuan_text(rule.at_most_fen or 0))


def _condition(stack: Stack, left: LeftOut) -> Text | None:
    found = left.condition
    if found is None:
        return None
    lost = titles(stack.by_id[name] for name in found.loses)
    if not found.loses:
        said = Text("金额不明：若超过%(fen)s元，改选本项更多", "amount unknown: above CNY %(fen)s it would pay more")
    elif found.more_than_fen == 0:
        said = Text(
            "金额不明：与同样不明的%(lost)s无从比较", "amount unknown, that of %(lost)s too: not to be compared"
        )
    else:
        said = Text(
            "金额不明：若比%(lost)s（金额不明）多出%(fen)s元以上，改选本项更多",
            "amount unknown: above CNY %(fen)s more than %(lost)s (unknown too) it would pay more",
        )
    return said.with_values(fen=yuan_text(found.more_than_fen), lost=lost)


def swapped(answer: Stacked) -> Swapped | None:
    """Return the runner-up beside the best."""
    other, best = answer.runner_up, answer.best
    if other is None:
        return None
    return Swapped(
        other,
        best.total_fen - other.total_fen,
        tuple(one for one in other.taken if one.id not in best.names),
        tuple(one for one in best.taken if one.id not in other.names),
    )


def titles(benefits: Iterable[Benefit]) -> Text:
    """Return the titles of benefits in a row."""
    found = list(benefits)
    return Text(_COMMA.join(f"“{one.title.zh}”" for one in found), _AND.join(f"“{one.title.en}”" for one in found))
