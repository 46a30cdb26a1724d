"""How deep a claim is reviewed: by its amount and by how early the loan defaulted; and who is excluded from it.

The bounds stand in the scheme's chapter `routing`: `amount` (the loss base from which on the review is deep) and
`early_default` (months from lending within which a default asks for the whole origination file). Source of the second
bound: AU-03, reviews of early defaults. A scheme without bounds routes every claim to the normal review.

Invariant: nobody who belongs to a party of the claim takes a step in its review.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from yulin.base.text import OWN_CURRENCY, Text
from yulin.pool.core.words import money_word
from yulin.pool.enums import ClaimRoute
from yulin.rules.core.calendar import add_months
from yulin.rules.core.scheme import EARLY_DEFAULT, Provision


@dataclass(frozen=True)
class Routing:
    """The route of a claim and why."""

    route: ClaimRoute
    is_early_default: bool
    reasons: tuple[Text, ...] = ()


def route_claim(
    rules: Sequence[Provision],
    *,
    loss_base_fen: int,
    disbursed_on: date,
    defaulted_on: date,
    currency: str = OWN_CURRENCY,
) -> Routing:
    """Return how deep a claim is reviewed under a scheme's bounds.

    >>> route_claim((), loss_base_fen=1, disbursed_on=date(2021, 1, 1), defaulted_on=date(2021, 2, 1)).route.value
    'normal'
    """
    reasons: list[Text] = []
    is_early = False
    for rule in rules:
        if rule.row.is_unverified or rule.number is None:
            continue
        if rule.id == "amount" and rule.unit == "money" and loss_base_fen >= rule.number:
            most = money_word(rule.number, currency)
            reasons.append(Text(f"补偿基数达到{most.zh}", f"the loss base reaches {most.en}"))
        if rule.id == EARLY_DEFAULT and rule.unit == "months":
            is_early = defaulted_on <= date.fromordinal(add_months(disbursed_on.toordinal(), rule.number))
            if is_early:
                reasons.append(
                    Text("放款%(n)s个月内违约", "default within %(n)s {n:month|months} of lending").with_values(
                        n=rule.number
                    )
                )
    return Routing(ClaimRoute.DEEP if reasons else ClaimRoute.NORMAL, is_early, tuple(reasons))


def needs_meeting(rules: Sequence[Provision], *, loss_base_fen: int) -> bool:
    """Tell whether a claim is decided on a joint meeting's minutes: the chapter's `joint_meeting`, from an amount on.

    A rule without an amount is for every claim.

    >>> needs_meeting((), loss_base_fen=10**12)
    False
    """
    return any(
        rule.id == "joint_meeting"
        and not rule.row.is_unverified
        and (rule.number is None or (rule.unit == "money" and loss_base_fen >= rule.number))
        for rule in rules
    )


def conflict_of(memberships: Iterable[int], parties: Mapping[int, Text]) -> Text | None:
    """Return the party of a claim that a person belongs to, or None; both by organisation.

    >>> conflict_of([7], {7: Text("示例银行", "Demo bank")}).en
    'Demo bank'
    """
    return next((parties[one] for one in memberships if one in parties), None)
