"""Closed lists of rules in the database."""

from __future__ import annotations

from enum import StrEnum


class PackState(StrEnum):
    """Where a version of a pack stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class DraftState(StrEnum):
    """Where a text that is being written stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
