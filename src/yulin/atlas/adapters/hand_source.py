"""What is stated by hand, as a source of its own: its contract ships with the firm register."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from yulin.atlas.core.contracts import SourceContract, read_contract

HAND_EDIT = "hand-edit"


@cache
def hand_source() -> tuple[SourceContract, dict[str, Any]]:
    """Return the contract of what is stated by hand, and its content as data."""
    text = files("yulin.atlas").joinpath("hand_edits.yaml").read_text(encoding="utf-8")
    content = YAML(typ="safe").load(text)
    return read_contract(content, "hand_edits.yaml"), content
