"""One more kind of account: what a layer has paid and no longer pursues."""

from __future__ import annotations

from django.db import migrations, models



_KINDS = [
    "funding",
    "budget",
    "capacity",
    "commitment",
    "compensation_paid",
    "written_off",
    "recovery_receivable",
    "recovery_received",
    "bank",
    "guarantor",
    "insurer",
    "clearing",
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_one_transfer")]

    operations = [
        migrations.RemoveConstraint("account", "ledger_kind"),
        migrations.AddConstraint(
            "account",
            models.CheckConstraint(condition=models.Q(kind__in=_KINDS), name="ledger_kind"),
        ),
    ]
