"""Which facts are public by their source, as data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from yulin.atlas.core.public_facts import PublicFacts
from yulin.base.text import Text


@cache
def shipped_public_facts() -> tuple[PublicFacts, ...]:
    """Return what is public, by id."""
    text = files("yulin.atlas").joinpath("public_facts.yaml").read_text(encoding="utf-8")
    content = YAML(typ="safe").load(text)["public"]
    return tuple(
        PublicFacts(
            id=name,
            title=Text(*one["title"]),
            law=one["law"],
            verified=one["verified"],
            sources=frozenset(one["sources"]),
            facts=frozenset(one["facts"]),
        )
        for name, one in sorted(content.items())
    )
