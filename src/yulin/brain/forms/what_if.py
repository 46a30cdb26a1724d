"""The what-if form of a check-up: facts that the reader may assume; a blank takes what the register says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from yulin.atlas.core.statements import Said
from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.speech import say
from yulin.pool.core.questions import FactUsed, read_fact
from yulin.pool.forms.answers import fact_field
from yulin.rules.core.vocabulary import Fact, Vocabulary

PREFIX = "f-"


class WhatIfForm(forms.Form):
    """One field for each fact that may be assumed."""

    is_all_optional = True

    def __init__(
        self, params: Mapping[str, Any], facts: Iterable[Fact], vocabulary: Vocabulary, said: Mapping[str, Said]
    ) -> None:
        super().__init__(params)
        self._facts = {f"{PREFIX}{fact.alias}": fact for fact in facts}
        for name, fact in self._facts.items():
            one = said.get(fact.alias)
            used = FactUsed(fact.alias, fact.label, one.value, Text(one.source, one.source)) if one else None
            self.fields[name] = fact_field(fact, vocabulary, used)
            self.fields[name].help_text = ""

    def clean(self) -> dict[str, Any]:
        """Read each fact in its own unit."""
        cleaned = super().clean() or {}
        for name, fact in self._facts.items():
            text = str(cleaned.get(name) or "").strip()
            try:
                cleaned[name] = read_fact(fact, text) if text else None
                self._check_range(fact, cleaned[name])
            except (YulinError, ValueError):
                words = Text(f"“{text}”不能读作{fact.label.zh}。", f"“{text}” cannot be read as {fact.label.en}.")
                self.add_error(name, say(words))
        return cleaned

    def _check_range(self, fact: Fact, value: Any) -> None:
        if isinstance(value, int) and not isinstance(value, bool) and not fact.lowest <= value <= fact.highest:
            raise ValueError(value)

    @property
    def changes(self) -> dict[str, Any]:
        """What is assumed, by public names; a field that cannot be read assumes nothing."""
        self.is_valid()
        return {
            name.removeprefix(PREFIX): value
            for name, value in self.cleaned_data.items()
            if name in self._facts and value is not None
        }


def assumed_facts(params: Iterable[str], vocabulary: Vocabulary) -> list[Fact]:
    """Return the facts that an address assumes something about, whichever title is open."""
    named = (vocabulary.by_alias.get(name.removeprefix(PREFIX)) for name in params if name.startswith(PREFIX))
    return [fact for fact in named if fact is not None]
