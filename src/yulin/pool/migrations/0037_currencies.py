"""Accounts, batches and orders say their currency; the database refuses an order in another one than its batch."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

CURRENCY = "^[A-Z]{3}$"
REFERS = """
ALTER TABLE pool_payoutorder ADD CONSTRAINT order_in_the_currency_of_its_batch
  FOREIGN KEY (batch_id, currency) REFERENCES pool_payoutbatch (id, currency) DEFERRABLE INITIALLY IMMEDIATE
"""


def column() -> models.CharField:
    return models.CharField(db_default="CNY", default="CNY", max_length=3, verbose_name="币种")


class Migration(migrations.Migration):
    dependencies = [("pool", "0036_reopened")]

    operations = [
        *(migrations.AddField(model, "currency", column()) for model in ("paymentaccount", "payoutbatch", "payoutorder", "debtpackage")),
        migrations.AlterField(
            "paymentaccount",
            "organisation",
            models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="people.organisation"),
        ),
        migrations.AddConstraint(
            "paymentaccount",
            models.UniqueConstraint(fields=["organisation", "currency"], name="account_one_of_a_currency"),
        ),
        migrations.AddConstraint(
            "paymentaccount", models.CheckConstraint(condition=Q(currency__regex=CURRENCY), name="account_currency")
        ),
        migrations.AddConstraint(
            "payoutbatch", models.CheckConstraint(condition=Q(currency__regex=CURRENCY), name="batch_currency")
        ),
        migrations.AddConstraint(
            "payoutbatch", models.UniqueConstraint(fields=["id", "currency"], name="batch_of_one_currency")
        ),
        migrations.RunSQL(REFERS, "ALTER TABLE pool_payoutorder DROP CONSTRAINT order_in_the_currency_of_its_batch"),
    ]
