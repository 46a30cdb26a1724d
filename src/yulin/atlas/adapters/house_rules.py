"""What the house promises firms about their facts, as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML


@dataclass(frozen=True)
class HouseRules:
    """The terms within which the house answers."""

    objection_workdays: int
    receipt_workdays: int


@cache
def shipped_rules() -> HouseRules:
    """Return the rules that ship with the firm register."""
    text = files("yulin.atlas").joinpath("house_rules.yaml").read_text(encoding="utf-8")
    rules = YAML(typ="safe").load(text)
    return HouseRules(
        int(rules["objection"]["decide_within_workdays"]), int(rules["recall"]["receipt_within_workdays"])
    )
