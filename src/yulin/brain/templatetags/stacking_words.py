"""Words of the law of stacking on its page: kinds of rules, levels, the benefits that a rule names."""

from __future__ import annotations

from django import template

from yulin.base.text import Text
from yulin.brain.core.load_stacking import StackingLaw
from yulin.brain.core.stacking import LEVEL_NAMES, RULE_NAMES, Benefit, Rule, RuleKind

register = template.Library()
_TOWARDS = {
    RuleKind.GIVES_WAY: Text("让位于", "give way to"),
    RuleKind.NEEDS: Text("以其一为前提", "presuppose one of"),
    RuleKind.BONUS: Text("按以下的比例", "is a share of"),
}


@register.filter
def rule_name(kind: str) -> Text:
    """Return what a kind of rule is called."""
    return RULE_NAMES[kind]


@register.filter
def level_name(level: str) -> Text:
    """Return what a level is called."""
    return LEVEL_NAMES[level]


@register.filter
def towards(kind: str) -> Text:
    """Return what stands between the two sides of a rule."""
    return _TOWARDS[RuleKind(kind)]


@register.filter
def members(rule: Rule, law: StackingLaw) -> list[Benefit]:
    """Return the benefits that a rule limits."""
    return [law.benefits[name] for name in rule.members]


@register.filter
def others(rule: Rule, law: StackingLaw) -> list[Benefit]:
    """Return the benefits to which a rule looks."""
    return [law.benefits[name] for name in rule.to]
