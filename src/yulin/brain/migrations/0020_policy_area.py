"""A library of many policies: areas and terms are read off an index, filters are kept for one edition of it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("brain", "0019_project_prints")]
    operations = [
        migrations.AddIndex(
            "policyversion",
            models.Index(
                fields=["area"],
                include=["ending", "opens_on", "ends_on", "used_up_on", "archived_on", "issued_on"],
                name="policy_area_and_terms",
            ),
        ),
        migrations.AddField(
            "collection", "edition", models.PositiveIntegerField(db_default=0, default=0, verbose_name="版次")
        ),
    ]
