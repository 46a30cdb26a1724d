"""Closed lists of the firm register."""

from __future__ import annotations

from enum import StrEnum


class CodeKind(StrEnum):
    """What a further code of a firm is."""

    USCC = "uscc"
    SUCCESSOR = "successor"
    REGISTRATION_15 = "registration_15"
    ORGANISATION_CODE = "organisation_code"
    OTHER = "other"
