"""Closed lists of files from outside."""

from __future__ import annotations

from enum import StrEnum

from yulin.base.text import Text


class Severity(StrEnum):
    """What a finding on a row means for the row."""

    WARNED = "warned"
    REFUSED = "refused"


class UploadKind(StrEnum):
    """What a file holds: loans to enrol, or the month's returns on enrolled loans."""

    LOANS = "loans"
    RETURNS = "returns"


class UploadMode(StrEnum):
    """Whether one refused row stops the whole file."""

    WHOLE_FILE = "whole_file"
    VALID_ROWS = "valid_rows"


class UploadState(StrEnum):
    """Where an upload stands on its way into the book."""

    RECEIVED = "received"
    MAPPING = "mapping"
    CHECKING = "checking"
    CHECKED = "checked"
    ENROLLING = "enrolling"
    ENROLLED = "enrolled"
    FAILED = "failed"


STATE_TEXTS = {
    UploadState.RECEIVED: Text("已收到", "Received"),
    UploadState.MAPPING: Text("待对应列", "Columns to map"),
    UploadState.CHECKING: Text("核验中", "Being checked"),
    UploadState.CHECKED: Text("已核验", "Checked"),
    UploadState.ENROLLING: Text("入库中", "Being enrolled"),
    UploadState.ENROLLED: Text("已入库", "Enrolled"),
    UploadState.FAILED: Text("未能读取", "Could not be read"),
}


class MessageState(StrEnum):
    """How far a message to a partner's system has come."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"
