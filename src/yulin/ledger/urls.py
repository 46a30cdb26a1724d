"""Addresses of the ledger, below the language."""

from __future__ import annotations

from django.urls import path

from yulin.ledger import views

app_name = "ledger"

urlpatterns = [
    path("ledger/", views.accounts, name="accounts"),
    path("ledger/<str:code>/", views.account, name="account"),
    path("ledger/<str:code>/statement.csv", views.statement_csv, name="statement-csv"),
    path("ledger/<str:code>/statement.pdf", views.statement_pdf, name="statement-pdf"),
]
