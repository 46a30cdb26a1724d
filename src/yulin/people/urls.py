"""Addresses of people's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yulin.people import views

app_name = "people"
urlpatterns: list[URLPattern | URLResolver] = [
    path("demo/", views.demo_sign_in, name="demo-sign-in"),
    path("role/", views.switch_role, name="switch-role"),
    path("notices/", views.notices, name="notices"),
    path("notices/<int:notice_id>/", views.open_notice, name="open-notice"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/<int:year>/", views.announce_year, name="announce-year"),
    path("people/", views.users, name="users"),
    path("people/<int:membership_id>/end/", views.end_role, name="end-role"),
    path("people/<int:membership_id>/password/", views.first_password, name="first-password"),
    path("audit/", views.audit, name="audit"),
    path("audit/lines.jsonl", views.audit_lines, name="audit-lines"),
]
