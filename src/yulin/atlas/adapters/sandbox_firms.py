"""The invented firms that partners' programs are tested against: data that ships, apart from any book."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache
from importlib.resources import files

from django.core import signing
from ruamel.yaml import YAML

from yulin.atlas.core.control_panel import HeldFirm
from yulin.atlas.core.panels import Panel
from yulin.atlas.core.particulars import FORMS, counting, kind_of, particular_name
from yulin.atlas.core.portrait_panels import portrait_panels
from yulin.atlas.core.statements import Said
from yulin.atlas.enums import ParticularKind
from yulin.atlas.errors.outlets import LinkNotFoundError, LinkOverError
from yulin.base.text import Text

_SALT = "yulin.atlas.sandbox-link"


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
    listed: tuple[Said, ...] = ()  # particulars, of which its panels are made

    @property
    def identifier(self) -> str:
        """Return its code, as a firm of the book calls it."""
        return self.code

    def panels(self, on: date, known_at: datetime, opens: Callable[[str], bool]) -> list[Panel]:
        """Return its panels on a day, as known at an instant, of the classes that are asked for."""
        open_kinds = [one for one in self.listed if opens(FORMS[kind_of(one)].group)]
        found = counting(open_kinds, on, known_at)
        around = [HeldFirm(self.code, self.name, found.get(ParticularKind.HOLDING, ()))]
        return portrait_panels(self.code, found, around, on, opens)


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
            tuple(_listed(thing) for thing in one.get("listed", ())),
        )
        for code, one in content.items()
    }


def _said(one: Mapping[str, object]) -> Said:
    since = one["valid_from"]
    known_at = datetime.combine(since, time(), UTC)  # type: ignore[arg-type]  # YAML reads a day
    return Said(str(one["fact"]), one["value"], str(one["source"]), since, None, known_at, original=str(one["value"]))  # type: ignore[arg-type]


def _listed(one: Mapping[str, object]) -> Said:
    """Return one of the things that sources list of a firm."""
    name = particular_name(ParticularKind(str(one["kind"])), str(one["key"]))
    return replace(_said({**one, "fact": name}), original="")


def sandbox_token(code: str, audience: str, until: datetime) -> str:
    """Return what opens a link of the sandbox: a firm, the origin that may frame it, until when."""
    return signing.dumps([code, audience, until.timestamp()], salt=_SALT)


def sandbox_link(token: str, at: datetime) -> tuple[SandboxFirm, str]:
    """Return the firm and the origin of a link. Raises: `ATLAS.LINK.NOT_FOUND`, `ATLAS.LINK.OVER`."""
    try:
        code, audience, until = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        raise LinkNotFoundError from None
    if at.timestamp() >= until or code not in sandbox_firms():
        raise LinkOverError
    return sandbox_firms()[code], audience
