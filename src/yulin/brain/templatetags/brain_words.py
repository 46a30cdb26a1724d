"""Words of the check-up's pages: counts as the reader may see them, requirements, the page of a law, evidence."""

from __future__ import annotations

from django import template
from django.urls import NoReverseMatch, reverse

from yulin.brain.core.shown import class_text, requirement_text
from yulin.brain.selectors.area import Area
from yulin.brain.selectors.area_file import said_count
from yulin.kit.speech import say
from yulin.kit.templatetags.yulin import number
from yulin.rules.core.pack import Pack
from yulin.rules.core.requirements import Requirement

register = template.Library()


@register.filter
def firm_count(firms: int, area: Area) -> str:
    """Say how many firms, exactly only to those who may see them."""
    said = firms if area.sees_firms else said_count(firms)
    return number(said) if isinstance(said, int) else said


@register.filter
def class_name(band: str, pack: Pack) -> str:
    """Say a class of a pack."""
    return say(class_text(band, pack))


@register.filter
def requirement(each: Requirement, area: Area) -> str:
    """Say what a requirement asks."""
    return say(requirement_text(each, area.opened.pack.vocabulary, area.run.on))


@register.simple_tag
def law_address(pack: Pack) -> str:
    """Return where the text of a law can be read, or nothing where there is no such page."""
    try:
        return reverse("rules:law", args=[pack.id])
    except NoReverseMatch:
        return ""
