"""How the templates of firms name a source, classes of facts and the basis of a reading."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from yulin.atlas.selectors.objections import Mark
from yulin.atlas.selectors.portrait import Portrait
from yulin.atlas.selectors.rights import basis_names, group_names
from yulin.base.text import Text

register = template.Library()

_CHANNELS = {
    "page": Text("网页", "Page"),
    "pdf": Text("PDF", "PDF"),
    "api": Text("接口", "API"),
    "export": Text("导出", "Export"),
    "predicate": Text("是否问答", "Yes-or-no question"),
}


@register.filter
def source_name(code: str, portrait: Portrait) -> Text:
    """Return what a source is called."""
    return portrait.source_name(code)


@register.filter
def mark_of(fact: str, portrait: Portrait) -> Mark | None:
    """Return what stands beside a contested fact."""
    return portrait.marks.get(fact)


@register.filter
def groups(classes: Iterable[str]) -> tuple[Text, ...]:
    """Return what classes of facts are called."""
    return group_names(classes)


@register.filter
def bases(basis: Iterable[str]) -> tuple[Text, ...]:
    """Return on what a reading rested."""
    return basis_names(basis)


@register.filter
def channel_name(channel: str) -> Text:
    """Return by which way facts were read."""
    return _CHANNELS[channel]
