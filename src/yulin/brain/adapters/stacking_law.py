"""The law of stacking that ships with Yulin: the YAML files of `yulin/packs/stacking`, read once a process."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from yulin.brain.core.load_stacking import StackingLaw, load_stacking


@cache
def shipped_stacking() -> StackingLaw:
    """Return every benefit and rule that ships. **Raises**: every loading error."""
    return load_stacking({f"{key}.yaml": text for key, text in shipped_stacking_texts().items()})


@cache
def shipped_stacking_texts() -> dict[str, str]:
    """Return the texts that ship, by name."""
    folder = files("yulin.packs").joinpath("stacking")
    parts = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    return {one.name.removesuffix(".yaml"): one.read_text(encoding="utf-8") for one in parts}
