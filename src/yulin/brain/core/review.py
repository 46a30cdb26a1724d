"""The review of an application: who may not judge it, who is drawn, what scores and votes say together.

An expert is shut out who holds a part of the firm, directly or through any chain, works for it, for one that holds it
or is held with it, for a bank or guarantor of its loans, advises it, or has named it. All of this is read from the
registers. A name alone proves nothing: whose name alone is that of a holder, or of one who runs the firm (registers
give no code of such), is set aside as unknown and not drawn until a person tells them apart. Who draws cannot choose:
experts stand in the order of a hash that anybody can recompute. Source: BL-25 (an adviser's paper shown to its
reviewer; others' verdicts seen before one's own).

Invariant: the same seed and the same experts give the same draw; nobody with a conflict, proven or open, is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from hashlib import sha256

from yulin.base.text import Text


class Tie(StrEnum):
    """What ties an expert to an applicant."""

    HOLDS = "holds"
    EMPLOYED = "employed"
    EMPLOYER_HOLDS = "employer_holds"
    FUNDER = "funder"
    MEMBER = "member"
    DECLARED = "declared"
    SAME_NAME = "same_name"
    NAME_IN_OFFICE = "name_in_office"


TIES: Mapping[Tie, Text] = {
    Tie.HOLDS: Text("持有该企业股权", "holds a part of the firm"),
    Tie.EMPLOYED: Text("任职于该企业", "works for the firm"),
    Tie.EMPLOYER_HOLDS: Text("任职单位与该企业有股权关系", "the employer is tied to the firm by holdings"),
    Tie.FUNDER: Text("任职于该企业的贷款银行或担保机构", "works for a bank or guarantor of the firm"),
    Tie.MEMBER: Text("是该企业或其顾问机构的人员", "belongs to the firm or to its adviser"),
    Tie.DECLARED: Text("本人申报回避", "has named the firm"),
    Tie.SAME_NAME: Text("与股东同名，身份不明，未核实前不抽取", "has the name of a holder; not drawn until told apart"),
    Tie.NAME_IN_OFFICE: Text(
        "与主要人员同名，身份不明，未核实前不抽取", "has the name of one who runs the firm; not drawn until told apart"
    ),
}


@dataclass(frozen=True)
class Judge:
    """An expert as the rule needs it: the code by which registers know the person, the employer, what was named."""

    number: str
    name: str
    person_code: str = ""
    employer: str = ""
    organisations: frozenset[int] = frozenset()
    declared: frozenset[str] = frozenset()
    told_apart: frozenset[str] = frozenset()  # firms of which a person has found that it is only the same name


@dataclass(frozen=True)
class Side:
    """The applicant's side: its code, holders by code, those without one by name, who is tied to it, who runs it."""

    firm: str
    holders: frozenset[str] = frozenset()
    holder_names: frozenset[str] = frozenset()
    tied_firms: frozenset[str] = frozenset()
    funders: frozenset[str] = frozenset()
    organisations: frozenset[int] = frozenset()
    names_in_office: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Standing:
    """One expert in a draw: what ties them, where they stand in the order, whether they are drawn."""

    judge: Judge
    ties: tuple[Tie, ...]
    order: str
    is_drawn: bool = False


def ties_of(judge: Judge, side: Side) -> tuple[Tie, ...]:
    """Return everything that ties an expert to an applicant.

    >>> ties_of(Judge("1", "王示例", employer="F1"), Side("F1"))
    (<Tie.EMPLOYED: 'employed'>,)
    """
    is_unknown = side.firm not in judge.told_apart
    found = {
        Tie.HOLDS: bool(judge.person_code) and judge.person_code in side.holders,
        Tie.EMPLOYED: bool(judge.employer) and judge.employer == side.firm,
        Tie.EMPLOYER_HOLDS: judge.employer in (side.holders | side.tied_firms) - {side.firm, ""},
        Tie.FUNDER: judge.employer in side.funders - {""},
        Tie.MEMBER: bool(judge.organisations & side.organisations),
        Tie.DECLARED: side.firm in judge.declared,
        Tie.SAME_NAME: judge.name in side.holder_names and is_unknown,
        Tie.NAME_IN_OFFICE: judge.name in side.names_in_office and is_unknown,
    }
    return tuple(tie for tie, is_so in found.items() if is_so)


def order_of(seed: str, number: str) -> str:
    """Return the place of an expert in a draw: the SHA-256 of seed, bar and number, as anybody can compute it.

    >>> order_of("SQ-1|1", "E-1")[:8]
    '7151fb1a'
    """
    return sha256(f"{seed}|{number}".encode()).hexdigest()


def draw(judges: Iterable[Judge], side: Side, *, seed: str, count: int) -> list[Standing]:
    """Return every expert in the order of the draw; the first `count` that nothing ties are drawn."""
    standing = sorted(
        (Standing(one, ties_of(one, side), order_of(seed, one.number)) for one in judges), key=lambda one: one.order
    )
    free = [one.judge.number for one in standing if not one.ties][:count]
    return [Standing(one.judge, one.ties, one.order, one.judge.number in free) for one in standing]


class Vote(StrEnum):
    """What a member of the panel says."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


@dataclass(frozen=True)
class PanelResult:
    """What a panel's votes say: whether enough voted, and whether more than half of those who chose are in favour."""

    votes: Mapping[Vote, int]
    quorum: int

    @property
    def has_quorum(self) -> bool:
        """Whether enough members voted; who abstains is there."""
        return sum(self.votes.values()) >= self.quorum

    @property
    def is_for(self) -> bool:
        """Whether it is in favour; a tie is not."""
        return self.has_quorum and self.votes.get(Vote.FOR, 0) > self.votes.get(Vote.AGAINST, 0)


def panel_result(votes: Sequence[Vote], quorum: int) -> PanelResult:
    """Return what votes say.

    >>> panel_result([Vote.FOR, Vote.AGAINST], 2).is_for, panel_result([Vote.FOR, Vote.ABSTAIN], 2).is_for
    (False, True)
    """
    return PanelResult({vote: list(votes).count(vote) for vote in Vote}, quorum)


@dataclass(frozen=True)
class Scored:
    """The points of one expert, by criterion."""

    number: str
    points: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All points."""
        return sum(self.points.values())


def mean_points(scores: Sequence[Scored]) -> Fraction | None:
    """Return the mean of the totals, None where nobody has scored.

    >>> mean_points([Scored("1", {"a": 80}), Scored("2", {"a": 81})])
    Fraction(161, 2)
    """
    return Fraction(sum(one.total for one in scores), len(scores)) if scores else None


def may_see_scores(own_is_in: bool, *, is_expert: bool) -> bool:
    """Tell whether others' scores may be seen: by an expert after the own score is in, by the bureau always.

    >>> may_see_scores(False, is_expert=True)
    False
    """
    return own_is_in or not is_expert
