"""Addresses of firms, below the language."""

from __future__ import annotations

from django.urls import path

from yulin.atlas import views

app_name = "atlas"

urlpatterns = [
    path("firms/<int:firm_id>/", views.portrait, name="portrait"),
]
