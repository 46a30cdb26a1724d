"""Addresses of the brain, below the language."""

from __future__ import annotations

from django.urls import path

from yulin.brain import views

app_name = "brain"

urlpatterns = [
    path("check-up/", views.check_ups, name="check-ups"),
    path("check-up/<int:firm_id>/", views.check_up, name="check-up"),
    path("check-up/<int:firm_id>/report.pdf", views.report, name="check-up-report"),
    path("law-effect/", views.law_effect, name="law-effect"),
]
