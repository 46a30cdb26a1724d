"""Every table of the brain."""

from yulin.brain.models.area import AreaRun, EffectRun
from yulin.brain.models.texts import Collection, Passage, TextDocument

__all__ = ["AreaRun", "Collection", "EffectRun", "Passage", "TextDocument"]
