"""Every table of the brain."""

from yulin.brain.models.area import AreaRun, EffectRun
from yulin.brain.models.policies import Policy, PolicyClause, PolicyCorrection, PolicyFile, PolicyVersion
from yulin.brain.models.texts import Collection, Passage, TextDocument

__all__ = [
    "AreaRun",
    "Collection",
    "EffectRun",
    "Passage",
    "Policy",
    "PolicyClause",
    "PolicyCorrection",
    "PolicyFile",
    "PolicyVersion",
    "TextDocument",
]
