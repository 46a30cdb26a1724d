"""Addresses of the rules, below the language."""

from __future__ import annotations

from django.urls import path

from yulin.rules.views import drafts, laws

app_name = "rules"

urlpatterns = [
    path("law-drafts/", drafts.draft_list, name="drafts"),
    path("law-drafts/start/", drafts.start, name="draft-start"),
    path("law-drafts/<int:draft_id>/", drafts.draft, name="draft"),
    path("law-drafts/<int:draft_id>/save/", drafts.save, name="draft-save"),
    path("law-drafts/<int:draft_id>/check/", drafts.check, name="draft-check"),
    path("law-drafts/<int:draft_id>/decide/", drafts.decide, name="draft-decide"),
    path("law-drafts/<int:draft_id>/withdraw/", drafts.withdraw, name="draft-withdraw"),
    path("laws/", laws.law_list, name="laws"),
    path("laws/compare/", laws.compare, name="compare"),
    path("laws/<str:pack_id>/", laws.law, name="law"),
    path("laws/<str:pack_id>/<str:name>", laws.text, name="law-text"),
]
