"""Addresses of people's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

app_name = "people"
urlpatterns: list[URLPattern | URLResolver] = []
