"""The index of marks; that of pairs goes with its column."""

from __future__ import annotations

import django.contrib.postgres.indexes
from django.db import migrations
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("brain", "0030_project_marks")]

    operations = [
        migrations.RemoveIndex("approvedproject", "project_pairs"),
        migrations.RemoveField("approvedproject", "pairs"),
        migrations.AddIndex(
            "approvedproject",
            django.contrib.postgres.indexes.GinIndex(
                fields=["marks"], condition=Q(is_current=True), name="project_marks"
            ),
        ),
    ]
