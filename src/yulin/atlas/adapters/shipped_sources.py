"""The contracts of sources: those that ship with Yulin, and those a path names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from yulin.atlas.core.contracts import SourceContract, read_contract
from yulin.atlas.errors import ContractError, SourceUnknownError
from yulin.base.text import Text

_ENDING = ".yaml"


@cache
def shipped_source_ids() -> tuple[str, ...]:
    """Return the ids of all shipped sources, sorted."""
    folder = files("yulin.atlas").joinpath("sources")
    return tuple(sorted(part.name.removesuffix(_ENDING) for part in folder.iterdir() if part.name.endswith(_ENDING)))


def contract_and_content(source: str) -> tuple[SourceContract, dict[str, Any]]:
    """Return the contract that an id or the path of a YAML file names, and its content as data.

    Raises: `ATLAS.SOURCE.UNKNOWN`, `ATLAS.SOURCE.CONTRACT`.
    """
    if source in shipped_source_ids():
        text = files("yulin.atlas").joinpath("sources", source + _ENDING).read_text(encoding="utf-8")
    elif source.endswith((_ENDING, ".yml")) and Path(source).is_file():
        text = Path(source).read_text(encoding="utf-8")
    else:
        raise SourceUnknownError(source=source, known=shipped_source_ids())
    try:
        content = YAML(typ="safe").load(text)
    except YAMLError as error:
        raise ContractError(where=source, at="", needed=Text("YAML", "YAML")) from error
    return read_contract(content, source), content
