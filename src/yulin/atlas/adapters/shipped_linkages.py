"""The plans of linking: those that ship with Yulin, and those a path names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from yulin.atlas.core.link_plan import LinkPlan, read_plan
from yulin.atlas.errors import LinkPlanError
from yulin.base.text import Text

_ENDING = ".yaml"


@cache
def shipped_plan_ids() -> tuple[str, ...]:
    """Return the ids of all shipped plans, sorted."""
    folder = files("yulin.atlas").joinpath("linkages")
    return tuple(sorted(part.name.removesuffix(_ENDING) for part in folder.iterdir() if part.name.endswith(_ENDING)))


def link_plan(name: str) -> LinkPlan:
    """Return the plan that an id or the path of a YAML file names. **Raises**: `ATLAS.LINK.PLAN`."""
    if name in shipped_plan_ids():
        text = files("yulin.atlas").joinpath("linkages", name + _ENDING).read_text(encoding="utf-8")
    elif Path(name).is_file():
        text = Path(name).read_text(encoding="utf-8")
    else:
        known = ", ".join(shipped_plan_ids())
        needed = Text("%(known)s之一，或YAML文件", "one of %(known)s, or a YAML file").with_values(known=known)
        raise LinkPlanError(where=name, at="PLAN", needed=needed)
    try:
        return read_plan(YAML(typ="safe").load(text), name)
    except YAMLError as error:
        raise LinkPlanError(where=name, at="PLAN", needed=Text("YAML", "YAML")) from error
