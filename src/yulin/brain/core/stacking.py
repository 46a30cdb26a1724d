"""Benefits that one firm can have, and the rules between them: what excludes, caps, presupposes or adds to what.

The rules are those that policies of province, city and district state of one another: at most some of a set, only the
higher one (从高不重复), one gives way to another, a cap on the sum of a set, one presupposes another, and a bonus as a
share of what another pays. Law that runs in a circle, or asks for two benefits that it forbids together, is refused.

Invariant: an amount that nobody could read, or that nobody has verified, is unknown; it is never counted as zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import pairwise

from yulin.base.text import Text
from yulin.brain.errors import StackingCircleError, StackingContradictionError


class Level(StrEnum):
    """Whose money it is."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"


class RuleKind(StrEnum):
    """What a rule does between benefits."""

    AT_MOST = "at_most"
    HIGHER_ONLY = "higher_only"
    GIVES_WAY = "gives_way"
    CAP = "cap"
    NEEDS = "needs"
    BONUS = "bonus"


LEVEL_NAMES: Mapping[str, Text] = {
    Level.NATIONAL: Text("国家", "National"),
    Level.PROVINCE: Text("省级", "Province"),
    Level.CITY: Text("市级", "City"),
    Level.DISTRICT: Text("区级", "District"),
}
RULE_NAMES: Mapping[str, Text] = {
    RuleKind.AT_MOST: Text("不得同时享受", "Not together"),
    RuleKind.HIGHER_ONLY: Text("从高不重复", "The higher one only"),
    RuleKind.GIVES_WAY: Text("已享受则不再享受", "Gives way"),
    RuleKind.CAP: Text("合计上限", "Cap on the sum"),
    RuleKind.NEEDS: Text("以另一项为前提", "Presupposes"),
    RuleKind.BONUS: Text("按另一项的比例加奖", "Bonus on another"),
}


