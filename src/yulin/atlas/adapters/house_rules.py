"""What the house promises firms about their facts, and what it expects of sources, as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from yulin.atlas.core.source_quality import QualityRules


@dataclass(frozen=True)
class HouseRules:
    """The terms within which the house answers, and what it expects of a source's files."""

    objection_workdays: int
    receipt_workdays: int
    quality: QualityRules


@cache
def shipped_rules() -> HouseRules:
    """Return the rules that ship with the firm register."""
    text = files("yulin.atlas").joinpath("house_rules.yaml").read_text(encoding="utf-8")
    rules = YAML(typ="safe").load(text)
    expected = rules["quality"]
    return HouseRules(
        int(rules["objection"]["decide_within_workdays"]),
        int(rules["recall"]["receipt_within_workdays"]),
        QualityRules(
            *(int(expected[name]) for name in ("least_holds_bp", "falls_by_bp", "files_before", "grace_days"))
        ),
    )
