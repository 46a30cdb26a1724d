"""Words of the pages of awards: where a batch and an award stand."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from yulin.base.text import Text
from yulin.brain.core.award_claims import CLAIM_WORDS, ClaimState
from yulin.brain.core.awards import AWARD_WORDS, BATCH_WORDS, AwardState, BatchState, Rhythm
from yulin.kit.templatetags.yulin import verdict

register = template.Library()


@register.simple_tag
def batch_state(state: str) -> SafeString:
    """Say where a batch stands."""
    return verdict(*BATCH_WORDS[BatchState(state)])


@register.simple_tag
def award_state(state: str) -> SafeString:
    """Say where an award stands."""
    return verdict(*AWARD_WORDS[AwardState(state)])


@register.filter
def period(period_name: str) -> Text:
    """Say for which period an award is."""
    once = Text("一次性", "once")
    return once if period_name == Rhythm.ONCE else Text(f"{period_name}年度", period_name)


@register.simple_tag
def claim_state(state: str) -> SafeString:
    """Say where a short application stands."""
    return verdict(*CLAIM_WORDS[ClaimState(state)])
