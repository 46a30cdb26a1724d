"""A contract knows the account to which its milestones are paid."""

from __future__ import annotations

from django.db import migrations, models


def words(name: str, length: int) -> models.CharField:
    return models.CharField(blank=True, default="", max_length=length, verbose_name=name)


class Migration(migrations.Migration):
    dependencies = [("brain", "0025_guides")]

    operations = [
        migrations.AddField("grantcontract", "payee_name", words("户名", 140)),
        migrations.AddField("grantcontract", "account", words("账号", 34)),
        migrations.AddField("grantcontract", "bank_code", words("联行号", 12)),
    ]
