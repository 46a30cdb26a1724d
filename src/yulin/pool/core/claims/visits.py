"""An expert's visit to the firm of a claim: who may not make it.

The register of experts says what ties an expert to the firm: holdings, employment, what was named. Shut out beside
that is who belongs to a party of the claim or is employed by one, and who took a step of it: a visit is a look by
somebody else. Source: AU-03 (a second, independent look at early defaults); ADR of the review of applications.

Invariant: nobody visits on behalf of a claim in which they have a part, and nobody visits unnamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yulin.base.text import Text


@dataclass(frozen=True)
class ListedExpert:
    """An expert of the register, as a list shows one."""

    number: str
    name: str
    house: str = ""
    fields: str = ""


@dataclass(frozen=True)
class Visitor:
    """An expert before a visit: who it is, where they belong, what the register knows to tie them to the firm."""

    listed: ListedExpert
    user_id: int
    employer: str = ""
    organisations: frozenset[int] = frozenset()
    ties: tuple[Text, ...] = ()


@dataclass(frozen=True)
class ClaimSide:
    """The side of a claim: its parties by organisation and by code, and who took which step."""

    parties: Mapping[int, Text]
    codes: Mapping[str, Text]
    hands: Mapping[int, Text]


def reasons_against(visitor: Visitor, side: ClaimSide) -> tuple[Text, ...]:
    """Return everything that shuts an expert out of visiting for a claim.

    >>> expert = Visitor(ListedExpert("ZJ-1", "王示例"), user_id=7, employer="B01")
    >>> [one.en for one in reasons_against(expert, ClaimSide({}, {"B01": Text("示例银行", "Demo bank")}, {}))]
    ['is employed by Demo bank']
    """
    belongs = [
        Text("是%(party)s的人员", "belongs to %(party)s").with_values(party=name)
        for party, name in side.parties.items()
        if party in visitor.organisations
    ]
    employer = side.codes.get(visitor.employer) if visitor.employer else None
    employed = [Text("任职于%(party)s", "is employed by %(party)s").with_values(party=employer)] if employer else []
    step = side.hands.get(visitor.user_id)
    handled = [Text("已经办本件“%(step)s”", "took this claim's step “%(step)s”").with_values(step=step)] if step else []
    return (*visitor.ties, *belongs, *employed, *handled)
