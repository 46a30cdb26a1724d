"""How sensitive facts are and who takes them out, as data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from yulin.atlas.core.exports import Classification


@cache
def shipped_classification() -> Classification:
    """Return the levels that ship with the firm register."""
    text = files("yulin.atlas").joinpath("classification.yaml").read_text(encoding="utf-8")
    found = YAML(typ="safe").load(text)
    return Classification(dict(found["levels"]), dict(found["roles"]), int(found["take_within_days"]))
