"""Tables of people: organisations, users, memberships, the audit trail, the calendar, notices, the book."""

from __future__ import annotations

from yulin.people.models.audit import AuditEntry, AuditSeal, SealedAuditEntry
from yulin.people.models.book import Book, CalendarDay, CalendarYear
from yulin.people.models.clients import ApiClient
from yulin.people.models.notices import Notice, NoticeReading
from yulin.people.models.organisations import Membership, Organisation, User

__all__ = [
    "ApiClient",
    "AuditEntry",
    "AuditSeal",
    "Book",
    "CalendarDay",
    "CalendarYear",
    "Membership",
    "Notice",
    "NoticeReading",
    "Organisation",
    "SealedAuditEntry",
    "User",
]
