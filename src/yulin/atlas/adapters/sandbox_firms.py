"""The invented firms that partners' programs are tested against: data that ships, apart from any book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from yulin.atlas.core.statements import Said
from yulin.base.text import Text


class SandboxAnswer(StrEnum):
    """What asking for a firm of the sandbox comes to."""

    SHOWN = "shown"
    NO_CONSENT = "no_consent"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class SandboxFirm:
    """One invented firm: what asking for it comes to and why, what is said of it, what of that it contests."""

    code: str
    name: str
    answers: SandboxAnswer
    says: Text
    said: tuple[Said, ...]
    contested: frozenset[str]


@cache
def sandbox_firms() -> Mapping[str, SandboxFirm]:
    """Return every firm of the sandbox by its code."""
    text = files("yulin.atlas").joinpath("sandbox.yaml").read_text(encoding="utf-8")
    content = YAML(typ="safe").load(text)["firms"]
    return {
        code: SandboxFirm(
            code,
            one["name"],
            SandboxAnswer(one["answers"]),
            Text(*one["says"]),
            tuple(_said(fact) for fact in one.get("facts", ())),
            frozenset(one.get("contested", ())),
        )
        for code, one in content.items()
    }


def _said(one: Mapping[str, object]) -> Said:
    since = one["valid_from"]
    known_at = datetime.combine(since, time(), UTC)  # type: ignore[arg-type]  # YAML reads a day
    return Said(str(one["fact"]), one["value"], str(one["source"]), since, None, known_at, original=str(one["value"]))  # type: ignore[arg-type]
