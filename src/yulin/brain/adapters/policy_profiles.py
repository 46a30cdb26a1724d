"""The layouts of policy documents that ship with the library, read from `yulin/brain/profiles`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from yulin.base.text import Text
from yulin.brain.core.profiles import Profile
from yulin.brain.errors import PolicyProfileError

CARDS, RUNNING, PORTAL, EXCHANGE = "policy-cards", "running-text", "portal-page", "aides-entreprises"


@cache
def shipped_profiles() -> Mapping[str, Profile]:
    """Return every layout, by id."""
    folder = files("yulin.brain").joinpath("profiles")
    texts = sorted(one.name for one in folder.iterdir() if one.name.endswith(".yaml"))
    read = (YAML(typ="safe").load(folder.joinpath(name).read_text(encoding="utf-8")) for name in texts)
    return {profile.id: profile for profile in map(_profile, read)}


def profile_named(name: str) -> Profile:
    """Return a layout. Raises: BRAIN.POLICY.PROFILE."""
    found = shipped_profiles().get(name)
    if found is None:
        raise PolicyProfileError(found=name, needed=", ".join(shipped_profiles()))
    return found


def _profile(said: Mapping[str, Any]) -> Profile:
    return Profile(
        id=said["id"],
        name=Text(said["name"]["zh"], said["name"]["en"]),
        begins=re.compile(said["begins"]) if "begins" in said else None,
        section=re.compile(said["section"]) if "section" in said else None,
        labels=tuple((label, part) for label, part in said.get("labels", ())),
        headings=tuple((re.compile(pattern), part) for pattern, part in said.get("headings", ())),
        before=tuple(re.compile(pattern, re.MULTILINE) for pattern in said.get("before", ())),
        after=tuple(re.compile(pattern) for pattern in said.get("after", ())),
        no_page={why: re.compile(pattern) for why, pattern in said.get("no_page", {}).items()},
        facts={name: re.compile(pattern) for name, pattern in said.get("facts", {}).items()},
        columns=dict(said.get("columns", {})),
        flags=dict(said.get("flags", {})),
        states=dict(said.get("states", {})),
    )
