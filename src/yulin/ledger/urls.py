"""Addresses of the ledger, below the language."""

from __future__ import annotations

from django.urls import path

from yulin.ledger.views import accounts, periods, transfers

app_name = "ledger"

urlpatterns = [
    path("holds/", transfers.holds, name="holds"),
    path("transfers/<int:number>/", transfers.transfer, name="transfer"),
    path("transfers/<int:number>/reversal/", transfers.reverse, name="reverse"),
    path("periods/", periods.periods, name="periods"),
    path("periods/close/", periods.close, name="period-close"),
    path("ledger/", accounts.accounts, name="accounts"),
    path("ledger/<str:code>/", accounts.account, name="account"),
    path("ledger/<str:code>/statement.csv", accounts.statement_csv, name="statement-csv"),
    path("ledger/<str:code>/statement.pdf", accounts.statement_pdf, name="statement-pdf"),
]
