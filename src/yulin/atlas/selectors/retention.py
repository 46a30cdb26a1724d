"""How long things are kept: each rule with its state, the holds, and what earlier runs did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from yulin.atlas.adapters.retention_rules import retention_rules
from yulin.atlas.core.retention import HOLD_TEXTS, RetentionRule
from yulin.atlas.enums import HoldKind
from yulin.atlas.errors.retention import RetentionRuleUnknownError
from yulin.atlas.models import RetentionHold, RetentionOrder, RetentionRun
from yulin.base.text import Text


@dataclass(frozen=True)
class RuleShown:
    """A rule as it stands, the proposal by which it is in force, and the one that waits."""

    rule: RetentionRule
    in_force: RetentionOrder | None
    waiting: RetentionOrder | None
    is_changed: bool  # an earlier text of it was in force


def orders_in_force() -> QuerySet[RetentionOrder]:
    """Return the proposals that were approved and not taken back."""
    return RetentionOrder.objects.filter(decision__is_approved=True, end__isnull=True).order_by("pk")


def waiting_orders() -> QuerySet[RetentionOrder]:
    """Return the proposals that nobody has decided, the oldest first."""
    return RetentionOrder.objects.filter(decision__isnull=True, end__isnull=True).order_by("pk")


def order_in_force(rule: RetentionRule) -> RetentionOrder | None:
    """Return the proposal by which a rule is in force exactly as it stands, or None: then nothing goes under it."""
    return orders_in_force().filter(rule_id=rule.id, rule_hash=rule.content_hash).last()


def waiting_order(rule: RetentionRule) -> RetentionOrder | None:
    """Return the proposal of a rule that waits for a decision, or None."""
    return waiting_orders().filter(rule_id=rule.id).last()


def rule_by_id(rule_id: str) -> RetentionRule:
    """Return a rule as it stands. Raises: `ATLAS.RETENTION.NOT_FOUND`, `ATLAS.RETENTION.RULE`."""
    rules = {rule.id: rule for rule in retention_rules()}
    if rule_id not in rules:
        raise RetentionRuleUnknownError(rule=rule_id, known=tuple(rules))
    return rules[rule_id]


def rules_shown() -> list[RuleShown]:
    """Return every rule with its state. Raises: `ATLAS.RETENTION.RULE`."""
    in_force = {order.rule_id: order for order in orders_in_force().select_related("decision")}
    waiting = {order.rule_id: order for order in waiting_orders()}
    return [
        RuleShown(
            rule,
            order if (order := in_force.get(rule.id)) and order.rule_hash == rule.content_hash else None,
            waiting.get(rule.id),
            bool(order and order.rule_hash != rule.content_hash),
        )
        for rule in retention_rules()
    ]


def holds_in_force() -> QuerySet[RetentionHold]:
    """Return the holds that the authority placed and has not lifted, the latest first."""
    return RetentionHold.objects.filter(end__isnull=True).select_related("firm").order_by("-pk")


def runs_done() -> QuerySet[RetentionRun]:
    """Return what runs did, the latest first."""
    return RetentionRun.objects.select_related("order").order_by("-pk")


def reasons_of(kept_for: Mapping[str, int]) -> list[tuple[Text, int]]:
    """Return why things stay, in words, with how many."""
    return [(HOLD_TEXTS[kind], kept_for[kind.value]) for kind in HoldKind if kept_for.get(kind.value)]
