"""The areas of the library are read off an index: there are few of them, and many policies."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("brain", "0016_projects")]
    operations = [
        migrations.AddIndex("policyversion", models.Index(fields=["area"], name="policy_area")),
    ]
