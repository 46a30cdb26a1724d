"""Addresses of firms, below the language."""

from __future__ import annotations

from django.urls import path

from yulin.atlas import views

app_name = "atlas"

urlpatterns = [
    path("firms/<int:firm_id>/", views.portrait, name="portrait"),
    path("firms/<int:firm_id>/portrait.pdf", views.portrait_pdf, name="portrait-pdf"),
    path("portraits/", views.open_portraits, name="open-portraits"),
    path("consents/", views.consents, name="consents"),
    path("consents/<int:consent_id>/revoke/", views.revoke, name="revoke-consent"),
]
