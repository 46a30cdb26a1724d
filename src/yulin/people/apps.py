"""The Django application of people."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, organisations, roles, the audit trail."""

    name = "yulin.people"
    label = "people"
    verbose_name = "机构与人员"

    def ready(self) -> None:
        """Tell the clock who knows the day on which the book stands still, and who seals the audit trail."""
        from yulin.kit import clock, sealing  # noqa: PLC0415 - app ready
        from yulin.people.selectors import pinned_business_date  # noqa: PLC0415 - app ready
        from yulin.people.services import seal_audit_trail  # noqa: PLC0415 - app ready

        clock.read_pin_with(pinned_business_date)
        sealing.seal_with("people.audit", seal_audit_trail)
