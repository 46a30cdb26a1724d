"""Addresses of the pool, below the language."""

from __future__ import annotations

from django.urls import path

from yulin.pool.views import letters, public

app_name = "pool"

urlpatterns = [
    path("banks/", public.banks, name="banks"),
    path("lists/", public.lists, name="public-lists"),
    path("lists/<str:month>/", public.monthly_list, name="public-list"),
    path("verify/", public.verify, name="verify"),
    path("verify/<str:code>/", public.verified, name="verified"),
    path("objections/", public.objection, name="objection"),
    path("enrolments/<int:enrolment_id>/letter.pdf", letters.letter, name="letter"),
    path("uploads/<int:upload_id>/letters.pdf", letters.upload_letters, name="upload-letters"),
]
