"""The law of stacking as it stands: what ships, and over it the texts that two persons of the book put in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from functools import lru_cache

from yulin.brain.adapters.stacking_law import shipped_stacking_texts
from yulin.brain.core.load_stacking import StackingLaw, load_stacking
from yulin.brain.enums import VersionState
from yulin.brain.models import Policy, StackingVersion


@dataclass(frozen=True)
class LawText:
    """One text of the law: its name, what it says, and the version that the book made of it, or None as shipped."""

    key: str
    text: str
    version: StackingVersion | None

    @property
    def number(self) -> int:
        """The number of its version; 0 as shipped."""
        return self.version.number if self.version else 0


@dataclass(frozen=True)
class Proposal:
    """A proposal that waits, with the lines that it adds and takes away."""

    version: StackingVersion
    changes: Sequence[tuple[str, str]]  # "+", "-" or " ", and the line


def law_texts() -> dict[str, LawText]:
    """Return the texts that are law, by name."""
    found = {key: LawText(key, text, None) for key, text in shipped_stacking_texts().items()}
    published = StackingVersion.objects.filter(state=VersionState.PUBLISHED.value).order_by("key", "number")
    found |= {one.key: LawText(one.key, one.text, one) for one in published}
    return dict(sorted(found.items()))


def stacking_law() -> StackingLaw:
    """Return the law of stacking in force. **Raises**: every loading error."""
    return _loaded(tuple((key, one.text) for key, one in law_texts().items()))


def law_with(key: str, text: str) -> StackingLaw:
    """Return the law as it would be with one text in place of its present one. **Raises**: every loading error."""
    texts = {name: one.text for name, one in law_texts().items()} | {key: text}
    return load_stacking({f"{name}.yaml": each for name, each in texts.items()})


def policies_not_held(law: StackingLaw) -> list[str]:
    """Return the keys of policies that the law names and the library does not hold."""
    held = set(Policy.objects.filter(key__in=law.policies).values_list("key", flat=True))
    return sorted(set(law.policies) - held)


@lru_cache(maxsize=4)
def _loaded(texts: tuple[tuple[str, str], ...]) -> StackingLaw:
    return load_stacking({f"{key}.yaml": text for key, text in texts})


def stacking_proposals() -> list[Proposal]:
    """Return the proposals that wait for another person."""
    now = law_texts()
    waiting = StackingVersion.objects.filter(state=VersionState.PROPOSED.value).order_by("key")
    return [Proposal(one, _changes(now[one.key].text if one.key in now else "", one.text)) for one in waiting]


def stacking_versions() -> list[StackingVersion]:
    """Return the versions decided or withdrawn, the latest first."""
    return list(StackingVersion.objects.exclude(state=VersionState.PROPOSED.value).order_by("-pk")[:50])


def _changes(old: str, new: str) -> list[tuple[str, str]]:
    lines = list(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=1))[2:]
    return [(line[0], line[1:]) for line in lines if not line.startswith("@@")]
