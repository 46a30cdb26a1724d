"""Addresses of the rules, below the language."""

from __future__ import annotations

from django.urls import path

from yulin.rules.views import laws

app_name = "rules"

urlpatterns = [
    path("laws/", laws.law_list, name="laws"),
    path("laws/compare/", laws.compare, name="compare"),
    path("laws/<str:pack_id>/", laws.law, name="law"),
    path("laws/<str:pack_id>/<str:name>", laws.text, name="law-text"),
]
