"""Every write of people."""

from __future__ import annotations

from yulin.people.services.audit import record_audit, seal_audit_trail
from yulin.people.services.book import announce_calendar_year, keep_book, move_book_day, set_calendar_day
from yulin.people.services.clients import create_api_client, switch_off_api_client
from yulin.people.services.notices import NewNotice, mark_notice_read, notify, notify_all, settle_notices
from yulin.people.services.organisations import (
    add_person,
    create_organisation,
    create_user,
    end_membership,
    grant_membership,
    rename_organisation,
    set_first_password,
    switch_role,
)

__all__ = [
    "NewNotice",
    "add_person",
    "announce_calendar_year",
    "create_api_client",
    "create_organisation",
    "create_user",
    "end_membership",
    "grant_membership",
    "keep_book",
    "mark_notice_read",
    "move_book_day",
    "notify",
    "notify_all",
    "record_audit",
    "rename_organisation",
    "seal_audit_trail",
    "set_calendar_day",
    "set_first_password",
    "settle_notices",
    "switch_off_api_client",
    "switch_role",
]
