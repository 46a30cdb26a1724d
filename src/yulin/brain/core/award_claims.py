"""The short application (快申快享): a firm of which a fact is unknown says that fact alone, with its proof.

All else comes from what is known. The firm is paid within sixty working days of the day on which it has said
everything; at each moment one party has the claim. A contested value is not said anew: its objection decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from yulin.base.text import Text
from yulin.brain.core.awards import AwardState
from yulin.brain.core.call_forms import FieldKind, FormField, read_value
from yulin.brain.core.check_up import bare_name
from yulin.brain.errors import AwardClaimError
from yulin.rules.core.vocabulary import Vocabulary

WORKDAYS = 60
_KINDS = {
    "money": FieldKind.MONEY,
    "count": FieldKind.COUNT,
    "bool": FieldKind.YES_NO,
    "date": FieldKind.DAY,
    "member": FieldKind.CHOICE,
}


class ClaimState(StrEnum):
    """Where a short application is: said by the firm, returned to it, or found right by the authority."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    VERIFIED = "verified"


CLAIM_WORDS: Mapping[ClaimState, tuple[str, Text]] = MappingProxyType(
    {
        ClaimState.SUBMITTED: ("warn", Text("待核实", "To be verified")),
        ClaimState.RETURNED: ("bad", Text("已退回", "Returned")),
        ClaimState.VERIFIED: ("ok", Text("已核实", "Verified")),
    }
)
_FIRM, _OFFICER = Text("企业", "the firm"), Text("科技局经办", "the authority's officer")
_HOLDERS: Mapping[AwardState, Text] = MappingProxyType(
    {
        AwardState.LISTED: Text("科技局审批", "the authority's checker"),
        AwardState.NOTICED: _FIRM,
        AwardState.ACCEPTED: Text("科技局两名放款人", "two people of the authority"),
        AwardState.RELEASED: Text("付款银行", "the paying bank"),
    }
)


def who_has(claim: ClaimState, award: AwardState | None) -> Text | None:
    """Return who has a short application; None where nobody has to do anything any more.

    >>> who_has(ClaimState.SUBMITTED, None).en, who_has(ClaimState.VERIFIED, AwardState.PAID)
    ("the authority's officer", None)
    """
    if claim is ClaimState.RETURNED:
        return _FIRM
    if award is None or award is AwardState.DROPPED:
        return _OFFICER
    return _HOLDERS.get(award)


def asked_fields(missing: Sequence[str], vocabulary: Vocabulary) -> list[FormField]:
    """Return a field for each missing fact that a firm can say. **Raises**: `BRAIN.AWARD.CLAIM` where it cannot."""
    found = []
    for name in missing:
        fact = vocabulary.find(bare_name(name))
        kind = _KINDS.get(fact.type.kind) if fact else None
        label = vocabulary.label(name)
        if fact is None or kind is None:
            raise AwardClaimError(
                fact=label, why=Text("这项事实须由数据来源补充", "this fact has to come from its source")
            )
        members = vocabulary.lists[fact.type.unit].members if kind is FieldKind.CHOICE else {}
        bounds = (fact.lowest, fact.highest) if kind in {FieldKind.MONEY, FieldKind.COUNT} else (None, None)
        found.append(
            FormField(
                name, kind, label, is_required=True, least=bounds[0], most=bounds[1], choices=tuple(members.items())
            )
        )
    return found


def read_given(fields: Sequence[FormField], said: Mapping[str, str]) -> dict[str, Any]:
    """Return what a firm says of its missing facts. **Raises**: `BRAIN.AWARD.CLAIM`, `BRAIN.APPLICATION.VALUE`."""
    given = {one.id: read_value(one, said.get(one.id, "")) for one in fields}
    for one in fields:
        if given[one.id] is None:
            raise AwardClaimError(fact=one.label, why=Text("没有填写", "it is not said"))
    return given


@dataclass(frozen=True)
class Given:
    """What a firm has said and the authority found right: values by the facts' names, and since when."""

    values: Mapping[str, Any]
    since: str
