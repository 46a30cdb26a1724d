"""What the page of a scanned document says of its reading: whether it can be asked for, waits, or failed and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yulin.base.text import Text
from yulin.brain.adapters.scanned import missing_engine
from yulin.brain.models import PolicyFile, PolicyVersion
from yulin.brain.selectors.library import proposals, scanned_version


@dataclass(frozen=True)
class Scan:
    """The reading of a scanned document: its state, why the last one failed, what has to be installed first."""

    file_id: int
    state: str
    why: Text | None
    missing: Text | None


def scan_of(file: PolicyFile | None) -> Scan | None:
    """Return how the reading of a file stands; None where none of it waits for its text."""
    if file is None or scanned_version(file.pk) is None:
        return None
    said = file.report.get("scan", {})
    why = Text(said["zh"], said["en"]) if said.get("state") == "failed" else None
    return Scan(file.pk, said.get("state", ""), why, missing_engine())


def proposals_of(keys: Iterable[str]) -> list[PolicyVersion]:
    """Return the versions of some policies that wait, with the file that each came in: for a file that came later."""
    return list(proposals().filter(policy__key__in=list(keys)).select_related("policy", "file"))
