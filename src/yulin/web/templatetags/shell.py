"""Tags that the shell alone needs: a block said twice, whether a page fills it, an address with one word changed."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict
from django.template.base import NodeList
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockNode
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def again(context: Context, name: str) -> SafeString:
    """Render a block a second time: the title of the tab is the heading of the page."""
    return mark_safe(BlockNode(name, NodeList()).render(context).strip())


@register.simple_tag(takes_context=True)
def filled(context: Context, name: str) -> bool:
    """Tell whether the page says anything in a block of the shell."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    return blocks is not None and len(blocks.blocks.get(name, ())) > 1


@register.simple_tag(takes_context=True)
def with_query(context: Context, **changes: Any) -> str:
    """Return this page's query with some words changed; an empty value takes the word out. Paging starts again."""
    query: QueryDict = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return "?" + query.urlencode()


@register.simple_tag(takes_context=True)
def without(context: Context, name: str) -> str:
    """Return this page's query without one word."""
    return with_query(context, **{name: ""})
