"""How the templates of firms name a source."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from yulin.atlas.models import Source
from yulin.base.text import Text
from yulin.rules.adapters.shipped import shipped_vocabulary

register = template.Library()


@register.filter
def source_name(code: str, sources: Mapping[str, Source]) -> Text:
    """Return what a source is called: by its contract, by the vocabulary, else as it was written."""
    source = sources.get(code)
    if source is not None:
        return Text(source.title_zh, source.title_en)
    usual = shipped_vocabulary().sources.get(code)
    return usual.name if usual else Text(code, code)
