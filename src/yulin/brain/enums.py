"""Closed lists of the brain."""

from __future__ import annotations

from enum import StrEnum


class VersionState(StrEnum):
    """Where a version of a policy is on its way to the library."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class CallState(StrEnum):
    """Where a call is on its way to applicants; whether it is open is told by its days."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class CorrectionState(StrEnum):
    """What became of a reader's suggestion."""

    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"


class CriteriaState(StrEnum):
    """Where a policy's criteria are on their way to the radar."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    REPLACED = "replaced"