@dataclass(frozen=True)
class Clause:
    """Where it stands, on which days it holds, and whether somebody has read it there."""

    document: str
    article: str
    verified: str  # yes | partly | no
    holds_from: date | None = None
    holds_until: date | None = None  # the first day on which it holds no more
    source: str = ""
    note: Text | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is law on a day.

        >>> Clause("穗1号", "3", "yes", date(2025, 1, 1), date(2026, 1, 1)).holds_on(date(2026, 1, 1))
        False
        """
        begun = self.holds_from is None or self.holds_from <= day
        return begun and (self.holds_until is None or day < self.holds_until)


@dataclass(frozen=True)
class Benefit:
    """One benefit as its policy states it; `amount_fen` is None where nobody could read it, and where it is a bonus."""

    id: str
    title: Text
    level: Level
    amount_fen: int | None
    clause: Clause
    is_ceiling: bool = False  # "up to": the authority may pay less
    area: str = ""  # the division whose firms can have it: leading digits of its code, "" everywhere
    titles: tuple[str, ...] = ()  # titles of which a firm needs one, as families of packs
    policy: str = ""  # instead of titles, the key of the policy of the library that the radar has to match
    takes_amount: bool = False  # what it pays is what the library says of that policy
    policy_id: int = 0  # where its own page stands; 0 where it has none
    is_stacking_read: bool = True  # whether anybody has read what its document says of other benefits

    @property
    def counted_fen(self) -> int | None:
        """What it counts for: nothing is counted that nobody has verified."""
        return None if self.clause.verified == "no" else self.amount_fen


@dataclass(frozen=True)
class Rule:
    """One rule between benefits. `members` are what it limits; `to` is what they give way to, need, or add to."""

    id: str
    kind: RuleKind
    members: tuple[str, ...]
    clause: Clause
    to: tuple[str, ...] = ()
    most: int = 1
    at_most_fen: int | None = None
    share_bp: int = 0

    @property
    def is_exclusive(self) -> bool:
        """Whether it lets only some of a set be had."""
        return self.kind in {RuleKind.AT_MOST, RuleKind.HIGHER_ONLY}

    @property
    def is_doubted(self) -> bool:
        """Whether nobody has read its clause."""
        return self.clause.verified == "no"

    @property
    def names(self) -> tuple[str, ...]:
        """Every benefit that it speaks of."""
        return self.members + self.to

    def among(self, names: frozenset[str]) -> Rule | None:
        """Return the rule for some of its benefits alone, or None where it says nothing of them."""
        members, to = (tuple(n for n in each if n in names) for each in (self.members, self.to))
        says_nothing = {
            RuleKind.GIVES_WAY: not members or not to,
            RuleKind.NEEDS: not members,
            RuleKind.BONUS: not members,
            RuleKind.CAP: not members,
        }.get(self.kind, len(members) <= self.most)
        return None if says_nothing else Rule(
            self.id, self.kind, members, self.clause, to, self.most, self.at_most_fen, self.share_bp
        )  # fmt: skip


@dataclass(frozen=True)
class Stack:
    """Benefits with the rules between them; benefits by id, so that the order of sources changes nothing."""

    benefits: tuple[Benefit, ...]
    rules: tuple[Rule, ...]

    @staticmethod
    def of(benefits: Iterable[Benefit], rules: Iterable[Rule]) -> Stack:
        """Return benefits in order, with the rules as far as they speak of them."""
        ordered = tuple(sorted({one.id: one for one in benefits}.values(), key=lambda one: one.id))
        names = frozenset(one.id for one in ordered)
        kept = (rule.among(names) for rule in sorted(rules, key=lambda rule: rule.id))
        return Stack(ordered, tuple(rule for rule in kept if rule is not None))

    @cached_property
    def by_id(self) -> Mapping[str, Benefit]:
        """The benefits by their ids."""
        return {one.id: one for one in self.benefits}

    @cached_property
    def bonuses(self) -> Mapping[str, Rule]:
        """By benefit, the rule that makes it a bonus on others."""
        return {rule.members[0]: rule for rule in self.rules if rule.kind is RuleKind.BONUS}

    @cached_property
    def unknown(self) -> frozenset[str]:
        """The benefits whose amount nobody knows, bonuses on them among them."""
        found = {one.id for one in self.benefits if one.counted_fen is None and one.id not in self.bonuses}
        doubted = {name for name in self.bonuses if self.by_id[name].clause.verified == "no"}
        found |= doubted
        while more := {name for name, rule in self.bonuses.items() if name not in found and found & set(rule.to)}:
            found |= more
        return frozenset(found)

    def without(self, rules: Iterable[Rule]) -> Stack:
        """Return the same benefits without some rules; a bonus stays what it is."""
        left_out = {rule.id for rule in rules if rule.kind is not RuleKind.BONUS}
        return Stack(self.benefits, tuple(rule for rule in self.rules if rule.id not in left_out))

    def parts(self) -> list[Stack]:
        """Return the stack in parts between which no rule stands; each can be decided alone."""
        leader = {one.id: one.id for one in self.benefits}

        def led(name: str) -> str:
            while leader[name] != name:
                leader[name] = leader[leader[name]]
                name = leader[name]
            return name

        for rule in self.rules:
            first = led(rule.names[0])
            for name in rule.names[1:]:
                leader[led(name)] = first
        benefits: dict[str, list[Benefit]] = {}
        rules: dict[str, list[Rule]] = {}
        for one in self.benefits:
            benefits.setdefault(led(one.id), []).append(one)
        for rule in self.rules:
            rules.setdefault(led(rule.names[0]), []).append(rule)
        return [Stack(tuple(each), tuple(rules.get(key, ()))) for key, each in benefits.items()]


def broken_by(rule: Rule, taken: frozenset[str]) -> bool:
    """Whether a set of benefits breaks a rule; a cap is never broken, it cuts what is paid.

    >>> law = Clause("穗1号", "3", "yes")
    >>> broken_by(Rule("r", RuleKind.AT_MOST, ("a", "b"), law), frozenset("ab"))
    True
    """
    if rule.kind is RuleKind.CAP:
        return False
    had = taken & set(rule.members)
    if rule.is_exclusive:
        return len(had) > rule.most
    answered = taken & set(rule.to)
    return bool(had and answered) if rule.kind is RuleKind.GIVES_WAY else bool(had and not answered)


def hindrances(stack: Stack, taken: frozenset[str], name: str) -> list[Rule]:
    """Return the rules by which a benefit cannot be added to those taken."""
    return [rule for rule in stack.rules if broken_by(rule, taken | {name})]


def check(rules: Sequence[Rule]) -> None:
    """Refuse rules that run in a circle or contradict one another.

    **Raises**: `BRAIN.STACKING.CIRCLE`, `BRAIN.STACKING.CONTRADICTION`.
    """
    for kinds in ({RuleKind.GIVES_WAY}, {RuleKind.NEEDS, RuleKind.BONUS}):
        arrows = _arrows(rule for rule in rules if rule.kind in kinds)
        circle = circle_in({name: list(each) for name, each in arrows.items()})
        if circle:
            clauses = [arrows[one][other] for one, other in pairwise(circle)]
            raise StackingCircleError(chain=circle, rules=[rule.id for rule in clauses], exclude=len(kinds) == 1)
    _check_contradictions(rules)


def _arrows(rules: Iterable[Rule]) -> dict[str, dict[str, Rule]]:
    arrows: dict[str, dict[str, Rule]] = {}
    for rule in rules:
        for member in rule.members:
            for other in rule.to:
                arrows.setdefault(member, {}).setdefault(other, rule)
    return arrows


def circle_in(arrows: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a circle of arrows as a chain that ends where it begins, or nothing.

    >>> circle_in({"a": ["b"], "b": ["c"], "c": ["b"]})
    ['b', 'c', 'b']
    """
    done: set[str] = set()
    for start in sorted(arrows):
        path, ways = [start], [iter(sorted(arrows[start]))]
        while path:
            following = next(ways[-1], None)
            if following is None:
                done.add(path.pop())
                ways.pop()
            elif following in path:
                return [*path[path.index(following) :], following]
            elif following not in done:
                path.append(following)
                ways.append(iter(sorted(arrows.get(following, ()))))
    return []


def _check_contradictions(rules: Sequence[Rule]) -> None:
    """Refuse that one benefit needs another, step by step, which it cannot stand beside."""
    needed = {
        member: (rule.to[0], rule)
        for rule in rules
        if rule.kind in {RuleKind.NEEDS, RuleKind.BONUS} and len(rule.to) == 1
        for member in rule.members
    }
    for name in sorted(needed):
        for other, rule in _steps(name, needed):
            against = next((one for one in rules if _forbids(one, name, other)), None)
            if against is not None:
                raise StackingContradictionError(benefit=name, other=other, needs=rule.id, forbids=against.id)


def _steps(name: str, needed: Mapping[str, tuple[str, Rule]]) -> Iterator[tuple[str, Rule]]:
    while name in needed:
        name, rule = needed[name]
        yield name, rule


def _forbids(rule: Rule, one: str, other: str) -> bool:
    if rule.is_exclusive:
        return rule.most == 1 and {one, other} <= set(rule.members)
    pairs = ((one, other), (other, one))
    return rule.kind is RuleKind.GIVES_WAY and any(a in rule.members and b in rule.to for a, b in pairs)
