"""The list of policies, newest first, is read off an index."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("brain", "0020_policy_area")]
    operations = [
        migrations.AddIndex("policyversion", models.Index(fields=["issued_on"], name="policy_issued_on")),
    ]
