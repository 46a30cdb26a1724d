"""Records of many sources as firms: who belongs together, by which reasons, and what a person has to look at.

Codes join first, then what persons judged, the latest first. Judgements are only ever added: of those on one pair the
latest counts, and of two of one instant the one that keeps apart. What is judged different is never joined, whatever
joins its neighbours, nor what has different codes: who knows that one follows the other enters the former code. A tie
that would join them is left out and said. What is only `possible` joins nothing and waits for a person.

Properties: the order of records and of judgements changes nothing; a group of records that nothing ties to the rest
resolves alone as it does among all; two records judged different are never in one entity; a judgement taken back by a
later one leaves no trace (un-merge).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import combinations, pairwise

from yulin.atlas.core.identity import CODE_POINTS, Code, Decision, FirmRecord, Reason, Verdict, decide
from yulin.atlas.core.name_parts import BRAND
from yulin.base.text import Text

Pair = tuple[str, str]  # two record keys in their order

_LARGEST_BLOCK = 500  # records without a code that share a brand; what lies beyond is said, not compared
_JUDGED_SAME = Text("%(by)s于%(on)s认定为同一企业：%(reason)s", "Judged one firm by %(by)s on %(on)s: %(reason)s")
_JUDGED_APART = Text("%(by)s于%(on)s认定为不同企业：%(reason)s", "Judged two firms by %(by)s on %(on)s: %(reason)s")


@dataclass(frozen=True)
class Judgement:
    """What a person found of two records, once and for all kept."""

    left: str
    right: str
    is_same: bool
    judged_at: datetime
    judged_by: str
    reason: str

    @property
    def pair(self) -> Pair:
        """Return the two records in their order."""
        return ordered(self.left, self.right)

    @property
    def why(self) -> Reason:
        """Return the judgement as a reason."""
        sentence = _JUDGED_SAME if self.is_same else _JUDGED_APART
        points = CODE_POINTS if self.is_same else -CODE_POINTS
        return Reason(
            points,
            sentence.with_values(by=self.judged_by, on=self.judged_at.date().isoformat(), reason=self.reason or "–"),
        )


@dataclass(frozen=True)
class Tie:
    """What holds two records together, or would."""

    pair: Pair
    decision: Decision


@dataclass(frozen=True)
class Conflict:
    """A tie that was left out, because it would join what a judgement or different codes keep apart."""

    tie: Tie
    because: Reason


@dataclass(frozen=True)
class Resolution:
    """All records resolved.

    `entities` are tuples of record keys, each sorted, in the order of their first; `ties` hold them together, a tree
    for each; `possible` waits for a person, the likeliest first; `conflicts` are ties left out; `crowded` are the
    brands that too many records without a code share to compare each with each.
    """

    entities: tuple[tuple[str, ...], ...]
    ties: tuple[Tie, ...]
    possible: tuple[Tie, ...]
    conflicts: tuple[Conflict, ...]
    crowded: tuple[str, ...] = ()

    @cached_property
    def _beside(self) -> Mapping[str, Sequence[Tie]]:
        """Return the ties of each record that has any."""
        beside: dict[str, list[Tie]] = defaultdict(list)
        for tie in self.ties:
            for key in tie.pair:
                beside[key].append(tie)
        return beside

    def how(self, left: str, right: str) -> tuple[Tie, ...]:
        """Return the ties that lead from one record to another of its entity; none where they are not in one."""
        came: dict[str, tuple[Tie, ...]] = {left: ()}
        waiting = deque([left])
        while waiting and right not in came:
            key = waiting.popleft()
            for tie in self._beside.get(key, ()):
                other = tie.pair[tie.pair[0] == key]
                if other not in came:
                    came[other] = (*came[key], tie)
                    waiting.append(other)
        return came.get(right, ())


def ordered(left: str, right: str) -> Pair:
    """Return two record keys in their order.

    >>> ordered("b", "a")
    ('a', 'b')
    """
    return (left, right) if left <= right else (right, left)


def standing(judgements: Iterable[Judgement]) -> dict[Pair, Judgement]:
    """Return the judgement that counts for each pair: the latest, of two of one instant the one that keeps apart."""
    latest: dict[Pair, Judgement] = {}
    for one in judgements:
        other = latest.get(one.pair)
        if other is None or _place(one) > _place(other):
            latest[one.pair] = one
    return latest


def resolve(records: Iterable[FirmRecord], judgements: Iterable[Judgement] = ()) -> Resolution:
    """Return which records are one firm, by codes and by what persons judged, and what waits for a person.

    >>> first = FirmRecord("a", "广州华科科技有限公司", "91440112YL0000012M")
    >>> found = resolve([first, FirmRecord("b", "华科科技（广州）", "91440112YL0000012M"), FirmRecord("c", "广州华科")])
    >>> found.entities, [tie.pair for tie in found.possible]
    ((('a', 'b'), ('c',)), [('b', 'c'), ('a', 'c')])
    """
    by_key = {record.key: record for record in records}
    judged = {pair: one for pair, one in standing(judgements).items() if pair[0] in by_key and pair[1] in by_key}
    pairs, crowded = candidate_pairs(by_key.values())
    decided = {
        pair: found
        for pair in sorted(pairs - judged.keys())
        if (found := decide(by_key[pair[0]], by_key[pair[1]])).verdict is not Verdict.DIFFERENT
    }
    strong = [Tie(pair, found) for pair, found in decided.items() if found.verdict is Verdict.MATCH]
    same = sorted((one for one in judged.values() if one.is_same), key=lambda one: (one.pair,))
    same.sort(key=lambda one: one.judged_at, reverse=True)
    strong += [Tie(one.pair, Decision(Verdict.MATCH, CODE_POINTS, (one.why,))) for one in same]
    groups = _Groups(by_key.values(), [one for one in judged.values() if not one.is_same])
    ties, conflicts = groups.join(strong)
    possible = sorted(
        (
            Tie(pair, found)
            for pair, found in decided.items()
            if found.verdict is Verdict.POSSIBLE and groups.may_be_one(*pair)
        ),
        key=lambda tie: (-tie.decision.points, tie.pair),
    )
    return Resolution(groups.entities(), ties, tuple(possible), conflicts, crowded)


def candidate_pairs(records: Iterable[FirmRecord]) -> tuple[set[Pair], tuple[str, ...]]:
    """Return the pairs worth deciding: those that share a code, and where one has no code a brand or two facts.

    The second answer names the brands that more than 500 records without a code share; they are not compared.
    """
    records = list(records)
    by_code: dict[Code, list[str]] = defaultdict(list)
    named: dict[str, list[FirmRecord]] = defaultdict(list)
    for record in records:
        for code in record.codes.ever:
            by_code[code].append(record.key)
        for brand in {parts.part(BRAND) for parts in record.parts_ever}:
            named[brand].append(record)
    pairs = {ordered(*pair) for keys in by_code.values() for pair in _chain(sorted(set(keys)))}
    crowded = []
    for brand, sharing in named.items():
        bare = [record for record in sharing if not record.codes.ever]
        if len(bare) > _LARGEST_BLOCK:
            crowded.append(brand)
            continue
        pairs.update(ordered(one.key, other.key) for one in bare for other in sharing if one.key != other.key)
    return pairs | _pairs_of_facts(records), tuple(sorted(crowded))


def _pairs_of_facts(records: Sequence[FirmRecord]) -> set[Pair]:
    """Return pairs that share two of their facts where one has no code: of a name mistyped in its brand."""
    bare = [record for record in records if not record.codes.ever]
    beside = sharing_two_facts(bare, records)
    return {ordered(key, other) for key, others in beside.items() for other in others if other != key}


def sharing_two_facts(rows: Iterable[FirmRecord], records: Iterable[FirmRecord]) -> dict[str, list[str]]:
    """Return, for each row, the keys of the records that share two of its facts; of more than 500, none.

    A name with one wrong character speaks only beside two facts that agree (`core/identity.py`): nothing is missed.
    """
    rows = list(rows)
    sharing: dict[tuple[object, ...], list[str]] = {shared: [] for row in rows for shared in _two_facts(row)}
    for record in records:
        for shared in _two_facts(record):
            if shared in sharing:
                sharing[shared].append(record.key)
    return {
        row.key: sorted({key for shared in _two_facts(row) for key in sharing[shared]
                         if len(sharing[shared]) <= _LARGEST_BLOCK})
        for row in rows
    }  # fmt: skip


def _two_facts(record: FirmRecord) -> list[tuple[object, ...]]:
    """Return each two facts that are known of a record, with their places."""
    facts = (record.founded_on, record.representative.strip(), record.address.strip())
    known = [(place, fact) for place, fact in enumerate(facts) if fact]
    return [(*one, *other) for one, other in combinations(known, 2)]


def _chain(keys: Sequence[str]) -> Iterator[Pair]:
    """Yield pairs that tie all keys of one code: each with each while they are few, then each with its next."""
    return combinations(keys, 2) if len(keys) <= 20 else pairwise(keys)


def _place(judgement: Judgement) -> tuple[datetime, bool, str, str]:
    return judgement.judged_at, not judgement.is_same, judgement.judged_by, judgement.reason


class _Groups:
    """Records joined tie by tie, each group with those that a person keeps apart from it."""

    def __init__(self, records: Iterable[FirmRecord], apart: Iterable[Judgement]) -> None:
        self._codes = {record.key: record.codes for record in records}
        self._root = {key: key for key in self._codes}
        self._members = {key: [key] for key in self._codes}
        self._apart: dict[str, dict[str, Judgement]] = defaultdict(dict)
        for one in apart:
            self._apart[one.left][one.right] = self._apart[one.right][one.left] = one

    def join(self, ties: Iterable[Tie]) -> tuple[tuple[Tie, ...], tuple[Conflict, ...]]:
        """Join groups tie by tie in the given order; return the ties that joined, and those a judgement forbids."""
        joined, conflicts = [], []
        for tie in ties:
            left, right = (self._of(key) for key in tie.pair)
            if left == right:
                continue
            barred = self._bar(left, right)
            if barred:
                conflicts.append(Conflict(tie, barred))
                continue
            small, large = sorted((left, right), key=lambda root: len(self._members[root]))
            for key in self._members.pop(small):
                self._root[key] = large
                self._members[large].append(key)
            self._codes[large] = self._codes[large].with_those_of(self._codes.pop(small))
            joined.append(tie)
        return tuple(joined), tuple(conflicts)

    def may_be_one(self, left: str, right: str) -> bool:
        """Tell whether two records are in two groups that nothing keeps apart."""
        ours, theirs = self._of(left), self._of(right)
        return ours != theirs and self._bar(ours, theirs) is None

    def entities(self) -> tuple[tuple[str, ...], ...]:
        """Return the groups, each sorted, in the order of their first."""
        return tuple(sorted(tuple(sorted(members)) for members in self._members.values()))

    def _of(self, key: str) -> str:
        return self._root[key]

    def _bar(self, left: str, right: str) -> Reason | None:
        """Return what keeps two groups apart: different codes, else the first judgement on a record of each."""
        by_code = self._codes[left].why_apart(self._codes[right])
        if by_code:
            return by_code
        found = [
            (ordered(key, other), one)
            for key in self._members[left]
            for other, one in self._apart.get(key, {}).items()
            if self._root[other] == right
        ]
        return min(found, key=lambda each: each[0])[1].why if found else None
