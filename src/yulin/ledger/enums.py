"""Closed lists: kinds of transfers and of accounts."""

from __future__ import annotations

from enum import StrEnum


class TransferKind(StrEnum):
    """What a transfer does: move, reserve, move or release what was reserved, or undo."""

    POSTED = "posted"
    HOLD = "hold"
    POST = "post"
    VOID = "void"
    EXPIRY = "expiry"
    REVERSAL = "reversal"


class AccountKind(StrEnum):
    """What an account stands for."""

    FUNDING = "funding"
    BUDGET = "budget"
    CAPACITY = "capacity"
    COMMITMENT = "commitment"
    COMPENSATION_PAID = "compensation_paid"
    WRITTEN_OFF = "written_off"
    RECOVERY_RECEIVABLE = "recovery_receivable"
    RECOVERY_RECEIVED = "recovery_received"
    BANK = "bank"
    GUARANTOR = "guarantor"
    INSURER = "insurer"
    CLEARING = "clearing"
