"""Weighed pairs of records as groups: the surest first, nothing joined that a person keeps apart or a name alone ties.

Properties: the order of pairs changes nothing; two records judged different are never in one group; a pair that only
names speak for joins nothing, however sure it seems.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yulin.base.text import Text

Pair = tuple[str, str]


@dataclass(frozen=True)
class Evidence:
    """What one column says of a pair: its two values and its weight in bits (above 0 speaks for one)."""

    label: Text
    left: str
    right: str
    weight: float
    is_name: bool

    @property
    def sentence(self) -> Text:
        """Return it as a sentence."""
        weight = f"{self.weight:+.1f}"
        if self.left == self.right:
            return _SAME.with_values(label=self.label, value=self.left, weight=weight)
        return _UNLIKE.with_values(label=self.label, left=self.left, right=self.right, weight=weight)


@dataclass(frozen=True)
class Weighed:
    """A pair with its probability, its whole weight and what each column says; unknown columns say nothing."""

    pair: Pair
    probability: float
    weight: float
    evidence: tuple[Evidence, ...]

    @property
    def why(self) -> Text:
        """Return the reasons, the heaviest first."""
        told = sorted(self.evidence, key=lambda one: -abs(one.weight))
        return Text("；".join(one.sentence.zh for one in told), "; ".join(one.sentence.en for one in told))

    @property
    def rests_on_names(self) -> bool:
        """Tell whether nothing but names speaks for one."""
        return not any(one.weight > 0 and not one.is_name for one in self.evidence)


@dataclass(frozen=True)
class Grouped:
    """Records grouped: the groups, the pairs that joined them, and those left out because a person keeps them apart."""

    groups: tuple[tuple[str, ...], ...]
    joined: tuple[int, ...]
    barred: tuple[int, ...]


_SAME = Text("%(label)s相同：%(value)s（%(weight)s）", "same %(label)s: %(value)s (%(weight)s)")
_UNLIKE = Text("%(label)s：%(left)s / %(right)s（%(weight)s）", "%(label)s: %(left)s / %(right)s (%(weight)s)")


def group(
    keys: Iterable[str], pairs: Sequence[Pair], weights: Sequence[float], apart: Mapping[Pair, object]
) -> Grouped:
    """Return the groups that pairs make, joined from the heaviest down; `joined` and `barred` are places in `pairs`.

    >>> group("abc", [("a", "b"), ("b", "c")], [9.0, 7.0], {("a", "c"): None}).groups
    (('a', 'b'), ('c',))
    """
    root = {key: key for key in keys}
    members = {key: [key] for key in root}
    foes: dict[str, set[str]] = {}
    for left, right in apart:
        foes.setdefault(left, set()).add(right)
        foes.setdefault(right, set()).add(left)
    joined, barred = [], []
    for place in sorted(range(len(pairs)), key=lambda at: (-weights[at], pairs[at])):
        small, large = (root[key] for key in pairs[place])
        if small == large:
            continue
        if len(members[small]) > len(members[large]):
            small, large = large, small
        if foes and any(root.get(foe) == large for key in members[small] for foe in foes.get(key, ())):
            barred.append(place)
            continue
        for key in members[small]:
            root[key] = large
        members[large] += members.pop(small)
        joined.append(place)
    return Grouped(tuple(sorted(tuple(sorted(each)) for each in members.values())), tuple(joined), tuple(barred))
