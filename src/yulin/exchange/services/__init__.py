"""Every write of files: received, mapped, checked, enrolled or not to be read."""

from __future__ import annotations

from yulin.exchange.services.checking import (
    Check,
    await_mapping,
    fail_upload,
    read_upload,
    record_check,
    report_progress,
)
from yulin.exchange.services.enrolling import begin_enrolment, choose_mode, record_enrolment
from yulin.exchange.services.receiving import receive_upload, save_mapping

__all__ = [
    "Check",
    "await_mapping",
    "begin_enrolment",
    "choose_mode",
    "fail_upload",
    "read_upload",
    "receive_upload",
    "record_check",
    "record_enrolment",
    "report_progress",
    "save_mapping",
]
